"""The interface for programs: read-only, open to all, and exactly as its description says."""

import datetime as dt
import json
import re

import openapi_spec_validator
import pytest
import time_machine
from django.utils import timezone
from jsonschema import Draft202012Validator

from publishing.models import Entry
from publishing.workflow import transitions
from tests.support.factories import (
    make_organisation,
    make_partner,
    make_situation,
    make_story,
    make_tag,
    make_update,
    publish_item,
    save_item,
)
from tests.support.html import get_texts, parse_page
from timeline.search import results as results_module
from timeline.search.filters import is_control_character
from timeline.serving.caching import QUERY_PARAMETERS
from timeline.syndication import api, schemas
from updates.models import Attachment

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/entries"


def get(client, address=ENTRIES, **headers):
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def results(client, query=""):
    return json.loads(get(client, f"{ENTRIES}{query}").content)["results"]


def number_of(item):
    return Entry.objects.filter(uid=item.uid).first().number


# --- Entries ---


def test_entries_of_all_situations_newest_first(client):
    make_update("Here", situation=make_situation("belarus"), date=dt.date(2020, 8, 1), public=True)
    make_update("There", situation=make_situation("routes"), date=dt.date(2020, 9, 1), public=True)
    assert [row["title"] for row in results(client)] == ["There", "Here"]


def test_situations_can_be_chosen_among(client):
    for slug in ("belarus", "routes", "sudan"):
        make_update(slug, situation=make_situation(slug), public=True)
    assert {row["title"] for row in results(client, "?situation=belarus&situation=sudan")} == {"belarus", "sudan"}


def test_texts_come_in_the_language_asked_for(client):
    make_update("Stop reprisals", title_fr="Halte aux représailles", public=True)
    assert results(client, "?language=fr")[0]["title"] == "Halte aux représailles"
    assert results(client, "?language=ru")[0]["text_language"] == "en"


def test_the_language_of_the_browser_has_no_say(client):
    make_update("Stop reprisals", title_fr="Halte aux représailles", public=True)
    answer = get(client, accept_language="fr")
    assert json.loads(answer.content)["results"][0]["title"] == "Stop reprisals"
    assert answer["Content-Language"] == "en"


def test_a_long_list_comes_in_pages_until_next_is_null(client, monkeypatch):
    monkeypatch.setattr(api, "API_PAGE_SIZE", 2)
    for _number in range(5):
        make_update(public=True)
    address, seen = f"{ENTRIES}?kind=statement&language=fr", []
    while address:
        page = json.loads(get(client, address).content)
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == 5


def test_an_entry_by_its_number(client):
    update = make_update("Stop reprisals", public=True)
    answer = json.loads(get(client, f"{ENTRIES}/{number_of(update)}").content)
    assert (answer["id"], answer["title"]) == (number_of(update), "Stop reprisals")


def test_the_number_is_that_of_the_entry_on_the_page(client):
    update = make_update(public=True)
    assert f'id="entry-{results(client)[0]["id"]}"' in client.get("/en/belarus/").content.decode()
    assert results(client)[0]["url"].endswith(f"/updates/{update.slug}/")


def test_a_withdrawn_entry_is_gone(client):
    update = make_update("Stop reprisals", public=True)
    number = number_of(update)
    transitions.withdraw(update, reason="wrong")
    answer = get(client, f"{ENTRIES}/{number}")
    assert answer.status_code == 410
    assert "Stop" not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_what_was_never_public_is_not_found(client):
    scheduled = make_update()
    release = transitions.publish(scheduled, at=timezone.now() + dt.timedelta(hours=1))
    second = make_update(public=True)
    later = transitions.publish(save_item(second))  # a later release of something public is no number of its own
    for number in (release.pk, later.pk, 0, 999999, 2**63, 10**30):
        assert get(client, f"{ENTRIES}/{number}").status_code == 404


def test_a_testimony_without_consent_to_data_is_not_in_it(client):
    story = make_story(consent={"feed": False}, public=True)
    assert results(client) == []
    assert get(client, f"{ENTRIES}/{number_of(story)}").status_code == 404


def test_a_page_costs_few_queries(client, django_assert_max_num_queries):
    for _number in range(10):
        make_update(public=True, tags=[make_tag("Torture")])
    with django_assert_max_num_queries(3):
        results(client)


# --- Situations ---


def test_situations_that_are_public(client):
    make_situation("belarus", region_en="Eastern Europe")
    make_situation("draft", public=False)
    page = json.loads(get(client, "/api/v1/situations").content)
    assert [(row["slug"], row["region"]) for row in page["results"]] == [("belarus", "Eastern Europe")]
    assert page["next"] is None


# --- How it answers ---


@pytest.mark.parametrize(
    "query",
    [
        "?language=xx",
        "?language=%00",
        "?year=20",
        "?q=%00",
        "?before=x",
        "?situation=a/b",
        "?kind=%F0%9F",
        "?changed_since=yesterday",
        "?changed_since=2020-13-01",
    ],  # fmt: skip
)
def test_what_cannot_be_meant_answers_400_with_a_sentence(client, query):
    answer = get(client, ENTRIES + query)
    assert answer.status_code == 400
    assert json.loads(answer.content)["detail"].endswith(".")


@pytest.mark.parametrize("query", ["?year=20", "?month=2020-13", "?since=x", "?order=x", "?q=%00", "?tag=a/b"])
def test_what_cannot_be_meant_is_refused_in_the_words_of_the_pages(client, query):
    page = get_texts(parse_page(client.get(f"/en/search/{query}")), ".//main//p")
    assert json.loads(get(client, ENTRIES + query).content)["detail"] in page


@pytest.mark.parametrize("query", ["?language=fr&language=", "?before=", "?kind=&kind=report", "?in=be&in="])
def test_what_is_left_empty_asks_for_nothing(client, query):
    assert get(client, ENTRIES + query).status_code == 200


@pytest.mark.parametrize(
    "address", [f"{ENTRIES}?unknown=1", "/api/v1/situations?kind=report", f"{ENTRIES}/9?year=2020"]
)
def test_a_parameter_that_there_is_not_is_named(client, address):
    answer = get(client, address)
    assert answer.status_code == 400
    assert re.search("There is no parameter “(unknown|kind|year)” here.", json.loads(answer.content)["detail"])


# --- How many, what changed, what comes next ---


def test_a_list_says_how_many_match(client, monkeypatch):
    monkeypatch.setattr(api, "API_PAGE_SIZE", 1)
    for number in range(3):
        make_update(f"Update {number}", kind="report" if number else "blog", public=True)
    assert json.loads(get(client).content)["count"] == 3
    assert json.loads(get(client, f"{ENTRIES}?kind=report").content)["count"] == 2


def test_what_would_cost_too_much_to_count_is_not_counted(client, monkeypatch):
    monkeypatch.setattr(results_module, "MAX_COUNTED", 1)
    make_update(public=True)
    assert json.loads(get(client).content)["count"] == 1
    make_update(public=True)
    assert json.loads(get(client).content)["count"] is None


def test_the_next_page_stands_in_the_head_too(client, monkeypatch):
    monkeypatch.setattr(api, "API_PAGE_SIZE", 1)
    make_update("One", public=True)
    make_update("Two", public=True)
    answer = get(client)
    assert answer["Link"] == f'<{json.loads(answer.content)["next"]}>; rel="next"'
    assert "Link" not in get(client, json.loads(answer.content)["next"]).headers


def test_only_what_changed_since_a_moment_can_be_asked_for(client):
    with time_machine.travel(dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC), tick=False):
        make_update("Old", public=True)
        corrected = make_update("Corrected", public=True)
    with time_machine.travel(dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC), tick=False):
        publish_item(corrected)
        for since in ("2026-11-02", "2026-11-03T12:00:00Z", "2026-11-03T13:00:00%2B01:00"):
            assert [row["title"] for row in results(client, f"?changed_since={since}")] == ["Corrected"]
        assert results(client, "?changed_since=2026-11-03T12:00:01Z") == []
        assert len(results(client, "?changed_since=2026-11-01&kind=statement")) == 2


def test_a_page_of_what_changed_leads_to_the_next_of_it(client, monkeypatch):
    monkeypatch.setattr(api, "API_PAGE_SIZE", 1)
    for number in range(3):
        make_update(f"Update {number}", public=True)
    following = json.loads(get(client, f"{ENTRIES}?changed_since=2020-01-01").content)["next"]
    assert "changed_since=2020-01-01" in following
    assert json.loads(get(client, following).content)["count"] == 3


@pytest.mark.parametrize(
    ("precision", "first", "last"),
    [
        ("day", "2020-02-14", "2020-02-14"),
        ("month", "2020-02-01", "2020-02-29"),
        ("year", "2020-01-01", "2020-12-31"),
        ("undated", None, None),
    ],
)
def test_a_record_says_between_which_days_its_date_lies(client, precision, first, last):
    make_update(date=dt.date(2020, 2, 14), date_precision=precision, public=True)
    record = results(client)[0]
    assert (record["date_from"], record["date_to"]) == (first, last)


@pytest.mark.parametrize("address", [ENTRIES, f"{ENTRIES}/9", "/api/v1/situations", f"{ENTRIES}?year=x"])
def test_pages_of_every_origin_may_ask(client, address):
    answer = get(client, address, origin="https://example.net")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies


@pytest.mark.parametrize("address", [ENTRIES, f"{ENTRIES}/9", "/api/v1/openapi.json", "/api/v1/nothing"])
def test_a_head_is_the_head_of_the_whole_answer(client, address):
    head, whole = client.head(address), get(client, address)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert dict(head.headers) == dict(whole.headers)


def test_a_browser_may_ask_first_whether_it_may_ask(client):
    answer = client.options(ENTRIES, headers={"origin": "https://example.net"})
    assert answer.status_code == 204
    assert "If-None-Match" in answer["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, method):
    answer = getattr(client, method)(ENTRIES)
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]


def test_an_unchanged_answer_costs_nothing(client):
    make_update(public=True)
    answer = get(client, if_none_match=get(client)["ETag"])
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["", "nothing", "entries/", "entries/x", "entries/1/more", "openapi.yaml", "..%2f"])
def test_an_address_that_is_none_says_so_in_json(client, path):
    answer = get(client, f"/api/v1/{path}", accept="text/html")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content) == {"detail": "There is nothing here."}
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_record_names_the_address_to_cite(client):
    number = number_of(make_update(public=True))
    assert results(client)[0]["short_url"] == f"http://testserver/e/{number}"


# --- The page that explains it ---


@pytest.mark.parametrize(("wanted", "language"), [("fr", "fr"), ("ar-EG, en", "ar"), ("xx", "en"), ("", "en")])
def test_the_manual_is_in_the_language_of_the_reader(client, wanted, language):
    answer = client.get("/api/", headers={"accept-language": wanted})
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/api/")
    assert "Accept-Language" in answer["Vary"]
    assert parse_page(client.get(answer["Location"])).get("lang") == language


def test_the_manual_names_every_address_parameter_and_field(client):
    page = client.get("/en/api/").content.decode()
    for path, get_ in described(client)["paths"].items():
        assert f"/api/v1{path}" in page
        assert not [one["name"] for one in get_["get"]["parameters"] if f">{one['name']}<" not in page]
    for name in schemas.Entry.model_fields.keys() | schemas.Situation.model_fields.keys():
        assert f">{name}<" in page


def test_every_example_of_the_manual_answers(client):
    make_update(public=True)
    shown = [
        text
        for text in get_texts(parse_page(client.get("/en/api/")), ".//p[@class='pick']")
        if text.startswith("curl 'http")
    ]
    assert len(shown) == 5
    for example in shown:
        assert get(client, example.removeprefix("curl 'http://testserver").removesuffix("'")).status_code == 200


def test_the_manual_fetches_nothing_from_elsewhere(client):
    root = parse_page(client.get("/en/api/"))
    assert [script.get("type") for script in root.findall(".//script")] == ["application/ld+json"]
    assert all(link.get("href").startswith("/") for link in root.findall("head/link[@rel='stylesheet']"))


# --- The description ---


def described(client):
    return json.loads(get(client, "/api/v1/openapi.json").content)


def test_every_address_of_the_description_answers(client):
    update = make_update(public=True)
    paths = described(client)["paths"]
    assert set(paths) == {"/situations", "/entries", "/entries/{id}", "/openapi.json"}
    for path in paths:
        assert get(client, "/api/v1" + path.format(id=number_of(update))).status_code == 200


def test_every_parameter_of_the_description_is_understood(client):
    make_update(public=True)
    good = {"year": "2020", "month": "2020-08", "before": "", "language": "fr", "in": "be", "text": "own"}
    good |= {"since": "2020-08-14", "changed_since": "2020-08-14", "order": "date"}
    for parameter in described(client)["paths"]["/entries"]["get"]["parameters"]:
        name = parameter["name"]
        assert get(client, f"{ENTRIES}?{name}={good.get(name, 'x')}").status_code == 200


@pytest.fixture
def everything():
    """One of each kind of record, with every field filled."""
    make_organisation()
    situation = make_situation(region_en="Europe", since=dt.date(2020, 8, 9), until=dt.date(2021, 8, 9))
    partner = make_partner("Viasna", url="https://example.org", country="BY", description_en="An organisation")
    update = make_update(
        situation=situation, subtitle_en="S", summary_en="S", body_en="<p>B</p>", url="https://example.net",
        tags=[make_tag("Torture")],
    )  # fmt: skip
    update.co_publishers.set([partner])
    Attachment.objects.create(
        update=update, title="The statement", language="en", name="k3J9xQ2mVbT7.pdf", size=13, pages=1, sha256="0" * 64
    )
    publish_item(update, correction={"en": "Nine, not eight."})
    make_story(situation=situation, original_body="<p>О</p>", original_url="https://example.org/o", public=True)
    make_update(situation=situation, public=True)


def faults(value, name, told):
    """Where a value departs from the schema of this name; a field that is not described is a fault too."""
    closed = {key: schema | {"additionalProperties": False} for key, schema in told["components"]["schemas"].items()}
    root = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": closed}}
    validator = Draft202012Validator(root, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_every_record_is_as_described(client, everything):
    told, shown = described(client), results(client)
    for record in shown:
        assert faults(record, "Entry", told) == []
    for record in json.loads(get(client, "/api/v1/situations").content)["results"]:
        assert faults(record, "Situation", told) == []
    empty = {name for name in shown[0] if not any(record[name] for record in shown)}
    assert empty <= {"translator", "content_note"}


@pytest.mark.parametrize("change", [{"id": "1"}, {"url": None}, {"more": 2}, {"kind": "x"}, {"changed": "yesterday"}])
def test_a_fault_in_a_record_would_be_found(client, change):
    make_update(public=True)
    record = results(client)[0]
    assert faults(record | change, "Entry", described(client))


def test_a_field_that_is_left_out_would_be_found(client):
    make_update(public=True)
    record, told = results(client)[0], described(client)
    for name in record:
        assert faults({key: record[key] for key in record if key != name}, "Entry", told)


@pytest.mark.parametrize("path", ["/situations", "/entries", "/entries/{id}"])
def test_every_answer_is_as_described(client, everything, path):
    told = described(client)
    schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = get(client, "/api/v1" + path.format(id=results(client)[0]["id"]))
    assert faults(json.loads(answer.content), schema["$ref"].rpartition("/")[2], told) == []


def test_the_description_is_valid_openapi(client):
    openapi_spec_validator.validate(described(client))


def test_the_description_speaks_the_language_asked_for(client):
    told = json.loads(get(client, "/api/v1/openapi.json?language=fr").content)
    assert told["paths"]["/situations"]["get"]["summary"] == "Toutes les situations."
    assert described(client)["paths"]["/situations"]["get"]["summary"] == "All situations."


def test_the_description_names_every_parameter_that_filters_know(client):
    parameters = {one["name"] for one in described(client)["paths"]["/entries"]["get"]["parameters"]}
    assert parameters == QUERY_PARAMETERS


def test_the_description_allows_the_letters_that_filters_allow():
    letters = [chr(number) for number in range(0x300)]
    assert [one for one in letters if not re.match(schemas.NO_CONTROL_PATTERN, one)] == list(
        filter(is_control_character, letters)
    )


def test_every_described_answer_occurs_and_no_other(client):
    update, gone = make_update(public=True), make_update(public=True)
    number = number_of(gone)
    transitions.withdraw(gone, reason="wrong")
    paths = described(client)["paths"]
    told = {(path, int(status)) for path in paths for status in paths[path]["get"]["responses"]}
    heard = {(path, status) for path in paths for status in heard_at(client, path.format(id=number_of(update)))}
    heard |= {("/entries/{id}", get(client, f"{ENTRIES}/{one}").status_code) for one in (number, 10**6)}
    assert heard == told


def heard_at(client, path):
    """The codes of an address that there is: asked for, asked for again, asked for wrongly."""
    address = f"/api/v1{path}"
    first = get(client, address)
    yield first.status_code
    yield get(client, address, if_none_match=first["ETag"]).status_code
    yield get(client, f"{address}?language=xx").status_code
