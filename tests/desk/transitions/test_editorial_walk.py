"""One item's whole life at the desk, and one link for a reviewer, walked in a real browser as people would.

The fixture fails each test at its end if a page complained to the console or left the machine.
"""

import datetime as dt
import re
from contextlib import contextmanager

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from desk.reviewing import links
from publishing.models import Entry, Release
from tests.support.desk_client import admin_url
from tests.support.factories import PASSWORD, make_organisation, make_situation, make_staff, make_update
from updates.models import Update

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.walk, pytest.mark.slow]


def log_in(new_page, name, role):
    """A page of this person's own browser."""
    make_staff(name, role=role)
    page = new_page()
    page.goto("/admin/")
    page.get_by_label("Account name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/admin/")
    return page


def press_button(page, name):
    """Presses a button or follows a link that leads to a page, and waits for what is said there."""
    either = page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True))
    either.first.click()
    page.wait_for_load_state("networkidle")


def get_messages(page):
    return page.locator(".messagelist").inner_text()


@contextmanager
def later(**delta):
    with time_machine.travel(timezone.now() + dt.timedelta(**delta)):
        yield


@pytest.fixture
def people(new_page, settings):
    """A page each for who writes, who approves and who may delete; a second person is asked for every update."""
    make_organisation()
    make_situation()
    settings.SECOND_PERSON = "all"
    roles = ["contributor", "approver", "administrator"]
    return [log_in(new_page, f"the-{role}", role) for role in roles]


def written(page):
    page.goto("/admin/updates/update/add/")
    page.get_by_label("Situation").select_option(index=1)
    page.locator("input[name=title_en]").fill("Nine were held")
    page.get_by_label("Date:").fill("2020-08-14")
    press_button(page, "Submit for review")
    return Update.objects.get()


def returned_and_mended(contributor, approver, update):
    approver.goto(admin_url(update, "return"))
    approver.get_by_label("What is missing?").fill("Say it in Arabic too.")
    press_button(approver, "Return with a comment")
    contributor.goto(admin_url(update))
    expect(contributor.get_by_text("Say it in Arabic too.")).to_be_visible()
    contributor.get_by_role("tab", name="العربيّة").click()
    contributor.locator("input[name=title_ar]").fill("احتجز تسعة")
    press_button(contributor, "Submit for review")


def approved_and_scheduled(page, update, *, minutes):
    page.goto(admin_url(update, "approve"))
    press_button(page, "Approve")
    page.goto(admin_url(update, "schedule"))
    at = timezone.now() + dt.timedelta(minutes=minutes)
    page.locator("input[name=at_0]").fill(f"{at:%Y-%m-%d}")
    page.locator("input[name=at_1]").fill(f"{at:%H:%M}")
    page.get_by_role("button", name="Publish at …").click()
    page.wait_for_load_state("networkidle")


def corrected(contributor, approver, update):
    contributor.goto(admin_url(update))
    contributor.locator("input[name=title_en]").fill("Ten were held")
    press_button(contributor, "Submit for review")
    approver.goto(admin_url(update, "approve"))
    press_button(approver, "Approve")
    approver.goto(admin_url(update, "publish"))
    approver.get_by_role("radio", name=re.compile("Yes")).check()
    approver.get_by_label("What was corrected, in English").fill("Ten were held, not nine.")
    approver.get_by_label("What was corrected, in العربيّة").fill("عشرة لا تسعة.")
    press_button(approver, "Publish")


def test_an_update_is_walked_from_its_first_word_to_its_end(people):
    contributor, approver, administrator = people
    update = written(contributor)
    returned_and_mended(contributor, approver, update)
    approved_and_scheduled(approver, update, minutes=2)
    assert contributor.goto("/en/belarus/updates/nine-were-held/").status == 404
    with later(minutes=3):
        contributor.goto("/ar/belarus/updates/nine-were-held/")
        expect(contributor.get_by_role("heading", name="احتجز تسعة")).to_be_visible()
        corrected(contributor, approver, update)
        contributor.goto("/ar/belarus/updates/nine-were-held/")
        expect(contributor.get_by_text("عشرة لا تسعة.")).to_be_visible()
        compared_and_brought_back(approver, update)
        withdrawn_and_purged(approver, administrator, update)
        assert contributor.goto("/ar/belarus/updates/nine-were-held/").status == 410


def compared_and_brought_back(page, update):
    first, second = Release.objects.of(update.uid)
    page.goto(admin_url(update))
    page.get_by_role("radio", name=f"release {first.pk}", exact=True).check()
    page.get_by_role("radio", name=f"compared with release {second.pk}", exact=True).check()
    press_button(page, "Compare the two that are marked")
    expect(page.locator("del", has_text="Nine")).to_be_visible()
    expect(page.locator("ins", has_text="Ten")).to_be_visible()
    press_button(page, f"Restore release {first.pk} …")
    press_button(page, "Restore it")
    assert "Nothing was published." in get_messages(page)
    assert page.locator("input[name=title_en]").input_value() == "Nine were held"
    assert Entry.objects.get(uid=update.uid, language="en").title == "Ten were held"


def withdrawn_and_purged(page, administrator, update):
    page.goto(admin_url(update))
    press_button(page, "Withdraw")
    press_button(page, "Withdraw")
    assert "Withdrawn: it is no longer public" in get_messages(page)
    page.locator(".messagelist a").click()
    expect(page.get_by_label("What to write").first).to_have_value(re.compile("/ar/belarus/updates/nine-were-held/"))
    administrator.goto(admin_url(update, "purge"))
    press_button(administrator, "Delete permanently")
    assert "Deleted permanently." in get_messages(administrator)
    assert not Update.objects.exists()
    assert not any(release.document for release in Release.objects.of(update.uid))


def test_a_reviewer_link_is_made_opened_answered_and_revoked(people, new_page):
    editor = people[0]
    update = make_update("Words of a draft", title_ar="كلمات")
    editor.goto(admin_url(update))
    press_button(editor, "Let somebody without an account read it")
    editor.get_by_label("For whom").fill("lawyer")
    press_button(editor, "Create a link")
    link = editor.get_by_label("The new address").input_value()
    reviewer = new_page(java_script_enabled=False)
    answered_by(reviewer, link)
    editor.goto(admin_url(update))
    expect(editor.get_by_text("Say since when.")).to_be_visible()
    press_button(editor, "Let somebody without an account read it")
    press_button(editor, "Revoke lawyer")
    assert "Revoked" in get_messages(editor)
    assert reviewer.goto(link).status == 404
    assert reviewer.context.cookies() == []


def answered_by(page, link):
    page.goto(link)
    assert "Words of a draft" not in page.content()
    page.get_by_role("button", name="Read the draft: العربيّة").click()
    expect(page.get_by_role("heading", name="كلمات")).to_be_visible()
    page.locator(".review-bar").get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Words of a draft")).to_be_visible()
    page.get_by_label("Your name, or what the editors call you").fill("Ana")
    page.get_by_role("radio", name="Something should be changed first").check()
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_text("Say what should be changed.")).to_be_visible()
    page.get_by_label("Comment").fill("Say since when.")
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


@pytest.mark.parametrize("options", [{"locale": "ar"}, {"color_scheme": "dark"}], ids=str)
def test_the_pages_of_a_reviewer_fit_a_phone_and_are_accessible(new_page, options):
    page = new_page(bypass_csp=True, viewport={"width": 390, "height": 844}, **options)  # the checker writes styles
    update = make_update("Words of a draft", title_ar="كلمات")
    _link, token = links.create_review_link(update, languages=["en", "ar"], hours=1, for_whom="lawyer", by=make_staff())
    for address_shown in ("/review/nothing/", f"/review/{token}/"):
        page.goto(address_shown)
        check(page)
    page.locator(".review-languages button").first.click()
    page.wait_for_selector("#answer")
    check(page)
    page.locator("#answer button").click()
    page.wait_for_selector(".review-bar [role=alert]")
    check(page)


def check(page):
    page.wait_for_load_state()  # with the sheets: what is for paper alone takes place until they are there
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.title()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, options=rules).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
