"""Every type of public page in every language: valid, in its language and direction, cheap, and asking nobody else."""

from functools import cache
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.support.factories import make_alert, make_organisation, make_situation, make_story, make_tag, make_update
from tests.support.html import parse_page

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "es", "ru", "be", "ar")
PAGES = {
    "home": "",
    "timeline": "belarus/",
    "filtered": "belarus/?kind=statement&year=2020",
    "searched": "belarus/?q=torture",
    "marked": "belarus/?since=2020-01-01",
    "own language": "belarus/?text=own",
    "nothing found": "belarus/?q=nothing-like-this",
    "search over all": "search/?q=torture",
    "update": "belarus/updates/stop-torture/",
    "testimony": "belarus/stories/voice/",
    "embedded": "belarus/embed/",
    "sign-up": "newsletter/",
    "check inbox": "newsletter/check-inbox/",
    "archive": "newsletter/archive/",
    "safety": "safety/",
    "privacy": "privacy/",
    "about": "about/",
    "data interface": "api/",
}
FETCHED = {"src", "srcset", "poster", "data", "action", "formaction"}


@pytest.fixture(scope="module", autouse=True)
def site(module_database):
    make_organisation()
    situation = make_situation(slug="belarus", title_fr="Bélarus", title_ar="بيلاروس")
    make_alert()
    make_update(
        "Stop torture",
        slug="stop-torture",
        situation=situation,
        title_ru="Остановите пытки",
        title_ar="أوقفوا التعذيب",
        body_en="<p>Torture is <em>never</em> lawful.</p>",
        body_ar="<p>التعذيب محظور.</p>",
        tags=[make_tag("Torture")],
        public=True,
    )
    make_story(slug="voice", situation=situation, title_fr="Une voix", original_body="<p>Голас</p>", public=True)


def fetched_addresses(root):
    """What a browser asks for by itself, or sends a form to."""
    for element in root.iter():
        for name, value in element.items():
            if name in FETCHED or (element.tag == "link" and name == "href" and element.get("rel") == "stylesheet"):
                yield from (part.split()[0] for part in value.split(",") if part.strip())


@pytest.fixture(scope="module")
def fetch(site):
    """Gives the answer for a page and its parsed tree: several tests look at the same one."""
    return cache(lambda name, language: read_answer(Client().get(f"/{language}/{PAGES[name]}")))


def read_answer(answer):
    return answer, parse_page(answer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_valid_and_speaks_its_language(fetch, name, language):
    _answer, root = fetch(name, language)
    assert root.get("lang") == language
    assert root.get("dir") == ("rtl" if language == "ar" else "ltr")
    assert len(root.findall(".//h1")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_few_questions_of_the_database(client, name, language):
    client.get(f"/{language}/safety/")  # what is asked once a process is no matter of this page
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/{language}/{PAGES[name]}").status_code == 200
    assert len(asked) <= 12


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_sends_a_browser_to_no_other_host(fetch, name, language):
    answer, root = fetch(name, language)
    assert not answer.cookies
    hosts = {urlsplit(address).hostname for address in fetched_addresses(root)}
    assert hosts <= {None, "testserver", "localhost"}
