"""What an operator can do at the command line for people who lost a phone, a password, or the only administrator."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from audit.models import Event
from staff.models import Account, Session
from tests.support.factories import make_staff

pytestmark = pytest.mark.django_db


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def read_link(words):
    return "/" + words.split("://", 1)[1].split("/", 1)[1].strip()


def test_a_new_administrator_sets_a_password_by_the_printed_link(client):
    link = read_link(run("make_administrator", "dora"))
    page = client.get(link, follow=True)
    assert page.status_code == 200
    assert b'type="password"' in page.content
    assert Account.objects.get(username="dora").is_superuser


def test_somebody_who_is_there_becomes_an_administrator_and_keeps_their_name():
    make_staff("emil", role="contributor")
    run("make_administrator", "emil")
    assert Account.objects.get(username="emil").has_perm("staff.change_account")


def test_a_disabled_account_is_not_brought_back():
    Account.objects.create(username="gone", is_active=False)
    with pytest.raises(CommandError, match="disabled"):
        run("make_administrator", "gone")
    assert not Account.objects.get(username="gone").is_superuser


def test_what_is_no_name_is_refused():
    with pytest.raises(CommandError):
        run("make_administrator", "not a name!")
    assert not Account.objects.exists()


def test_a_lost_second_factor_is_removed_and_told_in_the_log():
    account = make_staff("emil", role="contributor")
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data={"secret": "x"})
    run("remove_second_factor", "emil")
    assert not Authenticator.objects.exists()
    assert not Session.objects.filter(account=account).exists()
    assert Event.objects.head().verb == "factor.reset"


@pytest.mark.parametrize(("name", "sentence"), [("nobody", "There is no account"), ("emil", "has no second factor")])
def test_where_there_is_no_factor_nothing_is_done(name, sentence):
    make_staff("emil", role="contributor")
    with pytest.raises(CommandError, match=sentence):
        run("remove_second_factor", name)
