"""What the check of the mail domain finds, from prepared answers and from a name server on loopback."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command
from django.core.management.base import CommandError
from dns import resolver

from newsletter.mail import name_server
from tests.support.name_server import running_name_server
from tests.support.servers import find_free_port


def key(bits):
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


GOOD = {
    "MX": "example.org MX mx.example.org",
    "SPF": 'example.org TXT "v=spf1 mx -all"',
    "DKIM": f'key._domainkey.example.org TXT "v=DKIM1; k=rsa; p={key(2048)}"',
    "DMARC": '_dmarc.example.org TXT "v=DMARC1; p=quarantine"',
}
SIGNED = b"DKIM-Signature: v=1; d=example.org; h=from:to:subject;\r\n b=x\r\nFrom: a@example.org\r\n\r\nx"


@pytest.fixture
def check(settings, tmp_path):
    settings.DEFAULT_FROM_EMAIL, settings.SITE_URL = "news@example.org", "https://example.org"

    def run(**records):
        (tmp_path / "zone").write_text("\n".join((GOOD | records).values()))
        call_command("check_mail_domain", selector=["key"], zone=str(tmp_path / "zone"))

    return run


def test_a_domain_in_order_is_said_to_be(check, capsys):
    check()
    assert "has what providers ask for" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("part", "record", "said"),
    [
        ("MX", "", "receives no mail"),
        ("SPF", "", "does not say who may send"),
        ("SPF", 'example.org TXT "v=spf1 mx -all"\nexample.org TXT "v=spf1 a -all"', "2 SPF records"),
        ("SPF", 'example.org TXT "v=spf1 mx ?all"', "lets everybody send"),
        ("SPF", f'example.org TXT "v=spf1 {" ".join(f"include:i{n}.example" for n in range(11))} -all"', "11 look-ups"),
        ("DKIM", "", "There is no key"),
        ("DKIM", 'key._domainkey.example.org TXT "v=DKIM1; p="', "revoked"),
        ("DKIM", 'key._domainkey.example.org TXT "v=DKIM1; t=y; p=abc"', "marked as a test"),
        ("DKIM", 'key._domainkey.example.org TXT "v=DKIM1; p=abc"', "cannot be read"),
        ("DMARC", "", "There is no policy"),
        ("DMARC", '_dmarc.example.org TXT "v=DMARC1; p=strict"', "must be none, quarantine or reject"),
        ("DMARC", '_dmarc.example.org TXT "v=DMARC1; p=none"\n_dmarc.example.org TXT "v=DMARC1; p=none"', "2 policies"),
    ],
)
def test_each_fault_is_found_and_explained(check, capsys, part, record, said):
    with pytest.raises(CommandError, match="1 faults"):
        check(**{part: record})
    assert said in capsys.readouterr().out


def test_a_site_without_https_cannot_offer_one_click(check, settings, capsys):
    settings.SITE_URL = "http://example.org"
    with pytest.raises(CommandError):
        check()
    assert "RFC 8058" in capsys.readouterr().out


def test_a_signature_has_to_cover_what_one_click_relies_on(check, settings, tmp_path, capsys):
    (tmp_path / "mail").write_bytes(SIGNED)
    (tmp_path / "zone").write_text("\n".join(GOOD.values()))
    with pytest.raises(CommandError):
        call_command("check_mail_domain", selector=["key"], zone=str(tmp_path / "zone"), message=str(tmp_path / "mail"))
    assert "leaves out list-unsubscribe, list-unsubscribe-post" in capsys.readouterr().out


# --- A name server ----------------------------------------------------------------------------


LONG_TEXT = f"v=spf1 {'ip4:192.0.2.1 ' * 40}-all"
ZONE = {
    ("example.org.", "TXT"): [f'"{LONG_TEXT[:200]}" "{LONG_TEXT[200:400]}" "{LONG_TEXT[400:]}"'],
    ("example.org.", "MX"): ["10 mx.example.org.", "20 mx2.example.org."],
}


@pytest.fixture
def ask_at(monkeypatch):
    """Lets questions go to these ports of 127.0.0.1, 127.0.0.2 and so on, in this order."""

    def use(*ports):
        asked = resolver.Resolver(configure=False)
        asked.timeout = 0.3
        asked.nameservers = [f"127.0.0.{place}" for place in range(1, len(ports) + 1)][::-1]
        asked.nameserver_ports = dict(zip(asked.nameservers, ports, strict=True))
        monkeypatch.setattr(resolver, "default_resolver", asked)
        monkeypatch.setattr(name_server, "LIFETIME", 1)

    return use


def test_an_answer_that_was_cut_off_is_read_whole_and_its_strings_as_one(ask_at):
    with running_name_server(ZONE) as port:
        ask_at(port)
        assert name_server.lookup_records("example.org", "TXT") == [LONG_TEXT]


def test_the_hosts_that_take_mail_are_named(ask_at):
    with running_name_server(ZONE) as port:
        ask_at(port)
        assert sorted(name_server.lookup_records("example.org", "MX")) == ["mx.example.org", "mx2.example.org"]


def test_a_name_that_is_not_there_has_no_records(ask_at):
    with running_name_server(ZONE) as port:
        ask_at(port)
        assert name_server.lookup_records("nowhere.example.org", "TXT") == []


def test_a_name_without_records_of_a_kind_has_none(ask_at):
    with running_name_server({("example.org.", "A"): ["192.0.2.1"]}) as port:
        ask_at(port)
        assert name_server.lookup_records("example.org", "MX") == []


def test_where_the_first_name_server_is_silent_the_next_is_asked(ask_at):
    with running_name_server(ZONE) as port:
        ask_at(find_free_port(), port)
        assert name_server.lookup_records("example.org", "TXT") == [LONG_TEXT]


def test_a_silent_name_server_ends_the_check_with_a_sentence(ask_at, settings):
    settings.DEFAULT_FROM_EMAIL = "news@example.org"
    ask_at(find_free_port())
    with pytest.raises(CommandError, match="could not be asked about example.org"):
        call_command("check_mail_domain")
