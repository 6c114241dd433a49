"""How tests work at the desk: log in, open a form, change some fields, press a button."""

from html.parser import HTMLParser

from tests.support.factories import make_staff


class FormParser(HTMLParser):
    """Collects what a browser would send if the form of the page were sent as it stands."""

    def __init__(self, html):
        super().__init__()
        self.data, self.name, self.chosen = {}, None, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if tag == "input" and name and kind not in {"submit", "file"}:
            if kind not in {"checkbox", "radio"}:
                self.data.setdefault(name, []).append(attributes.get("value", ""))
            elif "checked" in attributes:
                self.data.setdefault(name, []).append(attributes.get("value", "on"))
        elif tag in {"textarea", "select"}:
            self.name = name
            self.data[name] = [] if tag == "select" else [""]
        elif tag == "option" and "selected" in attributes:
            self.data[self.name].append(attributes.get("value", ""))

    def handle_endtag(self, tag):
        if tag in {"textarea", "select"}:
            self.name = None

    def handle_data(self, text):
        if self.name and self.lasttag == "textarea":
            # HTML drops the first line end after the tag.
            self.data[self.name] = [self.data[self.name][0] + text.removeprefix("\n")]


def log_in(client, name="editor", *, role="approver"):
    account = make_staff(name, role=role)
    client.force_login(account)
    return account


def admin_url(item, page="change"):
    return f"/admin/{item._meta.app_label}/{item._meta.model_name}/{item.pk}/{page}/"


def submit_form(client, url, button="_save", **changes):
    """Opens the form at `url`, changes fields, presses a button; returns the page that comes after it."""
    return client.post(url, read_form(client, url) | changes | {button: "1"}, follow=True)


def say_seen(*items):
    """What the page of a list action sends along: what the person saw of each item."""
    fresh = [type(item).objects.get(pk=item.pk) for item in items]
    return {"digests": " ".join(f"{item.pk}:{item.seen_digest()}" for item in fresh)}


def read_form(client, url):
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return {name: values for name, values in FormParser(response.content.decode()).data.items() if name and values}


def messages_for(response):
    """The sentences above the page, as one text."""
    return " ".join(str(message) for message in response.context["messages"])
