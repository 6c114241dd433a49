"""How addresses of the site become files of the mirror, and links between pages become links between files.

A copy opens from a stick or any folder: every link inside it is relative and names a file. A link to what is not in
the copy leads to the site itself and says so; a form is replaced by a sentence that says where it works.
"""

import html
import posixpath
import re
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext

LINK_TAG = re.compile(r"""<(?:/a|(?:a|link|img|source|script|iframe)\b(?:[^>"']|"[^"]*"|'[^']*')*)>""")
REL_ATTRIBUTE = re.compile(r"""\srel="[^"]*\"""")
URL_ATTRIBUTE = re.compile(r"""\s(href|src|srcset)="([^"]*)\"""")
FORM_ELEMENT = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
ACTION_ATTRIBUTE = re.compile(r"""\saction="([^"]*)\"""")
# A bookmark that only the site itself understands.
SINCE_LINE = re.compile(r"""<p class="[^"]*\bsince-line\b[^"]*">.*?</p>""", re.DOTALL)
EXTERNAL_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#")
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
# Lists that are in the copy besides those without a filter, each with all its pages: of one section, of one kind and so
# on. Of any two filters together there would be more pages than there are items.
MIRRORED_FACETS = {"section", "kind", "tag", "partner", "year", "month"}
MIRRORED_FACET_PAIRS = ({"section", "kind"}, {"section", "partner"})
CURSOR_PARAMETER = "before"
PLAIN_VALUE = re.compile(r"[\w-]+")
# What is missing here may be so because nobody agreed to have it copied; that it exists is not told either.
UNDISCLOSED_PATH = re.compile(r"/media/|/[\w-]+/[\w-]+/(updates|stories)/[^/]+")
# What only the site itself can do.
LIVE_ONLY_PATH = re.compile(r"/(admin|api|review|healthz|readyz|metrics)\b|/[\w-]+/(api|newsletter/(?!archive/|$))")


# --- Files ------------------------------------------------------------------------------------


def get_mirror_path(address):
    """The file of an address, or None for one that a copy cannot answer: `/en/x/?before=C` is `en/x/before-C.html`."""
    parts = urlsplit(address)
    path, query = unquote(parts.path).lstrip("/"), parse_qsl(parts.query, keep_blank_values=True)
    if ".." in path.split("/") or "\\" in path or LIVE_ONLY_PATH.match(parts.path):
        return None
    if path and not path.endswith("/"):
        return None if query else path
    if not is_mirrored_list([name for name, _value in query]) or not all(
        PLAIN_VALUE.fullmatch(value) for _name, value in query
    ):
        return None
    names = [f"{name}-{value}" for name, value in query]
    return f"{path}{'.'.join(names) or 'index'}.html"


def is_mirrored_list(asked):
    """Whether lists with these filters are in the copy."""
    filters = set(asked) - {CURSOR_PARAMETER}
    return (
        len(set(asked)) == len(asked)
        and filters <= MIRRORED_FACETS
        and (len(filters) < 2 or filters in MIRRORED_FACET_PAIRS)
    )


def get_relative_path(target, *, at):
    """The way from the file `at` to the file `target`."""
    return quote(posixpath.relpath(target, posixpath.dirname(at) or "."))


# --- Pages ------------------------------------------------------------------------------------


class LinkRewriter:
    """Rewrites one page. `target(address)` gives the file of an address of this site, or None if it is not copied."""

    def __init__(self, address, *, at, target, origin):
        self.address, self.at, self.target, self.origin = address, at, target, origin
        self.explained = set()
        self.is_outward = False  # inside a link that leads to the site

    def page(self, text):
        return LINK_TAG.sub(self.tag, FORM_ELEMENT.sub(self.form, SINCE_LINE.sub("", text)))

    def tag(self, match):
        if match[0] == "</a>":
            return self.close_link()
        if match[0].startswith("<a") and (live := self.get_live_url(match[0])):
            self.is_outward = True
            moved = format_html(' href="{}" rel="external noopener noreferrer"', live)
            return URL_ATTRIBUTE.sub(lambda _href: moved, REL_ATTRIBUTE.sub("", match[0]))
        return URL_ATTRIBUTE.sub(self.attribute, match[0])

    def close_link(self):
        was_outward, self.is_outward = self.is_outward, False
        mark = '<span aria-hidden="true"> ↗</span><span class="vh"> {}</span></a>'
        return format_html(mark, gettext("Opens another site.")) if was_outward else "</a>"

    def get_live_url(self, tag):
        """The address on the site itself of a link to what is not in the copy; "" for every other."""
        found = URL_ATTRIBUTE.search(tag)
        value = html.unescape(found[2]) if found else "#"
        address = urljoin(self.address, value)
        if EXTERNAL_URL.match(value) or self.link(value) or UNDISCLOSED_PATH.match(address):
            return ""
        return self.origin + address

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
        if EXTERNAL_URL.match(value):
            return value
        address, _hash, place = urljoin(self.address, value).partition("#")
        file = self.target(address)
        if not file:
            return ""
        return get_relative_path(file, at=self.at) + (f"#{place}" if place else "")

    def form(self, match):
        """The sentence that stands where a form was, once for each purpose and page."""
        action = ACTION_ATTRIBUTE.search(match[0])
        path = urlsplit(urljoin(self.address, html.unescape(action[1]) if action else "")).path
        purpose = "newsletter" if "/newsletter/" in path else "search"
        if purpose in self.explained:
            return ""
        self.explained.add(purpose)
        context = {"purpose": purpose, "live": f"{self.origin}{path}"}
        return render_to_string("timeline/mirror_form.html", context).strip()


def rewrite_stylesheet(text, *, address, at, target):
    """A stylesheet whose fonts and pictures are those of the copy."""

    def moved(match):
        if EXTERNAL_URL.match(match[1]):
            return match[0]
        file = target(urljoin(address, match[1]).partition("#")[0])
        return f'url("{get_relative_path(file, at=at)}")' if file else 'url("")'

    return CSS_URL.sub(moved, text)
