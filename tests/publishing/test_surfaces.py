"""No surface shows what is not public, what was withdrawn, or what a consent does not open.

A testimony with a marker in every field is looked for on every surface: it must be on each while it is
public (or the search would prove nothing), and on none while it is a draft, scheduled or withdrawn.
"""

import datetime as dt
import io
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from newsletter.composition import edition_entries, edition_mail
from newsletter.composition.mail_merge import MergeFields
from newsletter.models import Edition
from publishing.models import PublishedFile, Release
from publishing.surfaces import SURFACES, WITHOUT_ITEMS
from publishing.workflow import transitions
from tests.support.factories import (
    approve_item,
    make_organisation,
    make_situation,
    make_story,
    make_update,
    publish_item,
)
from timeline.mirror import build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MARK = "Zeichen7f3a"
SLUG = "zeichen7f3a"


def text(client, *addresses):
    """What these addresses answer, heads and bodies, streamed ones too."""
    answers = [client.get(address) for address in addresses]
    bodies = [b"".join(answer.streaming_content) if answer.streaming else answer.content for answer in answers]
    return b"\n".join(bodies).decode()


def cards(page):
    """What a messenger shows of a link, but for the link itself."""
    page = re.sub(r'<meta property="og:url"[^>]*>', "", page)
    return "\n".join(re.findall(r'<meta (?:property="og:|name="twitter:|name="description)[^>]*>', page))


def editions(client):
    """The archive once an edition went out that names everything that was ever released, and its mail if it goes on."""
    edition = Edition.objects.create(state="sent", numbers=list(Release.objects.values_list("pk", flat=True)))
    at, number = "/en/newsletter/archive/", edition.pk
    archive = text(client, at, f"{at}{number}/", f"{at}feed.atom", f"/ar/newsletter/archive/{number}/")
    return archive + "".join(mail_of(edition, language) for language in ("en", "ar"))


def mail_of(edition, language):
    entries = edition_entries.get_edition_entries(edition, language)
    if not entries:
        return ""
    mail = edition_mail.build_edition_mail(edition, entries, language=language, blanks=MergeFields())
    return mail.subject + mail.text + mail.html


def mirrored():
    """Every file of a copy of the site, and its name."""
    with tempfile.TemporaryDirectory() as place:
        build.build_mirror(f"{place}/copy")
        files = [path for path in Path(place).rglob("*") if path.is_file()]
        return "\n".join(f"{path} {path.read_bytes().decode(errors='replace')}" for path in files)


def sheets(client):
    """The words of the XLSX files, which are compressed."""
    answers = [client.get(f"{at}export.xlsx") for at in LISTS]
    files = [io.BytesIO(b"".join(answer.streaming_content)) for answer in answers if answer.streaming]
    return "".join(zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode() for file in files)


def led_to(client):
    """Where the short addresses of everything that was ever released lead."""
    numbers = Release.objects.values_list("pk", flat=True)
    answers = [client.get(f"{place}/e/{number}") for number in numbers for place in ("", "/fr")]
    return "\n".join(answer.get("Location", "") for answer in answers)


def references(client):
    """What files for citing say of everything that was ever released."""
    numbers = Release.objects.values_list("pk", flat=True)
    return text(client, *(f"/en/e/{number}.{form}" for number in numbers for form in ("ris", "bib")))


PAGES = [f"/belarus/{section}/{SLUG}/" for section in ("stories", "updates")]
LANGUAGES = ["en", "fr", "es", "ru", "be", "ar"]
LISTS = [f"/{code}/{place}/" for code in ("en", "ar") for place in ("belarus", "search")]
LOOKS = {
    "page": lambda client: text(client, *(f"/{code}{page}" for code in LANGUAGES for page in PAGES)) + led_to(client),
    "home": lambda client: text(client, *(f"/{code}/" for code in LANGUAGES)),
    "timeline": lambda client: text(client, *(f"/{code}/belarus/" for code in LANGUAGES)),
    "search": lambda client: text(client, "/en/search/", "/fr/search/", "/en/search/?q=nebenwort"),
    "feeds": lambda client: text(client, *(f"{at}feed.{form}" for at in LISTS for form in ("atom", "rss", "json"))),
    "exports": lambda client: (
        text(client, *(f"{at}export.{form}" for at in LISTS for form in ("csv", "json")))
        + sheets(client)
        + references(client)
    ),
    "embed": lambda client: text(client, "/en/belarus/embed/", "/ar/belarus/embed/?section=stories"),
    "api": lambda client: text(client, "/api/v1/entries", "/api/v1/entries?language=fr&situation=belarus"),
    "sitemap": lambda client: text(client, "/sitemap.xml"),
    "media": lambda client: " ".join(PublishedFile.objects.filter(gone=False).values_list("name", flat=True)),
    "editions": editions,
    "mirror": lambda client: mirrored(),
    "card": lambda client: cards(text(client, *(f"/en{page}" for page in PAGES))),
}
# The card of a testimony says no word of it, by design; nor has a testimony a picture.
NEVER = {"media", "card"}


@pytest.fixture
def site():
    make_organisation()
    make_situation()
    make_update("Something else", public=True)


def marked(**options):
    return make_story(MARK, slug=SLUG, title_en=MARK, summary_en="Nebenwort", original_body=f"<p>{MARK}</p>", **options)


def marked_update(**options):
    return make_update(MARK, slug=SLUG, summary_en="Nebenwort", body_en=f"<p>{MARK}</p>", **options)


def seen(client, names=LOOKS):
    looks = {name: LOOKS[name](client) for name in names}
    return {name for name, shown in looks.items() if MARK in shown or SLUG in shown}


def test_every_surface_has_a_look_that_proves_it():
    assert set(LOOKS) == {surface.name for surface in SURFACES}


def test_a_public_testimony_is_on_every_surface_that_may_show_one(client, site):
    marked(public=True)
    assert seen(client) == set(LOOKS) - NEVER


def test_a_draft_is_on_no_surface(client, site):
    marked()
    assert seen(client) == set()


def test_an_approved_draft_is_on_no_surface(client, site):
    approve_item(marked())
    assert seen(client) == set()


def test_a_scheduled_testimony_is_on_no_surface(client, site):
    publish_item(approve_item(marked()), at=timezone.now() + dt.timedelta(hours=1))
    assert seen(client) == set()


def test_a_withdrawn_testimony_is_on_no_surface(client, site):
    story = marked(public=True)
    assert seen(client)
    transitions.withdraw(story, reason="consent withdrawn")
    assert seen(client) == set()


def test_a_purged_testimony_is_on_no_surface(client, site):
    story = marked(public=True)
    transitions.withdraw(story, reason="consent withdrawn")
    transitions.purge(story, by=None)
    assert seen(client) == set()


# --- Updates: the same, and a card that says their title --------------------------------------


def test_a_public_update_is_on_every_surface(client, site):
    marked_update(public=True)
    assert seen(client) == set(LOOKS) - {"media"}


@pytest.mark.parametrize("state", ["draft", "in review", "scheduled", "withdrawn", "purged", "schedule cancelled"])
def test_an_update_that_is_not_public_is_on_no_surface(client, site, state):
    update = marked_update(public=state in {"withdrawn", "purged"})
    if state == "in review":
        transitions.submit(update)
    if state.startswith("schedule"):
        publish_item(update, at=timezone.now() + dt.timedelta(hours=1))
    if state == "schedule cancelled":
        transitions.unschedule(update)
    if state in {"withdrawn", "purged"}:
        transitions.withdraw(update, reason="wrong")
    if state == "purged":
        transitions.purge(update, by=None)
    assert seen(client) == set()


def test_what_is_withdrawn_with_its_situation_is_on_no_surface(client, site):
    update = marked_update(public=True)
    transitions.withdraw(update.situation, reason="danger")
    assert seen(client) == set()


@pytest.mark.parametrize("channel", ["feed", "newsletter", "card", "mirror"])
def test_a_channel_without_consent_is_closed_on_all_its_surfaces(client, site, channel):
    marked(consent={channel: False}, public=True)
    closed = {surface.name for surface in SURFACES if surface.channel == channel}
    assert closed
    assert not seen(client, closed)


def routes(patterns, prefix=""):
    for pattern in patterns:
        # The language prefix and the admin say themselves what they are.
        part = "" if not hasattr(pattern.pattern, "_route") else str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield prefix + part
        elif not str(pattern.pattern).startswith("admin"):
            yield from routes(pattern.url_patterns, prefix + part)


def test_every_public_address_belongs_to_a_surface_or_shows_no_item():
    known = {route for surface in SURFACES for route in surface.routes} | set(WITHOUT_ITEMS)
    assert set(routes(get_resolver().url_patterns)) - known == set()


def test_the_answer_for_a_draft_is_the_answer_for_nothing(client, site):
    marked()
    draft, nothing = client.get(f"/en/belarus/stories/{SLUG}/"), client.get("/en/belarus/stories/never-was-7f3/")
    assert draft.status_code == nothing.status_code == 404
    assert dict(draft.headers) == dict(nothing.headers)
    assert draft.content.replace(SLUG.encode(), b"") == nothing.content.replace(b"never-was-7f3", b"")
