"""A sign-up and the sweeping-up of what nobody confirmed at one moment, each with a connection of its own."""

import pytest
from django.db import connection, transaction

from newsletter.models import Audience, SignUp
from newsletter.subscribers import signup
from tests.support.colleagues import Colleague, run_beside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
WISH = {"language": "en", "frequency": "weekly", "query": ""}


def ask():
    signup.create_sign_up("ana@example.org", **WISH)


def test_what_somebody_is_asking_for_is_not_swept_up():
    Audience.objects.create(**WISH)
    with transaction.atomic():
        ask()
        sweeper = Colleague(signup.delete_unconfirmed_sign_ups)
        sweeper.join(20)
        assert not sweeper.is_alive()
    assert sweeper.failure is None
    assert SignUp.objects.get().audience == Audience.objects.get()


def test_what_was_just_swept_up_is_made_anew_for_who_asks_for_it():
    Audience.objects.create(**WISH)
    assert run_beside(signup.delete_unconfirmed_sign_ups, ask).failure is None
    connection.check_constraints()
    assert SignUp.objects.get().audience == Audience.objects.get()
