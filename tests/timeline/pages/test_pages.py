import datetime as dt
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from situations.models import Situation
from tests.support.factories import (
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
from tests.support.html import get_entries, get_head_links, get_json_ld, get_texts, parse_page

pytestmark = pytest.mark.django_db

PAGES = ["", "belarus/", "belarus/?kind=report", "search/", "safety/", "privacy/", "about/"]
LANGUAGES = ["en", "fr", "es", "ru", "be", "ar"]


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def belarus():
    make_organisation(sentence_en="We write it down.", contact="desk@example.org")
    return make_situation(title_ar="كل العيون", short_title_en="Belarus")


def day(month, day_of_month, year=2020):
    return dt.date(year, month, day_of_month)


def get(client, path, **extra):
    return parse_page(client.get(path, **extra))


# --- Every page -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_has_one_title_and_says_its_language(client, belarus, path, language):
    make_update(public=True, kind="report")
    root = get(client, f"/{language}/{path}")
    assert len(root.findall(".//h1")) == 1
    assert (root.get("lang"), root.get("dir")) == (language, "rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_address_in_every_language(client, belarus, path):
    root = get(client, f"/en/{path}")
    expected = {language: f"http://testserver/{language}/{path}" for language in LANGUAGES}
    assert get_head_links(root, "canonical")[""] == expected["en"]
    alternates = {code: address for code, address in get_head_links(root, "alternate").items() if code}
    assert alternates == expected | {"x-default": "http://testserver/" if not path else expected["en"]}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_describes_itself_to_those_it_is_shared_with(client, belarus, path):
    root = get(client, f"/en/{path}")
    card = {meta.get("property"): meta.get("content") for meta in root.findall("head/meta") if meta.get("property")}
    assert card["og:url"] == get_json_ld(root)[0]["url"] == get_head_links(root, "canonical")[""]
    assert card["og:title"]
    assert card["og:site_name"] == "Witness Line"


def test_text_from_staff_cannot_leave_the_data_block(client, belarus):
    make_update("</script><script>alert(1)</script>", public=True, slug="odd")
    root = get(client, "/en/belarus/updates/odd/")
    assert get_json_ld(root)[0]["headline"] == "</script><script>alert(1)</script>"
    assert len(root.findall(".//script")) == 1


@pytest.mark.parametrize("path", PAGES)
def test_a_page_carries_no_style_no_script_and_no_address_outside(client, belarus, path):
    response = client.get(f"/en/{path}")
    root = parse_page(response)
    assert not [one for one in root.iter() if one.get("style") or one.get("onclick")]
    assert [script.get("type") for script in root.iter("script")] == ["application/ld+json"]
    sources = [one.get("src") or one.get("href") for one in root.iter() if one.tag in {"img", "source", "link"}]
    assert all(address.startswith(("/", "http://testserver/", "data:")) for address in sources)


@pytest.mark.parametrize("path", [*PAGES, "belarus/updates/one/", "belarus/stories/told/", "nothing/"])
def test_a_page_sets_no_cookie_and_does_not_look_at_any(client, belarus, path):
    make_update(public=True, slug="one")
    make_story(public=True, slug="told")
    response = client.get(f"/en/{path}")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_links_to_other_languages_keep_the_page_and_its_filter(client, belarus):
    root = get(client, "/en/belarus/?kind=report&year=2020")
    arabic = root.find(".//nav[@class='langs']//a[@hreflang='ar']")
    assert arabic.get("href") == "/ar/belarus/?kind=report&year=2020"
    assert arabic.get("dir") == "rtl"


def test_the_onion_host_is_told_nothing_of_the_other_address(client, belarus, settings):
    settings.ONION_HOST = "ohrm.onion"
    settings.ALLOWED_HOSTS = ["testserver", "ohrm.onion"]
    response = client.get("/en/belarus/", headers={"host": "ohrm.onion"})
    assert "testserver" not in response.content.decode()
    assert get_head_links(parse_page(response), "canonical")[""] == "http://ohrm.onion/en/belarus/"


def test_pages_stand_before_anything_was_published(client):
    assert get_texts(get(client, "/en/"), ".//h1") == ["testserver"]


# --- The organisation -------------------------------------------------------------------------


def test_colours_of_the_organisation_come_from_a_sheet_of_their_own(client):
    organisation = make_organisation(link="#005f5f")
    root = get(client, "/en/")
    sheet = [link.get("href") for link in root.findall("head/link") if link.get("rel") == "stylesheet"][-1]
    assert "--carbon:#005f5f" in client.get(sheet).content.decode()
    organisation.link = "#004f4f"
    publish_item(save_item(organisation))
    assert client.get(sheet).status_code == 404


def test_colours_of_the_design_need_no_second_sheet(client, belarus):
    sheets = [link for link in get(client, "/en/belarus/").findall("head/link") if link.get("rel") == "stylesheet"]
    assert len(sheets) == 1


def test_a_promise_is_made_only_where_it_is_kept(client, belarus, settings):
    promise = "We do not record who reads"
    assert promise in client.get("/en/privacy/").content.decode()
    cache.clear()
    settings.TRIAL = True
    assert promise not in client.get("/en/privacy/").content.decode()


# --- The first page ---------------------------------------------------------------------------


def test_the_first_page_shows_every_situation_with_a_mark_for_each_update(client, belarus):
    make_update(public=True, kind="report")
    make_update(public=True, kind="urgent-appeal")
    make_situation("routes", title_en="Migration routes", archived=True)
    root = get(client, "/en/")
    assert get_texts(root, ".//li[@class='sit']//h3") == ["All Eyes on Belarus", "Migration routes"]
    marks = root.findall(".//li[@class='sit'][1]//div[@class='marks']/{*}svg")
    assert [mark.get("class") for mark in marks] == ["g f-evidence", "g f-urgent"]
    assert get_texts(root, ".//p[@class='status']") == ["Updated 14 August 2020", "Archived"]


def test_the_first_page_shows_the_newest_updates_of_all(client, belarus):
    other = make_situation("routes", title_en="Migration routes")
    make_update("Old", public=True, date=day(8, 1))
    make_update("New", public=True, situation=other, date=day(8, 2))
    assert get_texts(get(client, "/en/"), ".//ol//h3") == ["New", "Old"]


# --- Alerts -----------------------------------------------------------------------------------


def alerts_on(client, path):
    return get_texts(get(client, path), ".//section[@class='alert']/p")


def test_an_alert_for_all_stands_on_every_page(client, belarus):
    make_alert("New report", url="/en/belarus/")
    assert alerts_on(client, "/en/") == alerts_on(client, "/en/belarus/") == ["Alert: New report"]


def test_an_alert_of_one_situation_stands_there_alone(client, belarus):
    make_situation("routes", title_en="Migration routes")
    make_alert("New report", situation=Situation.objects.get(slug="routes"))
    assert alerts_on(client, "/en/routes/") == ["Alert: New report"]
    assert alerts_on(client, "/en/belarus/") == []


def test_an_alert_leaves_testimonies_in_peace(client, belarus):
    make_alert("New report")
    make_story(public=True, slug="told")
    assert alerts_on(client, "/en/belarus/stories/told/") == []


# --- The timeline -----------------------------------------------------------------------------


def test_the_timeline_groups_updates_by_month_with_the_newest_first(client, belarus):
    make_update("August", public=True, date=day(8, 14))
    make_update("Late June", public=True, date=day(6, 20))
    make_update("Early June", public=True, date=day(6, 2))
    root = get(client, "/en/belarus/")
    assert get_texts(root, ".//section[@id='timeline']//h3") == ["August 2020", "June 2020"]
    assert get_texts(root, ".//section[@id='m-2020-06']//h4") == ["Late June", "Early June"]
    assert get_texts(root, ".//section[@id='m-2020-06']//time") == ["20 Jun 2020", "2 Jun 2020"]
    assert get_texts(root, ".//section[@id='m-2020-06']/div/p") == ["2 updates"]


def test_only_the_first_update_leads(client, belarus):
    first = make_update("First", public=True, date=day(8, 14))
    make_update("Second", public=True, date=day(8, 13))
    lead = [one for one in get_entries(get(client, "/en/belarus/")).values() if "entry--lead" in one.get("class")]
    assert get_texts(lead[0], ".//h4") == [first.title_en]
    assert len(lead) == 1


def test_an_undated_update_stands_between_its_neighbours_and_shows_no_day(client, belarus):
    make_update("May", public=True, date=day(5, 28, 2021))
    make_update("Unknown", public=True, date=day(5, 23, 2021), date_precision="undated")
    make_update("February", public=True, date=day(2, 27, 2021))
    root = get(client, "/en/belarus/")
    assert get_texts(root, ".//section[@id='timeline']//h3") == ["May 2021", "February to May 2021", "February 2021"]
    assert "n.d. Day not recorded" in get_texts(root, ".//section[@id='m-undated']//article/p")
    assert root.find(".//section[@id='m-undated']//time") is None


def test_the_column_of_the_undated_leads_to_where_they_stand(client, belarus):
    make_update("In a year", public=True, date=day(5, 20), date_precision="year")
    root = get(client, "/en/belarus/")
    [column] = root.findall(".//li[@class='undated']/a")
    assert root.find(f".//*[@id='{column.get('href')[1:]}']") is not None


def test_an_undated_update_never_splits_a_month(client, belarus):
    make_update("Late", public=True, date=day(5, 28))
    make_update("Unknown", public=True, date=day(5, 20), date_precision="undated")
    make_update("Early", public=True, date=day(5, 2))
    root = get(client, "/en/belarus/")
    assert get_texts(root, ".//section[@id='timeline']//h3") == ["May 2020", "May 2020 or earlier"]


@pytest.mark.parametrize(
    ("precision", "heading", "printed"),
    [("month", "August 2020", "Aug 2020. Day not recorded"), ("year", "2020", "2020")],
)
def test_a_date_is_never_printed_more_exactly_than_it_is_known(client, belarus, precision, heading, printed):
    make_update(public=True, date=day(8, 14), date_precision=precision)
    root = get(client, "/en/belarus/")
    assert get_texts(root, ".//section[@id='timeline']//h3") == [heading]
    assert get_texts(root, ".//section[@id='timeline']//time") == [printed]


def test_every_entry_carries_the_number_that_names_it_for_good(client, belarus):
    update = make_update(public=True)
    make_story(public=True)
    make_update("Elsewhere", public=True, publisher=make_partner("United Nations"))
    first = set(get_entries(get(client, "/en/belarus/")))
    publish_item(save_item(update))
    assert len(first) == 3
    assert set(get_entries(get(client, "/en/belarus/"))) == set(get_entries(get(client, "/en/search/"))) == first


def test_testimonies_have_a_band_with_their_own_words_and_their_source(client, belarus):
    partner = make_partner(description_en="Belarusian human rights NGO")
    make_story("Сведчаць пацярпелыя", public=True, partner=partner, title_en="They testify")
    root = get(client, "/en/belarus/")
    voice = root.find(".//section[@id='testimonies']//article")
    assert voice.find("h3").get("lang") == "be"
    assert get_texts(voice, "h3") + get_texts(voice, "p") == [
        "Сведчаць пацярпелыя",
        "They testify",
        "From Viasna, Belarusian human rights NGO. In Belarusian. Content note: beatings",
    ]


def test_a_list_shows_nothing_of_what_a_testimony_tells(client, belarus):
    make_story(public=True, summary_en="SUMMARY", body_en="<p>BODY</p>", original_body="<p>ORIGINAL</p>")
    for path in ["/en/", "/en/belarus/", "/en/search/", "/en/belarus/?section=stories"]:
        page = client.get(path).content.decode()
        assert not [word for word in ("SUMMARY", "BODY", "ORIGINAL") if word in page]


def test_other_news_leads_to_its_publisher_and_says_so(client, belarus):
    publisher = make_partner("United Nations")
    make_update("Stop", public=True, publisher=publisher, kind="press-release", url="https://www.ohchr.org/stop")
    root = get(client, "/en/belarus/")
    news = root.find(".//section[@id='news']//article")
    assert news.find("h3/a").get("href") == "https://www.ohchr.org/stop"
    assert news.find("h3/a").get("rel") == "external noopener noreferrer"
    assert get_texts(news, "p") == ["Press release. From United Nations. Opens another site."]


def test_older_entries_stand_on_further_pages_each_exactly_once(client, belarus):
    numbers = {make_update(f"Number {n}", public=True, date=day(1, 1) + dt.timedelta(days=n)).pk for n in range(85)}
    seen, path = [], "/en/belarus/"
    while path:
        root = get(client, path)
        seen += get_entries(root)
        following = root.find(".//a[@rel='next']")
        path = following.get("href") if following is not None else None
    assert len(seen) == len(set(seen)) == len(numbers)


def test_the_picture_of_months_leads_to_the_months_on_the_page(client, belarus):
    make_update(public=True, date=day(8, 14))
    root = get(client, "/en/belarus/")
    month = root.find(".//ol[@class='tempo-cols']//a")
    assert root.find(f".//section[@id='{month.get('href')[1:]}']") is not None
    assert "August 2020: 1 update" in get_texts(root, ".//ol[@class='tempo-cols']//span[@class='vh']")


def test_the_sign_up_stands_on_the_timeline_itself(client, belarus):
    form = get(client, "/en/belarus/").find(".//section[@id='newsletter']//form")
    assert form.get("action") == "/en/newsletter/"
    assert form.find(".//input[@name='situation']").get("value") == "belarus"


# --- Filtered lists ---------------------------------------------------------------------------


def test_a_filter_is_shown_in_the_form_and_as_links_that_take_it_away(client, belarus):
    make_update(public=True, kind="report", tags=[make_tag("Detention")])
    make_update(public=True, kind="blog")
    root = get(client, "/en/belarus/?kind=report&tag=detention")
    assert get_texts(root, ".//h1") == ["1 of 2 entries"]
    assert root.find(".//select[@name='kind']/option[@selected]").get("value") == "report"
    chips = [chip.get("href") for chip in root.findall(".//a[@class='chip']")]
    assert chips == ["/en/belarus/?tag=detention", "/en/belarus/?kind=report"]


def test_the_form_sends_all_that_was_asked_for_again(client, belarus):
    make_update(public=True)
    asked = {("month", "2020-08"), ("partner", "viasna"), ("text", "own")}
    form = get(client, f"/en/belarus/?{urlencode(sorted(asked))}").find(".//form[@role='search']")
    chosen = [(each.get("name"), each.find("./option[@selected]")) for each in form.iter("select")]
    sent = [(name, option.get("value")) for name, option in chosen if option is not None]
    sent += [(one.get("name"), one.get("value")) for one in form.findall(".//input[@type='hidden']")]
    assert sorted(sent) == sorted(asked)


def test_the_form_offers_the_section_that_was_asked_for(client, belarus):
    make_update(public=True)
    [section] = get(client, "/en/belarus/?section=updates").findall(".//select[@id='section']/option[@selected]")
    assert section.get("value") == "updates"


def test_an_empty_list_says_what_would_match(client, belarus):
    make_update("Hockey", public=True, kind="statement")
    make_update(public=True, kind="report")
    root = get(client, "/en/belarus/?kind=report&q=hockey")
    assert get_texts(root, ".//h1") == ["No updates match"]
    assert get_texts(root, ".//div[@class='empty']/ul/li") == ["Only “hockey”: 1 entry", "Only Report: 1 entry"]


def test_a_list_by_time_says_that_it_leaves_out_the_undated(client, belarus):
    make_update(public=True, date_precision="undated")
    assert "left out of this list" in client.get("/en/belarus/?year=2020").content.decode()
    assert "left out of this list" not in client.get("/en/belarus/?kind=statement").content.decode()


def test_the_list_of_all_situations_says_where_each_entry_belongs(client, belarus):
    make_update(public=True)
    root = get(client, "/en/search/")
    assert root.find(".//article//p[@class='entry-of meta']/a").get("href") == "/en/belarus/"


def test_what_a_reader_typed_comes_back_harmless(client, belarus):
    root = get(client, "/en/search/?q=%3Cscript%3Ealert(1)%3C/script%3E&x=%22%3E")
    assert root.find(".//input[@name='q']").get("value") == "<script>alert(1)</script>"
    assert len(root.findall(".//script")) == 1


# --- What it costs ----------------------------------------------------------------------------


@pytest.fixture
def busy(belarus):
    for n in range(50):
        make_update(f"Number {n}", public=True, date=day(1, 1) + dt.timedelta(days=n), tags=[make_tag("Detention")])
    make_story(public=True, slug="told", date=day(1, 2, 2019))
    make_alert()


MOST = {
    "": 12,
    "belarus/": 12,
    "belarus/?kind=statement": 12,
    "search/": 12,
    "about/": 8,
    "belarus/stories/told/": 8,
}


def test_a_page_asks_the_database_little_however_much_there_is(client, busy, django_assert_max_num_queries, subtests):
    for path, most in MOST.items():
        cache.clear()
        with subtests.test(path), django_assert_max_num_queries(most):
            assert client.get(f"/en/{path}").status_code == 200


# --- In a browser -----------------------------------------------------------------------------


@pytest.mark.walk
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_browser_finds_nothing_to_complain_of_and_everything_fits_a_small_phone(new_page, language):
    make_organisation(link="#005f5f")
    belarus = make_situation(title_ar="كل العيون")
    make_update("Belarus: Widespread torture of protesters", public=True, situation=belarus, slug="torture")
    make_story(public=True, situation=belarus, slug="told")
    page = new_page(viewport={"width": 320, "height": 640}, java_script_enabled=True)
    for path in ["", "belarus/", "belarus/updates/torture/", "belarus/stories/told/", "search/?kind=report", "safety/"]:
        page.goto(f"/{language}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate("document.cookie + JSON.stringify(localStorage)") == "{}"


def test_the_first_visit_of_a_phone_is_light(client, belarus):
    for n in range(33):
        make_update(f"Widespread torture of protesters, number {n}", public=True, date=day(1, 1) + dt.timedelta(days=n))
    page = client.get("/en/belarus/", headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert len(page.content) < 15_000


def test_staff_who_are_logged_in_get_the_page_that_everybody_gets(client, belarus):
    client.force_login(make_staff())
    response = client.get("/en/belarus/")
    assert "Cookie" not in response.get("Vary", "")
    assert response.content == Client().get("/en/belarus/").content
