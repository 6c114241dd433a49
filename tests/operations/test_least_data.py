"""No column takes what nobody should know of a survivor or partner: a new one has to be named here, with a thought."""

import pytest

from situations.models import Partner
from staff.models import Session
from stories.models import Consent, SurvivorStory

LANGUAGES = ("en", "fr", "es", "ru", "be", "ar")
TRANSLATED = {"title", "summary", "body", "content_note", "translator"}
STORY = {
    "id", "uid", "slug", "status", "version", "language", "created", "modified", "edited_by", "situation", "partner",
    "date", "date_precision", "original_language", "original_title", "original_body", "original_url",
    "naming", "pseudonym", "tell_now", "tags",
}  # fmt: skip
CONSENT = {
    "id", "story", "reference", "date", "explained_by", "language", "naming", "review", "hide_when_due", "withdrawal",
    "site", "newsletter", "feed", "card", "mirror",
}  # fmt: skip
PARTNER = {"id", "slug", "name", "description", "url", "country", "language"}
SESSION = {"session_key", "session_data", "expire_date", "account", "created", "seen", "device"}


def list_columns(model):
    """The fields of a model; those that are there once a language count once."""
    ends = tuple(f"_{code}" for code in LANGUAGES)
    return {field.name for field in model._meta.get_fields() if field.concrete and not field.name.endswith(ends)}


@pytest.mark.parametrize(
    ("model", "known"),
    [(SurvivorStory, STORY | TRANSLATED), (Consent, CONSENT), (Partner, PARTNER), (Session, SESSION)],
)
def test_every_column_is_known_and_none_asks_for_a_name_contact_or_document(model, known):
    assert list_columns(model) == known
