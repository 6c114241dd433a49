"""Builds the mirror: a signed copy of every public page, in every language, as files that open from anywhere.

The pages are asked of the site's own views, above a database that holds only what may be copied. A new mirror is
built beside the old one and takes its place when it is whole and signed.
Not here: that database (`content.py`), links (`link_rewriting.py`), the signature (`signature.py`).
"""

import fcntl
import io
import os
import secrets
import shutil
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from audit.last_runs import MIRROR, note_run
from publishing.models import Entry, PublishedFile, Release
from publishing.text.languages import get_native_name
from timeline.serving.caching import get_public_version
from timeline.serving.page_frame import get_frame
from timeline.syndication import sitemaps, urls

from . import content, signature
from .failover import BUILDING_FLAG
from .link_rewriting import LinkRewriter, get_mirror_path, rewrite_stylesheet


class MirrorBuildError(Exception):  # a sentence for the person at the terminal
    """No new mirror was made; the old one stands as it was."""


@dataclass(frozen=True)
class BuildResult:
    pages: int
    files: int
    key: str


# --- Asking the site --------------------------------------------------------------------------


class SiteClient:
    """Reads pages as an anonymous visitor does, without a server."""

    def __init__(self):
        self.handler = BaseHandler()
        self.handler.load_middleware()
        site = urlsplit(settings.SITE_URL)
        self.environ = {
            "REQUEST_METHOD": "GET",
            "SERVER_NAME": site.hostname,
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "HTTP_HOST": site.netloc,
            "wsgi.url_scheme": site.scheme,
            BUILDING_FLAG: True,
        }

    def get(self, address):
        parts = urlsplit(address)
        path = unquote(parts.path).encode().decode("latin-1")
        place = {"PATH_INFO": path, "QUERY_STRING": parts.query, "wsgi.input": io.BytesIO()}
        with translation.override(translation.get_language()):  # which the site changes to that of the page
            response = self.handler.get_response(WSGIRequest(self.environ | place))
            if response.streaming:
                response.streaming_content = [b"".join(response.streaming_content)]
        return response


def read_response_body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- Copying ----------------------------------------------------------------------------------


class MirrorCrawler:
    """The files of one mirror in the making."""

    def __init__(self, folder):
        self.folder, self.visitor = folder, SiteClient()
        self.files = {}  # address -> file, or None for what a copy cannot answer
        self.waiting = deque()
        self.pages = 0

    def crawl(self, pages, *, also=()):
        """Copies these pages, which are there, `also` what may be there, and all that they lead to."""
        for address in pages:
            self.files[address] = self.enqueue(address, get_mirror_path(address))
        for address in also:
            self.get_target(address)
        while self.waiting:
            self.copy(self.waiting.popleft())

    def get_target(self, address):
        """The file in which an address will be found; notes that it has to be copied."""
        if address not in self.files:
            self.files[address] = None  # where two lead to each other
            self.files[address] = self.find_target(address)
        return self.files[address]

    def find_target(self, address):
        path = urlsplit(address).path
        if path.startswith(settings.STATIC_URL):
            return self.enqueue(address, get_mirror_path(path)) if find_static_path(path) else None
        if path.startswith(settings.MEDIA_URL):
            return (
                self.enqueue(address, get_mirror_path(path))
                if is_mirrored_file(path.removeprefix(settings.MEDIA_URL))
                else None
            )
        file = get_mirror_path(address)
        return self.fetch_target(address, file) if file else None

    def enqueue(self, address, file):
        self.waiting.append(address)
        return file

    def fetch_target(self, address, file):
        """Asks the site itself; what it moved is found where it went, what it does not show nowhere."""
        response = self.visitor.get(address)
        if response.status_code in {301, 302}:
            there = response["Location"].removeprefix(settings.SITE_URL)
            return self.get_target(there) if there.startswith("/") and there != address else None
        if response.status_code != 200:
            return None
        # Next in turn, so that few are held at a time; asking again would draw it again.
        self.waiting.appendleft((address, response["Content-Type"], read_response_body(response)))
        return file

    def copy(self, wanted):
        if isinstance(wanted, tuple):
            self.store(*wanted)
        elif wanted.startswith(settings.STATIC_URL):
            path = find_static_path(urlsplit(wanted).path)
            self.store(wanted, "text/css" if path.suffix == ".css" else "", path.read_bytes())
        else:
            response = self.visitor.get(wanted)
            if response.status_code != 200:
                raise MirrorBuildError(f"{wanted} answers {response.status_code}.")
            self.store(wanted, response["Content-Type"], read_response_body(response))

    def store(self, address, kind, data):
        at = self.files[address]
        if kind.startswith("text/html"):
            self.pages += 1
            rewriter = LinkRewriter(address, at=at, target=self.get_target, origin=settings.SITE_URL)
            with translation.override(address.split("/")[1]):
                data = rewriter.page(data.decode()).encode()
        elif kind.startswith("text/css"):
            data = rewrite_stylesheet(data.decode(), address=address, at=at, target=self.get_target).encode()
        self.write(at, data)

    def write(self, file, data):
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def find_static_path(address):
    """Where a static file of this address lies, or None."""
    name = unquote(address.removeprefix(settings.STATIC_URL))
    if settings.STATIC_ROOT and staticfiles_storage.exists(name):
        return Path(staticfiles_storage.path(name))
    found = finders.find(name)
    return Path(found) if found else None


def is_mirrored_file(name):
    return PublishedFile.objects.filter(name=name).exists() and default_storage.exists(name)


def get_page_addresses():
    """Every page in every language, as the sitemap has them."""
    paths = [path for path, _changed in sitemaps.list_sitemap_rows(0, sitemaps.count_pages())]
    return build_localised_addresses(paths)


def get_download_addresses():
    """Every list as feeds and files."""
    situations = Entry.objects.public().filter(type="situation", language=settings.LANGUAGE_CODE)
    lists = ["search", *situations.values_list("slug", flat=True)]
    return build_localised_addresses([f"{place}/{one.pattern}" for place in lists for one in urls.urlpatterns])


def build_localised_addresses(paths):
    return [f"/{code}/{quote(path)}" for code, _label in settings.LANGUAGES for path in paths]


def write_front_page(copy, *, made):
    """The first page of the stick: which languages there are, what this is, how it is checked."""
    language = settings.LANGUAGE_CODE
    context = {
        "language": language,
        "frame": get_frame(language),
        "languages": [(code, get_native_name(code), f"{code}/index.html") for code, _label in settings.LANGUAGES],
        "site": settings.SITE_URL,
        "made": made,
        "style": copy.get_target(staticfiles_storage.url("timeline/site.css")),
    }
    with translation.override(language):
        copy.write("index.html", render_to_string("timeline/mirror_index.html", context).encode())


# --- Building ---------------------------------------------------------------------------------


def get_site_version():
    """A word that changes whenever the public side does."""
    return get_public_version()[0]


def is_outdated(folder):
    return signature.read_manifest_facts(Path(folder)).get("version") != get_site_version()


def build_mirror(folder):
    """Makes the mirror in `folder` anew; returns a `BuildResult`. Two builds of one folder wait for each other."""
    folder = Path(folder).absolute()
    if not settings.MIRROR_KEY:
        raise MirrorBuildError("MIRROR_KEY is not set; manage.py new_key prints a key.")
    check_target_folder(folder)
    key = signature.load_private_key(settings.MIRROR_KEY)
    try:
        with lock_folder(folder):
            return build_and_swap(folder, key)
    except OSError as error:
        raise MirrorBuildError(f"{error.filename or folder}: {error.strerror}.") from error


def check_target_folder(folder):
    """What would be replaced has to be a mirror, or nothing."""
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not signature.read_manifest_facts(folder))
    ):
        raise MirrorBuildError(f"{folder} holds something else than a mirror. Name a folder of its own.")


def build_and_swap(folder, key):
    recover_folder(folder)
    new = folder.with_name(f".{folder.name}.new-{secrets.token_hex(4)}")
    new.mkdir(parents=True)
    database = new.with_suffix(".database")
    begun = timezone.now()
    facts = {"site": settings.SITE_URL, "made": f"{begun:%Y-%m-%d %H:%M}", "version": get_site_version()}
    facts |= {"begun": begun.isoformat(), "until": get_first_expiry(now=begun)}
    try:
        with content.use_mirror_database(database), translation.override(settings.LANGUAGE_CODE):
            facts["release"] = Release.objects.order_by("pk").values_list("pk", flat=True).last()
            copy = MirrorCrawler(new)
            copy.crawl(get_page_addresses(), also=get_download_addresses())
            write_front_page(copy, made=facts["made"])
            copy.crawl([])
        files = signature.sign_mirror(new, key=key, **facts)
        swap_folders(new, folder)
    finally:
        database.unlink(missing_ok=True)
        shutil.rmtree(new, ignore_errors=True)
    note_run(MIRROR)
    return BuildResult(copy.pages, files, signature.encode_public_key(key.public_key()))


def get_first_expiry(*, now):
    """When the first item in the mirror runs out, as ISO 8601, or "". An alert says itself until when it holds."""
    ending = Entry.objects.public(now=now).filter(visible_until__gt=now).exclude(type="alert")
    moment = ending.order_by("visible_until").values_list("visible_until", flat=True).first()
    return moment.isoformat() if moment else ""


@contextmanager
def lock_folder(folder):
    """Holds the right to build this mirror; a killed builder lets go of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(f".{folder.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def swap_folders(new, folder):
    """For the moment between two renames there is no mirror; `recover_folder` undoes a kill at that moment."""
    old = folder.with_name(f".{folder.name}.old")
    if folder.exists():
        folder.rename(old)
    os.rename(new, folder)
    shutil.rmtree(old, ignore_errors=True)


def recover_folder(folder):
    """Puts right what a killed build left."""
    old = folder.with_name(f".{folder.name}.old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    for left in folder.parent.glob(f".{folder.name}.new-*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def count_left_out():
    """How many public items may not be copied."""
    return Entry.objects.public().filter(in_mirror=False).values("uid").distinct().count()
