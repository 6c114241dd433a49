"""Every role at every page of the desk, by GET and by POST: a new page that nobody has classified fails here.

Which right a page takes is said once below, by its name; who holds a right is said by `staff.roles`.
Not here: accounts and the audit log, page by page (`staff/test_roles.py`); what a deed refuses
(`desk/transitions/test_transitions.py`).
"""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from publishing.screening import names
from situations.models import Page
from staff.roles import ROLES
from tests.support.factories import (
    make_alert,
    make_organisation,
    make_partner,
    make_situation,
    make_staff,
    make_story,
    make_tag,
    make_update,
    save_item,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# --- What each page takes ---------------------------------------------------------------------

NOBODY = "nobody"
VIEW, CHANGE, ADD, DELETE = "view", "change", "add", "delete"
# Pages that Django's admin makes of every model: (right to open, right to send).
USUAL = {
    "changelist": (VIEW, VIEW),
    "add": (ADD, ADD),
    "change": (VIEW, CHANGE),
    "history": (VIEW, VIEW),
    "delete": (DELETE, DELETE),
}
PUBLICATION = USUAL | {
    "delete": (NOBODY, NOBODY),  # nobody deletes past the workflow
    **{deed: (deed, deed) for deed in ("submit", "approve", "publish", "withdraw", "purge")},
    "return": ("approve", "approve"),
    "allow-names": ("approve", "approve"),
    **dict.fromkeys(["schedule", "unschedule"], ("publish", "publish")),
    **dict.fromkeys(["preview", "preview_phone", "preview_framed", "file", "compare", "copies"], (VIEW, VIEW)),
    **dict.fromkeys(["restore", "review", "review_revoke"], (CHANGE, CHANGE)),
    "translate": ("change translate", "change translate"),
    "import": (ADD, ADD),
    "sample": (ADD, ADD),  # a workbook to begin an import with
    **dict.fromkeys(["export", "export_csv", "export_xlsx"], (CHANGE, CHANGE)),
}
PAGES = {
    **dict.fromkeys(
        [
            "updates_update",
            "stories_survivorstory",
            "situations_situation",
            "situations_page",
            "situations_alert",
        ],
        PUBLICATION,
    ),
    # There is one, so its list and the way to add another lead to it.
    "situations_organisation": PUBLICATION | {"add": (VIEW, VIEW)},
    "situations_partner": USUAL,
    "situations_tag": USUAL,
    # Added and removed, never changed.
    "publishing_listedname": USUAL | {"change": (VIEW, NOBODY)},
    # Rows of a library's, for a superuser to look into when the background work stands still.
    "django_tasks_database_dbtaskresult": dict.fromkeys(USUAL, (NOBODY, NOBODY)),
}
# Tested page by page elsewhere.
ELSEWHERE = {
    "staff_account": "test_roles.py",
    "audit_event": "test_roles.py",
    "newsletter_edition": "test_newsletter_desk.py",
    "newsletter_subscriber": "test_newsletter_desk.py",
    "newsletter_signup": "test_newsletter_desk.py",
    "newsletter_delivery": "test_newsletter_desk.py",
    "newsletter_wording": "test_newsletter_desk.py",
    "desk_guideline": "test_desk_comfort.py",
    "desk_translation": "test_translation_board.py",
}
# Pages of no model: everybody's own account, the way in, the first page.
OWN = re.compile(
    r"account_|mfa_|staff_(?!account_)|(index|login|logout|password_\w+|autocomplete|jsi18n|view_on_site|app_list)$"
)


def desk_pages(patterns=None, before="/admin/"):
    """(name, route) of every page below /admin/."""
    if patterns is None:
        found = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "admin/"]
        patterns = [pattern for entry in found for pattern in entry.url_patterns]
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from desk_pages(pattern.url_patterns, before + str(pattern.pattern))
        elif pattern.name:
            yield pattern.name, before + str(pattern.pattern)


def model_of(name):
    return next((model for model in [*PAGES, *ELSEWHERE] if name.startswith(f"{model}_")), None)


def test_every_page_is_classified():
    strangers = [name for name, _route in desk_pages() if not OWN.match(name) and model_of(name) is None]
    pages = [(name, model_of(name)) for name, _route in desk_pages() if model_of(name) in PAGES]
    unknown = [name for name, model in pages if name.removeprefix(f"{model}_") not in PAGES[model]]
    assert not strangers + unknown


# --- Who gets in ------------------------------------------------------------------------------


def thing(model):
    """Something to open, so that the page can get as far as asking for a right."""
    make_situation()
    makers = {
        "updates_update": make_update,
        "stories_survivorstory": make_story,
        "situations_situation": lambda: make_situation("other", public=False),
        "situations_organisation": make_organisation,
        "situations_page": lambda: save_item(Page(key=Page.Key.values[0], title_en="Page", slug="page")),
        "situations_alert": make_alert,
        "situations_partner": make_partner,
        "situations_tag": make_tag,
        "publishing_listedname": lambda: names.add_listed_name("Сяргей Ціханчук", by="anna"),
    }
    return makers[model]() if model in makers else None


def client_of(role):
    account = make_staff(f"the-{role}", role=role)
    account.languages = ["fr"]
    account.save()
    client = Client()
    client.force_login(account)
    return client


def holds(role, wanted, model):
    app, _dash, name = model.rpartition("_")
    return any(f"{app}.{right}_{name}" in ROLES[role] for right in wanted.split())


def address(route, item):
    """Some page of this route; what it names beside the item need not exist, since rights are asked for first."""
    route = re.sub("<int:pk>|<path:object_id>", str(item.pk if item else 1), route)
    return re.sub("<[^>]+>", "1", route.replace("<str:language>", "fr"))


def let_in(answer, page):
    """Whether a page took the account for one that may: anything else than a refusal."""
    refusals = {403, 404} if page == "history" else {403}
    return answer.status_code not in refusals


@pytest.mark.parametrize("model", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_into_the_pages_of_its_rights_and_no_other(role, model):
    item, client, wrong = thing(model), client_of(role), []
    for name, route in desk_pages():
        page = name.removeprefix(f"{model}_")
        if model_of(name) != model or (item is None and page == "history"):
            continue
        for method, wanted in zip(("get", "post"), PAGES[model][page], strict=True):
            answer = getattr(client, method)(address(route, item), follow=model == "situations_organisation")
            if answer.status_code != 405 and let_in(answer, page) != holds(role, wanted, model):
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert not wrong


@pytest.mark.parametrize("role", ROLES)
def test_a_deed_that_a_role_may_not_do_leaves_the_item_as_it_was(role):
    update, client = make_update(), client_of(role)
    before = vars(type(update).objects.get(pk=update.pk)).copy()
    for deed in ("approve", "return", "allow-names", "purge", "delete"):
        client.post(f"/admin/updates/update/{update.pk}/{deed}/", {"post": "yes"})
    after = vars(type(update).objects.get(pk=update.pk))
    assert {name: value for name, value in after.items() if name != "_state"} == {
        name: value for name, value in before.items() if name != "_state"
    }


def test_a_library_brings_no_list_of_its_own_tags(client):
    client.force_login(make_staff("chief", role="administrator"))
    assert client.get("/admin/taggit/tag/merge-tags/").status_code == 404
