"""A reader's words find what is public, in any language and spelling, and never break the page."""

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from publishing import workflow
from publishing.models import Entry
from tests.factories import make_partner, make_staff, make_story, make_tag, make_update
from timeline import word_index
from timeline.filters import Filter
from timeline.search import Found

pytestmark = pytest.mark.django_db


def found(query, *, language="en", situation=None):
    asked = QueryDict(mutable=True)
    asked["q"] = query
    return [entry.title for entry in Filter.read(asked, language=language, situation=situation).entries()]


# --- What is found ---


@pytest.mark.parametrize(
    "query",
    [
        "torture", "TORTURING", "tortured women", "women torture", '"torture of women"', "“torture of women”", "tortu",
        "minsk prison", "viasna", "detention", "subtitle", "torture!", "(torture)",
    ],
)  # fmt: skip
def test_words_are_found_wherever_they_stand(query):
    make_update(
        "Torture of women in Minsk",
        subtitle_en="A subtitle",
        body_en="<p>Held in a <em>prison</em> for days.</p>",
        publisher=make_partner("Viasna"),
        tags=[make_tag("Detention")],
        public=True,
    )
    make_update("Nothing of it", public=True)
    assert found(query) == ["Torture of women in Minsk"]


@pytest.mark.parametrize(
    "query", ["torture men", '"women of torture"', '"torture women"', "ortur", "—", '""', "?!", "🙂"]
)
def test_what_does_not_occur_is_not_found(query):
    make_update("Torture of women", public=True)
    assert found(query) == []


@pytest.mark.parametrize("query", ["катаванняў", "катаванні", "катаваннях беларусі", "катав"])
def test_a_belarusian_word_is_found_in_any_of_its_forms(query):
    make_update("Катаванні ў Беларусі", title_be="Катаванні ў Беларусі", language="be", title_en="", public=True)
    assert found(query, language="be") == ["Катаванні ў Беларусі"]


def test_a_russian_and_an_arabic_word_are_found_in_another_form():
    make_update("Torture", title_ru="Пытки в тюрьмах", title_ar="التعذيب في السجون", public=True)
    assert found("пытками") == found("пыток") == ["Torture"]
    assert found("تعذيب", language="ar") == ["التعذيب في السجون"]


def test_an_original_is_found_from_every_language():
    make_story("Ты за Ціханоўскую?", title_en="Are you for her?", public=True)
    assert found("ціханоўскай", language="fr") == ["Are you for her?"]
    assert found("Ціханоўскую", language="ar") == ["Are you for her?"]


def test_drafts_and_withdrawn_items_are_not_found():
    make_update("Secret draft")
    update = make_update("Secret public", public=True)
    assert found("secret") == ["Secret public"]
    workflow.withdraw(update, reason="wrong")
    assert found("secret") == []


def test_a_corrected_text_is_found_by_its_new_words_alone():
    update = make_update("Eight arrested", public=True)
    update.title_en = "Nine arrested"
    update.save()
    workflow.publish(update)
    assert found("nine") == ["Nine arrested"]
    assert found("eight") == []


def test_search_joins_with_other_filters(client):
    make_update("Torture report", kind="report", public=True)
    make_update("Torture statement", public=True)
    page = client.get("/en/belarus/?q=torture&kind=report").content.decode()
    assert "</mark> report</a>" in page
    assert "</mark> statement</a>" not in page


# --- Whatever is typed ---


@tries(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60))
def test_any_input_is_an_answer(client, query):
    answer = client.get("/en/search/", {"q": query})
    assert answer.status_code in {200, 400}


@pytest.mark.parametrize(
    "query",
    [
        '"', "'", "*", "a*", "NOT", "a OR", "NEAR(a b)", "titles:a", "^a", "a AND", "(a", "a)", "-a", "a:*", "a & | b",
        "'a':*", "\\", "%", "a' OR 1=1 --", "<->", "\u0301", "\u200f", "İ", "ß", "ﷺ", "𐍈", "0x1f 1e5 2020-08", "!", "1",
        "a" * 200,
    ],
)  # fmt: skip
def test_the_syntax_of_an_engine_is_only_text(client, query):
    make_update("Torture of women 2020-08", public=True)
    assert client.get("/en/search/", {"q": query}).status_code == 200


# --- How it is shown ---


def test_found_words_are_marked_in_any_form():
    text = "Tortured & torturing: the Torture of <b>women</b>"
    assert Found("torture").marked(text, "en") == (
        "<mark>Tortured</mark> &amp; <mark>torturing</mark>: the <mark>Torture</mark> of &lt;b&gt;women&lt;/b&gt;"
    )


def test_a_list_marks_the_words_in_titles_and_summaries_alone(client):
    make_update("Report on torture", summary_en="It was torture.", kind="report", public=True)
    page = client.get("/en/belarus/?q=report+torture").content.decode()
    assert "<mark>Report</mark> on <mark>torture</mark></a>" in page
    assert "It was <mark>torture</mark>." in page
    assert page.count("<mark>") == 3


def test_a_list_shows_the_passage_that_was_found(client):
    make_update("Title", body_en="<p>Before. The police <em>tortured</em> them. After.</p>", public=True)
    page = client.get("/en/belarus/?q=torture+police").content.decode()
    assert "The <mark>police</mark> <mark>tortured</mark> them.</p>" in page


def test_a_list_of_testimonies_shows_nothing_but_titles(client):
    make_story("Яго катавалі ў турме", body_en="<p>They tortured him.</p>", title_en="Title", public=True)
    page = client.get("/en/belarus/?q=torture").content.decode()
    assert "Яго катавалі" in page
    assert "They" not in page


def test_markup_in_a_title_stays_text_when_it_is_marked(client):
    make_update("<script>torture</script> & more", public=True)
    page = client.get("/en/belarus/?q=torture").content.decode()
    assert "&lt;script&gt;<mark>torture</mark>&lt;/script&gt; &amp; more" in page


def test_an_unfinished_word_is_marked_where_it_begins_one():
    assert Found("bela").marked("Belarus and bells", "en") == "<mark>Belarus</mark> and bells"


def test_the_passage_is_the_sentence_with_most_of_the_words():
    update = make_update(
        "Title", body_en="<p>Nothing. Police came.</p><p>The police tortured them in prison.</p>", public=True
    )
    entry = Entry.objects.get(uid=update.uid, language="en")
    passage = Found("torture police").passage(entry)
    assert passage.text == "The <mark>police</mark> <mark>tortured</mark> them in prison."
    assert passage.language == "en"


def test_the_passage_of_a_fallback_says_its_language():
    update = make_update("Title", body_en="<p>Torture in prisons.</p>", public=True)
    entry = Entry.objects.get(uid=update.uid, language="fr")
    assert Found("torture").passage(entry).language == "en"


def test_a_long_passage_is_cut_around_the_word():
    update = make_update("Title", body_en=f"<p>{'long ' * 100}torture {'short ' * 100}</p>", public=True)
    passage = Found("torture").passage(Entry.objects.get(uid=update.uid, language="en")).text
    assert "<mark>torture</mark>" in passage
    assert len(passage) < 300


def test_nothing_of_a_testimony_is_shown_out_of_its_place():
    story = make_story(body_en="<p>They tortured him.</p>", public=True)
    assert Found("torture").passage(Entry.objects.get(uid=story.uid, language="en")) is None


# --- The index ---


@pytest.mark.sqlite
def test_an_index_that_lost_its_triggers_is_filled_anew():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER timeline_words_added")
    make_update("Unheard of", public=True)
    assert found("unheard") == []
    word_index.ensure()
    assert found("unheard") == ["Unheard of"]


@pytest.mark.sqlite
def test_a_purge_leaves_no_word_in_the_index():
    update = make_update("Xylophonist arrested", public=True)
    make_update("Another", public=True)
    assert b"xylophonist" in index_bytes()
    workflow.withdraw(update, reason="wrong")
    workflow.purge(update, by=make_staff("chief", role="administrator"))
    assert b"xylophonist" not in index_bytes()


def index_bytes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM timeline_words_data")
        return b"".join(block for (block,) in cursor.fetchall())
