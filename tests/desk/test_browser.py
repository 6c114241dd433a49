"""The desk in a real browser: nothing blocked, nothing asked of others, usable by keyboard, on a phone, without script.

The fixture fails each test at its end if a page complained to the console or left the machine.
"""

import datetime as dt
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from desk.item_form import rich_text
from publishing.models import Release
from publishing.workflow import transitions
from tests.support.desk_client import admin_url
from tests.support.factories import (
    PASSWORD,
    make_alert,
    make_organisation,
    make_partner,
    make_situation,
    make_staff,
    make_story,
    make_tag,
    make_update,
)
from updates.models import Update

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def content():
    """One of each type, in several states; name of a page -> its address."""
    make_organisation()
    update = make_update("Public", title_ar="عنوان", public=True, body_en="<p>Words</p>", tags=[make_tag()])
    draft = make_update("Draft")
    transitions.submit(draft)
    story, alert = make_story(), make_alert()
    at = "/admin/"
    return {
        "index": at,
        "updates": f"{at}updates/update/",
        "update": admin_url(update),
        "new update": f"{at}updates/update/add/",
        "history": admin_url(update, "history"),
        "publish": admin_url(update, "publish"),
        "schedule": admin_url(update, "schedule"),
        "withdraw": admin_url(update, "withdraw"),
        "preview": admin_url(update, "preview/ar"),
        "preview on a phone": admin_url(update, "preview/ar/phone"),
        "review": admin_url(update, "review"),
        "compare": admin_url(update, "compare"),
        "restore": admin_url(update, f"restore/{Release.objects.of(update.uid).get().pk}"),
        "copies": admin_url(update, "copies"),
        "approve": admin_url(draft, "approve"),
        "return": admin_url(draft, "return"),
        "stories": f"{at}stories/survivorstory/",
        "story": admin_url(story),
        "alert": admin_url(alert),
        "situation": admin_url(update.situation),
        "organisation": f"{at}situations/organisation/",
        "partner": admin_url(make_partner()),
        "tag": admin_url(make_tag()),
        "tags": f"{at}situations/tag/",
    }


def log_in(page, name="approver", role="approver"):
    make_staff(name, role=role)
    page.goto("/admin/")
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/admin/")


def test_no_page_breaks_its_policy_or_leaves_the_machine(page, content):
    log_in(page)
    for name, url in content.items():
        answer = page.goto(url)
        page.wait_for_load_state("networkidle")
        assert answer.status == 200, name
        assert "'unsafe" not in answer.headers["content-security-policy"], name


def test_the_style_that_the_editor_writes_is_the_one_that_is_allowed(page, content):
    """When this fails after an update of the editor, STYLE in desk/item_form/rich_text.py is what it prints."""
    log_in(page)
    page.goto(content["update"])
    page.wait_for_selector(".tiptap")
    style = page.evaluate("document.querySelector('style').textContent")
    digest = page.evaluate(
        """async (text) => {
            const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
            return btoa(String.fromCharCode(...bytes));
        }""",
        style,
    )
    assert f"'sha256-{digest}'" == rich_text.EDITOR_STYLE_HASH
    assert page.evaluate("getComputedStyle(document.querySelector('.tiptap')).whiteSpace") == "break-spaces"


@pytest.mark.parametrize("options", [{"viewport": {"width": 390, "height": 844}}, {"color_scheme": "dark"}], ids=str)
def test_every_page_fits_and_is_accessible(new_page, content, options):
    page = new_page(bypass_csp=True, **options)  # the checker writes styles of its own
    log_in(page)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for name, url in content.items():
        page.goto(url)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        found = Axe().run(page, options=rules).response["violations"]
        assert not found, (name, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found])


def test_the_languages_are_tabs_that_work_by_keyboard(page, content):
    log_in(page)
    page.goto(content["update"])
    page.get_by_role("tab", name="English").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Français").get_attribute("aria-selected") == "true"
    page.keyboard.press("End")
    assert page.locator("input[name=title_ar]").is_visible()
    assert page.locator("input[name=title_en]").is_hidden()


def test_the_tab_is_open_again_after_saving(page, content):
    log_in(page)
    page.goto(content["update"])
    page.get_by_role("tab", name="Русский").click()
    page.locator("input[name=title_ru]").fill("Новое")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector(".messagelist")
    assert page.locator("input[name=title_ru]").input_value() == "Новое"
    assert page.locator("input[name=title_ru]").is_visible()


def test_a_tab_with_a_mistake_is_open_first(page, content):
    log_in(page)
    page.goto(content["update"])
    page.get_by_label("Written first in").select_option("be")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector(".errornote")
    assert page.get_by_role("tab", name="Беларуская").get_attribute("aria-selected") == "true"


def test_opening_and_saving_a_rich_text_changes_nothing_in_it(page, content):
    body = (
        "<h2>One</h2><p>A <strong>b</strong> <em>c</em><br>d</p><ul><li><p>e</p></li></ul>"
        '<blockquote><p>f</p></blockquote><p><a href="https://example.org/" rel="noopener noreferrer">g</a></p>'
    )
    update = make_update("Rich", body_en=body)
    log_in(page)
    page.goto(admin_url(update))
    page.wait_for_selector(".tiptap")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector(".messagelist")
    assert "nothing was saved" in page.locator(".messagelist").inner_text()
    assert Update.objects.get(pk=update.pk).body_en == body


def test_what_is_typed_in_the_editor_is_saved_as_clean_text(page, content):
    update = make_update("Typed")
    log_in(page)
    page.goto(admin_url(update))
    page.get_by_role("tab", name="العربيّة").click()
    page.locator("fieldset[data-language=ar] .tiptap").click()
    page.keyboard.type("سلام")
    assert page.evaluate("getComputedStyle(document.querySelector('[data-language=ar] .tiptap')).direction") == "rtl"
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector(".messagelist")
    assert Update.objects.get(pk=update.pk).body_ar == "<p>سلام</p>"


def test_without_scripts_the_languages_are_headed_sections_and_saving_works(new_page, content):
    page = new_page(java_script_enabled=False)
    log_in(page)
    page.goto(content["new update"])
    expect(page.get_by_role("heading", name="Русский")).to_be_visible()
    page.get_by_label("Situation").select_option(index=1)
    page.locator("input[name=title_en]").fill("Written without scripts")
    page.locator("textarea[name=body_en]").fill("One.\n\nTwo.")
    page.get_by_label("Date:").fill("2020-08-14")
    page.get_by_role("button", name="Save").click()
    assert Update.objects.get(title_en="Written without scripts").body_en == "<p>One.</p><p>Two.</p>"


@pytest.mark.walk
def test_an_update_goes_from_the_first_word_to_its_withdrawal(page, settings):
    make_situation()
    log_in(page)
    page.goto("/admin/updates/update/add/")
    page.get_by_label("Situation").select_option(index=1)
    page.locator("input[name=title_en]").fill("Stop reprisals")
    page.get_by_label("Date:").fill("2020-08-14")
    page.get_by_role("tab", name="Русский").click()
    page.locator("input[name=title_ru]").fill("Остановите репрессии")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Stop reprisals")).to_be_visible()
    page.get_by_role("link", name="ru", exact=True).click()
    expect(page.get_by_role("heading", name="Остановите репрессии")).to_be_visible()
    page.get_by_role("link", name="Back to editing").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.locator(".messagelist a").click()
    page.wait_for_url("**/en/belarus/updates/stop-reprisals/")
    expect(page.get_by_role("heading", name="Stop reprisals")).to_be_visible()
    update = Update.objects.get()
    page.goto(admin_url(update))
    page.locator("input[name=title_en]").fill("Stop all reprisals")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("radio", name=re.compile("Yes")).check()
    page.get_by_label("What was corrected, in English").fill("The title said less.")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_selector(".messagelist")
    page.goto("/en/belarus/updates/stop-reprisals/")
    expect(page.get_by_text("The title said less.")).to_be_visible()
    page.goto(admin_url(update))
    page.get_by_role("link", name="Withdraw").click()
    page.wait_for_url("**/withdraw/")
    expect(page.locator("main button:focus, main input[type=submit]:focus, #content button:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_selector(".messagelist")
    assert page.goto("/en/belarus/updates/stop-reprisals/").status == 410


@pytest.mark.walk
def test_an_alert_is_up_within_a_minute_by_one_person(page):
    make_situation()
    log_in(page, "duty", role="contributor")
    page.goto("/admin/")
    page.get_by_role("row", name="Alerts").get_by_role("link", name="Add").click()
    page.locator("input[name=sentence_en]").fill("Internet is down in Minsk")
    ends = timezone.now() + dt.timedelta(hours=3)
    page.locator("input[name=ends_0]").fill(f"{ends:%Y-%m-%d}")
    page.locator("input[name=ends_1]").fill(f"{ends:%H:%M}")
    page.get_by_role("button", name="Publish it now").click()
    page.wait_for_selector(".messagelist")
    page.goto("/en/belarus/")
    expect(page.get_by_text("Internet is down in Minsk")).to_be_visible()


def test_a_box_drawn_on_a_chosen_picture_is_black_when_it_is_saved(page, tmp_path):
    Image.new("RGB", (800, 600), "white").save(tmp_path / "square.png")
    update = make_update("Words")
    log_in(page)
    page.goto(admin_url(update))
    page.get_by_label("New picture").set_input_files(tmp_path / "square.png")
    canvas = page.locator("canvas.retouch-canvas")
    canvas.wait_for()
    canvas.scroll_into_view_if_needed()
    frame = canvas.bounding_box()
    page.mouse.move(frame["x"] + frame["width"] * 0.25, frame["y"] + frame["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.75, frame["y"] + frame["height"] * 0.75)
    page.mouse.up()
    box = page.locator("textarea[name=black_boxes]").input_value()
    assert re.fullmatch(r"2[45]\.\d 2[45]\.\d 7[45]\.\d 7[45]\.\d", box)
    page.get_by_label("the picture is decoration").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("img.thumbnail").wait_for()
    update.refresh_from_db()
    with default_storage.open(update.picture["renditions"][-1]["name"]) as stored:
        drawn = Image.open(stored).convert("RGB")
        assert max(drawn.getpixel((drawn.width // 2, drawn.height // 2))) < 8
