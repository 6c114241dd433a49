"""Every list can be taken elsewhere as it is: as a feed, a file, by program, by mail, on another site."""

import json

import pytest
from django.core.cache import cache

from tests.support.factories import make_situation, make_tag, make_update
from tests.support.html import get_head_links, parse_page

pytestmark = pytest.mark.django_db
QUERY = "q=torture&kind=report&kind=statement&tag=torture&text=own"


@pytest.fixture(autouse=True)
def archive():
    cache.clear()
    torture = make_tag("Torture")
    make_update("Torture here", situation=make_situation("belarus"), tags=[torture], public=True)
    make_update("Torture there", situation=make_situation("routes"), tags=[torture], public=True)


def ways(client, address):
    """Name -> address of the forms below a list."""
    found = parse_page(client.get(address)).findall(".//p[@class='quiet alternates']/a")
    return {link.text: link.get("href") for link in found}


def titles(client, address):
    """Of an answer in JSON, whichever of ours."""
    answer = client.get(address)
    data = json.loads(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    rows = data if isinstance(data, list) else data.get("results", data.get("items"))
    return {row["title"] for row in rows}


@pytest.mark.parametrize("address", ["/en/belarus/", f"/en/belarus/?{QUERY}", "/en/search/", f"/en/search/?{QUERY}"])
def test_every_form_answers(client, address):
    forms = ways(client, address)
    assert list(forms) == ["Atom", "RSS", "JSON Feed", "CSV", "JSON", "XLSX", "API", "About the API", "By e-mail"]
    assert {client.get(form).status_code for form in forms.values()} == {200}


def test_the_forms_of_a_list_carry_its_filter(client):
    forms = ways(client, f"/en/belarus/?{QUERY}")
    assert forms["XLSX"] == f"/en/belarus/export.xlsx?{QUERY}"
    assert forms["API"] == f"/api/v1/entries?{QUERY}&situation=belarus&language=en"
    assert forms["By e-mail"] == f"/en/newsletter/?{QUERY}&situation=belarus"


@pytest.mark.parametrize("form", ["API", "JSON", "JSON Feed"])
def test_a_form_shows_what_the_list_shows(client, form):
    assert titles(client, ways(client, f"/en/belarus/?{QUERY}")[form]) == {"Torture here"}
    assert titles(client, ways(client, f"/en/search/?{QUERY}")[form]) == {"Torture here", "Torture there"}


def test_an_empty_list_can_be_subscribed_to_all_the_same(client):
    assert ways(client, "/en/belarus/?kind=report&year=1999")["Atom"] == "/en/belarus/feed.atom?kind=report&year=1999"


def test_mail_is_asked_for_with_the_filter_filled_in(client):
    page = client.get(ways(client, "/en/belarus/?kind=report")["By e-mail"]).content.decode()
    assert "Kind: Report" in page
    assert 'value="kind=report"' in page


def test_the_head_of_a_list_names_a_feed_of_exactly_it(client):
    root = parse_page(client.get("/fr/belarus/?kind=statement&since=2020-08-01"))
    feeds = [link.get("href") for link in root.findall("head/link[@rel='alternate']") if link.get("type")]
    assert "/fr/belarus/feed.atom?kind=statement" in feeds
    assert get_head_links(root, "canonical")
