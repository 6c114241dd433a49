"""Who may do what with accounts and the audit log: every role at every page, and nobody above themselves."""

import re

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import get_resolver, reverse

from audit.chain import record
from audit.models import Event
from staff.login.access import ENROLMENT_VIEWS, LOGIN_VIEWS
from staff.models import Account
from staff.roles import (
    ROLES,
    can_manage,
    create_account,
    find_unknown_permissions,
    get_translator_languages,
    install_roles,
)
from tests.support.factories import PASSWORD, make_staff

pytestmark = pytest.mark.django_db
STRANGER = "nobody"


def make_logged_in_client(name):
    client = Client()
    client.post("/admin/login/", {"username": name, "password": PASSWORD})
    return client


@pytest.fixture
def everybody():
    """A client logged in for each role, by role, and one for somebody who is not."""
    clients = {role: make_staff(f"the-{role}", role=role) and make_logged_in_client(f"the-{role}") for role in ROLES}
    return clients | {STRANGER: Client()}


@pytest.fixture
def ada():
    make_staff("ada", role="administrator")
    return make_logged_in_client("ada")


@pytest.fixture
def ben():
    return make_staff("ben", role="contributor")


def account_form_data(account, **changes):
    """What the form of an account sends, with some of it changed."""
    return {
        "username": account.username,
        "first_name": "",
        "last_name": "",
        "email": account.email,
        "language": "",
        "languages": account.languages,
        "groups": list(account.groups.values_list("pk", flat=True)),
        "is_active": "on",
    } | changes


def get_role_names(account):
    return sorted(account.groups.values_list("name", flat=True))


def get_group_pk(name):
    return Group.objects.get(name=name).pk


# --- The roles --------------------------------------------------------------------------------


def test_every_right_of_every_role_exists(db):
    assert not find_unknown_permissions()


def test_a_right_added_by_hand_is_taken_away_when_roles_are_installed(db):
    Group.objects.get(name="auditor").permissions.add(Permission.objects.get(codename="change_account"))
    install_roles()
    assert set(Group.objects.get(name="auditor").permissions.values_list("codename", flat=True)) == {"view_event"}


@pytest.mark.parametrize("role", ["contributor", "approver", "administrator"])
@pytest.mark.parametrize(
    "right", ["updates.withdraw_update", "stories.withdraw_survivorstory", "situations.publish_alert"]
)
def test_every_editor_may_withdraw_and_may_publish_an_alert(role, right):
    assert make_staff("eva", role=role).has_perm(right)


def test_a_contributor_may_not_approve_nor_publish_what_stands_above_items(ben):
    deeds = ["updates.approve_update", "stories.approve_survivorstory"]
    deeds += ["situations.publish_situation", "situations.publish_organisation"]
    assert not [deed for deed in deeds if ben.has_perm(deed)]


def test_only_an_administrator_may_purge(db):
    assert [role for role, rights in ROLES.items() if "stories.purge_survivorstory" in rights] == ["administrator"]


def test_a_translator_is_bound_to_the_chosen_languages(ben):
    tomas = make_staff("tomas", role="translator")
    tomas.languages = ["fr", "ru"]
    assert (get_translator_languages(tomas), get_translator_languages(ben)) == (["fr", "ru"], None)


def test_an_account_with_a_weak_password_is_not_made(db):
    with pytest.raises(ValidationError):
        create_account("eve", role="contributor", password="password1234")
    assert not Account.objects.exists()


# --- Every role, every page, every method -----------------------------------------------------

# What each may, by the first digit of the status it gets: 2 the page, 3 to the login, 4 refused.
ADMINISTRATORS = dict.fromkeys([*ROLES, STRANGER], 4) | {"administrator": 2, STRANGER: 3}
READERS = ADMINISTRATORS | {"auditor": 2}
NOBODY = dict.fromkeys(ROLES, 4) | {STRANGER: 3}
EVERYBODY = dict.fromkeys(ROLES, 2) | {STRANGER: 3}
PAGES = [
    ("get", "admin:staff_account_changelist", False, ADMINISTRATORS),
    ("get", "admin:staff_account_add", False, ADMINISTRATORS),
    ("post", "admin:staff_account_add", False, ADMINISTRATORS),
    ("get", "admin:staff_account_change", True, ADMINISTRATORS),
    ("post", "admin:staff_account_change", True, ADMINISTRATORS),
    ("get", "admin:staff_account_history", True, ADMINISTRATORS),
    ("get", "admin:staff_account_delete", True, NOBODY),
    ("post", "admin:staff_account_delete", True, NOBODY),
    ("get", "admin:staff_account_link", True, ADMINISTRATORS),
    ("post", "admin:staff_account_link", True, ADMINISTRATORS),
    ("get", "admin:staff_account_factor", True, ADMINISTRATORS),
    ("get", "admin:staff_account_sessions", True, ADMINISTRATORS),
    ("get", "admin:audit_event_changelist", False, READERS),
    ("post", "admin:audit_event_changelist", False, READERS),
    ("get", "admin:audit_event_change", "event", READERS),
    ("post", "admin:audit_event_change", "event", NOBODY),
    ("get", "admin:audit_event_add", False, NOBODY),
    ("post", "admin:audit_event_add", False, NOBODY),
    ("get", "admin:audit_event_delete", "event", NOBODY),
    ("post", "admin:audit_event_delete", "event", NOBODY),
    ("get", "staff_close_desk", False, ADMINISTRATORS),
    ("get", "staff_me", False, EVERYBODY),
    ("get", "staff_sessions", False, EVERYBODY),
    ("get", "mfa_index", False, EVERYBODY),
    ("get", "account_change_password", False, EVERYBODY),
]


@pytest.mark.parametrize(("method", "name", "about", "expected"), PAGES, ids=lambda value: str(value)[:40])
def test_each_role_gets_what_it_may_and_nothing_else(everybody, ben, method, name, about, expected):
    target = record("update.published").pk if about == "event" else ben.pk
    address = reverse(name, args=[target] if about else [])
    found = {role: getattr(client, method)(address).status_code // 100 for role, client in everybody.items()}
    assert found == expected


def test_the_matrix_knows_every_page_of_the_two_rooms():
    known = {name for _method, name, _about, _expected in PAGES}
    pages = [page.name for model in (Account, Event) for page in site.get_model_admin(model).urls]
    assert {f"admin:{page}" for page in pages if page} <= known | {"admin:audit_event_history"}


def list_desk_addresses(patterns=None, before="/admin/"):
    """An address for every pattern below /admin/ in the whole house, as (name, address)."""
    if patterns is None:
        below = [entry.url_patterns for entry in get_resolver().url_patterns if str(entry.pattern) == "admin/"]
        patterns = [pattern for part in below for pattern in part]
    for pattern in patterns:
        address = (
            before + re.sub(r"<[^>]+>", "1", str(pattern.pattern)) if "(?P" not in str(pattern.pattern) else before
        )
        if hasattr(pattern, "url_patterns"):
            yield from list_desk_addresses(pattern.url_patterns, address)
        else:
            yield pattern.name, address


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_of_the_desk_but_the_door_opens_to_a_stranger(client, method):
    answers = {
        address: getattr(client, method)(address)
        for name, address in list_desk_addresses()
        if name not in LOGIN_VIEWS and address not in {"/admin/login/", "/admin/logout/"}
    }
    assert len(answers) > 60
    assert not [address for address, answer in answers.items() if not redirects_to(answer, "/admin/login/")]


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_of_the_desk_opens_without_a_second_factor_where_one_is_required(ada, settings, method):
    settings.SECOND_FACTOR = "required"
    answers = {
        address: getattr(ada, method)(address)
        for name, address in list_desk_addresses()
        if name not in LOGIN_VIEWS | ENROLMENT_VIEWS and address not in {"/admin/login/", "/admin/logout/"}
    }
    assert not [address for address, answer in answers.items() if not redirects_to(answer, "/admin/me/factor/choose/")]


def redirects_to(answer, address):
    return answer.status_code == 302 and answer.url.startswith(address)


# --- Nobody above themselves ------------------------------------------------------------------


def test_an_administrator_gives_a_role(ada, ben):
    ada.post(f"/admin/staff/account/{ben.pk}/change/", account_form_data(ben, groups=[get_group_pk("approver")]))
    assert get_role_names(ben) == ["approver"]
    assert Event.objects.get(verb="account.roles").detail == {"before": ["contributor"], "after": ["approver"]}


def test_another_role_ends_the_sessions_of_who_gets_it(ada, ben):
    client = make_logged_in_client("ben")
    ada.post(f"/admin/staff/account/{ben.pk}/change/", account_form_data(ben, groups=[get_group_pk("approver")]))
    assert client.get("/admin/me/").status_code == 302


def test_disabling_ends_the_sessions_and_is_written_down(ada, ben):
    client = make_logged_in_client("ben")
    ada.post(f"/admin/staff/account/{ben.pk}/change/", account_form_data(ben, is_active=""))
    assert client.get("/admin/me/").status_code == 302
    assert Event.objects.get(verb="account.disabled").subject == f"account:{ben.pk}"


def test_nobody_changes_their_own_account_there(ada):
    own = Account.objects.get(username="ada")
    answer = ada.post(
        f"/admin/staff/account/{own.pk}/change/", account_form_data(own, groups=[get_group_pk("auditor")])
    )
    assert (answer.status_code, get_role_names(own)) == (403, ["administrator"])


@pytest.mark.parametrize("deed", ["change", "link", "factor", "sessions"])
def test_a_superuser_is_out_of_reach_of_an_administrator(ada, deed):
    root = Account.objects.create_superuser("root", password=PASSWORD)
    assert ada.post(f"/admin/staff/account/{root.pk}/{deed}/", account_form_data(root)).status_code == 403


@pytest.mark.parametrize("trick", ["is_superuser", "is_staff", "user_permissions", "password"])
def test_what_the_form_does_not_show_cannot_be_sent(ada, ben, trick):
    before = Account.objects.values().get(pk=ben.pk)
    value = str(Permission.objects.get(codename="purge_update").pk)
    ada.post(f"/admin/staff/account/{ben.pk}/change/", account_form_data(ben, **{trick: value}))
    assert Account.objects.values().get(pk=ben.pk) == before
    assert not ben.user_permissions.exists()


def test_who_holds_less_cannot_give_more(ben):
    half = Group.objects.create(name="half an administrator")
    half.permissions.set(Permission.objects.filter(codename__in=["view_account", "change_account", "view_event"]))
    eve = make_staff("eve", role="auditor")
    eve.groups.add(half)
    auditor = make_staff("aud", role="auditor")
    client = make_logged_in_client("eve")
    client.post(
        f"/admin/staff/account/{auditor.pk}/change/", account_form_data(auditor, groups=[get_group_pk("administrator")])
    )
    assert get_role_names(auditor) == ["auditor"]
    assert not can_manage(eve, ben)


def test_an_account_is_made_without_a_password_and_invited_by_a_link(ada):
    new = {"username": "nina", "groups": [get_group_pk("contributor")], "is_active": "on"}
    invitation = ada.post("/admin/staff/account/add/", new).url
    link = re.search(r"http://testserver(/admin/password/[^<]+)", ada.post(invitation).content.decode())[1]
    person = Client()
    page = person.get(link, follow=True).request["PATH_INFO"]
    person.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    assert make_logged_in_client("nina").get("/admin/me/").status_code == 200


def test_nothing_in_the_audit_log_says_the_link(ada, ben):
    ada.post(f"/admin/staff/account/{ben.pk}/link/")
    assert "password/" not in str(list(Event.objects.values()))


@pytest.mark.parametrize("model", ["auth_group", "account_emailaddress", "mfa_authenticator"])
def test_lists_that_would_go_round_the_roles_do_not_exist(model):
    root = Account.objects.create_superuser("root", password=PASSWORD)
    client = make_logged_in_client(root.username)
    assert client.get(f"/admin/{model.replace('_', '/', 1)}/").status_code == 404
