"""What an operator does at the command line, with the same refusals as at the desk."""

import base64
import datetime as dt
import io
import os

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import TestCase

from audit.models import Event
from demo import loader
from publishing.lookup import get_public_state
from publishing.models import Entry, Release
from publishing.publication import Publication
from publishing.text.cleaning import clean_line
from staff.models import Account
from stories.models import SurvivorStory
from tests.support.factories import make_alert, make_situation, make_story, make_update, save_item
from updates.models import Update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def run(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_a_moment_that_has_passed_is_refused_as_the_desk_refuses_it():
    make_update(slug="reprisals")
    with pytest.raises(CommandError, match="That time has passed"):
        run("publish", "update", "reprisals", "--at", "2020-12-01T06:00")
    assert not Entry.objects.filter(type="update").exists()


def test_an_alert_of_the_command_begins_when_it_says_itself():
    alert = make_alert(public=False)
    alert.starts += dt.timedelta(hours=2)
    save_item(alert)
    run("publish", "alert", alert.slug)
    assert not Entry.objects.public().filter(uid=alert.uid).exists()
    assert Entry.objects.public(now=alert.starts).filter(uid=alert.uid).exists()


def test_publish_brings_an_update_before_the_public():
    update = make_update(slug="reprisals")
    assert "public now" in run("publish", "update", "reprisals")
    assert Entry.objects.public().filter(uid=update.uid).exists()


def test_publish_at_a_time_waits_for_it():
    update = make_update(slug="reprisals")
    assert "from 2999-01-01 00:00 UTC on" in run("publish", "update", "reprisals", "--at", "2999-01-01T00:00")
    assert not Entry.objects.public().filter(uid=update.uid).exists()


def test_publishing_prints_the_moment_that_it_stored():
    make_update(slug="zoned")
    assert "from 2999-05-28 00:30 UTC on" in run("publish", "update", "zoned", "--at", "2999-05-28T02:30+02:00")


def test_a_time_that_is_none_is_refused_in_words():
    with pytest.raises(CommandError, match="is not a time such as"):
        run("publish", "update", "x", "--at", "tomorrow")


def test_publish_refuses_a_testimony_exactly_as_the_desk_does():
    make_story(slug="told", consent=False)
    with pytest.raises(CommandError, match="(?s)second person|consent"):
        run("publish", "story", "told")
    assert not Entry.objects.filter(type="story").exists()


@pytest.mark.parametrize("kind", ["situation", "update", "story", "alert"])
def test_what_does_not_exist_is_named(kind):
    with pytest.raises(CommandError, match=f"There is no {kind} “nothing”"):
        run("publish", kind, "nothing")


def test_a_slug_that_stands_twice_asks_for_its_situation():
    make_update(slug="same", situation=make_situation("one"))
    make_update(slug="same", situation=make_situation("two"))
    with pytest.raises(CommandError, match="SITUATION/same"):
        run("publish", "update", "same")
    run("publish", "update", "two/same")
    assert Entry.objects.get(type="update", language="en").situation == "two"


def test_withdraw_takes_an_update_from_the_public():
    make_update(slug="reprisals", public=True)
    assert "answer 410" in run("withdraw", "update", "reprisals", "--reason", "consent withdrawn")
    assert not Entry.objects.filter(type="update").exists()


def test_withdraw_of_an_alert_works_by_its_slug():
    alert = make_alert()
    run("withdraw", "alert", alert.slug, "--reason", "over")
    assert not Entry.objects.filter(type="alert").exists()


def test_withdraw_of_a_draft_is_refused_in_words():
    make_update(slug="draft")
    with pytest.raises(CommandError, match="not public"):
        run("withdraw", "update", "draft", "--reason", "x")


def test_deeds_of_the_command_line_stand_in_the_audit_log_as_the_operators():
    make_update(slug="reprisals")
    run("publish", "update", "reprisals")
    assert Event.objects.filter(verb="update.published").last().actor == "operator"


def test_a_new_key_is_32_random_bytes():
    keys = {run("new_key").strip() for _n in range(3)}
    assert [len(base64.urlsafe_b64decode(key)) for key in keys] == [32, 32, 32]


def test_rebuild_says_how_many_releases_it_read():
    make_update(public=True)
    assert "from 2 releases" in run("rebuild_timeline")


def test_sweeping_deletes_what_an_upload_left_that_was_killed_and_nothing_else(settings):
    names = ["a" * 40 + ".jpg", "b" * 40 + ".jpg", "c" * 40 + ".jpg"]
    for name in names:
        default_storage.save(name, ContentFile(b"x"))
        os.utime(settings.MEDIA_ROOT / name, (0, 0))
    picture = {"renditions": [{"name": names[0], "type": "image/jpeg"}], "width": 1, "height": 1}
    make_update(picture=picture, picture_decorative=True)
    shown = make_update(picture={**picture, "renditions": [{"name": names[1], "type": "image/jpeg"}]},
                        picture_decorative=True, public=True)  # fmt: skip
    Update.objects.filter(pk=shown.pk).update(picture=None)
    assert "Deleted 1 files" in run("sweep_files")
    assert sorted(path.name for path in settings.MEDIA_ROOT.iterdir()) == names[:2]


# --- Synthetic content ------------------------------------------------------------------------


def test_the_same_seed_makes_the_same_content():
    run("sample_content", updates=20, stories=5, seed=1)
    first = list(Update.objects.order_by("slug").values_list("title_en", "date", "kind"))
    SurvivorStory.objects.all().delete()
    Update.objects.all().delete()
    run("sample_content", updates=20, stories=5, seed=1)
    assert list(Update.objects.order_by("slug").values_list("title_en", "date", "kind")) == first


def test_synthetic_content_can_be_published_whole():
    run("sample_content", updates=20, stories=5, seed=2, publish=True)
    counts = [Entry.objects.filter(type=kind, language="en").count() for kind in ("update", "story")]
    assert counts == [20, 5]


# --- The demo ---------------------------------------------------------------------------------


@pytest.mark.slow
class DemoTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        # Drawing and checking its pictures takes seconds, so it is loaded once.
        cls.words = run("demo")

    def test_the_demo_shows_the_real_page_whole(self):
        sections = Entry.objects.public().filter(situation="belarus", language="en").values_list("section", flat=True)
        assert [list(sections).count(name) for name in ("updates", "news", "stories")] == [24, 2, 7]
        assert "Widespread torture of protesters" in self.client.get("/en/belarus/").content.decode()

    def test_the_demo_has_an_alert_a_second_situation_and_pictures(self):
        page = self.client.get("/en/").content.decode()
        assert "Torture on African migration routes" in page
        assert "New report reveals patterns of torture" in page
        assert Entry.objects.get(slug="corridor-of-truncheons", language="en").facts["pictures"]

    def test_the_testimonies_of_the_demo_were_approved_by_somebody_else(self):
        approved = Release.objects.filter(type="story").values_list("by", "approved_by").distinct()
        assert list(approved) == [("second-editor", "second-editor")]
        assert "second-editor" not in SurvivorStory.history.values_list("history_user__username", flat=True)

    def test_every_state_of_the_desk_can_be_seen_in_the_demo(self):
        items = [*Update.objects.all(), *SurvivorStory.objects.all()]
        assert {item.status for item in items} == set(Publication.Status.values)
        assert {get_public_state(item) for item in items} == {"draft", "scheduled", "public", "withdrawn"}

    def test_what_the_demo_leaves_on_the_desk_is_nowhere_on_the_public_side(self):
        for address in ("/en/belarus/", "/en/search/?q=practice", "/en/belarus/feed.atom", "/api/v1/entries"):
            assert "For practice" not in self.client.get(address).content.decode(), address

    def test_a_second_run_of_the_demo_changes_nothing(self):
        before = Release.objects.count(), Event.objects.count()
        assert "nothing was changed" in run("demo")
        assert (Release.objects.count(), Event.objects.count()) == before

    def test_outside_a_trial_nobody_can_log_in_with_a_demo_account(self):
        assert "password" not in self.words
        assert not [account for account in Account.objects.all() if account.has_usable_password()]

    def test_no_text_of_the_demo_holds_what_would_be_removed(self):
        assert all(clean_line(entry.title) == entry.title for entry in Entry.objects.all())


def test_on_a_trial_the_demo_prints_accounts_that_work(settings, client):
    settings.TRIAL = True
    words = [line.split() for line in run("demo").splitlines() if line.startswith("user:")]
    assert [word[1] for word in words] == ["editor", "second-editor", "admin"]
    assert all(client.login(username=name, password=password) for _user, name, _password, password in words)


def test_a_demo_that_fails_half_way_leaves_nothing_behind(monkeypatch, settings):
    def break_off(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(loader, "load_alert", break_off)
    with pytest.raises(KeyboardInterrupt):
        loader.load_demo()
    assert not Update.objects.exists()
    assert not list(settings.MEDIA_ROOT.glob("*"))


def test_the_tests_of_one_process_keep_their_files_to_themselves():
    assert str(django_settings.DATA_DIR) == os.environ["DATA_DIR"]


# --- What the desk would have asked -----------------------------------------------------------


def test_publishing_names_each_finding_that_nobody_looked_at_and_goes_on():
    update = make_update(slug="call", summary_en="Call +375 29 123-45-67", body_fr="<p>a@example.org</p>")
    told = run("publish", "update", "call")
    assert "Nobody has looked at this: summary_en: phone number." in told
    assert "Nobody has looked at this: body_fr: e-mail address." in told
    assert "123" not in told
    assert Entry.objects.public().filter(uid=update.uid).exists()


def test_publishing_again_without_a_word_on_its_meaning_says_so():
    make_update(slug="nine", public=True)
    told = run("publish", "update", "nine")
    assert "told of no correction" in told
    assert "told of no correction" not in run("publish", "update", "nine", "--meaning", "same")


def test_a_changed_meaning_is_told_to_readers_in_the_words_of_the_command():
    update = make_update(slug="nine", public=True)
    run("publish", "update", "nine", "--meaning", "changed", "--note", "en=Ten, not nine.", "--note", "fr=Dix.")
    assert Release.objects.of(update.uid).last().note == {"en": "Ten, not nine.", "fr": "Dix."}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--meaning", "changed"], "Say what was corrected"),
        (["--note", "en=Ten."], "add --meaning changed"),
        (["--meaning", "changed", "--note", "Ten."], "is not a note such as"),
        (["--meaning", "changed", "--note", "xx=Ten."], "is not a note such as"),
    ],
)
def test_half_an_answer_about_the_meaning_is_refused_in_words(words, sentence):
    make_update(slug="nine", public=True)
    before = Release.objects.count()
    with pytest.raises(CommandError, match=sentence):
        run("publish", "update", "nine", *words)
    assert Release.objects.count() == before


def test_what_nobody_has_read_yet_is_not_corrected():
    make_update(slug="nine")
    with pytest.raises(CommandError, match="nothing to correct"):
        run("publish", "update", "nine", "--meaning", "changed", "--note", "en=Ten.")
