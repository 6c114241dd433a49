"""Names that are never to be published: found in any spelling, on every route, and kept as keyed hashes alone."""

import datetime as dt
import io
import time

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.models import Event
from demo import pictures
from publishing.models import Approval, Entry, ListedName, NameKey, Release
from publishing.screening import names
from publishing.screening.fields import get_text_columns
from publishing.screening.names import find_listed_names
from publishing.workflow import transitions
from publishing.workflow.transitions import TransitionRefused, allow_names
from tests.support.desk_client import admin_url, log_in, messages_for, read_form, say_seen, submit_form
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
from updates.models import Attachment, Update

pytestmark = pytest.mark.django_db
NAME = "Сяргей Ціханчук"  # made up, as every name here


@pytest.fixture
def listed():
    return names.add_listed_name(NAME, by="anna")


def found(text, name=NAME):
    names.add_listed_name(name, by="anna")
    return names.get_name_matcher().found(text)


# --- Spellings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Учора затрымалі Сяргея Ціханчука ў Гродне.",
        "СЯРГЕЮ ЦІХАНЧУКУ далі трое сутак",
        "Сергей Тихончук: был задержан",
        "о Тихончуке Сергее ничего не известно",
        "с Сергеем Тихончуком",
        "Sergei Tikhonchuk was beaten",
        "Siarhei Tsikhanchuk",
        "Siarhiej Cichančuk",
        "Sjarhiej Cichanchuk",
        "Sergey TIHONCHUK",
        "Serguei Tikhontchouk",
        "Sergej Tichontschuk",
        "Serguéi Tijonchuk",
        "Tikhonchuk, Sergei",
        "Sergei-Tikhonchuk",
        "SERGEÏ   TIKHÓNCHUK’S lawyer",
        "Siarhei U. Tsikhanchuk",
        "<p><strong>Ser</strong>gei&nbsp;Tikhonchuk</p>",
        "قال سيرغي تيخونتشوك",
        "وسيرغي تيخونتشوك في السجن",
        "sergei-tikhonchuk-detained",
        "Сяргей Іванавіч Ціханчук",
    ],
)
def test_a_name_is_found_however_it_is_spelled(text):
    assert found(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("محمد الخطيب", "Mohamed El-Khatib was seen last in Homs"),
        ("محمد الخطيب", "أُفرج عن مُحَمَّد الخطيب"),
        ("محمد الخطيب", "Мухаммад аль-Хатиб"),
        ("Mahmoud Abu Rajab", "محمود أبو رجب"),
        ("Abd al-Rahman Khalil", "Abdurrahman Khalil"),
        ("Abdulrahman Khalil", "عبد الرحمن خليل"),
        ("Anna-Maria Kowalska", "АннаМария Ковальская"),
        ("Юлія Чэкіна", "Iouliia Tchekina"),
        ("Пётр Шаўчэнка", "Peter Shevchenko"),
        ("Zhanna Litvina", "Жанне Ліцвінай"),
        ("Сергей Петрович Тихончук", "Tikhonchuk Sergei"),
        ("Мороз", "МОРОЗ"),
        ("José Núñez", "jose nunez"),
    ],
)
def test_names_of_other_scripts_and_shapes_are_found(name, text):
    assert found(text, name)


@pytest.mark.parametrize(
    "text",
    [
        "Sergei was detained together with Tikhon and a journalist",
        "Сергей Тихановский и другие",
        "мороз ударил ночью, а Сергей молчал",
        "The sergeant at the checkpoint took Tikhon's papers",
        "Siarhei Tkachuk",
        "سيرغي وأخوه",
        "",
    ],
)
def test_other_names_are_left_alone(text):
    assert not found(text)


def test_ordinary_reports_hold_no_name_of_a_long_list():
    first = ["Сергей", "Anna", "Alaksandr", "Юлія", "Мухаммад", "Zhanna", "Дмитрий", "Maria", "Ivan", "Peter"]
    last = ["Тихончук", "Kavalenka", "Шевченко", "Иванова", "Khatib", "Litvina", "Marozava", "Novik", "Савич", "Popov"]
    for name in (f"{one} {other}" for one in first for other in last):
        names.add_listed_name(name, by="anna")
    reports = " ".join(f"<p>{words}</p>" for words in pictures.__dict__.values() if isinstance(words, str))
    told = "The court in Minsk sentenced Maria Kolesnikova and Ivan Petrov; Anna Kavaleuskaya saw Peter Novikov. "
    assert names.get_name_matcher().found(reports + told * 3) == set()


def test_a_short_name_is_found_as_it_was_written_alone():
    names.add_listed_name("Ян Лі", by="anna")
    watch = names.get_name_matcher()
    assert watch.found("прыйшоў ЯН ЛІ") != set()
    assert watch.found("Ян Ли; on all; an ill man") == set()


def test_the_editors_own_words_are_told(listed):
    update = make_update(title_ru="Задержан Сергей Тихончук")
    [(_entry, words, place)] = find_listed_names(update)
    assert (words, place.field) == ("Сергей Тихончук", "title_ru")


# --- What is kept -----------------------------------------------------------------------------


def test_the_database_keeps_no_letter_of_a_name(listed):
    rows = [*ListedName.objects.values_list(), *NameKey.objects.values_list(), *Event.objects.values_list()]
    kept = str(rows).casefold()
    assert not [part for part in ("ціхан", "сярг", "sarh", "tahan", "tikh") if part in kept]


def test_another_key_makes_other_hashes_and_finds_nothing(listed, settings):
    before = set(NameKey.objects.values_list("value", flat=True))
    settings.NAMES_KEYS = ["A" * 43 + "="]
    assert not names.get_name_matcher()
    assert names.count_names_without_key() == 1
    assert not before & {value for _domain, _count, value, _hint in names.build_name_hashes(NAME)[1]}


def test_while_a_listed_name_cannot_be_looked_for_nothing_is_published(listed, settings):
    update = make_update(public=False)
    settings.NAMES_KEYS = ["A" * 43 + "="]
    with pytest.raises(TransitionRefused, match="lacks the key"):
        transitions.publish(update)


def test_while_a_listed_name_cannot_be_looked_for_what_is_public_can_be_withdrawn(listed, settings):
    update = make_update(public=True)
    settings.NAMES_KEYS = ["A" * 43 + "="]
    transitions.withdraw(update, reason="asked for")
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_an_older_key_still_finds_what_it_made(settings):
    settings.NAMES_KEYS = ["A" * 43 + "="]
    names.add_listed_name(NAME, by="anna")
    settings.NAMES_KEYS = ["B" * 43 + "=", "A" * 43 + "="]
    assert names.get_name_matcher().found("Sergei Tikhonchuk")
    assert not names.count_names_without_key()


def test_a_removed_name_is_no_longer_found(listed):
    assert names.get_name_matcher().found(NAME)
    listed.delete()
    assert not names.get_name_matcher().found(NAME)
    assert not NameKey.objects.exists()


@pytest.mark.parametrize("name", ["", "…", "one two three four five"])
def test_what_could_not_be_found_again_is_refused(name):
    with pytest.raises(ValidationError):
        names.add_listed_name(name, by="anna")


def test_a_note_that_says_the_name_is_refused():
    with pytest.raises(ValidationError, match="The note contains the name"):
        names.add_listed_name(NAME, by="anna", note="brother of Siarhei Tsikhanchuk")


# --- Everywhere -------------------------------------------------------------------------------

IN_AN_UPDATE = [
    "title_be", "subtitle_en", "summary_fr", "body_ar", "translator_es", "slug", "url", "picture_alt_ru",
    "picture_credit",
]  # fmt: skip
IN_A_STORY = ["original_title", "original_body", "title_fr", "summary_be", "body_en", "content_note_ru", "pseudonym"]


@pytest.mark.parametrize("field", IN_AN_UPDATE)
def test_it_is_found_in_every_field_of_an_update(listed, field):
    written = {"slug": "sergei-tikhonchuk", "url": "https://example.org/sergei-tikhonchuk"}.get(field, NAME)
    with pytest.raises(TransitionRefused, match="never to be published"):
        publish_item(make_update(**{field: written}))


@pytest.mark.parametrize("field", IN_A_STORY)
def test_it_is_found_in_every_field_of_a_testimony(listed, field):
    more = {"naming": "pseudonym", "consent": {"naming": "pseudonym"}} if field == "pseudonym" else {}
    story = make_story(**({"title": NAME} if field == "original_title" else {field: NAME}), **more)
    assert [place.field for _entry, _words, place in find_listed_names(story)] == [field]


def test_it_is_found_in_tags_partners_and_titles_of_documents(listed):
    by_tag = make_update(tags=[make_tag("Sergei Tikhonchuk", slug="case-7")])
    by_partner = make_update(publisher=make_partner("Sergei Tikhonchuk", slug="partner"))
    by_file = make_update()
    Attachment.objects.create(update=by_file, title=NAME, language="be", name="x.pdf", size=1, pages=1, sha256="0" * 64)
    assert all(find_listed_names(item) for item in (by_tag, by_partner, Update.objects.get(pk=by_file.pk)))


def words_of(value):
    """Every string that a document carries, keys left out."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else []
    return set().union(*map(words_of, parts))


@pytest.mark.parametrize("kind", ["update", "story", "situation", "alert"])
def test_no_text_of_a_document_is_left_out(kind):
    makers = {"update": make_update, "story": make_story, "situation": make_situation, "alert": make_alert}
    item = makers[kind](public=False)
    marked = []
    for name, _label, _language in get_text_columns(type(item)):
        if name not in {"url", "original_url"}:
            setattr(item, name, f"marker-{name}".replace("_", "-"))
            marked.append(getattr(item, name))
    carried = {word for word in words_of(item.document().as_json()) if word.startswith("marker")}
    assert carried - {place.text for place in names.get_field_texts(item)} == set()
    assert len(carried) > 3


# --- Every route ------------------------------------------------------------------------------


def test_no_route_lets_a_listed_name_out(listed, client):
    log_in(client, "anna")
    update = make_update(title_ru="Сергей Тихончук")
    at = timezone.now() + dt.timedelta(days=1)
    submit_form(client, admin_url(update), "_publish")
    client.post(admin_url(update, "publish"), {"digest": update.seen_digest()})
    client.post(
        admin_url(update, "schedule"), {"digest": update.seen_digest(), "at_0": f"{at:%Y-%m-%d}", "at_1": f"{at:%H:%M}"}
    )
    chosen = {"action": "publish_all", "_selected_action": update.pk, "index": "0", "confirmed": "yes"} | say_seen(
        update
    )
    listing = client.post("/admin/updates/update/", chosen, follow=True)
    with pytest.raises(CommandError, match="never to be published"):
        call_command("publish", "update", update.slug)
    with pytest.raises(CommandError, match="never to be published"):
        call_command("publish", "update", update.slug, "--at", "2999-01-01T00:00")
    assert "never to be published" in messages_for(listing)
    assert not Entry.objects.filter(uid=update.uid).exists()


def test_an_import_leaves_it_as_a_draft_and_says_why(listed, tmp_path):
    make_situation()
    path = tmp_path / "rows.csv"
    path.write_text("date,title,title_ru\n2020-08-14,Fine,Да\n2020-08-15,Detained,Сергей Тихончук\n", encoding="utf-8")
    out = io.StringIO()
    call_command("import_updates", str(path), situation="belarus", publish=True, stdout=out)
    assert list(Entry.objects.filter(type="update", language="en").values_list("title", flat=True)) == ["Fine"]
    assert "Left as a draft: Detained: “Сергей Тихончук”" in out.getvalue()


def test_a_superuser_is_not_exempt(listed, client):
    chief = log_in(client, "chief", role="administrator")
    chief.is_superuser = True
    chief.save()
    update = make_update(title_be=NAME, by=chief)
    submit_form(client, admin_url(update), "_publish")
    client.post(admin_url(update, "allow-names"), {"digest": update.seen_digest()})
    assert not Entry.objects.filter(uid=update.uid).exists()


@pytest.mark.parametrize("make", [make_situation, make_alert])
def test_situations_and_alerts_are_no_way_round(listed, make):
    field = "sentence_be" if make is make_alert else "introduction_be"
    with pytest.raises(TransitionRefused, match="never to be published"):
        make(**{field: NAME})


def test_the_organisation_is_no_way_round(listed):
    with pytest.raises(TransitionRefused, match="never to be published"):
        make_organisation(sentence_be=NAME)


def test_a_note_on_a_correction_is_no_way_round(listed, client):
    log_in(client, "anna")
    update = make_update(title_en="Nine", public=True)
    submit_form(client, admin_url(update), title_en="Ten")
    sent = read_form(client, admin_url(update, "publish")) | {
        "meaning": "yes",
        "note_en": "Sergei Tikhonchuk, not Ivan.",
    }
    assert "never to be published" in messages_for(client.post(admin_url(update, "publish"), sent, follow=True))
    assert Release.objects.of(update.uid).count() == 1


# --- A second person --------------------------------------------------------------------------


@pytest.fixture
def written(listed):
    return make_update(title_be=NAME, by=make_staff("author"))


def test_a_second_person_may_allow_it_for_exactly_this_wording(written, client):
    log_in(client, "second")
    page = client.get(admin_url(written, "allow-names")).content.decode()
    assert f"“{NAME}” (Title, Беларуская) would be published." in page
    client.post(admin_url(written, "allow-names"), read_form(client, admin_url(written, "allow-names")))
    publish_item(written)
    assert Entry.objects.filter(uid=written.uid).exists()


@pytest.mark.parametrize("change", ["a word", "another name on the list"])
def test_the_allowance_ends_with_any_change(written, change):
    allow_names(written, by=make_staff("second"))
    written.summary_en = "More"
    if change == "a word":
        save_item(written)
    else:
        written.summary_en = ""
        names.add_listed_name("Тихончук Сергей Иванович", by="anna")
    with pytest.raises(TransitionRefused, match="never to be published"):
        publish_item(written)


def test_who_ever_wrote_on_it_cannot_allow_it(written):
    with pytest.raises(TransitionRefused, match="worked on this text yourself"):
        allow_names(written, by=make_staff("author"))
    ListedName.objects.all().delete()
    publish_item(written)
    names.add_listed_name(NAME, by="anna")
    with pytest.raises(TransitionRefused, match="worked on this text yourself"):
        allow_names(written, by=make_staff("author"))


def test_a_contributor_cannot_allow_it(written):
    with pytest.raises(TransitionRefused, match="role"):
        allow_names(written, by=make_staff("carl", role="contributor"))


@pytest.mark.parametrize("deed", ["publish", "schedule"])
def test_the_page_of_a_deed_that_a_name_stops_has_no_button_and_says_who_decides(written, client, deed):
    make_staff("second")
    log_in(client, "author")
    page = client.get(admin_url(written, deed)).content.decode()
    assert "never to be published" in page
    assert "Who can decide about the name: second." in page
    assert '<button type="submit" class="button' not in page
    assert admin_url(written, "allow-names") not in page


def test_who_may_let_a_name_pass_gets_the_way_to_it_and_then_the_button(written, client):
    log_in(client, "second")
    assert f'href="{admin_url(written, "allow-names")}"' in client.get(admin_url(written, "publish")).content.decode()
    client.post(admin_url(written, "allow-names"), read_form(client, admin_url(written, "allow-names")))
    page = client.get(admin_url(written, "publish")).content.decode()
    assert '<button type="submit" class="button default"' in page


def test_where_everybody_wrote_on_it_an_administrator_is_asked_for(written, client):
    log_in(client, "author")
    assert "Ask an administrator to find somebody else" in client.get(admin_url(written, "publish")).content.decode()


def test_the_page_of_approving_has_no_button_that_would_be_refused(listed, client):
    story = make_story(title_be=NAME, by=make_staff("author"))
    transitions.submit(story)
    log_in(client, "second")
    page = client.get(admin_url(story, "approve")).content.decode()
    assert '<button type="submit" class="button' not in page
    assert f'href="{admin_url(story, "allow-names")}"' in page


def test_the_page_for_many_says_which_a_name_keeps_back(written, client):
    log_in(client, "second")
    chosen = {"action": "publish_all", "_selected_action": [written.pk, make_update().pk], "index": "0"}
    page = client.post("/admin/updates/update/", chosen).content.decode()
    assert page.count('name="_selected_action"') == 1
    assert "never to be published" in page


def test_an_allowance_of_a_closed_account_does_not_count(written):
    second = make_staff("second")
    allow_names(written, by=second)
    second.is_active = False
    second.save()
    with pytest.raises(TransitionRefused, match="never to be published"):
        publish_item(written)


def test_an_allowance_approves_nothing_and_an_approval_allows_nothing(listed):
    story = make_story(title_be=NAME, by=make_staff("author"))
    allow_names(story, by=make_staff("second"))
    with pytest.raises(TransitionRefused, match="second person"):
        publish_item(story)
    Approval.objects.all().delete()
    approve_item(story, by=make_staff("second"))
    with pytest.raises(TransitionRefused, match="never to be published"):
        publish_item(story)


def test_the_log_knows_that_it_was_allowed_and_not_what(written):
    allow_names(written, by=make_staff("second"))
    event = Event.objects.get(verb="update.names-allowed")
    assert (event.actor, event.detail) == ("second", {"count": 1})


def test_purging_forgets_the_allowance(written):
    allow_names(written, by=make_staff("second"))
    transitions.purge(written, by=make_staff("chief", role="administrator"))
    assert not Approval.objects.exists()


# --- The page of the list ---------------------------------------------------------------------

LIST = "/admin/publishing/listedname/"


def test_a_name_is_typed_once_and_never_shown_again(client):
    log_in(client, "anna")
    answer = submit_form(client, f"{LIST}add/", name=NAME, note="case V-7")
    entry = ListedName.objects.get()
    pages = [answer, client.get(LIST), client.get(f"{LIST}{entry.pk}/change/"), client.get(f"{LIST}{entry.pk}/delete/")]
    assert all("case V-7" in page.content.decode() for page in pages[1:3])
    assert not [page for page in pages if "Ціханчук" in page.content.decode()]
    assert not [page for page in pages if NameKey.objects.first().value in page.content.decode()]
    assert names.get_name_matcher().found(NAME)


def test_adding_and_removing_stand_in_the_log_without_the_name(client):
    log_in(client, "anna")
    submit_form(client, f"{LIST}add/", name=NAME)
    entry = ListedName.objects.get()
    client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"})
    told = Event.objects.filter(verb__startswith="names.").values_list("verb", "actor", "subject", "detail")
    assert list(told) == [(f"names.{deed}", "anna", f"name:{entry.pk}", {}) for deed in ("added", "removed")]
    assert not ListedName.objects.exists()


def test_several_are_removed_from_the_list(client):
    log_in(client, "anna")
    entries = [names.add_listed_name(name, by="anna") for name in (NAME, "Anna Kavalenka")]
    chosen = {"action": "delete_selected", "_selected_action": [entry.pk for entry in entries], "post": "yes"}
    client.post(LIST, chosen)
    assert not ListedName.objects.exists()
    assert Event.objects.filter(verb="names.removed").count() == 2


def test_a_short_name_is_taken_with_a_word_on_what_that_means(client):
    log_in(client, "anna")
    assert "found only as it was written" in messages_for(submit_form(client, f"{LIST}add/", name="Ян Лі"))


def test_a_bad_name_is_refused_beside_its_field(client):
    log_in(client, "anna")
    answer = submit_form(client, f"{LIST}add/", name="one two three four five")
    assert "A name has one to 4 words." in answer.content.decode()
    assert not ListedName.objects.exists()


@pytest.mark.parametrize("role", ["contributor", "translator", "newsletter", "auditor"])
def test_others_do_not_see_the_list(client, role):
    log_in(client, "carl", role=role)
    assert [client.get(page).status_code for page in (LIST, f"{LIST}add/")] == [403, 403]


# --- Speed ------------------------------------------------------------------------------------


def test_a_long_text_and_a_long_list_cost_little(listed):
    rows = names.build_name_hashes(NAME)[1]
    more = [
        NameKey(name=listed, domain=domain, words=count, value=f"{number:032x}", hint=number * 429_497 % 2**32)
        for number in range(10_000)
        for domain, count, _value, _hint in rows[:1]
    ]
    NameKey.objects.bulk_create(more, batch_size=1000)
    watch, text = names.get_name_matcher(), "The families were told nothing about the detained. " * 200
    watch.found(text)
    begun = time.perf_counter()
    watch.found(text)
    assert time.perf_counter() - begun < 0.2


def test_an_import_reads_the_list_once(listed, tmp_path, django_assert_max_num_queries):
    make_situation()
    path = tmp_path / "rows.csv"
    rows = "".join(f"2020-08-{day:02},Title {day}\n" for day in range(1, 29))
    path.write_text(f"date,title\n{rows}", encoding="utf-8")
    with django_assert_max_num_queries(120) as counted:
        call_command("import_updates", str(path), situation="belarus", publish=True, stdout=io.StringIO())
    asked = [query for query in counted.captured_queries if "namekey" in query["sql"]]
    assert len(asked) <= 4, connection.vendor


def test_the_list_serves_a_thread_while_another_makes_its_own_anew(monkeypatch):
    """The other one clears what this one has just kept."""

    class Forgetful(dict):
        def __setitem__(self, key, value):
            """Cleared by another thread at this very moment."""

    monkeypatch.setattr(names, "_matcher_cache", Forgetful())
    names.add_listed_name("Maryna Adamovich", by="ana")
    assert names.get_name_matcher()
