"""What a visit costs somebody on a slow and dear line, with the demonstration content: bytes as they travel."""

import re

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.management import call_command

from demo.loader import load_demo
from ohrm.static_files import minify_css

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LANGUAGES = ["en", "fr", "es", "ru", "be", "ar"]
kB = 1000
PHONE, DESKTOP, NEXT_PAGE, MOST_REQUESTS = 16 * kB, 32 * kB, 8 * kB, 5
TIMELINE = "belarus/"


@pytest.fixture(scope="module", autouse=True)
def demo(module_database):
    assert load_demo()


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def page(client, address):
    """(bytes of the answer as they travel, its HTML)."""
    answer = client.get(address, headers={"accept-encoding": "br"})
    assert answer["Content-Encoding"] == "br"
    return len(answer.content), brotli.decompress(answer.content).decode()


def sheets(html):
    return set(re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', html))


def stored(name):
    """Bytes of a static file as the production server sends it; of what does not shrink, as it is."""
    with open(finders.find(name), "rb") as file:
        data = file.read()
    if name.endswith(".css"):
        return len(brotli.compress(minify_css(data.decode()).encode()))
    return min(len(data), len(brotli.compress(data)))


def fonts():
    return [f"timeline/{name}" for name in re.findall(r'url\("(fonts/[^"]+)"', source("timeline/site.css"))]


def source(name):
    with open(finders.find(name), encoding="utf-8") as file:
        return file.read()


def test_the_first_visit_of_a_timeline_is_light_in_every_language(client):
    for language in LANGUAGES:
        size, html = page(client, f"/{language}/{TIMELINE}")
        needed = sheets(html)
        phone = size + sum(map(stored, needed))
        desktop = phone + sum(map(stored, fonts()))
        assert phone <= PHONE, (language, phone)
        assert desktop <= DESKTOP, (language, desktop)
        assert 1 + len(needed) + len(fonts()) <= MOST_REQUESTS


def test_the_next_page_is_lighter_still(client):
    for language in LANGUAGES:
        _size, first = page(client, f"/{language}/{TIMELINE}")
        items = re.findall(rf'href="(/{language}/belarus/(?:updates|stories)/[^"]+)"', first)
        for address in {items[0], items[-1], f"/{language}/search/", f"/{language}/{TIMELINE}?section=stories"}:
            size, html = page(client, address)
            size += sum(map(stored, sheets(html) - sheets(first)))
            assert size <= NEXT_PAGE, (address, size)


def test_a_phone_downloads_no_font():
    plain = re.sub(
        r"@media \(min-width: 48em\) \{\s*@font-face.*?\n\}\n", "", source("timeline/site.css"), flags=re.DOTALL
    )
    assert len(fonts()) == 2
    assert "@font-face" not in plain


def test_what_is_served_is_the_slim_sheet_under_both_its_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "ohrm.static_files.MinifyingManifestStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "django_prose_editor"])
    for name in ("site", "pages"):
        plain, hashed = sorted(tmp_path.glob(f"timeline/{name}*.css"), key=lambda path: len(path.name))
        assert plain.read_text() == minify_css(source(f"timeline/{name}.css"))
        assert len(hashed.read_text()) >= len(plain.read_text()) > 2000
        assert "/*" not in hashed.read_text()
