"""A new key is put in front and the old one dropped: nobody is lost, doubled or answered with an error."""

import base64

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from newsletter.models import SignUp, Subscriber
from newsletter.subscribers import addresses, links, signup
from newsletter.subscribers.confirmation import send_due_confirmations
from tests.support.environment import make_key
from tests.support.newsletter_fixtures import make_subscriber

pytestmark = pytest.mark.django_db
WISH = {"language": "en", "frequency": "weekly"}


@pytest.fixture(autouse=True)
def quiet(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"


@pytest.fixture
def private_key(settings, tmp_path):
    """A file with the key for which confirmed addresses are sealed."""
    settings.SUBSCRIBER_SEAL, private = addresses.generate_key_pair()
    (tmp_path / "key").write_text(private)
    return str(tmp_path / "key")


def put_new_key_in_front(settings):
    settings.SUBSCRIBER_KEYS = [make_key(77), *settings.SUBSCRIBER_KEYS]


def drop_old_keys(settings):
    settings.SUBSCRIBER_KEYS = settings.SUBSCRIBER_KEYS[:1]


def confirm_url(row):
    return reverse("newsletter:confirm", args=[links.make_token(row, links.CONFIRM)])


def test_what_only_the_private_key_opens_is_counted_and_named_as_needing_the_old_key(settings, private_key, capsys):
    subscriber = make_subscriber()
    put_new_key_in_front(settings)
    with pytest.raises(CommandError, match=f"1 addresses cannot be opened here .*{subscriber.code}"):
        call_command("reseal_addresses")
    assert "0 addresses sealed anew" in capsys.readouterr().out


def test_with_the_private_key_the_address_is_found_again_after_the_old_key_is_dropped(settings, private_key):
    subscriber = make_subscriber()
    put_new_key_in_front(settings)
    call_command("reseal_addresses", unseal=private_key)
    drop_old_keys(settings)
    assert make_subscriber() == subscriber
    assert Subscriber.objects.count() == 1


def test_an_address_sealed_before_the_index_named_its_key_is_counted_too(settings, private_key):
    subscriber = make_subscriber()
    old = bytes(subscriber.sealed)
    Subscriber.objects.update(sealed=addresses.UNINDEXED_FORMAT + old[1 + addresses.KEY_ID_BYTES :])
    with pytest.raises(CommandError, match=subscriber.code):
        call_command("reseal_addresses")
    call_command("reseal_addresses", unseal=private_key)
    call_command("reseal_addresses")


def test_an_address_no_key_opens_stops_none_of_the_others(settings):
    lost = make_subscriber("lost@example.org")
    settings.SUBSCRIBER_KEYS = [make_key(78)]
    kept = make_subscriber("kept@example.org")
    put_new_key_in_front(settings)
    with pytest.raises(CommandError, match=f"1 addresses .*{lost.code}"):
        call_command("reseal_addresses")
    drop_old_keys(settings)
    assert Subscriber.objects.at_address("kept@example.org").get() == kept


def test_who_was_written_down_twice_is_one_reader_again_with_the_newer_choice(settings, private_key):
    make_subscriber()
    put_new_key_in_front(settings)
    before = settings.SUBSCRIBER_KEYS
    drop_old_keys(settings)
    newer = make_subscriber(frequency="daily")
    settings.SUBSCRIBER_KEYS = before
    assert Subscriber.objects.count() == 2
    call_command("reseal_addresses", unseal=private_key)
    assert Subscriber.objects.get() == newer


def test_a_sign_up_that_waits_is_sealed_anew_and_can_be_confirmed_after_the_old_key_is_dropped(client, settings):
    row = signup.request_sign_up("ana@example.org", **WISH).pk
    send_due_confirmations()
    put_new_key_in_front(settings)
    call_command("reseal_addresses")
    drop_old_keys(settings)
    assert client.post(confirm_url(row)).status_code == 303
    assert Subscriber.objects.at_address("ana@example.org").get().address == "ana@example.org"


def test_one_who_was_renewed_after_confirming_can_still_leave_by_the_same_mail(settings):
    row = signup.request_sign_up("ana@example.org", **WISH).pk
    signup.confirm_sign_up(row)
    put_new_key_in_front(settings)
    call_command("reseal_addresses")
    assert SignUp.objects.get().fingerprint == Subscriber.objects.get().fingerprint
    assert signup.unsubscribe(row)
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_whose_sign_up_no_key_opens_any_more_has_expired(client, settings, method):
    row = signup.request_sign_up("ana@example.org", **WISH).pk
    settings.SUBSCRIBER_KEYS = [make_key(77)]
    assert getattr(client, method)(confirm_url(row)).status_code == 410
    assert not Subscriber.objects.exists()


PAGES = ["confirm", "preferences", "unsubscribe"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("data", [None, {}, {"step": "export"}, {"step": "send"}, {"frequency": "daily"}])
def test_no_link_answers_with_an_error_once_its_key_is_gone(client, settings, page, data):
    subscriber = make_subscriber()
    sign_up = signup.request_sign_up("boris@example.org", **WISH)
    old = [reverse(f"newsletter:{page}", args=[links.make_token(row, page)]) for row in (subscriber.pk, sign_up.pk)]
    settings.SUBSCRIBER_KEYS = [make_key(77)]
    new = [reverse(f"newsletter:{page}", args=[links.make_token(row, page)]) for row in (subscriber.pk, sign_up.pk)]
    for address in old + new:
        answer = client.get(address) if data is None else client.post(address, data)
        assert answer.status_code < 500


def test_the_index_of_a_sealed_address_names_its_key_and_no_word_of_the_address(settings, private_key):
    sealed = addresses.seal_confirmed_address("ana@example.org", row=7)
    assert addresses.is_of_current_key(sealed)
    settings.SUBSCRIBER_KEYS = [base64.urlsafe_b64encode(b"x" * 32).decode()]
    assert not addresses.is_of_current_key(sealed)
