"""The public pages in a real browser: rules of accessibility, every width and both schemes, and a walk by keyboard.

The fixture fails each test at its end if a page complained to the console or left the machine.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect

from situations.models import Page
from tests.factories import (
    make_alert,
    make_organisation,
    make_partner,
    make_situation,
    make_story,
    make_tag,
    make_update,
    publish,
    save,
)
from updates.models import Attachment

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATHS = [
    "",
    "belarus/",
    "belarus/?kind=report",
    "belarus/?kind=report&year=1999",
    "search/?q=torture",
    "belarus/updates/torture/",
    "belarus/stories/told/",
    "newsletter/",
    "newsletter/archive/",
    "about/",
    "safety/",
    "privacy/",
    "no-such-page/",
]


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
    publish(update)
    publish(update, correction={"en": "The number was 7."})
    make_update("Alike", public=True, tags=[tag])
    make_update("Elsewhere", public=True, publisher=make_partner("United Nations"), url="https://www.ohchr.org/x")
    make_story(public=True, slug="told", original_body="<p>Словы</p>", body_en="<p>Words</p>", translator_en="A. B.")
    make_alert("New report", url="/en/belarus/", situation=belarus)
    publish(save(Page(key="about", slug="about", title_en="Us", body_en="<h2>People</h2><p>Those who write.</p>")))


def faults(page, path):
    page.goto(path)
    found = Axe().run(page, options=RULES).response["violations"]
    told = [(path, one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return told if fits else [*told, (path, "does not fit")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_page_fits_and_is_accessible(new_page, site, language, scheme):
    page = new_page(bypass_csp=True, color_scheme=scheme)  # the checker writes styles of its own
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found = [fault for path in PATHS for fault in faults(page, f"/{language}/{path}")]
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


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_link_and_field_of_a_timeline_is_reached_and_seen(page, site, language):
    page.goto(f"/{language}/belarus/")
    wanted = page.evaluate("[...document.querySelectorAll('a[href], input, select, button, summary')].filter("
                           "one => one.type !== 'hidden' && one.checkVisibility()).length")  # fmt: skip
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
