"""Pages and mails with marks -> plain files: marks in text become tooltips, those in attributes a list at the end.

Nothing of a page is fetched or run: no script, style, picture or form is left, and what was folded stands open.
Not here: which pages there are (`samples.py`, `mail_samples.py`), where the files lie (`writing.py`).
"""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin

from .marks import MARK, MarkReader, remove_marks

# Elements that go with all that is in them, and those of which only the content stays.
DROPPED = {"head", "script", "style", "svg", "iframe"}
UNWRAPPED = {"html", "body", "form", "noscript", "template", "picture", "source", "img", "link", "meta", "base"}
# A list of choices shows one of them, and no tooltip.
RENAMED = {"select": "ul", "datalist": "ul", "optgroup": "ul", "option": "li", "textarea": "p"}
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "base"}
KEPT_ATTRIBUTES = {"lang", "dir", "id", "for", "type", "rowspan", "colspan", "scope", "start", "checked"}
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 1rem auto; padding: 0 1rem; }
.msg { border-bottom: 1px dotted #777; cursor: help; }
.new { background: #fff1b8; }
.vh { color: #555; }
pre { white-space: pre-wrap; font: inherit; unicode-bidi: plaintext; }
.book { background: #eee; padding: .5rem 1rem; margin: 1rem 0; }
table { border-collapse: collapse; }
td, th { border: 1px solid #999; padding: .25rem .5rem; text-align: start; vertical-align: top; }
"""


@dataclass
class Rendering:
    """What was drawn, with its marks: a page at `address`, or the `text` or `html` of a mail.

    `name` is what the book calls it, `title` the subject of a mail.
    """

    name: str
    title: str = ""
    html: str = ""
    text: str = ""
    address: str = ""


@dataclass
class PlainPage(HTMLParser):
    """Rewrites the HTML of one rendering. `links` gives the file for an address; the link to any other goes."""

    messages: object
    address: str = ""
    links: dict = field(default_factory=dict)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)
        self.reader, self.out, self.hidden, self.dropped = MarkReader(), [], [], []
        self.around = []  # (element that is open, how many messages were open when it began)
        self.lang = self.dir = ""
        self.shown = set()
        self.in_title = False

    def handle_starttag(self, tag, attributes):
        attributes = [(name, value or "") for name, value in attributes]
        self.collect(tag, attributes)
        if tag == "html":
            self.lang, self.dir = dict(attributes).get("lang", ""), dict(attributes).get("dir", "")
        self.in_title = tag == "title" and "svg" not in self.dropped
        if tag not in VOID:
            self.around.append((tag, len(self.reader.open)))
        if tag in DROPPED:
            self.dropped.append(tag)
        elif not self.dropped and tag not in UNWRAPPED and not is_hidden_input(tag, attributes):
            self.out.append(f"<{RENAMED.get(tag, tag)}{self.write_attributes(tag, attributes)}>")

    def handle_endtag(self, tag):
        self.in_title = False
        self.end_messages(tag)
        if self.dropped:
            if tag == self.dropped[-1]:
                self.dropped.pop()
        elif tag not in UNWRAPPED | VOID:
            self.out.append(f"</{RENAMED.get(tag, tag)}>")

    def end_messages(self, tag):
        """What began inside an element ends with it, even if its end was cut off."""
        while any(name == tag for name, _number in self.around):
            name, number = self.around.pop()
            if name == tag:
                self.reader.open = self.reader.open[:number]
                break

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_data(self, data):
        if self.in_title:
            self.hidden.append(("title", data))
        elif not self.dropped:
            self.out.append(self.write_text(data))

    def collect(self, tag, attributes):
        """Keeps for the list at the end what a reader of the page hears or sees only in passing."""
        for name, value in attributes:
            value = unquote(value) if name in {"href", "action"} else value
            if MARK.search(value):
                self.hidden.append((f"{tag} {name}", value))

    def write_attributes(self, tag, attributes):
        written = [(name, remove_marks(value)) for name, value in attributes if name in KEPT_ATTRIBUTES]
        href = dict(attributes).get("href")
        if tag == "a" and href is not None and (place := self.find_link(href)):
            written.append(("href", place))
        if tag == "details":
            written.append(("open", ""))
        return "".join(f' {name}="{escape(value)}"' for name, value in written)

    def find_link(self, href):
        if href.startswith("#"):
            return href
        return self.links.get(urljoin(self.address, href).partition("#")[0])

    def write_text(self, text, reader=None):
        return "".join(
            self.write_piece(words, number) if number is not None and words.strip() else escape(words, quote=False)
            for words, number in (reader or self.reader).read(text)
        )

    def write_piece(self, words, number):
        self.shown.add(number)
        new = "" if number in self.messages.seen else " new"
        tooltip = escape(self.messages.get_tooltip(number)).replace("\n", "&#10;")
        return f'<span class="msg{new}" title="{tooltip}">{escape(words, quote=False)}</span>'

    def write_hidden(self):
        """The messages in attributes and titles, each value once."""
        rows = dict.fromkeys(self.hidden)
        return "".join(
            f'<li><code>{escape(place)}</code> <bdi lang="{escape(self.lang)}">'
            f"{self.write_text(text, MarkReader())}</bdi></li>\n"
            for place, text in rows
        )


def is_hidden_input(tag, attributes):
    return tag == "input" and dict(attributes).get("type") == "hidden"


@dataclass
class PlainFile:
    """One rendering as it will stand in its file; `new` are the messages that it is the first to show."""

    rendering: Rendering
    body: str
    hidden: str
    language: str
    direction: str
    new: set

    def write(self, around=""):
        hidden = f"<h2>In titles and attributes</h2>\n<ul>\n{self.hidden}</ul>" if self.hidden else ""
        body = f"{around}\n<main>{self.body}</main>\n{write_aside(hidden)}"
        return write_document(body, title=self.rendering.name, language=self.language, direction=self.direction)


def make_plain(rendering, messages, *, language, direction, links):
    """The `PlainFile` of a page or mail; notes in `messages` what it shows."""
    page = PlainPage(messages, address=rendering.address, links=links)
    page.lang, page.dir = language, direction
    if rendering.html:
        page.feed(rendering.html)
        page.close()
        body = "".join(page.out)
    else:
        body = f"<h1>{page.write_text(rendering.title)}</h1>\n<pre>{page.write_text(rendering.text)}</pre>"
    hidden = page.write_hidden()
    new = page.shown - messages.seen
    messages.seen |= page.shown
    return PlainFile(rendering, remove_marks(body), remove_marks(hidden), page.lang, page.dir, new)


def write_aside(words):
    """Words of the book itself, which are English, on a page in any language."""
    return f'<aside class="book" lang="en" dir="ltr">\n{words}\n</aside>' if words else ""


def write_document(body, *, title, language="en", direction="ltr"):
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}" dir="{escape(direction)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
