"""The environment that every test runs in, and the fixtures that bring a browser or a real server.

The environment stands before Django reads its settings, so nothing here may import our own rooms.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import transaction
from django.test import TransactionTestCase
from django.utils import translation
from django.utils.module_loading import import_string
from playwright.sync_api import sync_playwright

from tests.support import machine, servers
from tests.support.environment import build_environment

# Every process of a parallel run has its own.
DATA_DIR = Path(tempfile.mkdtemp(prefix="ohrm-tests-"))
(DATA_DIR / "static").mkdir()
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)


# Playwright keeps an event loop running in the main thread; the database is used from that thread alone.
os.environ |= build_environment(DATA_DIR, DJANGO_ALLOW_ASYNC_UNSAFE="true")

CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure():
    """Quick hashes, and static files without a manifest: nobody has to collect them first."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django_settings.STORAGES = django_settings.STORAGES | {"staticfiles": plain}
    let_tables_be_emptied()


def let_tables_be_emptied():
    """After a test that commits, all tables are emptied: the guards of the log and the releases step aside for it."""
    flush = TransactionTestCase._fixture_teardown

    def remove_guards_and_flush(case):
        for name in ("audit.Event", "publishing.Release"):
            import_string("audit.append_only.remove_guard")(apps.get_model(name))
        flush(case)

    TransactionTestCase._fixture_teardown = remove_guards_and_flush


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """The processes of a parallel run begin as this one did, with this file.

    Told which settings to use, they would read these first, and all with the folder of this process.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


SLOW = {line for line in Path(__file__).with_name("slow.txt").read_text().splitlines() if line[:1] != "#"}
# A marker that every test has which asks for one of these fixtures.
GIVEN = {"browser": {"page", "new_page", "browser"}, "server": {"live_server", "redis"}}


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL the browser walks once, and what may not ask a database is not asked again.

    A test about one database does not run on the other.
    """
    vendor = django_settings.DATABASES["default"]["ENGINE"].rpartition(".")[2].removesuffix("3")
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[vendor]
    kept, dropped = [], []
    for item in items:
        mark_by_kind(item)
        away = item.get_closest_marker(other) or (vendor == "postgresql" and not depends_on_database(item))
        (dropped if away else kept).append(item)
    config.hook.pytest_deselected(items=dropped)
    items[:] = kept


def mark_by_kind(item):
    if getattr(item, "originalname", None) in SLOW:
        item.add_marker("slow")
    for marker, fixtures in GIVEN.items():
        if fixtures & set(item.fixturenames):
            item.add_marker(marker)


def depends_on_database(item):
    """Whether a test may say something else on another database.

    pytest-django lets no test near the database that does not say it wants it; a browser sees the same on both.
    """
    if item.get_closest_marker("browser"):
        return bool(item.get_closest_marker("walk"))
    asks = {"db", "transactional_db"} & set(item.fixturenames)
    return bool(asks or item.get_closest_marker("django_db") or item.get_closest_marker("postgresql"))


def count_skipped(config):
    """How many tests were skipped where none may be."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter and machine.is_ci() else 0


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if count_skipped(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    if number := count_skipped(config):
        terminalreporter.write_line(f"With CI=true nothing may be left out, but {number} skipped. That is a failure.")


def require_package(package):
    """Leaves the test out, in so many words, where the machine lacks what it needs."""
    wanted = [wanted for wanted in machine.find_missing(machine.FOR_TESTS) if wanted.package == package]
    if wanted:
        pytest.skip(f"{package} is not installed")


@pytest.fixture(autouse=True)
def language_of_the_house():
    """A request leaves its language in the thread; no test reads the sentences of the one before it."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def scratch_database(django_db_setup, django_db_blocker):
    """`with scratch_database(): ...` writes what is gone after the block: what several tests read, made once."""

    @contextmanager
    def opened():
        with django_db_blocker.unblock(), transaction.atomic(), translation.override(django_settings.LANGUAGE_CODE):
            yield
            transaction.set_rollback(True)

    return opened


@pytest.fixture(scope="module")
def module_database(scratch_database):
    """What a fixture of a module writes with this one stands there for all tests of the module, in their transactions.

    Not beside tests that use a browser, `live_server` or `transaction=True`: Playwright's event loop brings another
    connection, and this one would stay in its transaction.
    """
    with scratch_database():
        yield


@pytest.fixture(scope="session")
def browser():
    require_package("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield chromium
        chromium.close()


def collect_complaints(context, complaints):
    """Collects errors on the console, failing scripts and every request that leaves the machine."""

    def on_console(message):
        # A page that is meant to answer 404 or 410 is reported by Chromium under its own address.
        answer = message.text.startswith("Failed to load resource") and message.page
        if message.type == "error" and not (answer and message.location["url"] == message.page.url):
            complaints.append(f"console: {message.text} ({message.location['url']})")

    def on_request(request):
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.hostname not in {"127.0.0.1", "localhost"}:
            complaints.append(f"request to {request.url}")

    context.on("console", on_console)
    context.on("request", on_request)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))


@pytest.fixture
def new_page(browser, live_server, settings):
    """Opens pages in separate sessions; options are those of Playwright's `new_context`, as `color_scheme="dark"`.

    The test fails at its end if a page complained on the console or asked anybody else for anything.
    """
    settings.SITE_URL = live_server.url
    contexts, complaints = [], []

    def opened(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        collect_complaints(context, complaints)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def work_off(db, monkeypatch):
    """Does what waits in the background. The worker would drop the connection that the test's transaction is on."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)

    def worked():
        call_command("db_worker", batch=True, queue_name="*", startup_delay=False, interval=0, verbosity=0)

    return worked


@pytest.fixture
def smtp_sink(settings):
    """A mail server that keeps what it is sent; Django's own mail goes there."""
    with servers.running_smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        yield sink


@pytest.fixture
def redis():
    """The URL of an empty Redis of this test's own."""
    require_package("redis-server")
    with servers.running_redis() as url:
        yield url
