"""Staff text -> safe text and safe HTML; nothing but this and `HtmlField` marks a string safe.

Forms, imports and models all clean through here: the fields of models clean what goes into the
database by whatever way, and `render_safe_html` goes through the allow-list once more on the way out.
Not here: those fields (`publishing/fields.py`), what a text gives away about a person (`screening/patterns.py`).
"""

import html
import json
import re
import unicodedata
from urllib.parse import urlsplit

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, mark_safe
from django.utils.translation import gettext_lazy as _

from .characters import INVISIBLE, SPACES
from .pasted import read_pasted
from .redirects import unwrap_link, unwrap_links

# Bidi overrides, embeddings and isolates; control and format characters that no script needs; halves of
# characters; what is no character; and the invisible "tags", which can carry a hidden text. The marks that
# Arabic, Persian and Hebrew are written with (LRM, RLM, ALM, ZWJ, ZWNJ) are none of these.
UNWANTED_CHARACTERS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2061-\u2064\u2066-\u206f\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
BLANKS = re.compile("[ \t\n]+")
BLANK_LINES = re.compile("\n{3,}")

# --- Plain text -------------------------------------------------------------------------------


def clean_line(value):
    """One line: NFC, trimmed, every run of blanks one space. No-break spaces stay, French needs them."""
    return _strip_or_empty(BLANKS.sub(" ", _normalise_characters(value)))


def clean_lines(value):
    """Several lines: as `plain`, but line ends stay, and one empty line between paragraphs."""
    kept = "\n".join(line.rstrip(" \t") for line in _normalise_characters(value).split("\n"))
    return _strip_or_empty(BLANK_LINES.sub("\n\n", kept))


def count_removed_characters(value):
    """How many characters of `value` are never kept: bidi overrides, control characters and their like."""
    return len(UNWANTED_CHARACTERS.findall(value or ""))


def _normalise_characters(value):
    return unwrap_links(unicodedata.normalize("NFC", UNWANTED_CHARACTERS.sub("", LINE_END.sub("\n", value or ""))))


def _strip_or_empty(value):
    value = value.strip()
    return value if value.strip(INVISIBLE + SPACES) else ""  # it would pass for a title and show nothing


# --- Web addresses ----------------------------------------------------------------------------

URL_VALIDATOR = URLValidator(
    schemes=["http", "https"],
    message=_("This is not a web address. It begins with https:// and has no spaces: https://example.org/report"),
)
FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"]")


def web_address(value):
    """The address, trimmed; serves as a validator too.

    Raises ValidationError for anything but http(s), and for what hides where a link leads: a name and
    password before the host, control characters, a backslash.
    """
    address = unwrap_link((value or "").strip())
    if count_removed_characters(address) or FORBIDDEN_IN_URL.search(address):
        raise ValidationError(_("A web address has no spaces, backslashes, brackets or invisible characters."))
    URL_VALIDATOR(address)
    if "@" in urlsplit(address).netloc:
        raise ValidationError(_("A web address with a name or password before the host is not accepted: %(address)s"),
                              params={"address": address})  # fmt: skip
    return address


# --- Rich text --------------------------------------------------------------------------------

ALLOWED_TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "footer", "cite", "q", "strong", "em", "s", "sub", "sup",
    "a", "br", "hr", "bdi", "span", "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# What pasted pages are made of, and what we keep it as. A dropped block would run two words into one.
RENAMED_TAGS = {
    "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "b": "strong", "i": "em", "strike": "s", "del": "s",
    **dict.fromkeys(
        ["div", "section", "article", "header", "main", "aside", "nav", "address", "center", "pre", "details",
         "summary", "figure", "figcaption", "dl", "dt", "dd", "fieldset", "legend", "form"],
        "p",
    ),
    "tfoot": "tbody",
}  # fmt: skip
# Here the words go too, not only the tag.
DROPPED_TAGS = {
    "script", "style", "template", "noscript", "noembed", "noframes", "iframe", "object", "svg", "math", "title",
    "xmp", "textarea", "select", "audio", "video", "canvas",
}  # fmt: skip
ATTRIBUTE_VALUES = {
    "lang": re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "scope": re.compile(r"col|row"),
    "start": re.compile(r"-?\d{1,5}"),
    "value": re.compile(r"-?\d{1,5}"),
    "type": re.compile(r"[1aAiI]"),
    "reversed": re.compile(r"|reversed"),
    "colspan": re.compile(r"[1-9][0-9]?"),
    "rowspan": re.compile(r"[1-9][0-9]?"),
}
ALLOWED_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
MAILTO_LINK = re.compile(r"mailto:[^\s?<>\"@]+@[^\s?<>\"@]+", re.IGNORECASE)
# Deep nesting costs the parser the square of its depth, and so do very many "&". No page has as many
# tags as this, plain paragraphs and line breaks apart, which cannot nest.
MAX_TAGS, MAX_REFERENCES = 10_000, 50_000

TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
# The elements of HTML, old ones and those of office programs among them. What else stands between such signs is words:
# <name@host>, <https://example.org/>, <see below>.
ELEMENTS = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink "
    "blockquote body br button canvas caption center cite code col colgroup command content data datalist dd "
    "del details dfn dialog dir div dl dt element em embed fieldset figcaption figure font footer form frame "
    "frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen "
    "label legend li link listing main map mark marquee math menu menuitem meta meter multicol nav nextid nobr "
    "noembed noframes noscript object ol optgroup option output p param picture plaintext pre progress q rb rbc "
    "rp rt rtc ruby s samp script search section select shadow slot small source spacer span strike strong "
    "style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var "
    "video wbr xmp xml"
)
BRACKETED = re.compile(
    rf"<(?!/?(?:{ELEMENTS.replace(' ', '|')})(?=[\s/>]|$)|!|\?|/?(?:[ovwmx]|st\d|u\d):[a-z])([^<>]*)>", re.IGNORECASE
)
TAG_NAME = re.compile(r"(</?)([a-z][a-z0-9]*)")
BLOCK = re.compile(r"<(?:p|h2|h3|ul|ol|li|blockquote|footer|table|hr)\b")
BARE_LINK = re.compile(r'<a rel="noopener noreferrer">(.*?)</a>', re.DOTALL)
EMPTY_BLOCK = re.compile(r"<(?:p|h2|h3)>(?:\s|&nbsp;|<br>)*</(?:p|h2|h3)>")


def _filter_attribute(tag, name, value):
    """nh3's question about an attribute that it would keep: the value to print, or None."""
    if name == "rel":
        return value  # ours
    if name != "href":
        return value if name in ATTRIBUTE_VALUES and ATTRIBUTE_VALUES[name].fullmatch(value) else None
    if mail := MAILTO_LINK.match(value.strip()):
        return mail[0]  # without ?subject=, ?bcc= and the like
    try:
        return web_address(value)
    except ValidationError:
        return None


def _build_cleaner(tags):
    return nh3.Cleaner(
        tags=tags,
        clean_content_tags=DROPPED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


TIDY_CLEANER = _build_cleaner(ALLOWED_TAGS | RENAMED_TAGS.keys())
STRICT_CLEANER = _build_cleaner(ALLOWED_TAGS)


def clean_html(value):
    """HTML of the allow-list alone; what has no tags becomes paragraphs. Cleaning twice changes nothing."""
    words = clean_lines(value)
    if not words:
        return ""
    if _is_hostile(words):
        words = BLANKS.sub(" ", TAG.sub(" ", words)).replace("<", " ").replace("&", " ")
    elif TAG.search(BRACKETED.sub("", words)):
        words = _rename_tags(TIDY_CLEANER.clean(read_pasted(BRACKETED.sub(r"&lt;\1&gt;", words))))
    else:
        words = html.escape(words, quote=False)
    strict = _clean_strictly(words)
    return strict if BLOCK.search(strict) else _clean_strictly(_wrap_paragraphs(strict))


def _is_hostile(words):
    tags = words.count("<") - 2 * words.count("</p><p>") - words.count("<br>")
    return tags > MAX_TAGS or words.count("&") > MAX_REFERENCES


def _clean_strictly(words):
    # Its characters cleaned again: what came as a reference (&#x202e;) is a character only now.
    strict = BARE_LINK.sub(r"\1", STRICT_CLEANER.clean(clean_lines(words)))
    while (settled := clean_lines(EMPTY_BLOCK.sub("", strict))) != strict:
        strict = settled
    return strict


def _rename_tags(tidy):
    """In what nh3 wrote every "<" opens a tag, so a pattern finds tags and nothing else."""
    return TAG_NAME.sub(lambda match: match[1] + RENAMED_TAGS.get(match[2], match[2]), tidy)


def _wrap_paragraphs(words):
    parts = (part.strip().replace("\n", "<br>") for part in words.split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in parts if part)


def render_safe_html(value):
    """Rich text for a template; cleaned again, whatever the database holds."""
    return mark_safe(clean_html(value))  # noqa: S308 (nothing but what nh3 wrote)


TAG_SPLITTER = re.compile(r"(<[^>]*>)")


def transform_texts(markup, change, *, classes):
    """Safe HTML in which `change` was applied to every text inside elements that begin with one of the classes.

    `change` takes plain words and gives safe HTML back.
    """
    if not isinstance(markup, SafeData):
        raise TypeError("Only HTML that is safe already can be changed inside.")
    begins = re.compile(rf'<(\w+)\b[^>]* class="(?:{"|".join(classes)})[" ]')
    pieces, ends = TAG_SPLITTER.split(markup), ""
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            pieces[place] = conditional_escape(change(html.unescape(piece))) if ends else piece
        elif ends:
            ends = "" if piece == ends else ends
        elif opened := begins.match(piece):
            ends = f"</{opened[1]}>"
    return mark_safe("".join(pieces))  # noqa: S308 (the tags were safe, and the texts are again)


JSON_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def render_json_block(data):
    """JSON for a script element that is data and never run: nothing in it can end the element or begin another."""
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(words.translate(JSON_ESCAPES))  # noqa: S308 (carries no markup)


BLOCK_EDGES = re.compile(r"</?(?:p|h2|h3|blockquote|footer|ul|ol|table|caption|hr)\b[^>]*>")
LINE_BREAKS = re.compile(r"<br>|</tr>")
CELL_ENDS = re.compile(r"</t[dh]>")
LIST_ITEM = re.compile(r"<li\b[^>]*>(?:\s*<p>)?")
LIST_ITEM_END = re.compile(r"(?:</p>\s*)?</li>")


def convert_html_to_text(value):
    """The words of a rich text: an empty line between paragraphs, "- " before what stands in a list."""
    words = BLANKS.sub(" ", value if isinstance(value, SafeData) else clean_html(value))
    for mark, instead in (
        (LIST_ITEM, "\n- "),
        (LIST_ITEM_END, ""),
        (BLOCK_EDGES, "\n\n"),
        (LINE_BREAKS, "\n"),
        (CELL_ENDS, " "),
    ):
        words = mark.sub(instead, words)
    words = html.unescape(TAG.sub("", words))
    return clean_lines("\n".join(line.strip() for line in words.split("\n")))
