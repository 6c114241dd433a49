"""Makes and reads every signed link of the newsletter, and the names of its mails.

A token is the random number of a row and a keyed hash of it for one purpose: nothing of the address is in it,
nothing of it is stored, and a link for one purpose opens no other. A link in a mail never changes anything
when it is fetched; only the button behind it does.
"""

import base64
import binascii
import hmac

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from . import addresses

# Purpose and salt in one. How long each serves:
CONFIRM = "confirm"  # while its sign-up stands: models.CONFIRMATION_PERIOD
PREFERENCES = "preferences"  # while the subscriber is subscribed
BOUNCE = "bounce"  # in the address that mail comes back to; opens nothing
UNSUBSCRIBE = "unsubscribe"  # while the subscriber is subscribed; later it says that nothing is left

ROW_BYTES, MAC_BYTES = 8, 20  # 160 bits
TOKEN_LENGTH = 38  # characters of base64 without padding


def build_confirm_link(row, *, language):
    return settings.SITE_URL + build_row_path("newsletter:confirm", row, CONFIRM, language)


def build_preferences_link(row, *, language):
    return settings.SITE_URL + build_preferences_path(row, language=language)


def build_preferences_path(row, *, language):
    return build_row_path("newsletter:preferences", row, PREFERENCES, language)


def build_unsubscribe_link(row, *, language):
    return settings.SITE_URL + build_unsubscribe_path(row, language=language)


def build_unsubscribe_path(row, *, language):
    return build_row_path("newsletter:unsubscribe", row, UNSUBSCRIBE, language)


def build_row_path(name, row, purpose, language):
    return build_token_path(name, make_token(row, purpose), language)


def build_token_path(name, token, language):
    with translation.override(language):
        return reverse(name, args=[token])


def build_merge_links(blanks, *, language):
    """Links to choices and to leaving with a blank where the token will be; see `composition/mail_merge.py`."""
    return {
        "preferences": settings.SITE_URL + build_token_path("newsletter:preferences", blanks.preferences, language),
        "unsubscribe": settings.SITE_URL + build_token_path("newsletter:unsubscribe", blanks.unsubscribe, language),
    }


def make_token(row, purpose):
    number = row.to_bytes(ROW_BYTES, "big")
    mac = compute_mac(number, purpose, addresses.get_subscriber_keys()[0])
    return base64.urlsafe_b64encode(number + mac).rstrip(b"=").decode()


def read_token(token, purpose):
    """The row that a token was made for, or None if we did not make it for this purpose."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    number, mac = raw[:ROW_BYTES], raw[ROW_BYTES:]
    known = [compute_mac(number, purpose, key) for key in addresses.get_subscriber_keys()]
    if not any(hmac.compare_digest(mac, good) for good in known):
        return None
    return int.from_bytes(number, "big")


def build_envelope_sender(row):
    """The address that mail to this subscriber comes back to if it cannot be delivered (VERP)."""
    local, at, domain = settings.MAIL_BOUNCES.rpartition("@")
    return f"{local}+{make_bounce_tag(row)}@{domain}" if at else settings.DEFAULT_FROM_EMAIL


def make_bounce_tag(row):
    """A token that survives mail servers which do not tell case in addresses."""
    number = row.to_bytes(ROW_BYTES, "big")
    return f"{row}-{compute_mac(number, BOUNCE, addresses.get_subscriber_keys()[0])[:10].hex()}"


def read_bounce_tag(row, mac):
    """The row of a tag as two strings, or None if it is not ours."""
    if not row.isdecimal() or int(row) >= 2 ** (8 * ROW_BYTES):
        return None
    number = int(row).to_bytes(ROW_BYTES, "big")
    known = [compute_mac(number, BOUNCE, key)[:10].hex() for key in addresses.get_subscriber_keys()]
    return int(row) if any(hmac.compare_digest(mac, good) for good in known) else None


def compute_mac(number, purpose, key):
    return hmac.digest(addresses.derive_key(key, f"link {purpose}"), number, "sha256")[:MAC_BYTES]


def make_message_id(*parts):
    """The same for the same letter to the same row however often it is tried; nobody can tell whose it is."""
    key = addresses.derive_key(addresses.get_subscriber_keys()[0], "message id")
    return hmac.digest(key, "/".join(map(str, parts)).encode(), "sha256").hex()[:40]
