"""What was released: any two versions compared in readable words, and one brought back into the working copy."""

import datetime as dt
import re
import time

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from audit.models import Event
from desk.versions import comparing
from publishing.models import Release
from publishing.publication import Publication
from publishing.workflow import transitions
from situations.models import Organisation, Partner
from tests.support.desk_client import admin_url, log_in, messages_for, read_form
from tests.support.factories import (
    approve_item,
    make_alert,
    make_organisation,
    make_partner,
    make_situation,
    make_staff,
    make_story,
    make_tag,
    make_update,
    publish_item,
    save_item,
)
from updates.models import Attachment

pytestmark = pytest.mark.django_db
Status = Publication.Status


def fresh(item):
    return type(item).objects.get(pk=item.pk)


def first_release(item):
    return Release.objects.of(item.uid).first()


def restore_page(item, release=None):
    return admin_url(item, f"restore/{(release or first_release(item)).pk}")


def bring_back(client, item, release=None):
    page = restore_page(item, release)
    return client.post(page, read_form(client, page), follow=True)


def document(item):
    return {name: value for name, value in fresh(item).document().as_json().items() if name != "corrections"}


def as_text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.fixture
def twice():
    """An update that was released twice, and then changed once more."""
    make_organisation()
    update = make_update("Nine were held", body_en="<p>They were nine.</p><p>Same.</p>", title_ar="تسعة", public=True)
    update.title_en, update.body_en, update.title_ar = "Ten were held", "<p>They were ten.</p><p>Same.</p>", "عشرة"
    publish_item(save_item(update), correction={"en": "Ten, not nine."})
    update.title_en = "Eleven were held"
    return save_item(update)


# --- Comparing --------------------------------------------------------------------------------


def test_two_releases_are_compared_word_by_word_in_every_language(client, twice):
    log_in(client)
    one, two = Release.objects.of(twice.uid)
    page = client.get(admin_url(twice, "compare"), {"before": one.pk, "after": two.pk}).content.decode()
    assert re.search(r"<del>.{0,80}nine\.</del>", page, re.DOTALL)
    assert re.search(r"<ins>.{0,80}ten\.</ins>", page, re.DOTALL)
    assert '<div class="difference" lang="ar" dir="rtl">' in page
    assert "Eleven" not in page.split("differences")[1]


def test_a_difference_is_said_in_words_too(client, twice):
    log_in(client)
    text = as_text(client.get(admin_url(twice, "compare"), {"before": first_release(twice).pk}))
    assert "removed: Nine" in text
    assert "added: Eleven" in text


def test_what_did_not_change_is_only_counted(client, twice):
    log_in(client)
    one, two = Release.objects.of(twice.uid)
    text = as_text(client.get(admin_url(twice, "compare"), {"before": one.pk, "after": two.pk}))
    assert "[1 paragraph unchanged]" in text


def test_without_a_choice_the_newest_release_is_compared_with_the_working_copy(client, twice):
    log_in(client)
    text = as_text(client.get(admin_url(twice, "compare")))
    assert "removed: Ten" in text
    assert "added: Eleven" in text


@pytest.mark.parametrize("number", ["999999", "x", "\0", ""])
def test_a_version_that_is_none_is_refused_in_words(client, twice, number):
    log_in(client)
    page = client.get(admin_url(twice, "compare"), {"before": number})
    assert page.status_code == 200
    assert 'class="errorlist"' in page.content.decode()


def test_the_release_of_another_item_is_not_compared(client, twice):
    log_in(client)
    other = first_release(make_update("Secret elsewhere", public=True))
    page = client.get(admin_url(twice, "compare"), {"before": other.pk})
    assert "Secret elsewhere" not in page.content.decode()


def test_tags_partners_pictures_documents_and_facts_are_compared():
    old = make_update(tags=[make_tag()]).document().as_json()
    picture = {"renditions": [{"name": "a.jpg", "size": 1}], "alt": {"en": "A wall"}, "decorative": False, "credit": ""}
    file = {"name": "a.pdf", "title": "Report", "language": "en", "size": 1, "pages": 1, "sha256": "ab" * 32}
    partner = make_partner().as_credit(role="signatory").__dict__
    new = old | {"tags": [], "pictures": [picture], "attachments": [file], "credits": [partner], "date": "2021-01-01"}
    labels = {one.label for one in comparing.compare_documents(old, new)}
    assert {"Tags", "Documents", "Published jointly with", "Date", "Alternative text (English)", "Picture"} <= labels


def test_comparing_long_texts_that_share_nothing_takes_no_long_time():
    begun = time.process_time()
    comparing.compare_texts("a " * 100_000, "b a " * 50_000, comparing.StepBudget())
    comparing.compare_texts("\n".join(["a " * 140] * 300), "\n".join(["b a " * 70] * 300), comparing.StepBudget())
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("before", "after"), [("", "One two"), ("One two", ""), ("One two three", "One 2 three"), ("A\nB\nC", "A\nX\nY\nC")]
)
def test_the_pieces_of_a_comparison_make_both_texts(before, after):
    paragraphs = comparing.compare_texts(before, after, comparing.StepBudget())
    told = [piece for paragraph in paragraphs for piece in paragraph if piece[0] != comparing.LEFT_OUT]
    for what, text in {comparing.REMOVED: before, comparing.ADDED: after}.items():
        words = " ".join(words for one, words in told if one in {what, comparing.SAME}).split()
        assert set(text.split()) - set(words) <= set(before.split()) & set(after.split())


def test_the_list_of_releases_lets_two_be_picked(client, twice):
    log_in(client)
    page = client.get(admin_url(twice)).content.decode()
    one, two = Release.objects.of(twice.uid)
    for name in ("before", "after"):
        for release in (one, two):
            assert f'<input type="radio" form="compare" name="{name}" value="{release.pk}"' in page


# --- Bringing one back ------------------------------------------------------------------------


def test_a_release_is_brought_back_into_the_working_copy_and_nothing_is_published(client, twice):
    log_in(client, "mender")
    answer = bring_back(client, twice)
    assert "Nothing was published." in messages_for(answer)
    assert fresh(twice).title_en == "Nine were held"
    assert fresh(twice).title_ar == "تسعة"
    assert "Ten were held" in client.get(f"/en/belarus/updates/{twice.slug}/").content.decode()
    assert Release.objects.of(twice.uid).count() == 2


def test_before_it_is_brought_back_is_shown_what_will_change(client, twice):
    log_in(client)
    text = as_text(client.get(restore_page(twice)))
    assert "removed: Eleven" in text
    assert "added: Nine" in text
    assert fresh(twice).title_en == "Eleven were held"


def test_bringing_back_is_remembered_with_who_did_it(client, twice):
    account = log_in(client, "mender")
    bring_back(client, twice)
    save = twice.history.order_by("-history_id").first()
    number = first_release(twice).pk
    assert save.history_user == account
    assert save.history_change_reason == f"Restored release {number}"
    assert fresh(twice).version == twice.version + 1
    assert Event.objects.get(verb="update.restored").detail == {"release": number}


def test_whoever_saw_an_earlier_version_brings_nothing_back(client, twice):
    log_in(client)
    sent = read_form(client, restore_page(twice))
    type(twice).objects.update(version=twice.version + 1)
    assert "Nothing has been done yet." in client.post(restore_page(twice), sent).content.decode()
    assert fresh(twice).title_en == "Eleven were held"


def test_an_approved_text_is_a_draft_again(client):
    story = make_story(public=True)
    story.title_en = "Another"
    approve_item(save_item(story, by=make_staff("writer")))
    log_in(client, "mender")
    answer = bring_back(client, story)
    assert fresh(story).status == Status.DRAFT
    assert "The record of consent stays" in messages_for(answer)


def test_a_withdrawn_item_can_be_brought_back_and_stays_withdrawn(client, twice):
    transitions.withdraw(twice, reason="")
    log_in(client)
    bring_back(client, twice)
    assert fresh(twice).title_en == "Nine were held"
    assert fresh(twice).status == Status.WITHDRAWN
    assert client.get(f"/en/belarus/updates/{twice.slug}/").status_code == 410


def test_who_may_not_change_an_item_brings_nothing_back(client, twice):
    log_in(client, "reader", role="translator")
    assert client.get(restore_page(twice)).status_code == 403
    assert client.post(restore_page(twice)).status_code == 403
    assert fresh(twice).title_en == "Eleven were held"


def test_the_release_of_another_item_is_not_brought_back(client, twice):
    log_in(client)
    other = first_release(make_update("Elsewhere", public=True))
    assert client.get(restore_page(twice, other)).status_code == 404


def test_a_withdrawal_is_nothing_to_bring_back(client, twice):
    transitions.withdraw(twice, reason="")
    log_in(client)
    assert client.get(restore_page(twice, Release.objects.of(twice.uid).last())).status_code == 404


@pytest.fixture
def kept_file():
    names = []

    def keep(suffix):
        names.append(default_storage.save(f"{len(names)}{'c' * 39}.{suffix}", ContentFile(b"bytes")))
        return names[-1]

    yield keep
    for name in names:
        default_storage.delete(name)


def full_update(kept_file):
    drawn = {"name": kept_file("jpg"), "type": "image/jpeg", "width": 8, "height": 6, "size": 5}
    update = make_update(
        "Full",
        subtitle_fr="Sous",
        summary_en="Sum",
        body_be="<p>Тэкст</p>",
        translator_fr="A. B.",
        content_note_ru="избиение",
        url="https://example.org/x",
        kind="joint-letter",
        date_precision="month",
        picture={"renditions": [drawn], "width": 8, "height": 6, "focus": None},
        picture_alt_en="A corridor",
        picture_credit="Drawing: A.",
        picture_credit_ru="Рисунок: А.",
        tags=[make_tag("Detention"), make_tag("Torture")],
    )
    update.co_publishers.set([make_partner("Viasna"), make_partner("Memorial")])
    facts = {"name": kept_file("pdf"), "size": 5, "pages": 1, "sha256": "ab" * 32}
    Attachment.objects.create(update=update, title="Report", language="en", **facts)
    return publish_item(update)


def emptied(update):
    blank = ["subtitle_fr", "summary_en", "body_be", "translator_fr", "content_note_ru", "url", "picture_alt_en"]
    others = {"kind": "statement", "date": dt.date(2022, 1, 1), "picture": None}
    for name, value in (dict.fromkeys(blank, "") | others).items():
        setattr(update, name, value)
    update.tags.set([])
    update.co_publishers.set([])
    update.attachments.all().delete()
    return save_item(update)


def test_everything_of_an_update_comes_back(client, kept_file):
    update = full_update(kept_file)
    was = document(update)
    emptied(update)
    assert document(update) != was
    log_in(client)
    bring_back(client, update)
    assert document(update) == was


def test_what_was_deleted_since_is_named(client, kept_file):
    update = full_update(kept_file)
    emptied(update)
    Partner.objects.filter(slug="memorial").delete()
    for name in [*default_storage.listdir("")[1]]:
        default_storage.delete(name)
    log_in(client)
    sentences = messages_for(bring_back(client, update))
    assert "memorial" in sentences
    assert "The picture is not restored" in sentences
    assert "“Report”" in sentences
    assert fresh(update).subtitle_fr == "Sous"


def test_an_address_that_another_item_took_stays(client):
    update = make_update("First", slug="first", public=True)
    update.slug = "second"
    publish_item(save_item(update))
    make_update("Other", slug="first")
    log_in(client)
    assert "The address is not restored" in messages_for(bring_back(client, update))
    assert fresh(update).slug == "second"


def changed(item, **values):
    for name, value in values.items():
        setattr(item, name, value)
    return save_item(item)


def other_types():
    now = timezone.now().replace(microsecond=0)
    return {
        "story": (
            make_story("Сведчанне", public=True),
            {
                "original_title": "X",
                "original_body": "<p>X</p>",
                "title_en": "X",
                "naming": "pseudonym",
                "pseudonym": "Z",
            },
        ),
        "situation": (
            make_situation("syria", short_title_en="Syria", region_ar="الشام", since=dt.date(2011, 3, 15), order=3),
            {
                "short_title_en": "",
                "region_ar": "",
                "since": None,
                "order": 9,
                "archived": True,
                "support_en": "<p>X</p>",
            },
        ),
        "alert": (make_alert(url="/en/belarus/"), {"sentence_en": "X", "url": "", "ends": now + dt.timedelta(hours=9)}),
        "organisation": (
            make_organisation(contact="press@example.org", link="#123456") and Organisation.objects.get(),
            {"sentence_en": "X", "contact": "", "link": "#2f2b92", "postal_address": "X"},
        ),
    }


@pytest.mark.parametrize("kind", ["story", "situation", "alert", "organisation"])
def test_every_type_comes_back_as_it_was(client, kind):
    item, values = other_types()[kind]
    was = document(item)
    changed(item, **values)
    assert document(item) != was
    log_in(client)
    bring_back(client, item)
    assert document(item) == was


def test_a_situation_without_short_title_gets_none_from_its_release(client):
    situation = make_situation(title_en="A very long title of a situation")
    changed(situation, title_en="Other")
    log_in(client)
    bring_back(client, situation)
    assert not fresh(situation).short_title_en
