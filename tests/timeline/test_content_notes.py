"""Under a content note no word of a text leaves its page alone: in whatever is sent, embedded or found, the note stands
instead of it. Files of data have a field for it, before the words."""

import json
import re

import pytest

from newsletter.composition import digests
from newsletter.delivery.sending import send_due
from newsletter.models import Edition
from publishing.models import Entry
from tests.support.factories import make_organisation, make_partner, make_situation, make_update
from tests.support.html import get_json_ld, parse_page
from tests.support.newsletter_fixtures import make_subscriber, read_sent_mails

pytestmark = pytest.mark.django_db
AT = "/en/belarus/"
TEXTS = {
    "summary_en": "Zeichen in the summary",
    "subtitle_en": "Zeichen in the subtitle",
    "body_en": "<p>Nebenwort, and Zeichen in the body.</p>",
    "content_note_en": "beatings",
}


@pytest.fixture(autouse=True)
def update():
    make_organisation()
    make_situation()
    return make_update("Told", slug="told", public=True, **TEXTS)


def read(client, address):
    answer = client.get(address)
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def head_of(client):
    page = read(client, f"{AT}updates/told/")
    return page[: page.index("<body")]


def json_ld_of(client):
    return json.dumps(get_json_ld(parse_page(client.get(f"{AT}updates/told/"))))


def summaries_of(name, pattern):
    return lambda client: "".join(re.findall(pattern, read(client, f"{AT}{name}"), re.DOTALL))


def search_of(client):
    """The list without the entry itself, in which summary and note stand together."""
    page = read(client, "/en/search/?q=nebenwort")
    assert "Told" in page
    return "beatings" + page[page.index("<main") :].replace("Zeichen in the summary", "").replace(
        "Zeichen in the subtitle", ""
    )


def archive_feed_of(client):
    Edition.objects.create(state="sent", numbers=list(Entry.objects.values_list("number", flat=True)))
    return "beatings" + read(client, "/en/newsletter/archive/feed.atom")


ALONE = {
    "head": head_of,
    "JSON-LD": json_ld_of,
    "Atom": summaries_of("feed.atom", "<summary.*?</summary>"),
    "RSS": summaries_of("feed.rss", "<item>.*?<description>(.*?)</description>"),
    "JSON Feed": lambda client: str([item["summary"] for item in json.loads(read(client, f"{AT}feed.json"))["items"]]),
    "search": search_of,
    "embed": lambda client: read(client, f"{AT}embed/"),
    "feed of the archive": archive_feed_of,
}


@pytest.mark.parametrize("where", ALONE)
def test_the_note_of_an_update_goes_where_its_words_would_go_alone(client, where):
    told = ALONE[where](client)
    assert "Zeichen" not in told
    assert "beatings" in told


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss", "feed.json"])
def test_in_the_full_text_of_a_feed_the_note_comes_first(client, name):
    told = read(client, f"{AT}{name}")
    assert told.rindex("beatings") < told.index("Nebenwort")


def test_in_files_and_in_the_data_interface_the_note_comes_before_the_words(client):
    assert (row := read(client, f"{AT}export.csv").splitlines()[1]).index("beatings") < row.index("Told")
    for address in (f"{AT}export.json", "/api/v1/entries?situation=belarus"):
        assert (text := read(client, address)).index("beatings") < text.index("Zeichen")


def test_a_mail_says_the_note_and_no_word_under_it(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.DATA_DIR, settings.MAIL_CONNECTIONS = tmp_path, 1
    make_subscriber()
    digests.compose_due_digests()
    send_due()
    (mail,) = read_sent_mails()
    for part in ("plain", "html"):
        told = mail.get_body((part,)).get_content()
        assert ("beatings" in told, "Zeichen" in told) == (True, False)


def test_other_news_shows_its_note_in_lists(client):
    make_update("Shown elsewhere", kind="media", publisher=make_partner("Reporters"), public=True, **TEXTS)
    page = read(client, f"{AT}?section=news")
    assert "beatings" in page[page.index("Shown elsewhere") :]


def test_without_a_note_the_summary_goes_along(client):
    make_update("Plain", slug="plain", summary_en="Said in short", public=True)
    assert "Said in short" in read(client, f"{AT}feed.json")
    page = read(client, f"{AT}updates/plain/")
    assert "Said in short" in page[: page.index("<body")]
