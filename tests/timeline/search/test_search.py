"""A reader's words find what is public, best first, in any language and spelling, and never break the page."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from publishing.models import Entry
from publishing.workflow import transitions
from tests.support.factories import make_partner, make_staff, make_story, make_tag, make_update, publish_item
from timeline.pages import listing
from timeline.search import fulltext_index, matching, results
from timeline.search.facet_counts import FacetCounts
from timeline.search.filters import Filter
from timeline.search.highlighting import Highlighter
from timeline.search.results import FilterResults

pytestmark = pytest.mark.django_db


def found(query, *, language="en", situation=None):
    asked = QueryDict(mutable=True)
    asked["q"] = query
    query_filter = Filter.from_query(asked, language=language, situation=situation)
    return [entry.title for entry in FilterResults(query_filter).entries()]


def ranked(query):
    return [entry.title for entry in search(f"q={query}").get_page(is_ranked=True).entries]


def search(query, **place):
    return FilterResults(Filter.from_query(QueryDict(query), language="en", **place))


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


@pytest.mark.parametrize(
    ("query", "is_found"),
    [('"xylophone quartet played"', True), ('"xylophone quartet"', True), ('"quartet xylophone"', False)],
)
def test_a_phrase_at_the_end_of_a_very_long_text_is_found(query, is_found):
    text = " ".join(f"word{number}" for number in range(6000))
    make_update("Long", body_en=f"<p>A quartet. {text} A xylophone quartet played.</p>", public=True)
    assert found(query) == ["Long"] * is_found


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
    transitions.withdraw(update, reason="wrong")
    assert found("secret") == []


def test_a_corrected_text_is_found_by_its_new_words_alone():
    update = make_update("Eight arrested", public=True)
    update.title_en = "Nine arrested"
    update.save()
    transitions.publish(update)
    assert found("nine") == ["Nine arrested"]
    assert found("eight") == []


def test_search_joins_with_other_filters(client):
    make_update("Torture report", kind="report", public=True)
    make_update("Torture statement", public=True)
    page = client.get("/en/belarus/?q=torture&kind=report").content.decode()
    assert "</mark> report</a>" in page
    assert "</mark> statement</a>" not in page


# --- What comes first ---


def test_titles_outweigh_what_leads_and_that_outweighs_the_text():
    days = (dt.date(2020, 8, day) for day in range(1, 9))
    make_update("Torture", date=next(days), public=True)
    make_update("By its tag", tags=[make_tag("Torture")], date=next(days), public=True)
    make_update("By its subtitle", subtitle_en="On torture", date=next(days), public=True)
    make_update("By its summary", summary_en="It was torture.", date=next(days), public=True)
    make_update("By its text", body_en="<p>They tortured. Torture, torture.</p>", date=next(days), public=True)
    assert ranked("torture") == ["Torture", "By its summary", "By its subtitle", "By its tag", "By its text"]


def test_of_equals_the_newer_comes_first():
    for day in (2, 1, 3):
        make_update(f"Torture {day}", date=dt.date(2020, 8, day), public=True)
    assert ranked("torture") == ["Torture 3", "Torture 2", "Torture 1"]


def test_more_of_the_words_in_a_title_come_before_fewer():
    make_update("None of it", body_en="<p>Torture in Minsk.</p>", date=dt.date(2020, 8, 4), public=True)
    make_update("Minsk", body_en="<p>Torture.</p>", date=dt.date(2020, 8, 3), public=True)
    make_update("Minsk, summed up", summary_en="Torture.", date=dt.date(2020, 8, 2), public=True)
    make_update("Torture in Minsk", date=dt.date(2020, 8, 1), public=True)
    assert ranked("minsk+torture") == ["Torture in Minsk", "Minsk, summed up", "Minsk", "None of it"]


def test_a_phrase_in_the_title_comes_first():
    make_update("Women and torture", body_en="<p>Torture of women.</p>", date=dt.date(2020, 8, 2), public=True)
    make_update("Torture of women", date=dt.date(2020, 8, 1), public=True)
    assert ranked("%22torture+of+women%22") == ["Torture of women", "Women and torture"]


def test_an_unfinished_word_is_ranked_too():
    make_update("By its text", body_en="<p>Accountability.</p>", date=dt.date(2020, 8, 2), public=True)
    make_update("Accountability", date=dt.date(2020, 8, 1), public=True)
    assert ranked("accountab") == ["Accountability", "By its text"]


@pytest.fixture
def mixed(monkeypatch):
    """Nine items that are found by their titles, their summaries, their texts; pages of two."""
    monkeypatch.setattr(results, "PAGE_SIZE", 2)
    for number in range(9):
        where = ["title_en", "summary_en", "body_en"][number % 3]
        texts = {"title_en": f"Number {number}", where: f"Torture {number}"}
        make_update(**texts, date=dt.date(2020, 8, 1 + number // 2), public=True)


def pages_from(client, address):
    """The items on a list and the pages after it, as they follow."""
    seen = []
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'id="entry-(\d+)"', page)
        following = re.search(r'href="([^"]*[?;]before=[^"]+)"', page.partition("<main")[2])
        address = following[1].replace("&amp;", "&") if following else ""
    return seen


@pytest.mark.parametrize("query", ["q=torture", "q=torture&order=date", "q=torture&kind=statement", "q=number+torture"])
def test_pages_of_a_search_show_each_item_once_and_in_order(client, mixed, query):
    seen = pages_from(client, f"/en/belarus/?{query}")
    search_results = search(query, situation="belarus")
    whole = search_results.get_page(size=50, is_ranked=search_results.query_filter.is_ranked).entries
    assert len(whole) > 5
    assert seen == [str(entry.number) for entry in whole]


def test_a_better_find_does_not_disturb_who_reads_on(mixed):
    torture = search("q=torture")
    cursor = torture.get_page(is_ranked=True).cursor
    before = [entry.number for entry in torture.get_page(cursor, is_ranked=True).entries]
    make_update("Torture, torture", date=dt.date(2021, 1, 1), public=True)
    assert [entry.number for entry in torture.get_page(cursor, is_ranked=True).entries] == before


def test_what_is_not_public_yet_takes_no_place_on_a_page(mixed):
    for number in range(5):
        publish_item(make_update(f"Torture tomorrow {number}"), at=timezone.now() + dt.timedelta(days=1))
    torture = search("q=torture")
    assert len(torture.get_page(is_ranked=True).entries) == 2
    assert FacetCounts(torture.query_filter).count() == 9


def test_a_search_is_shown_best_first_with_its_dates_and_can_be_turned(client, mixed):
    page = client.get("/en/belarus/?q=torture").content.decode()
    assert "Most relevant first" in page
    assert 'href="/en/belarus/?q=torture&amp;order=date">Newest first</a>' in page
    assert "4 Aug 2020" in page
    turned = client.get("/en/belarus/?q=torture&order=date").content.decode()
    assert 'href="/en/belarus/?q=torture">Most relevant first</a>' in turned
    assert "August 2020" in turned


@pytest.mark.parametrize("query", ["q=torture&order=best", "q=torture&before=MjAyMC0wOC0wMS4x", "q=torture&before=x"])
def test_an_order_or_place_that_is_none_is_refused(client, query):
    make_update("Torture", public=True)
    assert client.get(f"/en/belarus/?{query}").status_code == 400


def test_feeds_of_a_search_stay_newest_first(client, mixed):
    dates = [item["title"] for item in client.get("/en/belarus/feed.json?q=torture&order=date").json()["items"]]
    assert dates[0] == "Number 8"
    assert "order" not in client.get("/en/belarus/feed.json?q=torture&order=date").json()["feed_url"]


@pytest.mark.parametrize(
    "narrowing",
    [
        "kind=report", "kind=report&kind=blog", "tag=detention-2020", "partner=viasna", "year=2020", "month=2020-08",
        "in=en", "section=news", "section=news&kind=media", "text=own",
    ],
)  # fmt: skip
def test_a_search_is_narrowed_by_every_filter(narrowing):
    tag = make_tag("Detention-2020")
    make_update("Torture A", kind="report", tags=[tag], date=dt.date(2020, 8, 1), public=True)
    make_update("Torture B", kind="blog", date=dt.date(2021, 1, 1), date_precision="year", public=True)
    make_update("Torture C", kind="media", publisher=make_partner("Viasna"), date=dt.date(2020, 9, 1), public=True)
    narrowed, both = (search(query) for query in (narrowing, f"{narrowing}&q=torture"))
    wanted = [entry.title for entry in narrowed.entries()]
    assert wanted
    assert sorted(wanted) == sorted(entry.title for entry in both.get_page(is_ranked=True).entries)
    assert FacetCounts(both.query_filter).count() == len(wanted) == both.entries().count()


# --- What is counted ---


@pytest.fixture
def _counts_two(monkeypatch):
    for module in (matching, listing):
        monkeypatch.setattr(module, "MAX_COUNTED", 2)
    for number in range(3):
        make_update(f"Torture {number}", kind=["report", "blog", "blog"][number], public=True)


@pytest.mark.usefixtures("_counts_two")
def test_a_search_that_finds_much_says_only_that(client):
    page = client.get("/en/belarus/?q=torture").content.decode()
    assert "<h1>More than 2 of 3 entries</h1>" in page
    assert re.search(r'<option value="blog">[^(<]+</option>', page)


@pytest.mark.usefixtures("_counts_two")
def test_where_it_finds_little_every_number_is_right(client):
    page = client.get("/en/belarus/?q=torture&kind=blog").content.decode()
    assert "<h1>2 of 3 entries</h1>" in page
    assert '<option value="2020">2020 (2)</option>' in page


@pytest.mark.usefixtures("_counts_two")
def test_an_empty_page_says_what_part_finds_much(client):
    assert "“torture”: more than 2 entries" in client.get("/en/belarus/?q=torture&kind=media").content.decode()


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
    assert Highlighter("torture").highlight(text, "en") == (
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
    assert Highlighter("bela").highlight("Belarus and bells", "en") == "<mark>Belarus</mark> and bells"


def test_the_passage_is_the_sentence_with_most_of_the_words():
    update = make_update(
        "Title", body_en="<p>Nothing. Police came.</p><p>The police tortured them in prison.</p>", public=True
    )
    entry = Entry.objects.get(uid=update.uid, language="en")
    passage = Highlighter("torture police").passage(entry)
    assert passage.text == "The <mark>police</mark> <mark>tortured</mark> them in prison."
    assert passage.language == "en"


def test_the_passage_of_a_fallback_says_its_language():
    update = make_update("Title", body_en="<p>Torture in prisons.</p>", public=True)
    entry = Entry.objects.get(uid=update.uid, language="fr")
    assert Highlighter("torture").passage(entry).language == "en"


def test_a_passage_from_a_list_begins_with_its_words():
    update = make_update("Title", body_en="<ul><li>One.</li><li>Torture.</li></ul>", public=True)
    assert (
        Highlighter("torture").passage(Entry.objects.get(uid=update.uid, language="en")).text == "<mark>Torture</mark>."
    )


def test_a_long_passage_is_cut_around_the_word():
    update = make_update("Title", body_en=f"<p>{'long ' * 100}torture {'short ' * 100}</p>", public=True)
    passage = Highlighter("torture").passage(Entry.objects.get(uid=update.uid, language="en")).text
    assert "<mark>torture</mark>" in passage
    assert len(passage) < 300


def test_nothing_of_a_testimony_is_shown_out_of_its_place():
    story = make_story(body_en="<p>They tortured him.</p>", public=True)
    assert Highlighter("torture").passage(Entry.objects.get(uid=story.uid, language="en")) is None


# --- The index ---


@pytest.mark.sqlite
def test_an_index_that_lost_its_triggers_is_filled_anew():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER timeline_words_added")
    make_update("Unheard of", public=True)
    assert found("unheard") == []
    fulltext_index.ensure_search_index()
    assert found("unheard") == ["Unheard of"]


def test_a_new_date_is_the_place_at_which_an_item_is_found():
    update = make_update("Torture moved", date=dt.date(2020, 8, 1), public=True)
    make_update("Torture stays", date=dt.date(2020, 8, 2), public=True)
    update.date = dt.date(2020, 8, 3)
    update.save()
    transitions.publish(update)
    assert ranked("torture") == ["Torture moved", "Torture stays"]


@pytest.mark.postgresql
def test_an_index_made_by_other_code_is_made_anew():
    make_update("Unheard of", public=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM timeline_vectors")
        cursor.execute("COMMENT ON TABLE timeline_vectors IS 'other code'")
    assert found("unheard") == []
    fulltext_index.ensure_search_index()
    assert found("unheard") == ["Unheard of"]


@pytest.mark.sqlite
def test_a_purge_leaves_no_word_in_the_index():
    update = make_update("Xylophonist arrested", public=True)
    make_update("Another", public=True)
    assert b"xylophonist" in index_bytes()
    transitions.withdraw(update, reason="wrong")
    transitions.purge(update, by=make_staff("chief", role="administrator"))
    assert b"xylophonist" not in index_bytes()


def index_bytes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM timeline_words_data")
        return b"".join(block for (block,) in cursor.fetchall())
