"""What the check of the mail domain finds, from prepared answers of a name server."""

import base64
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import call_command
from django.core.management.base import CommandError

from newsletter.mail import dns


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


def test_an_answer_of_a_name_server_is_read_with_its_pointers_and_long_texts():
    asked = dns.build_dns_query("example.org", dns.TXT)[12:]
    text = bytes([6]) + b"v=spf1" + bytes([5]) + b" -all"
    mail = struct.pack("!H", 10) + bytes([2]) + b"mx" + b"\xc0\x0c"
    records = b"".join(
        b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data for kind, data in [(16, text), (15, mail)]
    )
    packet = struct.pack("!HHHHHH", 1, 0x8180, 1, 2, 0, 0) + asked + records
    assert list(dns.parse_dns_answers(packet)) == [(dns.TXT, "v=spf1 -all"), (dns.MX, "mx.example.org")]
