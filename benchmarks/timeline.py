"""The timeline of a 5,000-item site, cold and warm, next to a plain Django view that shows as many rows."""

import gzip
import re
from urllib.parse import urljoin

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from publishing.models import Entry

from .figures import Figure, compare_times

ITEMS = 5_000
PLAIN_TEMPLATE = Template(
    "<!doctype html><title>Plain</title><h1>Plain</h1>"
    "{% for row in rows %}<article><h2>{{ row.title }}</h2><p>{{ row.date }}</p><p>{{ row.summary }}</p></article>"
    "{% endfor %}"
)


def plain_view(request, number):
    rows = Entry.objects.filter(language="en").order_by("-date", "-pk")[:number]
    return HttpResponse(PLAIN_TEMPLATE.render(Context({"rows": rows})))


urlpatterns = [path("plain/<int:number>/", plain_view)]
plain_site = override_settings(ROOT_URLCONF="benchmarks.timeline")


def find_busiest_timeline():
    """The address of the situation with the most entries."""
    slugs = list(Entry.objects.public().filter(language="en").values_list("situation", flat=True))
    return f"/en/{max(set(slugs), key=slugs.count)}/"


def get_cold_page(client, address):
    cache.clear()
    return client.get(address, headers={"accept-encoding": "gzip"})


def get_plain_page(client, number):
    with plain_site:
        return client.get(f"/plain/{number}/")


def measure_weight(client, html):
    """Compressed bytes in kB of the page and all that it may fetch: sheets, icon, pictures, every font of a sheet."""
    links = re.findall(r"<link[^>]+>", html)
    asked = [re.search(r'href="([^"]+)"', link)[1] for link in links if re.search(r'rel="(stylesheet|icon)"', link)]
    asked += re.findall(r'<img[^>]+src="([^"]+)"', html)
    bodies = {address: b"".join(client.get(address)) for address in asked}
    for sheet in [address for address in bodies if ".css" in address]:
        for font in re.findall(rb'url\("?([^")]+)"?\)', bodies[sheet]):
            address = urljoin(sheet, font.decode())
            bodies[address] = b"".join(client.get(address))
    return sum(len(gzip.compress(body)) for body in [html.encode(), *bodies.values()]) / 1000


def measure():
    call_command("sample_content", updates=ITEMS - 500, stories=500, seed=1, publish=True, verbosity=0)
    client = Client()
    address = find_busiest_timeline()
    get_cold_page(client, address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        html = get_cold_page(client, address)
    yield Figure("cold timeline: queries", len(queries), "", at_most=12)
    html = client.get(address).content.decode()
    shown = len(re.findall(r'<article[^>]*class="entry[ "]', html))
    ours, yardstick = compare_times(lambda: get_cold_page(client, address), lambda: get_plain_page(client, shown))
    beside = f"{shown} rows; ours {ours * 1000:.1f} ms, plain {yardstick * 1000:.1f} ms"
    yield Figure("cold timeline / plain view", ours / yardstick, "x", beside=beside)
    warm, yardstick = compare_times(lambda: client.get(address), lambda: get_plain_page(client, shown), rounds=31)
    yield Figure("stored timeline / plain view", warm / yardstick, "x", beside=f"ours {warm * 1000:.2f} ms")
    yield Figure("first visit: page and all it fetches, gzip", measure_weight(client, html), "kB", at_most=40)
