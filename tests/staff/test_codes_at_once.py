"""One code of a second factor, sent twice at one moment."""

from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ValidationError
from django.db import transaction

from staff.login.second_factor import consume_code
from tests.publishing.workflow.test_pairs_at_once import PATIENCE, Someone, wait_for
from tests.staff.test_accounts import make_totp_code
from tests.support.factories import make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def test_a_code_that_is_sent_twice_at_once_opens_once():
    secret = generate_totp_secret()
    TOTP.activate(make_staff("ana"), secret)
    factor, code = Authenticator.objects.get(), make_totp_code(secret)
    Authenticator.objects.update(data=factor.data | {"last_step": 0})
    with transaction.atomic():
        Authenticator.objects.select_for_update().get()
        two = [Someone(partial(consume_code, factor, code)) for _number in range(2)]
        wait_for(two[1], waiting=2)
    for one in two:
        one.join(PATIENCE)
    failures = [one.failure for one in two]
    assert sorted(map(type, failures), key=str) == [type(None), ValidationError]
