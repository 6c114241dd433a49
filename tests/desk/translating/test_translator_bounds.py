"""A translator reads and writes the own languages and the original: by no page anything else."""

import pytest

from tests.support.desk_client import admin_url, log_in
from tests.support.factories import make_update, save_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed():
    """A public update whose working copy has new words in two languages."""
    update = make_update("Stop reprisals", public=True)
    update.title_fr, update.title_ru = "Halte aux représailles", "Остановите репрессии"
    return save_item(update)


def client_of(client, *, role, languages=()):
    account = log_in(client, role, role=role)
    account.languages = list(languages)
    account.save()
    return client


def test_a_comparison_shows_no_other_language(client, changed):
    page = client_of(client, role="translator", languages=["fr"]).get(admin_url(changed, "compare")).content.decode()
    assert "représailles" in page
    assert "репрессии" not in page


def test_a_comparison_shows_an_editor_all_languages(client, changed):
    page = client_of(client, role="contributor").get(admin_url(changed, "compare")).content.decode()
    assert "représailles" in page
    assert "репрессии" in page
