"""The second person is a person: no account that the first one made a minute ago, and nobody makes one unnoticed."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from newsletter.composition.edition_transitions import EDITION_TRANSITIONS
from newsletter.models import Edition
from publishing.screening import names
from publishing.workflow import transitions
from publishing.workflow.transitions import TransitionRefused
from staff.models import Account
from staff.roles import create_account
from stories.models import SurvivorStory
from tests.support.desk_client import log_in, read_form
from tests.support.factories import PASSWORD, approve_item, make_situation, make_staff, make_story, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client):
    """Logged in with a password a moment ago, as pages about accounts ask for."""
    account = make_staff("chief", role="administrator")
    client.post("/admin/login/", {"username": "chief", "password": PASSWORD})
    return account


def make_new(name="new", *, maker=None, days=0):
    account = create_account(name, role="approver", password=PASSWORD)
    Account.objects.filter(pk=account.pk).update(date_joined=timezone.now() - dt.timedelta(days=days))
    if maker:
        account.makers.add(maker)
    return Account.objects.get(pk=account.pk)


def hand_in(*, by):
    story = make_story(by=by)
    transitions.submit(story)
    return story


# --- A new account ----------------------------------------------------------------------------


def test_a_new_account_approves_nothing_for_a_day():
    story, new = hand_in(by=make_staff("author")), make_new()
    with pytest.raises(TransitionRefused, match="Your account is new. It can approve from"):
        transitions.approve(story, by=new)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=24, seconds=1)):
        transitions.approve(story, by=new)


def test_a_new_account_lets_no_listed_name_pass():
    make_situation()
    update = make_update("Siarhei Tsikhanchuk was there", by=make_staff("author"))
    names.add_listed_name("Siarhei Tsikhanchuk", by="anna")
    with pytest.raises(TransitionRefused, match="Your account is new"):
        transitions.allow_names(update, by=make_new())


def test_a_new_account_lets_no_letter_out():
    guard = EDITION_TRANSITIONS["approve"].guard
    assert "Your account is new" in " ".join(guard(Edition(authors=["author"]), by=make_new()))


# --- Whoever made it --------------------------------------------------------------------------


def test_an_account_never_approves_what_its_maker_wrote():
    author = make_staff("author")
    with pytest.raises(TransitionRefused, match="Whoever created your account"):
        transitions.approve(hand_in(by=author), by=make_new(maker=author, days=30))


def test_an_account_approves_what_others_wrote():
    transitions.approve(hand_in(by=make_staff("author")), by=make_new(maker=make_staff("chief"), days=30))
    assert SurvivorStory.objects.get().status == "approved"


def test_an_account_that_was_made_by_an_account_of_the_author_does_not_approve_either():
    author = make_staff("author")
    between = make_new("between", maker=author, days=30)
    with pytest.raises(TransitionRefused, match="Whoever created your account"):
        transitions.approve(hand_in(by=author), by=make_new(maker=between, days=30))


def test_an_approval_does_not_hold_once_the_author_made_a_link_to_the_account():
    author, second = make_staff("author"), make_staff("second")
    story = approve_item(make_story(by=author), by=second)
    second.makers.add(author)
    with pytest.raises(TransitionRefused, match="second person"):
        transitions.publish(story)


def test_two_accounts_that_made_each_other_have_each_other_as_makers():
    one, two = make_staff("one"), make_staff("two")
    one.makers.add(two)
    two.makers.add(one)
    assert (one.get_makers(), two.get_makers()) == ({two.pk}, {one.pk})


def test_a_letter_is_not_let_out_by_an_account_of_its_author():
    author = make_staff("author")
    guard = EDITION_TRANSITIONS["approve"].guard
    assert "Whoever created" in " ".join(guard(Edition(authors=["author"]), by=make_new(maker=author, days=30)))


# --- At the desk ------------------------------------------------------------------------------


def add_account(client, **fields):
    data = {"username": "eve", "is_active": "on", "email": "eve@example.org"} | fields
    return client.post("/admin/staff/account/add/", data)


@pytest.fixture
def watcher():
    account = make_staff("watcher", role="administrator")
    account.email = "watcher@example.org"
    account.save()
    return account


def test_who_makes_an_account_or_a_link_is_remembered_as_its_maker(client, chief):
    add_account(client)
    other = make_staff("other")
    client.post(f"/admin/staff/account/{other.pk}/link/")
    assert Account.objects.get(username="eve").makers.get() == chief
    assert other.makers.get() == chief


def test_other_administrators_and_witnesses_hear_of_a_new_account(client, chief, watcher, work_off, settings):
    settings.AUDIT_WITNESSES = ["witness@example.net"]
    add_account(client)
    work_off()
    told = {message.to[0]: message.body for message in mail.outbox}
    assert told.keys() == {"watcher@example.org", "witness@example.net"}
    assert all("chief created the account “eve”." in body for body in told.values())


@pytest.mark.parametrize(
    ("page", "words"), [("link", "created a link that sets the password"), ("factor", "removed the second factor")]
)
def test_other_administrators_hear_of_links_and_removed_factors(client, chief, watcher, work_off, page, words):
    client.post(f"/admin/staff/account/{make_staff('other').pk}/{page}/")
    work_off()
    assert f"chief {words} of the account “other”" in mail.outbox[-1].body


def test_other_administrators_hear_of_changed_roles(client, chief, watcher, work_off):
    other = make_staff("other", role="contributor")
    address = f"/admin/staff/account/{other.pk}/change/"
    roles = read_form(client, address) | {"groups": []}
    client.post(address, roles)
    work_off()
    assert any("changed the roles of the account “other”" in message.body for message in mail.outbox)


def test_administrators_hear_of_what_an_operator_makes(watcher, work_off):
    call_command("make_administrator", "eve")
    work_off()
    assert "operator changed the roles of the account “eve”." in mail.outbox[0].body


def test_the_only_administrator_is_told_so_until_there_is_another(client, chief):
    assert "You are the only administrator" in client.get("/admin/").content.decode()
    make_staff("watcher", role="administrator")
    assert "You are the only administrator" not in client.get("/admin/").content.decode()


def test_nobody_else_is_told_that_there_is_one_administrator(client, chief):
    log_in(client, "editor")
    assert "only administrator" not in client.get("/admin/").content.decode()
