"""Releases are kept by the database itself: only a purge empties them, whatever code asks."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from publishing.models import Release
from publishing.workflow import transitions
from tests.support.factories import make_update

pytestmark = pytest.mark.django_db

CHANGES = [
    {"document": None, "salt": "", "note": {}, "slug": "x"},
    {"approved_by": "nobody"},
    {"document": {"title": "another"}},
]


@pytest.mark.parametrize("change", CHANGES, ids=["emptied", "approved by another", "rewritten"])
def test_the_database_refuses_to_change_a_release_of_what_was_not_purged(change):
    make_update(public=True)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        QuerySet(Release).update(**change)


def test_the_database_refuses_to_delete_a_release():
    make_update(public=True)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM publishing_release WHERE action = 'withdraw' OR document IS NOT NULL")


def test_a_purge_empties_releases_and_lets_nobody_say_who_made_them_anew():
    update = make_update(public=True)
    transitions.withdraw(update, reason="danger")
    transitions.purge(update, by=None)
    assert not Release.objects.of(update.uid).exclude(document=None).exists()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        QuerySet(Release).update(document=None, by="nobody")
