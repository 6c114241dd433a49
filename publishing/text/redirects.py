"""This module knows the redirects that mail programs and networks put around links, and which address they lead to.

Such a link tells its maker who opens it, and often holds the address of who was sent it.
"""

import base64
import html
import re
from contextlib import suppress
from itertools import chain
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

REDIRECTS_REMOVED = _("Links that led through a redirect now lead straight to their page: %d.")

LINK = re.compile(r"https?://[^\s\"'<>]+")
MAX_DEPTH = 4  # redirects around redirects
# (host, path, the parameters in which the address stands); no path for what is nothing but a redirect.
REDIRECTS = [
    (re.compile(host), re.compile(path or ".*"), names.split())
    for host, path, names in (
        (r"(?:.+\.)?safelinks\.protection\.(?:outlook\.com|office365\.us)|.+\.safelinks\.\w+\.com", "", "url"),
        (r"(?:www\.)?google\.[a-z.]{2,6}|url\.google\.com", "/url", "q url"),
        (r"lm?\.(?:facebook|instagram|messenger|workplace|threads)\.(?:com|net)", "", "u"),
        (r"(?:www\.|m\.)?facebook\.com", r"/l\.php|/flx/warn/?", "u"),
        (r"(?:www\.|m\.)?youtube\.com", "/redirect", "q"),
        (r"(?:www\.)?linkedin\.com", "/redir/redirect/?|/safety/go/?", "url"),
        (r"(?:m\.)?vk\.(?:com|ru)", r"/away(?:\.php)?", "to"),
        (r"(?:www\.|m\.)?ok\.ru", "/dk", "st.link"),
        (r"(?:click|checklink|r)\.mail\.ru", "", "u url"),
        (r"(?:mail|clck|sba)\.yandex\.\w{2,3}", "/re/?|/redir.*|/away", "url to"),
        (r"t\.umblr\.com", "/redirect", "z"),
        (r"slack-redir\.net|out\.reddit\.com|disq\.us|exit\.sc|gate\.sc|anonym\.to|nullrefer\.com", "", "url u"),
        (r"steamcommunity\.com", "/linkfilter/?", "url u"),
        (r"(?:.+\.)?duckduckgo\.com", "/l/?", "uddg"),
        (r"t\.me|telegram\.me", "/iv", "url"),
        (r"(?:www\.)?bing\.com", "/ck/a", "u"),
        (r"linkprotect\.cudasvc\.com", "", "a"),
        (r"(?:.+\.)?(?:trendmicro\.com|protection\.sophos\.com|edgepilot\.com)", "", "url u"),
        (r"protect\d?\.fireeye\.com|clicktime\.symantec\.com|urlsand\.esvalabs\.com", "", "u"),
        (r"urldefense\.proofpoint\.com", "/v[12]/url", "u"),
    )
]  # fmt: skip
PROOFPOINT_3 = re.compile(r"https?://urldefense(?:\.us|\.com)?/v3/__(.+?)__;?")
CISCO = re.compile(r"https?://secure-web\.cisco\.com/[^/]+/(.+)")
YAHOO = re.compile(r"https?://r\.search\.yahoo\.com/.*?/RU=([^/]+)/")


def unwrap_link(address):
    """The address that a redirect leads to; any other address as it is."""
    for _round in range(MAX_DEPTH):
        inner = find_target(address)
        if not inner or inner == address:
            break
        address = inner
    return address


def find_target(address):
    for pattern in (PROOFPOINT_3, CISCO, YAHOO):
        if found := pattern.match(address):
            return check_target(unquote(found[1]))
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = (parts.hostname or "").lower()
    names = [names for hosts, paths, names in REDIRECTS if hosts.fullmatch(host) and paths.fullmatch(parts.path)]
    asked = parse_qs(parts.query)
    values = [value for name in chain.from_iterable(names) for value in asked.get(name, [])]
    return next(filter(None, (check_target(decode_target(value, host=host)) for value in values)), "")


def decode_target(value, *, host):
    """The address in a parameter, as each service writes it."""
    if "proofpoint" in host:
        return unquote(value.replace("-", "%").replace("_", "/"))
    if host.endswith("bing.com"):
        value = value.removeprefix("a1")
    if "://" not in value:
        with suppress(ValueError):
            return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("utf-8", "replace")
    return value


def check_target(target):
    """The target if it is an address of the web; a part that was left out is none."""
    return target if re.fullmatch(r"https?://[^\s\"'<>]+\.[^\s\"'<>]+", target) else ""


def unwrap_links(text):
    """A text, plain or HTML, whose links lead where they say."""
    return LINK.sub(replace_link, text) if "://" in text else text


def replace_link(match):
    written = match[0]
    plain = html.unescape(written) if "&amp;" in written else written
    target = unwrap_link(plain)
    if target == plain:
        return written
    return html.escape(target, quote=False) if plain != written else target


def count_redirects(text):
    """How many links of a text are redirects."""
    return sum(replace_link(match) != match[0] for match in LINK.finditer(text)) if "://" in text else 0
