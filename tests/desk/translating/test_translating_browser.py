"""Translating in a real browser: from missing to checked, by file, on a phone, from right to left, without scripts."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from desk.translating import records
from staff.models import Account
from tests.desk.test_browser import log_in
from tests.support.desk_client import admin_url
from tests.support.factories import make_staff, make_story, make_update
from updates.models import Update

pytestmark = pytest.mark.django_db(transaction=True)
BOARD = "/admin/desk/translation/"


def log_in_translator(page, *codes, language=""):
    make_staff("tomas", role="translator")
    Account.objects.filter(username="tomas").update(languages=list(codes), language=language)
    log_in(page, "tomas", role="translator")


@pytest.mark.walk
def test_a_translator_brings_an_item_from_missing_to_checked(page):
    update = make_update("Stop reprisals", body_en="<p>Words</p>", public=True)
    log_in_translator(page, "fr")
    page.get_by_role("link", name="Translations").first.click()
    page.get_by_label("Translation:", exact=True).select_option(label="missing")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile("missing.*Français.*Stop reprisals")).click()
    expect(page.locator(".pair-words").first).to_have_text("Stop reprisals")
    page.locator("input[name=title_fr]").fill("Halte aux représailles")
    page.locator(".tiptap").click()
    page.keyboard.type("Des mots")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[aria-current=page] + .translation-state")).to_have_text("draft")
    page.get_by_role("button", name="Save and mark as checked").click()
    expect(page.locator("[aria-current=page] + .translation-state")).to_have_text("checked")
    saved = Update.objects.get()
    assert (saved.title_fr, saved.body_fr) == ("Halte aux représailles", "<p>Des mots</p>")
    assert page.goto(admin_url(update, "publish")).status == 403


@pytest.mark.walk
def test_words_go_out_as_a_file_and_come_back(page, tmp_path):
    update = make_update("Stop reprisals")
    log_in_translator(page, "fr")
    page.goto(f"{BOARD}?state=missing")
    page.get_by_role("checkbox", name="Choose “Stop reprisals”").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    path = tmp_path / "back.xlf"
    words = download.value.path().read_text(encoding="utf-8")
    path.write_text(words.replace("</source>", "</source><target>Halte</target>", 1), encoding="utf-8")
    page.goto(BOARD)
    page.get_by_role("link", name="Upload a translated file").click()
    page.get_by_label("Translated file").set_input_files(path)
    page.get_by_role("button", name="Tell me what would happen").click()
    expect(page.locator("ins")).to_have_text("Halte")
    page.get_by_role("button", name="Save these translations").click()
    page.wait_for_selector(".messagelist")
    assert records.get_translation_states(Update.objects.get(pk=update.pk))["fr"] == "draft"


def test_without_scripts_a_translation_is_saved(new_page):
    page = new_page(java_script_enabled=False)
    update = make_update("Stop reprisals", body_en="<p>Words</p>")
    log_in_translator(page, "fr")
    page.goto(admin_url(update, "translate/fr"))
    page.locator("input[name=title_fr]").fill("Halte")
    page.locator("textarea[name=body_fr]").fill("Un.\n\nDeux.")
    page.get_by_role("button", name="Save and mark as checked").click()
    assert Update.objects.get().body_fr == "<p>Un.</p><p>Deux.</p>"


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(390, "light", ""), (1280, "dark", ""), (390, "light", "ar")], ids=str
)
def test_every_page_of_translations_fits_and_is_accessible(new_page, width, scheme, language):
    page = new_page(
        bypass_csp=True, viewport={"width": width, "height": 844}, color_scheme=scheme
    )  # the checker has styles
    update = make_update("A" * 60, title_ar="عنوان", body_en="<h2>Head</h2><p>Words</p>", public=True)
    Update.objects.filter(pk=update.pk).update(title_en="Changed since")
    story = make_story(original_body="<p>Мяне забралі</p>", body_en="<p>They took me</p>")
    log_in_translator(page, "fr", "ar", language=language)
    urls = [BOARD, f"{BOARD}?type=story", f"{BOARD}import/", admin_url(update, "translate/ar")]
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for url in [*urls, admin_url(story, "translate/fr"), admin_url(update)]:
        page.goto(url)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        found = Axe().run(page, options=rules).response["violations"]
        assert not found, (url, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found])


def test_original_and_translation_stand_beside_each_other_each_in_its_direction(new_page):
    page = new_page(viewport={"width": 1280, "height": 900})
    update = make_update("Stop reprisals")
    log_in_translator(page, "ar")
    page.goto(admin_url(update, "translate/ar"))
    source, target = page.locator(".pair-words").first, page.locator("input[name=title_ar]")
    directions = [one.evaluate("node => getComputedStyle(node).direction") for one in (source, target)]
    assert directions == ["ltr", "rtl"]
    assert source.bounding_box()["x"] + source.bounding_box()["width"] <= target.bounding_box()["x"]
