import pytest
from django.core.cache import cache
from django.utils import translation

from publishing.text.availability import describe_languages, describe_only_languages
from tests.support.factories import make_organisation, make_partner, make_situation, make_story, make_tag, make_update
from tests.support.html import get_entries, get_head_links, get_texts, parse_page

pytestmark = pytest.mark.django_db

UPDATE = "belarus/updates/torture/"


@pytest.fixture(autouse=True)
def belarus():
    cache.clear()
    make_organisation()
    return make_situation(title_ar="كل العيون")


def get(client, path):
    return parse_page(client.get(path))


def direction(element):
    return element.get("lang"), element.get("dir")


def sentence_for(language, words, *codes):
    """The words as a page in this language says them."""
    with translation.override(language):
        return words(codes)


def fallbacks(client, path):
    return get_texts(get(client, path), ".//p[@class='fallback']")


def only(root):
    (article,) = get_entries(root).values()
    return article


@pytest.mark.parametrize("path", ["/ar/belarus/", "/ar/search/", "/ar/belarus/?kind=statement"])
def test_an_entry_without_a_translation_stands_in_its_own_language_and_says_so(client, path):
    make_update(public=True, summary_en="In short.")
    article = only(get(client, path))
    assert direction(article) == direction(article.find(".//h4")) == ("en", "ltr")
    meta = article.find(".//div/p[@class='meta']")
    assert (direction(meta), get_texts(meta, "span")) == (
        ("ar", "rtl"),
        [sentence_for("ar", describe_only_languages, "en")],
    )


def test_an_entry_in_the_language_of_the_page_carries_no_language_of_its_own(client):
    make_update(public=True, title_ar="أوقفوا")
    article = only(get(client, "/ar/belarus/"))
    assert direction(article) == direction(article.find(".//h4")) == (None, None)
    assert get_texts(article, ".//p[@class='meta']/span") == [sentence_for("ar", describe_languages, "en", "ar")]


def test_each_field_falls_back_for_itself(client):
    make_update(public=True, title_ar="أوقفوا", summary_en="In short.")
    article = only(get(client, "/ar/belarus/"))
    assert direction(article.find(".//h4")) == (None, None)
    assert direction(article.find(".//p[@class='entry-sum']")) == ("en", "ltr")


def test_the_page_of_an_item_says_which_language_it_fell_back_to(client):
    make_update("Torture", public=True, slug="torture", body_en="<p>Words</p>")
    root = get(client, f"/ar/{UPDATE}")
    assert direction(root) == ("ar", "rtl")
    assert direction(root.find(".//h1")) == direction(root.find(".//div[@class='prose']")) == ("en", "ltr")
    assert get_texts(root, ".//p[@class='fallback']") == [sentence_for("ar", describe_only_languages, "en")]


def test_a_page_whose_text_alone_is_missing_says_that(client):
    make_update("Torture", public=True, slug="torture", title_fr="La torture", body_en="<p>Words</p>")
    root = get(client, f"/fr/{UPDATE}")
    assert direction(root.find(".//h1")) == (None, None)
    assert direction(root.find(".//div[@class='prose']")) == ("en", "ltr")
    assert get_texts(root, ".//p[@class='fallback']")[0].endswith(sentence_for("fr", describe_only_languages, "en"))


def test_each_text_that_is_missing_is_named(client):
    make_update("Torture", public=True, slug="torture", title_fr="La torture", summary_en="W", body_en="<p>Words</p>")
    notes = fallbacks(client, f"/fr/{UPDATE}")
    assert len(notes) == 2
    assert all(note.endswith(sentence_for("fr", describe_only_languages, "en")) for note in notes)


def test_a_title_of_a_testimony_translated_into_another_language_says_so(client):
    make_story("Сведчаць", public=True, title_en="They testify", slug="told")
    notes = {code: fallbacks(client, f"/{code}/belarus/stories/told/") for code in ("en", "fr")}
    assert notes["en"] == []
    assert notes["fr"][0].endswith(sentence_for("fr", describe_only_languages, "en"))


def test_the_canonical_address_is_the_one_in_the_language_shown(client):
    make_update("Torture", public=True, slug="torture", title_fr="La torture")
    shown = {code: get_head_links(get(client, f"/{code}/{UPDATE}"), "canonical")[""] for code in ("en", "fr", "ru")}
    addresses = {code: f"http://testserver/{code}/{UPDATE}" for code in ("en", "fr")}
    assert shown == addresses | {"ru": addresses["en"]}


def test_other_languages_of_an_item_are_those_it_was_written_in(client):
    make_update("Torture", public=True, slug="torture", title_fr="La torture", title_ar="التعذيب")
    also = get(client, f"/en/{UPDATE}").findall(".//dl[@class='doc-side']//a[@hreflang]")
    assert [(link.get("hreflang"), link.get("dir")) for link in also] == [("fr", None), ("ar", "rtl")]


def test_a_testimony_keeps_its_language_on_every_page(client):
    make_story("گواهی", public=True, original_language="fa", title_en="A testimony", slug="told")
    for language in ("en", "ar", "be"):
        cache.clear()
        article = only(get(client, f"/{language}/belarus/"))
        assert direction(article) == direction(article.find("h3")) == ("fa", "rtl")
        assert direction(get(client, f"/{language}/belarus/stories/told/").find(".//h1")) == ("fa", "rtl")


def test_a_testimony_in_the_reader_s_language_needs_no_gloss(client):
    make_story("“We were trampled.”", public=True, original_language="en", title_en="“We were trampled”")
    article = only(get(client, "/en/belarus/"))
    assert direction(article) == (None, None)
    assert article.find("p[@class='gloss']") is None


def test_a_testimony_nobody_translated_is_still_shown(client):
    make_story("Сведчаць", public=True, title_en="", slug="told")
    assert get_texts(only(get(client, "/ru/belarus/")), "h3") == ["Сведчаць"]
    root = get(client, "/ru/belarus/stories/told/")
    assert get_head_links(root, "canonical")[""] == "http://testserver/be/belarus/stories/told/"
    assert root.find(".//section[@class='summary']") is None


def test_partners_and_tags_carry_the_language_their_name_is_in(client):
    make_update("Torture", public=True, slug="torture", title_ar="التعذيب", tags=[make_tag("Detention")])
    make_story(public=True, partner=make_partner("Viasna"))
    assert direction(get(client, f"/ar/{UPDATE}").find(".//ul[@class='tags']//a")) == ("en", "ltr")
    assert direction(get(client, "/ar/belarus/").find(".//p[@class='by']//bdi")) == ("en", "ltr")


def test_a_situation_without_a_translation_keeps_its_own_title(client):
    assert direction(get(client, "/fr/belarus/").find(".//h1")) == ("en", "ltr")
    assert get_head_links(get(client, "/fr/belarus/"), "canonical")[""] == "http://testserver/en/belarus/"


@pytest.mark.django_db(transaction=True)
def test_the_rail_stays_on_its_side_of_a_foreign_entry(page):
    belarus = make_situation("routes", title_ar="طرق الهجرة")
    make_update("English only", public=True, situation=belarus)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/ar/routes/")
    glyph = page.locator(".entry .kind svg").bounding_box()
    title = page.locator(".entry-title a").bounding_box()
    assert glyph["x"] > title["x"] + title["width"] - 1
