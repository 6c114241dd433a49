"""Says what stands between our mail and the inbox: SPF, DKIM, DMARC, and the rules for those who send much.

The rules are RFC 7208, 6376, 7489 and 8058, and what large providers ask of senders of more than 5,000 mails a day.
"""

import base64
import re
from dataclasses import dataclass
from email import message_from_bytes
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

MAX_SPF_LOOKUPS = 10  # RFC 7208 4.6.4
MIN_KEY_BITS = 1024  # bits; 2048 are better
FREE_MAIL_DOMAINS = {
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "outlook.com",
    "hotmail.com",
    "mail.ru",
    "yandex.ru",
    "proton.me",
}
REQUIRED_SIGNED_HEADERS = {"from", "list-unsubscribe", "list-unsubscribe-post"}


@dataclass(frozen=True)
class DomainFinding:
    """`is_fault` is what will keep mail from arriving; the rest is advice."""

    about: str
    sentence: str
    is_fault: bool = True

    def __str__(self):
        return f"{'FAULT' if self.is_fault else 'advice'} {self.about}: {self.sentence}"


def check_mail_domain(domain, *, selectors, site_url, lookup, message=None):
    """Everything that can be told; `lookup(name, "TXT" or "MX")` gives records, `message` is a mail as it arrived."""
    yield from check_sender(domain, site_url)
    yield from check_mx(domain, lookup)
    yield from check_spf(domain, lookup)
    yield from check_dkim(domain, selectors, lookup)
    yield from check_dmarc(domain, lookup)
    if message is not None:
        yield from check_signed_message(message, domain)


def check_sender(domain, site_url):
    if domain in FREE_MAIL_DOMAINS:
        yield DomainFinding(
            "sender", f"{domain} lets nobody else send in its name. Set MAIL_FROM to an address of your own."
        )
    if urlsplit(site_url).scheme != "https":
        yield DomainFinding("one click", "RFC 8058 wants an https: address to unsubscribe at. Set SITE_URL to one.")


def check_mx(domain, lookup):
    if not [host for host in lookup(domain, "MX") if host not in {"", "."}]:
        yield DomainFinding(
            "replies", f"{domain} receives no mail (no MX): bounces and replies are lost, and it looks forged."
        )


# --- SPF --------------------------------------------------------------------------------------


def check_spf(domain, lookup):
    records = find_spf_records(domain, lookup)
    if not records:
        yield DomainFinding(
            "SPF", f"{domain} does not say who may send for it. Add a TXT record like “v=spf1 mx -all”."
        )
    elif len(records) > 1:
        yield DomainFinding("SPF", f"{domain} has {len(records)} SPF records, which counts as none. Join them to one.")
    else:
        yield from check_spf_record(domain, records[0], lookup)


def find_spf_records(domain, lookup):
    return [text for text in lookup(domain, "TXT") if text.lower().split()[:1] == ["v=spf1"]]


def check_spf_record(domain, record, lookup):
    words = record.lower().split()
    closing = [word for word in words if word.endswith("all") and word.lstrip("+-~?") == "all"]
    redirected = any(word.startswith("redirect=") for word in words)
    if not redirected and (not closing or closing[-1] in {"all", "+all", "?all"}):
        yield DomainFinding("SPF", f"The record lets everybody send for {domain}. End it with -all or ~all.")
    count = count_spf_lookups(record, lookup, seen={domain})
    if count > MAX_SPF_LOOKUPS:
        yield DomainFinding(
            "SPF", f"The record needs {count} look-ups, more than {MAX_SPF_LOOKUPS}: receivers give up on it."
        )


def count_spf_lookups(record, lookup, *, seen):
    """How many questions a receiver has to ask for a record, those of included ones counted in."""
    count = 0
    for word in record.lower().split()[1:]:
        word = word.lstrip("+-~?")
        name = re.match(r"(?:include:|redirect=)(\S+)", word)
        if re.match(r"(a|mx|ptr|exists)([:/]|$)", word) or name:
            count += 1
        if name and name[1] not in seen and count <= MAX_SPF_LOOKUPS:
            seen.add(name[1])
            count += sum(count_spf_lookups(inner, lookup, seen=seen) for inner in find_spf_records(name[1], lookup)[:1])
    return count


# --- DKIM -------------------------------------------------------------------------------------


def check_dkim(domain, selectors, lookup):
    if not selectors:
        yield DomainFinding(
            "DKIM", "Name the selector your mail server signs with (--selector) to have its key checked."
        )
    for selector in selectors:
        name = f"{selector}._domainkey.{domain}"
        records = [parse_tags(text) for text in lookup(name, "TXT") if "p" in parse_tags(text)]
        if not records:
            yield DomainFinding("DKIM", f"There is no key at {name}. Publish the one your mail server signs with.")
        for record in records[:1]:
            yield from check_dkim_key(name, record)


def check_dkim_key(name, record):
    if not record["p"]:
        yield DomainFinding("DKIM", f"The key at {name} is revoked (p= is empty).")
    elif "y" in record.get("t", "").split(":"):
        yield DomainFinding("DKIM", f"The key at {name} is marked as a test (t=y), so signatures count for nothing.")
    elif record.get("k", "rsa") == "rsa" and (bits := get_key_bits(record["p"])) is not None and bits < MIN_KEY_BITS:
        yield DomainFinding(
            "DKIM", f"The key at {name} has {bits} bits; at least {MIN_KEY_BITS} are wanted, 2048 are better."
        )
    elif record.get("k", "rsa") == "rsa" and bits is None:
        yield DomainFinding("DKIM", f"The key at {name} cannot be read.")


def get_key_bits(text):
    """Bits of an RSA key in base64; None if it is none."""
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None


def parse_tags(text):
    """The tag=value pairs of a DKIM or DMARC record."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


# --- DMARC ------------------------------------------------------------------------------------


def check_dmarc(domain, lookup):
    parents = [domain, ".".join(domain.split(".")[-2:])]
    for owner in dict.fromkeys(parents):
        records = [text for text in lookup(f"_dmarc.{owner}", "TXT") if text.lower().startswith("v=dmarc1")]
        if records:
            yield from check_dmarc_policies(owner, records)
            return
    yield DomainFinding("DMARC", f"There is no policy at _dmarc.{domain}. Begin with “v=DMARC1; p=none; rua=mailto:…”.")


def check_dmarc_policies(owner, records):
    policy = parse_tags(records[0]).get("p", "").lower()
    if len(records) > 1:
        yield DomainFinding("DMARC", f"_dmarc.{owner} has {len(records)} policies, which counts as none.")
    elif policy not in {"none", "quarantine", "reject"}:
        yield DomainFinding(
            "DMARC", f"The policy at _dmarc.{owner} is “{policy}”; it must be none, quarantine or reject."
        )
    elif policy == "none":
        yield DomainFinding(
            "DMARC", "p=none stops nobody from writing in your name. Tighten it step by step.", is_fault=False
        )


# --- A mail as it arrived ---------------------------------------------------------------------


def check_signed_message(raw, domain):
    """Whether the signature is ours and covers what a one-click unsubscription relies on (RFC 8058 4)."""
    signatures = [parse_tags(value.replace("\n", "").replace("\r", "")) for value in get_signature_headers(raw)]
    ours = [one for one in signatures if is_domain_aligned(one.get("d", ""), domain)]
    if not ours:
        yield DomainFinding("DKIM", f"The mail is not signed for {domain}.")
        return
    covered = {name.strip().lower() for name in ours[0].get("h", "").split(":")}
    if missing := sorted(REQUIRED_SIGNED_HEADERS - covered):
        yield DomainFinding(
            "DKIM", f"The signature leaves out {', '.join(missing)}; one-click unsubscribing needs them signed."
        )


def get_signature_headers(raw):
    return [str(value) for value in message_from_bytes(raw).get_all("DKIM-Signature", [])]


def is_domain_aligned(signer, domain):
    """Relaxed alignment: the same organisation, as far as its last two labels tell."""
    return signer.lower().split(".")[-2:] == domain.lower().split(".")[-2:]
