"""What anybody sees of the site at this moment, read from every public place and told as marks.

Every text of an item carries its mark, its name and the number of its words: "alphav3". So a page tells which items
it shows and in which words. Not here: what it should show (`promises.py`).
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy

from django.core.cache import cache
from django.test import Client

MARK = re.compile(r"(?<![/\w])(alpha|bravo|carla|delta|north|south)v(\d+)\b")
PLACES = {
    "alpha": "/{}/north/updates/alpha/",
    "bravo": "/{}/south/updates/bravov1/",  # by the title of the sheet it came in
    "carla": "/{}/north/stories/carla/",
    "north": "/{}/north/",
    "south": "/{}/south/",
}
LISTED = {"alpha": "north", "bravo": "south", "carla": "north"}  # what stands in lists, and its situation


@dataclass(frozen=True)
class Surface:
    """An address, the channel that opens it, and the names that must stand there when they are public."""

    address: str
    channel: str = "site"
    must_show: tuple = tuple(LISTED)


LISTS = [
    Surface("/{}/search/"),
    Surface("/{}/search/?q=gemeinwort"),
    *(Surface(f"/{{}}/search/feed.{form}", "feed") for form in ("atom", "rss", "json")),
    *(Surface(f"/{{}}/search/export.{form}", "feed") for form in ("csv", "json")),
    Surface("/api/v1/entries?language={}", "feed"),
    Surface("/{}/north/feed.json", "feed", ("alpha", "carla")),
    Surface("/{}/south/embed/", "feed", ("bravo",)),
    Surface("/{}/", must_show=("north", "south")),
]


class Reader:
    """Somebody without an account. `language` is that of the site they read; the words are English in each."""

    def __init__(self, language="en"):
        self.client, self.language = Client(), language

    def get(self, address):
        """(status, text), the text of streamed answers too."""
        answer = self.client.get(address.format(self.language))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, body.decode(errors="replace")

    def read_pages(self):
        """name -> (status, marks) of the page of each item that has one."""
        return {name: self.read(address) for name, address in PLACES.items()}

    def read_lists(self):
        """(surface, status, marks) of everything that shows many."""
        return [(surface, *self.read(surface.address)) for surface in LISTS]

    def read(self, address):
        status, text = self.get(address)
        return status, {(name, int(words)) for name, words in MARK.findall(text)}

    def read_sitemap(self):
        """The names of the items of lists whose addresses stand in it."""
        _status, text = self.get("/sitemap.xml")
        texts = [text, *(self.get(f"/sitemap-{number}.xml")[1] for number in re.findall(r"/sitemap-(\d+)\.xml", text))]
        paths = "|".join(LISTED)
        return set(re.findall(rf"/(?:updates|stories)/({paths})(?:v1)?/", "\n".join(texts)))

    def follow_short_link(self, number):
        """(status, where it leads)."""
        answer = self.client.get(f"/e/{number}")
        return answer.status_code, answer.get("Location", "")


def read_mail(path):
    """The marks in both parts of a mail."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return {(name, int(words)) for name, words in MARK.findall("\n".join([message["Subject"], *texts]))}


def forget_kept_pages():
    cache.clear()
