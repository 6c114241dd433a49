"""The pages beside an item's form, role by role and method by method: nobody reads or changes more than on the form."""

import pytest

from desk.models import ReviewLink
from desk.reviewing import links
from publishing.models import Release
from staff.roles import ROLES
from tests.support.desk_client import admin_url, log_in
from tests.support.factories import make_organisation, make_staff, make_story, make_update

pytestmark = pytest.mark.django_db
SEE = {"contributor", "approver", "translator", "newsletter", "administrator"}
CHANGE = {"contributor", "approver", "administrator"}
PAGES = {
    "compare": SEE,
    "copies": SEE,
    "preview/en": SEE,
    "preview/en/phone": SEE,
    "preview/en/framed": SEE,
    "review": CHANGE,
    "restore/{release}": CHANGE,
}


@pytest.fixture(scope="module")
def items(module_database):
    make_organisation()
    return {"update": make_update(public=True), "story": make_story(public=True)}


@pytest.fixture(params=["update", "story"])
def item(request, items):
    return items[request.param]


def place(item, page):
    return admin_url(item, page.format(release=Release.objects.of(item.uid).get().pk))


@pytest.mark.parametrize("role", [*ROLES, None])
@pytest.mark.parametrize("page", PAGES)
def test_who_may_open_which_page(client, item, role, page):
    if role:
        log_in(client, role, role=role)
    answer = client.get(place(item, page))
    assert answer.status_code == (302 if role is None else 200 if role in PAGES[page] else 403)
    assert answer.status_code == 200 or str(item) not in answer.content.decode()


@pytest.mark.parametrize("role", [*sorted(set(ROLES) - CHANGE), None])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_change_an_item_changes_nothing_by_any_method(client, item, role, method, page):
    links.create_review_link(item, languages=["en"], hours=1, for_whom="lawyer", by=make_staff())
    if role:
        log_in(client, role, role=role)
    sent = {"for_whom": "me", "hours": "1", "languages": ["en"], "version": "0", "digest": item.seen_digest()}
    getattr(client, method)(place(item, page), sent if method == "post" else "")
    assert type(item).objects.get().version == item.version
    assert ReviewLink.objects.get().revoked_at is None
