"""A reader's way through the newsletter in a real browser, in Arabic."""

import email
import email.policy
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.conf import settings as django_settings
from django.db import connection

from newsletter.models import Subscriber
from newsletter.subscribers.confirmation import send_due_confirmations
from tests.support import servers
from tests.support.environment import build_environment
from tests.support.factories import make_situation
from tests.support.newsletter_fixtures import read_sent_mails

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "layla.haddad@example.org"


@pytest.fixture(autouse=True)
def mail_folder(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"


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
    send_due_confirmations()
    page.goto(link_in(read_sent_mails()[0], "confirm"))
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


# --- A site as it runs, with its database in a file -------------------------------------------


@pytest.fixture
def site(tmp_path):
    """The production server on an empty site of its own: its address and its folder."""
    port = servers.find_free_port()
    address = f"http://127.0.0.1:{port}"
    surroundings = build_environment(tmp_path, SITE_URL=address, DATABASE_URL="")
    options = {"env": surroundings, "cwd": django_settings.BASE_DIR, "stdout": subprocess.DEVNULL}
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        subprocess.run([sys.executable, "manage.py", *command], check=True, **options)
    server = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    server += ["--port", str(port), "--no-access-log", "--blocking-threads", "2", "ohrm.wsgi:application"]
    ready = lambda: servers.is_listening(port)  # noqa: E731 - asked again and again
    with servers.running_server(server, what="Granian", ready=ready, stderr=subprocess.DEVNULL, **options):
        yield address, tmp_path


def mail_in(place):
    """The first mail that was written there, once it is."""
    folder = place / "mail"
    servers.wait_until(lambda: list(folder.glob("*.eml")), what="the mail", seconds=20)
    return email.message_from_bytes(next(folder.glob("*.eml")).read_bytes(), policy=email.policy.default)


def seized(place):
    """Every byte on the disk but the mail itself, which a mail server would have taken.

    SQLite writes its -wal into the database and removes it when the last connection closes, at any
    moment of this reading. Then all is read again: what was in it would be in neither part.
    """
    while True:
        files = [file for file in place.rglob("*") if file.is_file() and file.parent.name not in {"mail", "static"}]
        assert "ohrm.sqlite3" in {file.name for file in files}
        try:
            return b"".join(file.read_bytes() for file in files).lower()
        except FileNotFoundError:
            continue


@pytest.mark.sqlite
def test_no_byte_of_the_address_is_on_the_disk_from_sign_up_to_one_click(browser, site):
    address, place = site
    page = browser.new_context(base_url=address).new_page()
    page.goto("/ar/newsletter/")
    page.fill("#email", ADDRESS)
    page.click("form.stack button[type=submit]")
    page.wait_for_url("**/ar/newsletter/check-inbox/")
    asked = mail_in(place)
    page.goto(link_in(asked, "confirm"))
    page.click("main form button")
    page.wait_for_url("**/preferences/**")
    page.check("input[name=frequency][value=weekly]")
    page.click("form.stack button[type=submit]")
    page.wait_for_url("**?saved")
    assert not [part for part in (ADDRESS, "layla", "haddad") if part.encode() in seized(place)]
    leave = asked["List-Unsubscribe"].strip("<> ")
    answer = urlopen(Request(leave, b"List-Unsubscribe=One-Click"))  # noqa: S310 - our own server
    assert (answer.status, answer.url) == (200, leave)
    assert page.goto(page.url).status == 410
    assert not [part for part in (ADDRESS, "layla", "haddad") if part.encode() in seized(place)]
