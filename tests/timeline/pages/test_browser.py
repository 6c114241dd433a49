"""The public pages in a real browser: rules of accessibility, every width and both schemes, and a walk by keyboard.

The fixture fails each test at its end if a page complained to the console or left the machine.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Edition
from newsletter.subscribers import links, signup
from publishing.workflow import transitions
from situations.models import Page
from tests.support.factories import (
    approve_item,
    make_alert,
    make_organisation,
    make_partner,
    make_situation,
    make_story,
    make_tag,
    make_update,
    publish_item,
    save_item,
)
from tests.support.newsletter_fixtures import make_subscriber
from updates.models import Attachment

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATHS = [
    "",
    "belarus/",
    "belarus/?kind=report",
    "belarus/?kind=report&year=1999",
    "belarus/?section=updates",
    "belarus/?section=stories&tag=detention&since=2020-01-01",
    "belarus/?q=nothing-like-this",
    "belarus/?month=nonsense",
    "belarus/embed/",
    "search/?q=torture",
    "belarus/updates/torture/",
    "belarus/updates/long/",
    "belarus/updates/withdrawn/",
    "belarus/stories/told/",
    "belarus/stories/untranslated/",
    "newsletter/",
    "newsletter/check-inbox/",
    "newsletter/archive/",
    "about/",
    "safety/",
    "privacy/",
    "api/",
    "no-such-page/",
]
LONG = "Menschenrechtsverteidigerinnenschutzprogrammverordnung https://example.org/an/address/that/no/line/holds"


@pytest.fixture
def site():
    cache.clear()
    make_organisation(sentence_en="We write it down.", contact="desk@example.org")
    belarus = make_situation(title_ar="كل العيون", support_en="<p>Help is near.</p>")
    tag = make_tag("Detention")
    update = make_update(
        "Widespread torture",
        slug="torture",
        kind="report",
        title_ar="تعذيب واسع",
        summary_en="What was found.",
        body_en="<h2>Findings</h2><p>Words.</p>",
        tags=[tag],
    )
    Attachment.objects.create(
        update=update, title="The report", language="fr", name="x1.pdf", size=164_000, pages=2, sha256="ab" * 32
    )
    publish_item(update)
    publish_item(update, correction={"en": "The number was 7."})
    make_update("Alike", public=True, tags=[tag])
    make_update(LONG, slug="long", public=True, summary_en=LONG, tags=[tag], date_precision="month")
    transitions.withdraw(make_update(slug="withdrawn", public=True), reason="asked for")
    make_update("Elsewhere", public=True, publisher=make_partner("United Nations"), url="https://www.ohchr.org/x")
    make_story(public=True, slug="told", original_body="<p>Словы</p>", body_en="<p>Words</p>", translator_en="A. B.")
    untranslated = make_story(slug="untranslated", title_en="", original_body="<p>Словы</p>")
    untranslated.tags.set([tag])
    publish_item(approve_item(untranslated))
    make_alert("New report", url="/en/belarus/", situation=belarus)
    publish_item(
        save_item(Page(key="about", slug="about", title_en="Us", body_en="<h2>People</h2><p>Those who write.</p>"))
    )


@pytest.fixture
def letters(settings, tmp_path, site):
    """Addresses behind links in mail, and of an edition that went out."""
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1
    subscriber = make_subscriber()
    asked = signup.request_sign_up("new@example.org", language="en", frequency="weekly")
    make_update("New in the letter", public=True)
    digests.compose_due_digests()
    send_due()
    return [
        f"newsletter/confirm/{links.make_token(asked.pk, links.CONFIRM)}/",
        f"newsletter/preferences/{links.make_token(subscriber.pk, links.PREFERENCES)}/?saved",
        f"newsletter/unsubscribe/{links.make_token(subscriber.pk, links.UNSUBSCRIBE)}/",
        f"newsletter/archive/{Edition.objects.get().pk}/",
    ]


# The checker lets targets be smaller where there is room around them; ours are not. Links in a sentence may be
# (WCAG 2.2, 2.5.8), and what only a keyboard reaches.
SMALL = """[...document.querySelectorAll("a[href], button, input, select, summary")].filter((one) => {
    const {width, height} = one.getBoundingClientRect();
    const inSentence = getComputedStyle(one).display === "inline" &&
        one.parentElement.textContent.trim().length > one.textContent.trim().length + 8;
    return one.checkVisibility() && !one.closest(".vh, .skip") && !inSentence && Math.min(width, height) < 23.5;
}).map((one) => one.outerHTML)"""


def faults(page, path):
    page.goto(path)
    found = Axe().run(page, options=RULES).response["violations"]
    told = [(path, one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = [(path, "is small", words) for words in page.evaluate(SMALL)]
    return [*told, *small] if fits else [*told, *small, (path, "does not fit")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_page_fits_and_is_accessible(new_page, letters, language, scheme):
    page = new_page(bypass_csp=True, color_scheme=scheme)  # the checker writes styles of its own
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found = [fault for path in [*PATHS, *letters] for fault in faults(page, f"/{language}/{path}")]
        assert not found, (width, found)


# --- By keyboard ------------------------------------------------------------------------------


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')")


def test_the_first_key_skips_to_the_content(page, site):
    page.goto("/en/belarus/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


WALKED = [
    "",
    "belarus/",
    "belarus/?section=updates",
    "belarus/updates/torture/",
    "belarus/stories/told/",
    "newsletter/",
]


@pytest.mark.parametrize("path", WALKED)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_link_and_field_is_reached_and_seen(page, site, path, language):
    page.goto(f"/{language}/{path}")
    # Of the choices of one question the keyboard stops at the chosen one.
    wanted = page.evaluate("[...document.querySelectorAll('a[href], input, select, button, summary')].filter(one => "
                           "one.tabIndex >= 0 && one.type !== 'hidden' && (one.type !== 'radio' || one.checked)"
                           " && one.checkVisibility()).length")  # fmt: skip
    seen = 0
    for _key in range(wanted + 5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        seen += 1
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert seen == wanted


def test_a_content_note_is_skipped_by_its_link(page, site):
    page.goto("/en/belarus/stories/told/")
    page.locator(".notice a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#after")).to_be_in_viewport()


def test_a_list_is_narrowed_without_a_mouse(page, site):
    page.goto("/en/belarus/?section=updates")
    page.locator("#q").focus()
    page.keyboard.type("torture")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=torture**")
    expect(page.locator("article.entry")).to_have_count(1)


# --- On paper ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["belarus/", "belarus/updates/torture/", "belarus/stories/told/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_its_paper_and_is_black_on_white(new_page, site, path, scheme):
    page = new_page(color_scheme=scheme, viewport={"width": 642, "height": 986})  # A4 without its margins
    page.goto(f"/en/{path}")
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color").startswith(
        ("rgb(0, 0, 0", "rgb(22, 24, 29")
    )
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".mainnav, .share-box, .step, .skip").filter(visible=True).count()


def test_on_paper_the_original_comes_before_its_translation(page, site):
    page.goto("/en/belarus/stories/told/")
    page.emulate_media(media="print")
    original, translation = (page.locator(f"section.{name}").bounding_box() for name in ("orig", "summary"))
    assert original["y"] + original["height"] <= translation["y"]


def test_paper_ends_with_the_address_and_carries_nothing_to_press(page, site):
    page.goto("/en/belarus/")
    page.emulate_media(media="print")
    assert page.locator(".foot").inner_text().strip().endswith("/en/belarus/")
    assert not page.locator(".foot a, .since-line, .alternates, .btn").filter(visible=True).count()
