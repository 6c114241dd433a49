"""A hundred mails as they lie on the wire, read by the parsers of the standards."""

import re
from collections import Counter
from email import message_from_bytes, policy

import html5lib
import pytest
from django.core.management import call_command
from django.test import override_settings

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Delivery, Edition, Subscriber, Wording
from newsletter.subscribers import links
from tests.support import servers
from tests.support.newsletter_fixtures import make_release, make_situation_release, make_subscriber

pytestmark = pytest.mark.django_db

TITLES = [
    "A statement",
    "Заява пра катаванні " * 6,
    "بيان عن التعذيب",
    "<b>“Quoted” & marked</b>",
    ".dot first\n.and second",
]


def send_a_hundred():
    """Mails to readers of six languages."""
    make_situation_release()
    for number, title in enumerate(TITLES):
        make_release(title, language=["en", "be", "ar", "fr", "es"][number], summary=title)
    call_command("sample_subscribers", "100", "--seed", "4")
    digests.compose_due_digests()
    assert send_due().sent == 100


@pytest.fixture
def sent(smtp_sink, settings, tmp_path):
    """A hundred mails as they were received, and the readers and deliveries they belong to in the database."""
    settings.DATA_DIR, settings.MAIL_CONNECTIONS, settings.EMAIL_TIMEOUT = tmp_path, 1, 5
    send_a_hundred()
    return smtp_sink.received


@pytest.fixture(scope="module")
def mails(scratch_database, tmp_path_factory):
    """A hundred mails as they were received, and nothing in the database."""
    place = tmp_path_factory.mktemp("mails")
    with servers.running_smtp_sink() as sink, scratch_database():
        server = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": sink.port, "EMAIL_TIMEOUT": 5, "MAIL_CONNECTIONS": 1}
        with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", DATA_DIR=place, **server):
            send_a_hundred()
    return sink.received


def bodies(message):
    return {part.get_content_subtype(): part.get_content() for part in message.walk() if not part.is_multipart()}


def links_of(message):
    return set(re.findall(r"https?://[^\s\"<>]+", " ".join(bodies(message).values())))


def test_one_message_a_recipient_and_nobody_beside(mails):
    for mail in mails:
        assert [mail.message["To"]] == mail.recipients
        assert not mail.message["Cc"]
        assert not mail.message["Bcc"]
    assert len({mail.recipients[0] for mail in mails}) == 100


def test_every_header_is_there_once(mails):
    wanted = (
        "From To Subject Date Message-ID List-Unsubscribe List-Unsubscribe-Post List-Id Content-Language MIME-Version"
    )
    for mail in mails:
        counts = Counter(name.lower() for name, _value in mail.message.items())
        assert set(counts.values()) == {1}
        assert {name.lower() for name in wanted.split()} <= counts.keys()
        assert not mail.message.defects


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\r\n "])
def test_no_title_sender_or_subject_begins_a_header(smtp_sink, settings, tmp_path, sign):
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1
    evil = f"News{sign}Bcc: stranger@example.com{sign}{sign}Body"
    Wording.objects.create(language="en", sender=evil)
    make_release(evil)
    make_subscriber()
    digests.compose_due_digests()
    send_due()
    (mail,) = smtp_sink.received
    assert mail.recipients == ["ana@example.org"]
    assert not mail.message["Bcc"]
    assert mail.message["Subject"].startswith("News Bcc: ")


def test_the_lines_are_what_the_wire_takes(mails):
    for mail in mails:
        lines = mail.raw.split(b"\r\n")
        assert mail.raw.isascii()
        assert b"\n" not in b"".join(lines)
        body = mail.raw.partition(b"\r\n\r\n")[2].split(b"\r\n")
        assert max(map(len, body)) <= 78
        assert not any(line.startswith(b".") for line in body)


def test_one_click_leads_to_the_reader_of_this_mail(sent):
    for mail in sent:
        token = re.fullmatch(
            r"<http://testserver/\w\w/newsletter/unsubscribe/([\w-]+)/>", mail.message["List-Unsubscribe"]
        )
        row = links.read_token(token[1], links.UNSUBSCRIBE)
        assert Subscriber.objects.get(pk=row).address == mail.recipients[0]
        assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_no_picture_no_script_no_outside_address(mails):
    for mail in mails:
        html = bodies(mail.message)["html"]
        assert not re.search(r"<(img|script|link|iframe|object|video|audio)|url\(|@import|@font-face|background=", html)
        assert all(link.startswith("http://testserver/") for link in links_of(mail.message))


def test_no_link_is_personal_but_choices_and_leaving(mails):
    for mail in mails:
        personal = [link for link in links_of(mail.message) if "/newsletter/" in link]
        assert len(personal) == 2
        assert not any("?" in link for link in personal)


def test_the_text_part_says_as_much_as_the_html(mails):
    for mail in mails:
        parts = bodies(mail.message)
        shown = " ".join(html5lib.parse(parts["html"], namespaceHTMLElements=False).itertext())
        for title in TITLES:
            words = " ".join(title.split())
            assert words in " ".join(parts["plain"].split())
            assert words in " ".join(shown.split())


def test_the_html_is_in_the_readers_language_and_direction(mails):
    for mail in mails:
        root = html5lib.parse(bodies(mail.message)["html"], namespaceHTMLElements=False)
        language = mail.message["Content-Language"]
        assert root.get("lang") == language
        assert root.get("dir") == ("rtl" if language == "ar" else "ltr")


def test_two_readers_of_one_edition_get_the_same_but_for_their_own_parts(sent):
    own = re.compile(rb"(?m)^(To|Message-ID|List-Unsubscribe): .*$|[\w-]{38}/?|=_[0-9a-f]{24}")
    alike = {own.sub(b"", mail.raw) for mail in sent}
    assert len(alike) == Delivery.objects.values("edition").distinct().count()


def test_a_message_id_is_the_same_whenever_it_is_tried(sent):
    ids = [mail.message["Message-ID"] for mail in sent]
    assert len(set(ids)) == 100
    Delivery.objects.update(state=Delivery.State.DUE)
    Edition.objects.update(state=Edition.State.SENDING)
    send_due()
    assert Counter(mail.message["Message-ID"] for mail in sent).most_common(1)[0][1] == 2
    assert len({mail.message["Message-ID"] for mail in sent}) == 100


def test_the_parser_of_the_standard_gets_the_titles_back(mails):
    message = message_from_bytes(mails[0].raw, policy=policy.default)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
