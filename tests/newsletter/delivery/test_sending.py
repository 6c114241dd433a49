"""How an edition goes out: each mail once, whatever the server or the machine does."""

import asyncio
import datetime as dt
import os
from contextlib import contextmanager

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from newsletter.composition import addressing, digests, edition_transitions
from newsletter.composition.edition_transitions import EDITION_TRANSITIONS
from newsletter.delivery import send_log
from newsletter.delivery.sending import send_due
from newsletter.mail.transport import SmtpTransport
from newsletter.models import Delivery, Edition, Subscriber
from newsletter.subscribers import addresses, links, signup
from publishing.workflow.state_machine import TransitionRefused, perform
from staff.lockdown import lock_down
from tests.support.newsletter_fixtures import make_release, make_subscriber, withdraw_release
from tests.support.servers import ReceivedMail, find_free_port

pytestmark = pytest.mark.django_db

State = Delivery.State


class ScriptedServer:
    """Takes every mail, except where `script` has (stage, answer) left for a recipient.

    An answer is a line such as "450 4.2.0 Later", "hang" or "leave". `before` is called with each mail's number.
    """

    def __init__(self):
        self.received, self.script, self.connections = [], {}, 0
        self.before = lambda number: None
        self.hangs_up = False  # after each mail it took

    async def act(self, server, stage, recipient):
        plan = self.script.get(recipient) or self.script.get("*") or []
        if not plan or plan[0][0] != stage:
            return None
        answer = plan.pop(0)[1]
        if answer == "hang":
            await asyncio.sleep(30)
        elif answer == "leave":
            server.transport.close()
        return answer

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return await self.act(server, "mail", "") or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = await self.act(server, "rcpt", address)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = await self.act(server, "end", envelope.rcpt_tos[0])
        if answer and answer[0] in "45":
            return answer
        self.received.append(ReceivedMail(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        self.before(len(self.received))
        if self.hangs_up:
            asyncio.get_running_loop().call_soon(server.transport.close)  # right behind the answer
        return "250 OK"

    @property
    def to(self):
        return sorted(received.recipients[0] for received in self.received)


@contextmanager
def serving(server):
    controller = Controller(server, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.fixture
def server(settings, tmp_path):
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.5
    settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    scripted = ScriptedServer()
    with serving(scripted) as port:
        settings.EMAIL_PORT = port
        yield scripted


@pytest.fixture
def edition(server):
    for number in range(5):
        make_subscriber(f"reader{number}@example.org")
    make_release("The statement")
    digests.compose_due_digests()
    return Edition.objects.get()


def states():
    return sorted(
        Delivery.objects.values_list("subscriber__audience__language", "state").values_list("state", flat=True)
    )


def later(minutes):
    return time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes))


def test_every_reader_gets_one_mail_over_one_connection(edition, server):
    report = send_due()
    assert server.to == [f"reader{number}@example.org" for number in range(5)]
    assert str(report) == "5 sent, 0 refused, 0 left, 0 in doubt"
    assert server.connections == 1


def test_sending_again_sends_nothing(edition, server):
    send_due()
    assert send_due().sent == 0
    assert len(server.received) == 5


def test_the_command_says_how_many(edition, server, capsys):
    call_command("send_editions")
    assert "5 sent, 0 refused, 0 left, 0 in doubt" in capsys.readouterr().out


def test_two_mails_differ_in_token_recipient_and_message_id_alone(edition, server):
    send_due()
    first, second = (received.raw.decode().split("\r\n") for received in server.received[:2])
    differing = [line for line, other in zip(first, second, strict=True) if line != other]
    assert all(line.startswith(("To:", "Message-ID:", "List-Unsubscribe:")) or is_link(line) for line in differing)


def is_link(line):
    return "/newsletter/" in line or len(line.split("/")[0].rstrip("=")) == 38


def test_a_later_answer_is_tried_again_and_longer_each_time(edition, server):
    server.script["reader1@example.org"] = [("rcpt", "450 4.2.1 Greylisted"), ("rcpt", "450 4.2.1 Greylisted")]
    assert send_due().left == 1
    assert send_due().sent == 0
    with later(6):
        assert send_due().sent == 0
    with later(12):
        assert send_due().sent == 0
    with later(20):
        assert send_due().sent == 1
    assert len(server.received) == 5


def test_after_two_days_it_is_given_up(edition, server):
    server.script["reader1@example.org"] = [("rcpt", "450 4.2.1 Greylisted")] * 9
    for hour in (0, 10, 20, 47):
        with later(hour * 60):
            assert send_due().left == 1
    with later(49 * 60):
        assert send_due().refused == 1
    assert Edition.objects.get().state == Edition.State.SENT


def test_whose_turn_came_after_two_days_is_tried_several_times(edition, server):
    server.script["reader1@example.org"] = [("rcpt", "450 4.2.1 Greylisted")]
    with later(49 * 60):
        assert send_due().left == 1
    with later(50 * 60):
        assert send_due().sent == 1


def test_a_pace_drops_nobody_however_long_it_takes(edition, server, settings):
    settings.MAIL_PER_MINUTE_PER_DOMAIN = 1
    with later(49 * 60):
        assert (send_due().refused, send_due().left) == (0, 4)


def test_a_final_answer_is_never_tried_again(edition, server):
    server.script["reader1@example.org"] = [("rcpt", "550 5.1.1 No such user")]
    assert send_due().refused == 1
    with later(600):
        assert send_due().sent == 0
    assert Delivery.objects.get(state=State.REFUSED).code == "rcpt 550"
    assert len(server.received) == 4


def test_a_server_that_closes_with_421_is_asked_again_for_the_same_mail(edition, server):
    server.script["reader1@example.org"] = [("rcpt", "421 4.3.2 Closing")]
    send_due()
    with later(6):
        send_due()
    assert server.to == [f"reader{number}@example.org" for number in range(5)]


def test_a_server_that_takes_one_mail_and_hangs_up_gets_the_next_over_a_new_connection(edition, server):
    server.hangs_up = True
    assert str(send_due()) == "5 sent, 0 refused, 0 left, 0 in doubt"
    assert server.to == [f"reader{number}@example.org" for number in range(5)]


def test_two_editions_at_once_reach_everybody_once_each(edition, server):
    for number in range(5):
        make_subscriber(f"daily{number}@example.org", frequency="daily")
    make_release("Another")
    digests.compose_due_digests()
    other = Edition.objects.create(numbers=edition.numbers, state=Edition.State.COMPOSING)
    addressing.create_deliveries(other)
    send_due()
    names = [received.message["Message-ID"] for received in server.received]
    assert len(names) == len(set(names)) == Delivery.objects.filter(state=State.SENT).count() == 20


@pytest.mark.parametrize("answer", ["hang", "leave"])
def test_silence_after_the_last_word_is_a_doubt_and_never_sent_again(edition, server, answer):
    server.script["reader1@example.org"] = [("end", answer)]
    report = send_due()
    assert (report.sent, report.doubt) == (4, 1)
    with later(600):
        assert send_due().sent == 0


def test_an_error_nobody_foresaw_in_the_middle_of_a_mail_is_a_doubt(edition, server, monkeypatch):
    first = iter([MemoryError])
    whole = SmtpTransport.send

    def fail_once(wire, *args, **options):
        answer = whole(wire, *args, **options)
        for error in first:
            raise error
        return answer

    monkeypatch.setattr(SmtpTransport, "send", fail_once)
    assert send_due().doubt == 1
    monkeypatch.undo()
    send_due()
    assert len(server.received) == len(set(server.to)) == 5


@pytest.mark.parametrize("answer", ["hang", "leave"])
def test_silence_before_the_message_was_said_is_no_doubt(edition, server, answer):
    server.script["reader1@example.org"] = [("rcpt", answer)]
    assert send_due().doubt == 0
    with later(6):
        send_due()
    assert server.to == [f"reader{number}@example.org" for number in range(5)]


def test_a_server_that_is_down_loses_nothing(edition, server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, find_free_port()
    with pytest.raises(CommandError, match="The mail server does not take our mail"):
        call_command("send_editions")
    assert Edition.objects.get().trouble
    settings.EMAIL_PORT = port
    assert send_due().sent == 5
    assert not Edition.objects.get().trouble


def test_a_server_that_refuses_our_own_address_harms_no_reader(edition, server):
    server.script["*"] = [("mail", "550 5.7.1 Who are you")] * 10
    report = send_due()
    assert (report.sent, report.refused, report.left) == (0, 0, 5)
    assert "mail 550" in report.trouble


def test_an_address_that_is_refused_three_times_is_erased(edition, server):
    bad = Subscriber.objects.at_address("reader1@example.org").get()
    for _ in range(2):
        past = Edition.objects.create(state=Edition.State.SENT)
        Delivery.objects.create(edition=past, subscriber=bad, state=State.REFUSED, code="rcpt 550")
    server.script["reader1@example.org"] = [("rcpt", "550 5.1.1 No such user")]
    send_due()
    assert not Subscriber.objects.filter(pk=bad.pk).exists()


def test_a_refusal_that_is_about_us_does_not_erase_the_reader(edition, server):
    good = Subscriber.objects.at_address("reader1@example.org").get()
    for _ in range(2):
        past = Edition.objects.create(state=Edition.State.SENT)
        Delivery.objects.create(edition=past, subscriber=good, state=State.REFUSED, code="policy 550")
    server.script["reader1@example.org"] = [("rcpt", "550 5.7.1 Blocked, see our list")]
    assert send_due().refused == 1
    assert Delivery.objects.get(subscriber=good, edition=edition).code == "policy 550"
    assert Subscriber.objects.filter(pk=good.pk).exists()


def test_a_full_mailbox_is_tried_again_and_never_costs_a_reader_the_subscription(edition, server):
    full = Subscriber.objects.at_address("reader1@example.org").get()
    for _ in range(2):
        past = Edition.objects.create(state=Edition.State.SENT)
        Delivery.objects.create(edition=past, subscriber=full, state=State.REFUSED, code="rcpt 550")
    server.script["reader1@example.org"] = [("rcpt", "552 5.2.2 Mailbox full")]
    assert send_due().left == 1
    assert Delivery.objects.get(subscriber=full, edition=edition).code == "full 552"
    with later(6):
        assert send_due().sent == 1


def test_who_leaves_before_it_is_sent_gets_nothing(edition, server):
    signup.unsubscribe(Subscriber.objects.at_address("reader1@example.org").get().pk)
    send_due()
    assert "reader1@example.org" not in server.to


def test_a_stop_halts_within_twenty_mails_and_going_on_sends_the_rest(server):
    for number in range(100):
        make_subscriber(f"reader{number}@example.org")
    make_release()
    digests.compose_due_digests()
    edition = Edition.objects.get()

    class Stopper:
        def __call__(self):
            if len(server.received) >= 30:
                Edition.objects.filter(pk=edition.pk).update(state=Edition.State.STOPPED)
            return False

    assert send_due(should_stop=Stopper()).sent <= 60
    edition.refresh_from_db()
    perform(edition, EDITION_TRANSITIONS["resume"])
    digests.compose_due_digests()
    send_due()
    assert len(set(server.to)) == len(server.to) == 100


def test_a_withdrawal_in_the_middle_reaches_the_mails_not_yet_sent(server):
    for number in range(100):
        make_subscriber(f"reader{number}@example.org")
    taken = make_release("Taken back")
    make_release("Stays")
    digests.compose_due_digests()
    gone = []

    def withdraw_at_thirty():
        if len(server.received) >= 30 and not gone:
            withdraw_release(taken)
            gone.append(taken)
        return False

    send_due(should_stop=withdraw_at_thirty)
    carrying = [b"Taken back" in received.raw for received in server.received]
    assert len(carrying) == 100
    assert not any(carrying[60:])


def test_a_lockdown_pauses(edition, server):
    lock_down(by="operator")
    report = send_due()
    assert (report.sent, report.left) == (0, 5)


def test_a_rate_is_kept(edition, server, settings):
    settings.MAIL_PER_MINUTE = 300
    begun = timezone.now()
    send_due()
    assert timezone.now() - begun >= dt.timedelta(seconds=0.8)


def test_one_domain_gets_no_more_than_its_share(edition, server, settings):
    settings.MAIL_PER_MINUTE_PER_DOMAIN = 1
    report = send_due()
    assert (report.sent, report.left) == (1, 4)


# --- What a killed sender leaves --------------------------------------------------------------


def abandon(delivery, *lines):
    """A claim and a journal as a killed sender leaves them."""
    book = send_log.SendLog()
    Delivery.objects.filter(pk=delivery.pk).update(state=State.CLAIMED, claim=book.name, claimed_at=timezone.now())
    for line in lines:
        getattr(book, line[0])(delivery.pk, *line[1:])
    os.close(book.file)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([], State.SENT),
        ([("begin",)], State.DOUBT),
        ([("begin",), ("end", "taken", "end 250")], State.SENT),
        ([("begin",), ("end", "never", "rcpt 550")], State.REFUSED),
        ([("begin",), ("end", "later", "rcpt 450")], State.DUE),
    ],
)
def test_what_a_killed_sender_left_is_settled(edition, server, lines, state):
    one = Delivery.objects.first()
    abandon(one, *lines)
    send_due()
    one.refresh_from_db()
    assert one.state == state
    assert not list(send_log.get_log_folder().iterdir())


def test_after_the_machine_itself_went_down_every_claimed_mail_is_in_doubt(edition, server, monkeypatch):
    one = Delivery.objects.first()
    abandon(one)
    monkeypatch.setattr(send_log, "read_boot_id", lambda: "another")
    assert send_due().doubt == 1


def test_a_sender_at_work_is_left_alone(edition, server):
    book, one = send_log.SendLog(), Delivery.objects.first()
    Delivery.objects.filter(pk=one.pk).update(state=State.CLAIMED, claim=book.name, claimed_at=timezone.now())
    assert send_due().sent == 4
    one.refresh_from_db()
    assert one.state == State.CLAIMED
    book.close()


def test_a_person_settles_a_doubt(edition, server):
    one = Delivery.objects.first()
    abandon(one, ("begin",))
    send_due()
    edition_transitions.settle_doubtful_delivery(one, by="ana", sent=False)
    assert send_due().sent == 1
    with pytest.raises(TransitionRefused):
        edition_transitions.settle_doubtful_delivery(one, by="ana", sent=False)


# --- Sealed for a key that is not here --------------------------------------------------------


@pytest.fixture
def private_key(settings):
    settings.SUBSCRIBER_SEAL, private = addresses.generate_key_pair()
    return private


def test_with_all_keys_of_the_server_no_sealed_address_opens(private_key):
    with pytest.raises(addresses.SealError):
        assert make_subscriber().address


def test_sealed_addresses_get_mail_only_with_the_private_key(server, private_key, tmp_path, capsys):
    make_subscriber()
    make_release()
    digests.compose_due_digests()
    assert send_due().sent == 0
    (tmp_path / "key").write_text(private_key)
    call_command("send_editions", unseal=str(tmp_path / "key"))
    assert server.to == ["ana@example.org"]


def test_another_private_key_is_refused(private_key, tmp_path):
    (tmp_path / "key").write_text(addresses.generate_key_pair()[1])
    with pytest.raises(CommandError, match="does not belong"):
        call_command("send_editions", unseal=str(tmp_path / "key"))


def test_who_is_sealed_can_choose_and_leave(client, private_key):
    one = make_subscriber()
    page = f"/en/newsletter/preferences/{links.make_token(one.pk, links.PREFERENCES)}/"
    assert client.get(page).status_code == 200
    assert make_subscriber("ANA@example.org", frequency="daily").pk == one.pk
    assert client.post(page.replace("preferences", "unsubscribe")).status_code == 404
    client.post(f"/en/newsletter/unsubscribe/{links.make_token(one.pk, links.UNSUBSCRIBE)}/")
    assert not Subscriber.objects.exists()


def test_who_is_sealed_sees_what_is_held_but_is_promised_no_mail(client, private_key):
    page = f"/en/newsletter/preferences/{links.make_token(make_subscriber().pk, links.PREFERENCES)}/"
    assert "Send me the data you hold" not in client.get(page).content.decode()
    answer = client.post(page, {"step": "send"})
    assert "encrypted: we cannot open it here" in answer.content.decode()


def test_turning_the_seal_on_seals_who_is_there(settings):
    one = make_subscriber()
    settings.SUBSCRIBER_SEAL, private = addresses.generate_key_pair()
    call_command("reseal_addresses")
    one.refresh_from_db()
    opened = addresses.unseal_address(one.sealed, row=one.pk, private_key=addresses.parse_private_key(private))
    assert opened == "ana@example.org"
    with pytest.raises(addresses.SealError):
        assert one.address
