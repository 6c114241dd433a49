"""A reader's way through the newsletter in a real browser, in Arabic."""

import re

import pytest
from django.db import connection

from newsletter.answering import answer_waiting
from newsletter.models import Subscriber
from tests.factories import make_situation
from tests.given_newsletter import written

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "layla.haddad@example.org"


@pytest.fixture(autouse=True)
def mail_folder(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.outbox.FileBackend", tmp_path / "mail"


def link_in(message, step):
    return re.search(rf"http\S+/newsletter/{step}/\S+/", message.get_body(("plain",)).get_content())[0]


def everything_stored(place):
    """Every byte of the database; of SQLite's the file as it would be seized."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(place / "seized")])
        return (place / "seized").read_bytes()
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return b"".join(str(rows_of(cursor, table)).encode() for table in tables)


def rows_of(cursor, table):
    cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name the database gave us
    return [[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in cursor.fetchall()]


def test_a_reader_signs_up_confirms_changes_and_leaves(page, tmp_path):
    make_situation()
    page.goto("/ar/newsletter/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.fill("#email", ADDRESS)
    page.check("input[name=frequency][value=daily]")
    page.click("form.stack button[type=submit]")
    page.wait_for_url("**/ar/newsletter/check-inbox/")
    answer_waiting()
    page.goto(link_in(written()[0], "confirm"))
    assert not Subscriber.objects.exists()
    page.click("main form button")
    page.wait_for_url("**/preferences/**")
    reader = Subscriber.objects.get()
    assert (reader.audience.language, reader.audience.frequency) == ("ar", "daily")
    page.check("input[name=frequency][value=weekly]")
    page.click("form.stack button[type=submit]")
    page.wait_for_url("**?saved")
    reader.refresh_from_db()
    assert reader.audience.frequency == "weekly"
    stored = everything_stored(tmp_path)
    for part in (ADDRESS, "layla", "haddad"):
        assert part.encode() not in stored.lower()
    assert page.context.cookies() == []
    page.click("form[action*=unsubscribe] button")
    page.wait_for_url("**/unsubscribe/**")
    assert not Subscriber.objects.exists()


def test_the_band_on_the_first_page_leads_to_the_choices(page):
    make_situation()
    page.goto("/en/")
    page.fill("#nl-email", ADDRESS)
    page.click("#newsletter button")
    assert page.input_value("#email") == ADDRESS
