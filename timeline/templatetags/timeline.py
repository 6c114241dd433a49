"""What the templates of the public side ask for: the frame around a page, words for kinds, dates and languages.

Tags that draw an entry work without a request too, since entries are drawn when they are released.
"""

from django import template
from django.conf import settings
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _

from publishing.kinds import get_kind_family, get_kind_label
from publishing.text import availability, date_words
from publishing.text.cleaning import render_json_block, render_safe_html
from publishing.text.languages import get_language_direction, get_native_name, isolate_bidi
from timeline.pages import new_since, privacy_claims
from timeline.pages.alternate_formats import get_alternate_formats, render_embed_code
from timeline.search.filters import Filter
from timeline.serving.origin import get_origin
from timeline.serving.page_frame import get_frame
from timeline.sharing.metadata import PageMetadata, build_head_context

register = template.Library()

register.filter("direction", get_language_direction)
register.filter("own_name", get_native_name)
register.filter("isolated", isolate_bidi)
register.filter("language_name", availability.get_language_name_after_in)
register.filter("in_languages", availability.describe_languages)
register.filter("only_in", availability.describe_only_languages)
register.filter("kind_word", get_kind_label)
register.filter("family", get_kind_family)
register.filter("rich", render_safe_html)


# --- Around a page ----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def frame(context):
    """The frame that the view has fetched, or for pages of other rooms one that stands around any page."""
    return context.get("frame") or get_frame(translation.get_language())


@register.inclusion_tag("timeline/head.html", takes_context=True)
def head(context):
    """The addresses and descriptions in the head; a page without a `PageMetadata` of its own says only where it is."""
    language = translation.get_language()
    request = context["request"]
    page = context.get("page") or PageMetadata(title="", path=request.path.partition(f"/{language}/")[2])
    around = {"out": alternate_formats(context), "frame": context["frame"]}
    return around | build_head_context(page, origin=get_origin(request), language=language, frame=context["frame"])


@register.filter
def json(data):
    return render_json_block(data)


@register.simple_tag(takes_context=True)
def language_links(context):
    """(code, own name, path) for each language of the site: this page there, or the first page if this is none."""
    request = context.get("request")
    here = request.get_full_path() if request and not context.get("nowhere") else ""
    begin = f"/{translation.get_language()}/"
    rest = here.removeprefix(begin) if here.startswith(begin) else ""
    return [(code, get_native_name(code), f"/{code}/{rest}") for code, _label in settings.LANGUAGES]


@register.simple_tag(takes_context=True)
def alternate_formats(context):
    """Form -> address of what this page lists, or of all there is, as feed, file and so on."""
    return get_alternate_formats(get_listed_filter(context))


@register.simple_tag(takes_context=True)
def embed_code(context):
    """The line to copy, to be read as it stands: its own marks are escaped once more."""
    origin, title = get_origin(context["request"]), context["situation"].title
    return escape(render_embed_code(get_listed_filter(context), origin=origin, title=title))


def get_listed_filter(context):
    """What the page lists; of a page that is no list, what its situation does."""
    place = context.get("situation")
    return context.get("filter") or Filter(language=translation.get_language(), situation=place.slug if place else "")


@register.simple_tag
def privacy_claim(name):
    """Whether this installation keeps a promise, so that no page makes one that it does not."""
    return privacy_claims.PRIVACY_CLAIMS[name]()


@register.simple_tag(takes_context=True)
def address_here(context):
    """The absolute address of this page, for paper."""
    request = context.get("request")
    return f"{get_origin(request)}{request.get_full_path()}" if request else ""


# --- Languages --------------------------------------------------------------------------------


def render_language_attributes(code):
    return format_html(' lang="{}" dir="{}"', code, get_language_direction(code))


@register.simple_tag
def lang(code):
    """` lang="…" dir="…"` for words that are not in the language of the page."""
    return render_language_attributes(code) if code and code != translation.get_language() else ""


def get_shown_language(entry):
    """The language in which a list shows an entry: what was given in one of its own, always in that."""
    return entry.original_language if entry.facts["original"] else entry.text_language


@register.simple_tag
def entry_lang(entry):
    """The attributes of an entry in a list whose language is not that of the page."""
    return lang(get_shown_language(entry))


@register.simple_tag
def page_lang(entry):
    """The attributes of the page's own words inside a foreign entry."""
    language = translation.get_language()
    return render_language_attributes(language) if get_shown_language(entry) != language else ""


@register.simple_tag
def text_lang(entry, field, *, alone=False):
    """The attributes of one text of an entry; `alone` where it does not stand in a list."""
    code = entry.spoken.get(field, entry.language)
    return lang(code) if alone or get_shown_language(entry) == entry.language else render_language_attributes(code)


@register.filter
def languages_note(entry):
    """In which languages an entry can be read, where that is not just this one."""
    if entry.facts["original"] and entry.section != "stories":
        return describe_original_languages(entry)
    codes = entry.facts["languages"] or [
        get_shown_language(entry)
    ]  # of a testimony that nobody has translated yet: its own
    if entry.is_fallback:
        return availability.describe_only_languages(codes) if get_shown_language(entry) != entry.language else ""
    is_everywhere = all(code in codes for code, _label in settings.LANGUAGES)
    return availability.describe_languages(codes) if len(codes) > 1 and not is_everywhere else ""


def describe_original_languages(entry):
    """“In German and English”: of what was published in a language that the site does not have."""
    written = entry.facts["languages"]
    codes = [entry.original_language, *written]
    if entry.language not in written:
        return availability.describe_only_languages(codes)
    is_everywhere = all(code in written for code, _label in settings.LANGUAGES)
    return availability.describe_languages(codes[:1] if is_everywhere else codes)


@register.filter
def fallback_note(entry, field):
    """“In English only” for a text that does not exist in the reader's language; else nothing."""
    code = entry.spoken.get(field, entry.language)
    return availability.describe_only_languages([code]) if code != entry.language else ""


@register.simple_tag
def translated_only(code):
    """“In English only”, above a translation that is not in the reader's language."""
    return availability.describe_only_languages([code])


@register.simple_tag
def other_languages(entry):
    """(code, own name, path) of each other language of the site in which an entry was written."""
    site = [code for code, _label in settings.LANGUAGES if code in entry.facts["languages"]]
    return [(code, get_native_name(code), entry.address_in(code)) for code in site if code != entry.language]


@register.simple_tag
def situation_link(entry, situations):
    """To which situation an entry belongs, for lists over all of them; `situations` maps slugs to entries."""
    place = situations[entry.situation]
    return format_html('<a href="{}"{}>{}</a>', place.get_absolute_url(), lang(place.text_language), place.title)


# --- What was searched for ---


@register.simple_tag
def fragment(entry, found=None):
    """What a list shows of an entry, the words of a search marked."""
    return found.fragment(entry) if found else entry.fragment


@register.simple_tag
def passage(entry, found=None):
    """Where in the text of an entry the words of a search stand; None without a search."""
    return found.passage(entry) if found else None


# --- What is new to a reader ---


@register.simple_tag
def since_mark(entry, query_filter):
    """What is new about an entry since the day that the list was asked for; nothing on pages that are no list."""
    return new_since.get_new_mark(entry, getattr(query_filter, "since", None))


register.simple_tag(new_since.get_since_offer, name="since_offer")


# --- Kinds ------------------------------------------------------------------------------------


@register.simple_tag
def glyph(family):
    return format_html('<svg class="g f-{0}" aria-hidden="true"><use href="#{0}"/></svg>', family)


@register.simple_tag
def title_lang(entry, *, alone=False):
    """The attributes of the title that stands first: as it was given, or else in a language of the site."""
    return lang(entry.original_language) if entry.facts["original"] else text_lang(entry, "title", alone=alone)


@register.filter
def first_title(entry):
    """The title that stands first."""
    return entry.facts["original"]["title"] if entry.facts["original"] else entry.title


@register.filter
def translated_title(entry):
    """The translated title of what was given in another language than the reader's, to stand below the original."""
    if not entry.facts["original"]:
        return ""
    return entry.title if entry.original_language not in {entry.language, entry.spoken.get("title")} else ""


@register.filter
def credits_as(entry, role):
    return [credit for credit in entry.facts["credits"] if credit["role"] == role]


MAX_SHOWN_HEIGHT = 1.25  # its height in widths
CROP_TOLERANCE = 1.15  # so little more is shown whole


@register.simple_tag
def picture_sources(picture):
    """The drawings of a picture as an `img` wants them: the biggest JPEG, and the lighter formats by type."""
    sources = {}
    for one in picture["renditions"]:
        sources.setdefault(one["type"], []).append(f"{settings.MEDIA_URL}{one['name']} {one['width']}w")
    plain = [one for one in picture["renditions"] if one["type"] == "image/jpeg"] or picture["renditions"]
    best = max(plain, key=lambda one: one["width"])
    lighter = [{"type": kind, "srcset": ", ".join(sources[kind])} for kind in sources if kind != best["type"]]
    return {
        "sources": lighter,
        "src": settings.MEDIA_URL + best["name"],
        "width": best["width"],
        "height": best["height"],
        "cut": get_crop_class(picture),
    }


def get_crop_class(picture):
    """For a picture that is taller than a screen, which part of it is shown: "at0", its top, to "at4", its bottom."""
    shown = MAX_SHOWN_HEIGHT * picture["width"] / picture["height"]
    if shown >= 1 / CROP_TOLERANCE:
        return ""
    _across, down = picture.get("focus") or (0.5, 0.5)
    return f"at{round(4 * min(max((down - shown / 2) / (1 - shown), 0), 1))}"


# --- Dates ------------------------------------------------------------------------------------


@register.simple_tag
def date_of(entry):
    """The date as far as it is known, spelt out: “14 August 2020”."""
    return render_time(entry, date_words.format_known_date(entry.date, entry.precision))


@register.simple_tag
def short_date_of(entry):
    """The same in little space, “14 Aug 2020”; says aloud what “n.d.” means."""
    words = date_words.format_short_known_date(entry.date, entry.precision)
    return render_time(entry, words) if entry.precision != "undated" else render_unknown_date(words)


@register.simple_tag
def date_in_month(entry):
    """The date below the heading of its month: “14 Aug”, with the year read aloud."""
    if entry.precision == "day":
        return render_time(entry, date_words.format_short_day(entry.date), aloud=f" {entry.date.year}")
    if entry.precision == "month":
        return render_time(
            entry, date_words.format_short_month(entry.date), aloud=f" {entry.date.year}. " + _("Day not recorded")
        )
    return short_date_of(entry)


def render_time(entry, words, *, aloud=""):
    machine = date_words.format_iso_date(entry.date, entry.precision)
    if not machine:
        return words
    hidden = format_html('<span class="vh">{}</span>', aloud) if aloud else ""
    return format_html('<time datetime="{}">{}{}</time>', machine, words, hidden)


def render_unknown_date(words):
    return format_html('{}<span class="vh"> {}</span>', words, _("Day not recorded"))


@register.filter
def month_of(entry):
    return date_words.format_month(entry.date)


@register.filter
def full_date(date):
    """“14 August 2020”, from a date or its ISO form."""
    return date_words.format_day(date_words.to_date(date))
