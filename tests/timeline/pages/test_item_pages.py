import datetime as dt

import pytest
from django.core.cache import cache

from publishing.workflow import transitions
from situations.models import Situation
from tests.support.factories import (
    make_organisation,
    make_partner,
    make_situation,
    make_story,
    make_tag,
    make_update,
    publish_item,
)
from tests.support.html import get_head_links, get_json_ld, get_texts, parse_page
from updates.models import Attachment

pytestmark = pytest.mark.django_db

UPDATE = "/en/belarus/updates/torture/"
STORY = "/en/belarus/stories/told/"


@pytest.fixture(scope="module", autouse=True)
def belarus(module_database):
    make_organisation(contact="desk@example.org")
    return make_situation(support_en="<p>Help is near.</p>")


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def update(title="Widespread torture", **fields):
    return make_update(title, public=True, **{"slug": "torture", **fields})


def story(**fields):
    return make_story(public=True, **{"slug": "told", **fields})


def get(client, path):
    return parse_page(client.get(path))


def document(root):
    """dt -> its dd's, of the lists of facts beside an item."""
    rows = root.findall(".//dl/div")
    return {get_texts(row, "dt")[0]: get_texts(row, "dd") for row in rows}


# --- Updates ----------------------------------------------------------------------------------


def test_an_update_shows_its_kind_its_words_and_its_date(client):
    update(kind="report", summary_en="A pattern.", body_en="<h2>What was found</h2><p>Evidence.</p>")
    root = get(client, UPDATE)
    assert get_texts(root, ".//h1") == ["Widespread torture"]
    assert get_texts(root, ".//header[@class='doc-head']/p") == ["Report", "A pattern."]
    assert get_texts(root, ".//div[@class='prose']/*") == ["What was found", "Evidence."]
    assert document(root) == {"Published": ["14 August 2020"]}


@pytest.mark.parametrize(
    ("precision", "printed", "data"),
    [
        ("day", "14 August 2020", "2020-08-14"),
        ("month", "August 2020", "2020-08"),
        ("year", "2020", "2020"),
        ("undated", "Day not recorded", None),
    ],
)
def test_an_update_never_says_more_of_its_date_than_is_known(client, precision, printed, data):
    update(date_precision=precision)
    root = get(client, UPDATE)
    assert document(root)["Published"] == [printed]
    assert get_json_ld(root)[0].get("datePublished") == data


def test_a_joint_update_names_all_who_signed_it(client):
    joint = update(kind="joint-statement")
    joint.co_publishers.add(make_partner("Viasna", url="https://spring96.org"))
    publish_item(joint)
    root = get(client, UPDATE)
    assert document(root)["Published jointly with"] == ["Viasna"]
    assert root.find(".//dl//a").get("rel") == "external noopener noreferrer"


def test_a_file_says_what_it_is_before_it_is_fetched(client):
    item = make_update("Widespread torture", slug="torture")
    Attachment.objects.create(
        update=item, title="Full statement", language="fr", name="x1.pdf", size=164_000, pages=2, sha256="ab" * 32
    )
    publish_item(item)
    box = get(client, UPDATE).find(".//div[@class='file']")
    assert get_texts(box, "*")[:3] == [
        "Full statement",
        "Download (PDF, 160.2\xa0KB)".replace("\xa0", " "),
        "2 pages, in French.",
    ]
    assert box.find("a").get("href") == "/media/x1.pdf"
    assert get_texts(box, ".//p[@class='hash']") == ["ab" * 32]


def test_tags_lead_to_what_shares_them(client):
    update(tags=[make_tag("Detention")])
    tag = get(client, UPDATE).find(".//ul[@class='tags']//a")
    assert tag.get("href") == "/en/belarus/?tag=detention"


def test_earlier_and_later_are_the_nearest_by_date(client):
    for day, title in [(10, "Long before"), (13, "Just before"), (15, "Just after"), (20, "Long after")]:
        make_update(title, public=True, date=dt.date(2020, 8, day))
    update()
    assert get_texts(get(client, UPDATE), ".//nav[@class='step']//a") == ["Just before", "Just after"]


def test_related_are_updates_with_a_tag_in_common(client):
    tag = make_tag("Detention")
    make_update("Alike", public=True, tags=[tag], date=dt.date(2021, 1, 1))
    make_update("Other", public=True)
    update(tags=[tag])
    assert get_texts(get(client, UPDATE), ".//ol[@class='entries related']//h3") == ["Alike"]


def test_a_correction_is_dated_and_stays_visible(client):
    item = update()
    publish_item(item, correction={"en": "The number was 7, not 9."})
    root = get(client, UPDATE)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert "The number was 7, not 9." in get_texts(root, ".//section[@id='correction']/p")[0]
    assert root.find(".//section[@id='correction']//time").get("datetime") == today
    assert get_json_ld(root)[0]["correction"][0]["text"] == "The number was 7, not 9."


def test_a_page_can_be_shared_by_plain_links(client):
    update()
    shares = [link.get("href") for link in get(client, UPDATE).findall(".//ul[@class='share']//a")]
    assert len(shares) == 5
    assert all("http%3A%2F%2Ftestserver%2Fen%2Fbelarus%2Fupdates%2Ftorture%2F" in share for share in shares)


def test_the_way_back_is_said_to_readers_and_to_machines(client):
    update()
    root = get(client, UPDATE)
    assert get_texts(root, ".//nav[@class='crumb']//li") == ["Situations", "All Eyes on Belarus", "August 2020"]
    assert [step["name"] for step in get_json_ld(root)[1]["itemListElement"]] == [
        "Situations",
        "All Eyes on Belarus",
        "Widespread torture",
    ]


def test_paper_carries_the_address(client):
    update()
    assert get_texts(get(client, UPDATE), ".//p[@class='print-only']") == [f"http://testserver{UPDATE}"]


def test_staff_html_is_cleaned_once_more_on_the_way_out(client):
    update(body_en="<p onclick='x()'>Safe</p><script>alert(1)</script>")
    root = get(client, UPDATE)
    assert get_texts(root, ".//div[@class='prose']/p") == ["Safe"]
    assert "alert(1)" not in client.get(UPDATE).content.decode()


def test_other_news_says_whose_it_is_and_where_it_stands(client):
    update(publisher=make_partner("United Nations"), url="https://www.ohchr.org/x")
    root = get(client, UPDATE)
    assert "From United Nations" in get_texts(root, ".//header[@class='doc-head']/p")[0]
    assert root.find(".//p[@class='external']/a").get("href") == "https://www.ohchr.org/x"


def test_an_update_costs_at_most_eight_queries(client, django_assert_max_num_queries):
    tag = make_tag("Detention")
    for day in range(1, 13):
        make_update(public=True, date=dt.date(2020, 8, day), tags=[tag])
    update(tags=[tag])
    cache.clear()
    with django_assert_max_num_queries(8):
        client.get(UPDATE)


# --- Testimonies ------------------------------------------------------------------------------


def test_a_testimony_stands_in_its_own_words_beside_its_translation(client):
    story(
        title="Сведчаць пацярпелыя",
        original_body="<p>Словы</p>",
        title_en="They testify",
        body_en="<p>Words</p>",
        translator_en="A. B.",
    )
    root = get(client, STORY)
    assert (root.find(".//h1").get("lang"), get_texts(root, ".//h1")) == ("be", ["Сведчаць пацярпелыя"])
    original = root.find(".//section[@class='orig']/div")
    assert (original.get("lang"), original.get("dir"), get_texts(original, "p")) == ("be", "ltr", ["Словы"])
    assert get_texts(root, ".//section[@class='summary']/div/p") == ["Words"]
    assert get_texts(root, ".//section[@class='summary']/p") == [
        "Translated by A. B.",
        "The original is the one to cite.",
    ]


def test_a_content_note_comes_before_the_text_with_a_way_around_it(client):
    story(content_note_en="beatings")
    root = get(client, STORY)
    assert "Content note: beatings" in get_texts(root, ".//section[@class='notice']/p")
    target = root.find(".//section[@class='notice']//a").get("href")
    assert get_texts(root, f".//section[@id='{target[1:]}']/div/p") == ["Help is near."]


def test_a_content_note_that_says_none_is_not_shown(client):
    story(content_note_en="none")
    assert get(client, STORY).find(".//section[@class='notice']") is None


def test_a_content_note_of_an_update_comes_before_its_text_and_stands_in_lists(client):
    make_update("Told", slug="told", content_note_en="detention", body_en="<p>What happened.</p>", public=True)
    body = get(client, "/en/belarus/updates/told/").find(".//div[@class='doc-body']")
    assert [one.get("class") for one in body][:2] == ["notice", "prose"]
    assert "Content note: detention" in get_texts(get(client, "/en/belarus/"), ".//p[@class='meta']/span")


def test_a_withheld_name_is_said_to_be_withheld(client):
    story()
    root = get(client, STORY)
    assert document(root)["Told by"] == ["Name withheld for safety"]
    assert root.find(".//span[@class='withheld']") is not None


def test_a_pseudonym_is_said_to_be_one(client):
    story(naming="pseudonym", pseudonym="Alena", consent={"naming": "pseudonym"})
    assert document(get(client, STORY))["Told by"] == ["Alena (a pseudonym)"]


def test_the_source_of_a_testimony_is_named_and_linked(client):
    partner = make_partner(url="https://spring96.org", description_en="Belarusian human rights NGO")
    story(partner=partner, original_url="https://spring96.org/be/1")
    facts = document(get(client, STORY))
    assert facts["Recorded and published by"] == ["Viasna, Belarusian human rights NGO"]
    assert facts["Original"] == ["Read it on the partner’s site Opens another site."]


def test_neither_tab_nor_card_tells_what_a_testimony_is_about(client):
    story(title="Сведчаць", title_en="They testify", summary_en="SUMMARY")
    root = get(client, STORY)
    head = " ".join(
        [*get_texts(root, "head/title"), *(meta.get("content") or "" for meta in root.findall("head/meta"))]
    )
    assert "Testimony in Belarusian | Witness Line" in head
    assert not [word for word in ("Сведчаць", "testify", "SUMMARY") if word in head + str(get_json_ld(root))]


def test_a_testimony_is_stored_by_nobody(client):
    story()
    assert "no-store" in client.get(STORY)["Cache-Control"]


# --- Addresses --------------------------------------------------------------------------------


def test_an_old_address_leads_to_the_new_one(client):
    item = update(slug="old")
    item.slug = "torture"
    item.save()
    publish_item(item)
    response = client.get("/fr/belarus/updates/old/")
    assert (response.status_code, response["Location"]) == (301, "/fr/belarus/updates/torture/")


@pytest.mark.parametrize("path", [UPDATE, STORY])
def test_a_draft_answers_like_an_address_that_never_was(client, path):
    make_update("Secret", slug="torture")
    make_story("Secret", slug="told")
    draft, nothing = client.get(path), client.get("/en/belarus/updates/never/")
    assert (draft.status_code, draft.content, dict(draft.items())) == (404, nothing.content, dict(nothing.items()))


@pytest.mark.parametrize("path", [UPDATE, STORY, "/en/belarus/"])
def test_what_was_withdrawn_answers_that_it_is_gone_and_no_more(client, path):
    item, told = update("Withdrawn words"), story(title="Адкліканыя словы")
    for one in (item, told):
        transitions.withdraw(one, reason="asked for")
    if path == "/en/belarus/":
        transitions.withdraw(Situation.objects.get(), reason="asked for")
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 410
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert not [word for word in ("Withdrawn words", "Адкліканыя", "All Eyes") if word in page]


def test_an_item_stands_in_its_own_situation_alone(client):
    update()
    make_situation("routes", title_en="Migration routes")
    assert client.get("/en/routes/updates/torture/").status_code == 404
    assert client.get("/en/belarus/stories/torture/").status_code == 404


def test_an_item_is_linked_in_every_language(client):
    update()
    expected = {code: f"http://testserver/{code}{UPDATE[3:]}" for code in ("en", "fr", "es", "ru", "be", "ar")}
    alternates = {code: address for code, address in get_head_links(get(client, UPDATE), "alternate").items() if code}
    assert alternates == expected | {"x-default": expected["en"]}


# --- What machines are told -------------------------------------------------------------------


def test_a_timeline_is_one_article_that_goes_on_for_machines(client):
    for day in range(1, 9):
        make_update(f"Number {day}", public=True, slug=f"number-{day}", date=dt.date(2020, 8, day))
    story()
    told = get_json_ld(get(client, "/en/belarus/"))[0]
    assert told["@type"] == "LiveBlogPosting"
    assert [one["headline"] for one in told["liveBlogUpdate"]] == [f"Number {day}" for day in (8, 7, 6, 5)]
    assert told["liveBlogUpdate"][0]["url"] == "http://testserver/en/belarus/updates/number-8/"
    assert "Ціханоўскую" not in str(told)


@pytest.mark.parametrize(
    ("kind", "type_"), [("report", "Report"), ("statement", "NewsArticle"), ("blog", "BlogPosting")]
)
def test_an_update_is_of_the_type_that_its_kind_has_in_the_vocabulary(client, kind, type_):
    update(kind=kind, tags=[make_tag("Detention")])
    told = get_json_ld(get(client, UPDATE))[0]
    assert (told["@type"], told["keywords"], told["url"]) == (type_, ["Detention"], f"http://testserver{UPDATE}")
    assert told["image"][0].startswith("http://testserver/share/")


def test_a_filtered_list_is_no_article(client):
    update()
    assert get_json_ld(get(client, "/en/belarus/?kind=statement"))[0]["@type"] == "CollectionPage"


def test_a_testimony_travels_compressed_and_is_kept_by_nobody(client):
    story()
    answer = client.get(STORY, headers={"accept-encoding": "br, gzip"})
    assert (answer["Content-Encoding"], answer["Vary"]) == ("br", "Accept-Encoding")
    assert "no-store" in answer["Cache-Control"]
    assert len(answer.content) < len(client.get(STORY).content) / 2
