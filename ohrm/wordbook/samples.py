"""Which pages the book shows: one of each sort, then those of all items, the steps behind links in mails, the errors.

The pages are asked of the site's own views. Not here: mails (`mail_samples.py`).
"""

import io
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.template.loader import render_to_string

from desk.reviewing.links import create_review_link
from newsletter.models import Edition, Subscriber
from newsletter.subscribers import links, signup
from publishing.models import Entry, Release
from publishing.text.languages import get_native_name
from staff.models import Account
from timeline.mirror.build import SiteClient, get_page_addresses, read_response_body
from timeline.pages.errors import server_error
from timeline.serving.page_frame import get_frame
from updates.models import Update

from .plain_pages import Rendering

READER = "reader@example.org"
# Below /LL/; {place} is a situation.
PAGES = {
    "Home": "",
    "Timeline": "{place}/",
    "Timeline, filtered": "{place}/?kind=statement&year=2020",
    "Timeline, searched": "{place}/?q=torture",
    "Timeline, new since a day": "{place}/?since=2020-01-01",
    "Timeline, in its own language": "{place}/?text=own",
    "Timeline, nothing found": "{place}/?q=nothing-like-this",
    "Timeline, nothing found with these filters": "{place}/?kind=interview&year=2020&tag=impunity",
    "Timeline, two values of a filter": "{place}/?kind=interview&kind=statement&tag=torture&tag=protest&month=2020-08",
    "Testimonies": "{place}/?section=stories",
    "Search": "search/",
    "Search, found": "search/?q=torture",
    "Search, by day": "search/?q=torture&order=date",
    "Embedded timeline": "{place}/embed/",
    "Newsletter: sign-up": "newsletter/",
    "Newsletter: sign-up for a filter": "newsletter/?situation={place}&kind=statement",
    "Newsletter: check your inbox": "newsletter/check-inbox/",
    "Newsletter: archive": "newsletter/archive/",
    "Safety": "safety/",
    "Privacy": "privacy/",
    "About": "about/",
    "Data interface": "api/",
}
# What an address can get wrong, by parameter; each has a sentence of its own.
BAD_QUERIES = (
    "year=x",
    "since=x",
    "order=x",
    "before=x",
    "q=%01",
    f"q={'x' * 1000}",
    "&".join(f"year={year}" for year in range(1900, 2000)),
)


class PageClient(SiteClient):
    """Asks for pages as a reader would, and sends forms."""

    def draw(self, name, address, *, form=None, **headers):
        """The `Rendering` of what is answered; `form` is sent by POST."""
        parts = urlsplit(address)
        body = urlencode(form or {}).encode()
        asked = self.environ | headers | {"PATH_INFO": parts.path, "QUERY_STRING": parts.query}
        asked["wsgi.input"] = io.BytesIO(body)
        if form is not None:
            asked |= {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/x-www-form-urlencoded"}
            asked["CONTENT_LENGTH"] = str(len(body))
        response = self.handler.get_response(WSGIRequest(asked))
        return Rendering(name, html=read_response_body(response).decode(), address=address)

    def draw_all(self, named):
        return (self.draw(name, address) for name, address in named)


@dataclass(frozen=True)
class Site:
    """What the samples are made of, in one language."""

    language: str
    place: str

    @classmethod
    def in_language(cls, language):
        found = Entry.objects.public().filter(type="situation", language=language).order_by("number").first()
        return cls(language, found.slug if found else "")

    def name_pages(self):
        """(name, address) of one page of each sort."""
        return [(name, f"/{self.language}/{path.format(place=self.place)}") for name, path in PAGES.items()]

    def name_items(self):
        """The same of every page that the sitemap names and that is not one of those."""
        known = {address for _name, address in self.name_pages()}
        mine = [address for address in get_page_addresses() if address.startswith(f"/{self.language}/")]
        return [(address.split("/", 2)[2].strip("/"), address) for address in mine if address not in known]


def draw_pages(language):
    """Every page of the book in one language, which is active; a generator of `Rendering`."""
    site, client = Site.in_language(language), PageClient()
    yield from client.draw_all(site.name_pages())
    yield from client.draw_all(site.name_items())
    yield from draw_subscriber_pages(client, site)
    yield from draw_review_pages(client, language)
    yield from draw_errors(client, site)
    yield from draw_mirror_pages(language)


def draw_subscriber_pages(client, site):
    """A reader signs up, confirms, chooses, asks what is held about them, and leaves."""
    row = signup.create_sign_up(READER, language=site.language, frequency="weekly", query="").pk
    confirm, choose, leave = (
        urlsplit(build(row, language=site.language)).path
        for build in (links.build_confirm_link, links.build_preferences_link, links.build_unsubscribe_link)
    )
    yield client.draw("Newsletter: sign-up with mistakes", f"/{site.language}/newsletter/", form={"email": "reader"})
    yield client.draw("Newsletter: confirm", confirm)
    client.draw("", confirm, form={})
    yield client.draw("Newsletter: confirmed before", confirm)
    for news in ("confirmed", "saved", "copied", "copied-today"):
        yield client.draw(f"Newsletter: choices, {news}", f"{choose}?{news}")
    subscriber = Subscriber.objects.select_related("audience").get(pk=row)
    signup.change_subscription(subscriber, language=site.language, frequency="paused", query=f"situation={site.place}")
    yield client.draw("Newsletter: choices, a pause", choose)
    yield client.draw("Newsletter: what we hold about you", choose, form={"step": "export"})
    yield client.draw("Newsletter: leave", leave)
    yield client.draw("Newsletter: left", leave, form={})
    yield client.draw("Newsletter: link expired", choose)


def draw_review_pages(client, language):
    """What somebody without an account sees of a draft; needs one, and somebody who gave them the link."""
    draft, editor = Update.objects.filter(slug="practice-draft").first(), Account.objects.first()
    if draft is None:
        return
    link, token = create_review_link(draft, languages=[language], hours=72, for_whom=READER, by=editor)
    address, spoken = f"/review/{token}/", {"HTTP_ACCEPT_LANGUAGE": language}
    yield client.draw("Review of a draft: start", address, **spoken)
    yield client.draw("Review of a draft: the text", address, form={"language": language}, **spoken)
    mistakes = {"language": language, "seen": "", "verdict": "comment"}
    yield client.draw("Review of a draft: an answer with mistakes", address, form=mistakes, **spoken)
    link.delete()
    yield client.draw("Review of a draft: closed", address, **spoken)


def draw_errors(client, site):
    here = f"/{site.language}/"
    gone = Release.objects.filter(action=Release.Action.WITHDRAW).first()
    for number, query in enumerate(BAD_QUERIES, start=1):
        yield client.draw(f"Error 400, {number}", f"{here}{site.place}/?{query}")
    yield client.draw("Error 403", f"{here}newsletter/", form={}, HTTP_SEC_FETCH_SITE="cross-site")
    yield client.draw("Error 404", f"{here}nowhere/")
    if gone:
        yield client.draw("Error 410", f"{here}{quote(gone.situation)}/updates/{quote(gone.slug)}/")
    answer = server_error(WSGIRequest(client.environ | {"PATH_INFO": here, "wsgi.input": io.BytesIO()}))
    yield Rendering("Error 500", html=answer.content.decode())


def draw_mirror_pages(language):
    """The first page of a copy of the site, and what stands there instead of forms."""
    context = {
        "language": language,
        "frame": get_frame(language),
        "languages": [(code, get_native_name(code), f"{code}/index.html") for code, _label in settings.LANGUAGES],
        "site": settings.SITE_URL,
        "made": "2026-01-01 00:00",
    }
    yield Rendering("Mirror: first page", html=render_to_string("timeline/mirror_index.html", context))
    for purpose in ("newsletter", "search"):
        html = render_to_string("timeline/mirror_form.html", {"purpose": purpose, "live": settings.SITE_URL})
        yield Rendering(f"Mirror: instead of a form ({purpose})", html=html)


def create_archive():
    """An edition in the archive, which the pages show."""
    numbers = Entry.objects.public(channel="newsletter").filter(language=settings.LANGUAGE_CODE).exclude(section="")
    chosen = list(numbers.newest_first().values_list("number", flat=True)[:5])
    return Edition.objects.create(numbers=chosen, state=Edition.State.SENT)
