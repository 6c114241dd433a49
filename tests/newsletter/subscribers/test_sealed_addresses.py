"""Addresses: how they are written, sealed and found again."""

import base64

import pytest

from newsletter.subscribers import addresses
from newsletter.subscribers.addresses import AddressError, SealError


def key(number):
    return base64.urlsafe_b64encode(bytes([number]) * 32).decode()


@pytest.fixture(autouse=True)
def one_key(settings):
    settings.SUBSCRIBER_KEYS = [key(1)]


def test_a_sealed_address_opens_in_its_row():
    assert addresses.unseal_address(addresses.seal_address("ana@example.org", row=7), row=7) == "ana@example.org"


def test_a_sealed_address_does_not_open_in_another_row():
    with pytest.raises(SealError):
        addresses.unseal_address(addresses.seal_address("ana@example.org", row=7), row=8)


def test_a_changed_byte_is_noticed():
    sealed = bytearray(addresses.seal_address("ana@example.org", row=7))
    sealed[-1] ^= 1
    with pytest.raises(SealError):
        addresses.unseal_address(sealed, row=7)


def test_without_the_key_nothing_opens(settings):
    sealed = addresses.seal_address("ana@example.org", row=7)
    settings.SUBSCRIBER_KEYS = [key(2)]
    with pytest.raises(SealError):
        addresses.unseal_address(sealed, row=7)


def test_nothing_of_the_address_stands_in_what_is_stored():
    stored = (
        addresses.seal_address("ana@example.org", row=7) + addresses.compute_fingerprint("ana@example.org").encode()
    )
    assert b"ana" not in stored
    assert b"example" not in stored


def test_an_older_key_still_opens_and_finds(settings):
    sealed, mark = addresses.seal_address("ana@example.org", row=7), addresses.compute_fingerprint("ana@example.org")
    settings.SUBSCRIBER_KEYS = [key(2), key(1)]
    assert addresses.unseal_address(sealed, row=7) == "ana@example.org"
    assert mark in addresses.compute_fingerprints("ana@example.org")
    assert not addresses.is_sealed_as_of_today(sealed)


def test_the_same_address_is_sealed_differently_each_time():
    assert addresses.seal_address("ana@example.org", row=7) != addresses.seal_address("ana@example.org", row=7)


def test_case_makes_no_other_address():
    assert addresses.compute_fingerprint("Ana@Example.ORG") == addresses.compute_fingerprint("ana@example.org")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" Ana@EXAMPLE.org ", "Ana@example.org"),
        ("ana@пример.испытание", "ana@xn--e1afmkfd.xn--80akhbyknj4f"),
        ("ana@example.org.", "ana@example.org"),
        ("ana\u202e@example.org", "ana@example.org"),
        ("ana@Straße.example.de", "ana@xn--strae-oqa.example.de"),
        ("ana@ｅｘａｍｐｌｅ.org", "ana@example.org"),
        ("o'brien=x@example.org", "o'brien=x@example.org"),
        ("first.last+tag@sub.example.org", "first.last+tag@sub.example.org"),
    ],
)
def test_an_address_is_written_in_one_way(typed, written):
    assert addresses.normalise_address(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "ana",
        "ana@",
        "@example.org",
        "ana@localhost",
        "ana@-bad-.org",
        "ana@exa..mple.org",
        "ana@127.0.0.1",
        "a b@example.org",
        "ana@@example.org",
        "ana@example.org\nBcc: eve@example.org",
        "ana@example.org\x00",
        "a" * 65 + "@example.org",
        "ana@" + "a." * 130 + "org",
        "ana@" + "\ud800" + ".org",
    ],
)
def test_what_no_mail_can_reach_is_refused_without_being_repeated(typed):
    with pytest.raises(AddressError) as refused:
        addresses.normalise_address(typed)
    assert typed not in str(refused.value)


def test_a_masked_address_shows_one_letter_of_the_name():
    assert addresses.mask_address("maria@example.org") == "m•••@example.org"
