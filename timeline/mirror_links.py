"""How addresses of the site become files of the mirror, and links between pages become links between files.

A copy opens from a stick or any folder: every link inside it is relative and names a file. A link to what is not in
the copy keeps its words and leads nowhere; a form is replaced by a sentence that says where it works.
"""

import html
import posixpath
import re
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from django.template.loader import render_to_string

TAG = re.compile(r"""<(?:a|link|img|source|script|iframe)\b(?:[^>"']|"[^"]*"|'[^']*')*>""")
ATTRIBUTE = re.compile(r"""\s(href|src|srcset)="([^"]*)\"""")
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
ACTION = re.compile(r"""\saction="([^"]*)\"""")
# A bookmark that only the site itself understands.
SINCE = re.compile(r"""<p class="[^"]*\bsince-line\b[^"]*">.*?</p>""", re.DOTALL)
OUTSIDE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#")
FOUND_IN_CSS = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
# Lists that are in the copy besides those without a filter, each with all its pages.
LISTS = ("section", "tag", "before")
PLAIN = re.compile(r"[\w-]+")
# What only the site itself can do.
LIVING = re.compile(r"/(admin|api|review|healthz|readyz)\b|/[\w-]+/(api|newsletter/(?!archive/|$))")


# --- Files ------------------------------------------------------------------------------------


def file_of(address):
    """The file of an address, or None for one that a copy cannot answer: `/en/x/?before=C` is `en/x/before-C.html`."""
    parts = urlsplit(address)
    path, query = unquote(parts.path).lstrip("/"), parse_qsl(parts.query, keep_blank_values=True)
    if ".." in path.split("/") or "\\" in path or LIVING.match(parts.path):
        return None
    if path and not path.endswith("/"):
        return None if query else path
    names = [f"{name}-{value}" for name, value in query if name in LISTS and PLAIN.fullmatch(value)]
    if len(names) != len(query):
        return None
    return f"{path}{'.'.join(names) or 'index'}.html"


def relative(target, *, at):
    """The way from the file `at` to the file `target`."""
    return quote(posixpath.relpath(target, posixpath.dirname(at) or "."))


# --- Pages ------------------------------------------------------------------------------------


class Rewriter:
    """Rewrites one page. `target(address)` gives the file of an address of this site, or None if it is not copied."""

    def __init__(self, address, *, at, target, origin):
        self.address, self.at, self.target, self.origin = address, at, target, origin
        self.explained = set()

    def page(self, text):
        return TAG.sub(self.tag, FORM.sub(self.form, SINCE.sub("", text)))

    def tag(self, match):
        return ATTRIBUTE.sub(self.attribute, match[0])

    def attribute(self, match):
        name, value = match[1], html.unescape(match[2])
        links = map(self.source, value.split(",")) if name == "srcset" else [self.link(value)]
        moved = ", ".join(filter(None, links))
        return f' {name}="{html.escape(moved)}"' if moved else ""

    def source(self, part):
        address, _space, width = part.strip().partition(" ")
        found = self.link(address)
        return f"{found} {width}".strip() if found else ""

    def link(self, value):
        """The value as it has to stand in the copy; "" for what is not there."""
        if OUTSIDE.match(value):
            return value
        address, _hash, place = urljoin(self.address, value).partition("#")
        file = self.target(address)
        if not file:
            return ""
        return relative(file, at=self.at) + (f"#{place}" if place else "")

    def form(self, match):
        """The sentence that stands where a form was, once for each purpose and page."""
        action = ACTION.search(match[0])
        path = urlsplit(urljoin(self.address, html.unescape(action[1]) if action else "")).path
        purpose = "newsletter" if "/newsletter/" in path else "search"
        if purpose in self.explained:
            return ""
        self.explained.add(purpose)
        context = {"purpose": purpose, "live": f"{self.origin}{path}"}
        return render_to_string("timeline/mirror_form.html", context).strip()


def stylesheet(text, *, address, at, target):
    """A stylesheet whose fonts and pictures are those of the copy."""

    def moved(match):
        if OUTSIDE.match(match[1]):
            return match[0]
        file = target(urljoin(address, match[1]).partition("#")[0])
        return f'url("{relative(file, at=at)}")' if file else 'url("")'

    return FOUND_IN_CSS.sub(moved, text)
