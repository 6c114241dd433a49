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

MOST_LOOKUPS = 10  # RFC 7208 4.6.4
SHORTEST_KEY = 1024  # bits; 2048 are better
FREE_MAIL = {
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "outlook.com",
    "hotmail.com",
    "mail.ru",
    "yandex.ru",
    "proton.me",
}
SIGNED = {"from", "list-unsubscribe", "list-unsubscribe-post"}


@dataclass(frozen=True)
class Finding:
    """`is_fault` is what will keep mail from arriving; the rest is advice."""

    about: str
    sentence: str
    is_fault: bool = True

    def __str__(self):
        return f"{'FAULT' if self.is_fault else 'advice'} {self.about}: {self.sentence}"


def findings(domain, *, selectors, site_url, lookup, message=None):
    """Everything that can be told; `lookup(name, "TXT" or "MX")` gives records, `message` is a mail as it arrived."""
    yield from about_sender(domain, site_url)
    yield from about_mx(domain, lookup)
    yield from about_spf(domain, lookup)
    yield from about_dkim(domain, selectors, lookup)
    yield from about_dmarc(domain, lookup)
    if message is not None:
        yield from about_message(message, domain)


def about_sender(domain, site_url):
    if domain in FREE_MAIL:
        yield Finding("sender", f"{domain} lets nobody else send in its name. Set MAIL_FROM to an address of your own.")
    if urlsplit(site_url).scheme != "https":
        yield Finding("one click", "RFC 8058 wants an https: address to unsubscribe at. Set SITE_URL to one.")


def about_mx(domain, lookup):
    if not [host for host in lookup(domain, "MX") if host not in {"", "."}]:
        yield Finding(
            "replies", f"{domain} receives no mail (no MX): bounces and replies are lost, and it looks forged."
        )


# --- SPF --------------------------------------------------------------------------------------


def about_spf(domain, lookup):
    records = spf_records(domain, lookup)
    if not records:
        yield Finding("SPF", f"{domain} does not say who may send for it. Add a TXT record like “v=spf1 mx -all”.")
    elif len(records) > 1:
        yield Finding("SPF", f"{domain} has {len(records)} SPF records, which counts as none. Join them to one.")
    else:
        yield from about_one_spf(domain, records[0], lookup)


def spf_records(domain, lookup):
    return [text for text in lookup(domain, "TXT") if text.lower().split()[:1] == ["v=spf1"]]


def about_one_spf(domain, record, lookup):
    words = record.lower().split()
    closing = [word for word in words if word.endswith("all") and word.lstrip("+-~?") == "all"]
    redirected = any(word.startswith("redirect=") for word in words)
    if not redirected and (not closing or closing[-1] in {"all", "+all", "?all"}):
        yield Finding("SPF", f"The record lets everybody send for {domain}. End it with -all or ~all.")
    count = spf_lookups(record, lookup, seen={domain})
    if count > MOST_LOOKUPS:
        yield Finding("SPF", f"The record needs {count} look-ups, more than {MOST_LOOKUPS}: receivers give up on it.")


def spf_lookups(record, lookup, *, seen):
    """How many questions a receiver has to ask for a record, those of included ones counted in."""
    count = 0
    for word in record.lower().split()[1:]:
        word = word.lstrip("+-~?")
        name = re.match(r"(?:include:|redirect=)(\S+)", word)
        if re.match(r"(a|mx|ptr|exists)([:/]|$)", word) or name:
            count += 1
        if name and name[1] not in seen and count <= MOST_LOOKUPS:
            seen.add(name[1])
            count += sum(spf_lookups(inner, lookup, seen=seen) for inner in spf_records(name[1], lookup)[:1])
    return count


# --- DKIM -------------------------------------------------------------------------------------


def about_dkim(domain, selectors, lookup):
    if not selectors:
        yield Finding("DKIM", "Name the selector your mail server signs with (--selector) to have its key checked.")
    for selector in selectors:
        name = f"{selector}._domainkey.{domain}"
        records = [tags(text) for text in lookup(name, "TXT") if "p" in tags(text)]
        if not records:
            yield Finding("DKIM", f"There is no key at {name}. Publish the one your mail server signs with.")
        for record in records[:1]:
            yield from about_key(name, record)


def about_key(name, record):
    if not record["p"]:
        yield Finding("DKIM", f"The key at {name} is revoked (p= is empty).")
    elif "y" in record.get("t", "").split(":"):
        yield Finding("DKIM", f"The key at {name} is marked as a test (t=y), so signatures count for nothing.")
    elif record.get("k", "rsa") == "rsa" and (bits := key_length(record["p"])) is not None and bits < SHORTEST_KEY:
        yield Finding(
            "DKIM", f"The key at {name} has {bits} bits; at least {SHORTEST_KEY} are wanted, 2048 are better."
        )
    elif record.get("k", "rsa") == "rsa" and bits is None:
        yield Finding("DKIM", f"The key at {name} cannot be read.")


def key_length(text):
    """Bits of an RSA key in base64; None if it is none."""
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None


def tags(text):
    """The tag=value pairs of a DKIM or DMARC record."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


# --- DMARC ------------------------------------------------------------------------------------


def about_dmarc(domain, lookup):
    parents = [domain, ".".join(domain.split(".")[-2:])]
    for owner in dict.fromkeys(parents):
        records = [text for text in lookup(f"_dmarc.{owner}", "TXT") if text.lower().startswith("v=dmarc1")]
        if records:
            yield from about_policies(owner, records)
            return
    yield Finding("DMARC", f"There is no policy at _dmarc.{domain}. Begin with “v=DMARC1; p=none; rua=mailto:…”.")


def about_policies(owner, records):
    policy = tags(records[0]).get("p", "").lower()
    if len(records) > 1:
        yield Finding("DMARC", f"_dmarc.{owner} has {len(records)} policies, which counts as none.")
    elif policy not in {"none", "quarantine", "reject"}:
        yield Finding("DMARC", f"The policy at _dmarc.{owner} is “{policy}”; it must be none, quarantine or reject.")
    elif policy == "none":
        yield Finding(
            "DMARC", "p=none stops nobody from writing in your name. Tighten it step by step.", is_fault=False
        )


# --- A mail as it arrived ---------------------------------------------------------------------


def about_message(raw, domain):
    """Whether the signature is ours and covers what a one-click unsubscription relies on (RFC 8058 4)."""
    signatures = [tags(value.replace("\n", "").replace("\r", "")) for value in signature_headers(raw)]
    ours = [one for one in signatures if aligned(one.get("d", ""), domain)]
    if not ours:
        yield Finding("DKIM", f"The mail is not signed for {domain}.")
        return
    covered = {name.strip().lower() for name in ours[0].get("h", "").split(":")}
    if missing := sorted(SIGNED - covered):
        yield Finding(
            "DKIM", f"The signature leaves out {', '.join(missing)}; one-click unsubscribing needs them signed."
        )


def signature_headers(raw):
    return [str(value) for value in message_from_bytes(raw).get_all("DKIM-Signature", [])]


def aligned(signer, domain):
    """Relaxed alignment: the same organisation, as far as its last two labels tell."""
    return signer.lower().split(".")[-2:] == domain.lower().split(".")[-2:]
