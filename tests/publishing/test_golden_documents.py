"""Approvals hang on the digests of documents: the same content makes the same document, in this version and the next.

A digest below changes only with a decision that every approval given so far ends.
"""

import datetime as dt

import pytest

from publishing.document import compute_digest
from tests.support.items import BUILDERS, build_item

pytestmark = pytest.mark.django_db

NOTHING = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
# (type, how much of it is filled) -> digest of its document, digest of what an approval is bound to besides.
GOLDEN = {
    ("organisation", "full"): (
        "b13ce7b9c9f96ecac1b1aedac9e8c9af8caa52289f66fff6dc6bb1d4959bca2e",
        NOTHING,
    ),
    ("organisation", "minimal"): (
        "e2729b00afcda9d9e1d4cd7ad1c54a7d221a846cd9adda39e27b6deffba08741",
        NOTHING,
    ),
    ("situation", "full"): (
        "af656388b8b3851e011f2911ac072ccd674eec057ef195fa0e8de6d5522b9bc3",
        NOTHING,
    ),
    ("situation", "minimal"): (
        "2297edabac30773278b6211501d441dd91477b3f5e12014ed92f21c8889f29d4",
        NOTHING,
    ),
    ("alert", "full"): (
        "875bb22b93cc6499aea0583c0014217837180c5616e6035b9fc566d80780919b",
        NOTHING,
    ),
    ("alert", "minimal"): (
        "a9a2e265f17a3307f8e73c0820a8e2acc51af66e9f75c0c90f6b110449302931",
        NOTHING,
    ),
    ("page", "full"): (
        "9116e2bc9cdeac950d2dc202c9e1a3c90513f32c1f6989940600c5f85ea1101f",
        NOTHING,
    ),
    ("page", "minimal"): (
        "74db4a71c38def2a0d4d7c3a48657584fafe76d1f6cd34451ab330a4a325dfc1",
        NOTHING,
    ),
    ("update", "full"): (
        "25ec331c9acfb1ad77702fb166cac93d36024c8b5f43dac7380de10dc94e8550",
        NOTHING,
    ),
    ("update", "minimal"): (
        "c33cd33535f7ea9a94b22e2603eff6d2de04c4b261328e7554a8529467c5b978",
        NOTHING,
    ),
    ("story", "full"): (
        "1ad4fc4cc27cb5475cabb9f124a343dee3a585b811b1f5ace4fcf351bdfd1064",
        "83a9b02208dcbb7370fe53d8cefb261033bf40b6005c1b9459b8851482127a11",
    ),
    ("story", "minimal"): (
        "1160c0b812296a1fa3558e812120f3f6d381e4ed7634ebf158fa891b2b9a3677",
        NOTHING,
    ),
}


@pytest.mark.parametrize(("kind", "filled"), BUILDERS)
def test_a_document_is_byte_for_byte_what_it_was(kind, filled):
    item = build_item(kind, filled)
    assert (compute_digest(item.document().as_json()), compute_digest(item.approval_extras())) == GOLDEN[kind, filled]


def test_a_digest_tells_one_word_from_another():
    item = build_item("update", "full")
    item.date += dt.timedelta(days=1)
    assert compute_digest(item.document().as_json()) != GOLDEN["update", "full"][0]
