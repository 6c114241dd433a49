"""A form of the desk that is too large is answered at the desk, and in words."""

import pytest
from django.core.cache import cache

from tests.support.desk_client import admin_url, log_in
from tests.support.factories import make_situation, make_update

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["multipart", "urlencoded"])
def test_a_form_that_is_too_large_says_so_at_the_desk_and_saves_nothing(client, kind):
    cache.clear()
    make_situation()
    update = make_update()
    log_in(client)
    form = {"title_en": "x" * 6_000_000} if kind == "multipart" else "title_en=" + "x" * 6_000_000
    more = {} if kind == "multipart" else {"content_type": "application/x-www-form-urlencoded"}
    answer = client.post(admin_url(update), form, **more)
    assert answer.status_code == 413
    page = answer.content.decode()
    assert "All texts of a form together may have" in page
    assert "what you typed is still in the form" in page
    update.refresh_from_db()
    assert update.title_en == "Stop reprisals"


def test_a_form_of_readers_that_is_too_large_is_a_public_page(client):
    cache.clear()
    make_situation()
    answer = client.post("/en/newsletter/", {"email": "x" * 6_000_000})
    assert answer.status_code == 400
    assert "what you typed" not in answer.content.decode()
