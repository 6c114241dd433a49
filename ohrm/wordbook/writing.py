"""Writes the book of words: a folder for each language, an index, and what no page and no mail shows."""

import re
import shutil
from html import escape
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache

from ohrm.catalogues import Catalogue, read_catalogues
from publishing.text.languages import get_language_direction, get_native_name
from publishing.workflow.entries import rebuild_entries

from .mail_samples import draw_mails
from .marks import Messages, mark_translations
from .plain_pages import make_plain, write_aside, write_document
from .samples import Site, create_archive, draw_pages

REST = "other-messages.html"  # of a language: the messages that nothing shows
# Where messages for readers stand.
PUBLIC_PLACE = re.compile(
    r"templates/(timeline|newsletter|\d+\.html|base\.html)|timeline/|publishing/(text|kinds)|newsletter/subscribers"
)
SIGN = ".wordbook"  # in a folder that may be written anew


class FolderInUse(Exception):  # a sentence for the person at the terminal
    """The folder holds something else."""


def prepare_folder(folder):
    """An empty folder, which a book may stand in already."""
    folder = Path(folder)
    if folder.exists() and not (folder.is_dir() and ((folder / SIGN).exists() or not any(folder.iterdir()))):
        raise FolderInUse(f"{folder} holds something else than a wordbook. Name a folder of its own.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / SIGN).touch()
    return folder


def write_wordbook(folder, *, languages, report=lambda line: None):
    """Draws the book from the database that is in use, which it changes: it has to be one of its own."""
    folder = prepare_folder(folder)
    create_archive()
    links = find_links(languages)
    for language in languages:
        report(write_language(folder, language, links=links))
    rows = "".join(
        f'<li><a href="{code}/index.html" lang="{code}">{escape(get_native_name(code))}</a></li>\n'
        for code in languages
    )
    (folder / "index.html").write_text(write_document(f"<h1>Wordbook</h1>\n<ul>\n{rows}</ul>", title="Wordbook"))


def find_links(languages):
    """Address -> file, as seen from the folder of a language."""
    sites = [Site.in_language(language) for language in languages]
    return {
        address: f"../{site.language}/{get_file_name(name)}"
        for site in sites
        for name, address in [*site.name_pages(), *site.name_items()]
    }


def get_file_name(name):
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-") + ".html"


def write_language(folder, language, *, links):
    """Returns a line on what was written."""
    messages = Messages(read_catalogue(language).messages.values())
    files = draw_language(language, messages, links=links)
    (folder / language).mkdir()
    reading = [file for file in files if file.new]
    following = dict(pairwise(get_file_name(file.rendering.name) for file in reading))
    for file in files:
        name = get_file_name(file.rendering.name)
        (folder / language / name).write_text(file.write(write_navigation(file, following.get(name), links)))
    (folder / language / "index.html").write_text(write_index(language, files, messages))
    (folder / language / REST).write_text(write_rest(language, messages))
    return f"{language}: {len(files)} pages and mails show {len(messages.seen)} of {len(messages.all)} messages."


def draw_language(language, messages, *, links):
    """A `PlainFile` of every page and mail. What was stored without marks is drawn anew, and nothing is stored."""
    cache, direction = caches["default"], get_language_direction(language)
    caches["default"] = DummyCache("", {})
    try:
        with mark_translations(language, messages):
            rebuild_entries()
            return [
                make_plain(rendering, messages, language=language, direction=direction, links=links)
                for draw in (draw_pages, draw_mails)
                for rendering in draw(language)
            ]
    finally:
        caches["default"] = cache


def read_catalogue(language):
    """English has no catalogue of its own: its messages stand in that of any other language."""
    paths = read_catalogues(settings.LOCALE_PATHS[0])
    return Catalogue(paths.get(language) or next(iter(paths.values())))


# --- Pages of the book itself -----------------------------------------------------------------


def write_navigation(file, following, links):
    """Where a page stands in the book, and its address on the site unless it is one reader's own."""
    onward = f' · <a href="{following}">Next page with new sentences</a>' if following else ""
    address = file.rendering.address if file.rendering.address in links else ""
    about = " · ".join(filter(None, [file.rendering.name, address]))
    return write_aside(f'<p><a href="index.html">All pages</a>{onward}</p>\n<p>{escape(about)}</p>')


def write_index(language, files, messages):
    reading, others = [file for file in files if file.new], [file for file in files if not file.new]
    body = (
        f'<h1>Wordbook: <bdi lang="{language}">{escape(get_native_name(language))}</bdi></h1>\n'
        "<p>Point at a sentence to see its English. On each page those are coloured that no page before it shows; "
        "read from the top to the bottom, nothing is read twice.</p>\n"
        "<p>Three things are as they should be on the site and not here: the order of choices in a list, capital "
        "letters at the beginning of months and kinds, and a second full stop at the end of a citation.</p>\n"
        f"<h2>To read</h2>\n<ol>\n{write_rows(reading)}</ol>\n"
        f'<p><a href="{REST}">{len(messages.unseen)} messages that none of these shows</a></p>\n'
        f"<h2>The rest, with nothing new</h2>\n<ul>\n{write_rows(others)}</ul>\n"
    )
    return write_document(body, title=f"Wordbook: {language}")


def write_rows(files):
    return "".join(
        f'<li><a href="{get_file_name(file.rendering.name)}">{escape(file.rendering.name)}</a>'
        f"{f' ({len(file.new)} new)' if file.new else ''}</li>\n"
        for file in files
    )


def write_rest(language, messages):
    """English and translation side by side: first what readers see at times, then what only staff see."""
    public = [message for message in messages.unseen if PUBLIC_PLACE.match(message.place)]
    staff = [message for message in messages.unseen if not PUBLIC_PLACE.match(message.place)]
    body = (
        '<p><a href="index.html">All pages</a></p>\n<h1>Messages that no page and no mail shows</h1>\n'
        f"<h2>For readers, at times</h2>\n{write_table(language, public)}\n"
        f"<h2>For staff</h2>\n{write_table(language, staff)}"
    )
    return write_document(body, title=f"Wordbook: {language}, other messages")


def write_table(language, messages):
    direction = get_language_direction(language)
    rows = "".join(
        f"<tr><td>{write_forms(filter(None, [message.source, message.plural]))}</td>"
        f'<td lang="{language}" dir="{direction}">{write_forms(get_forms(language, message))}</td>'
        f"<td>{escape(' · '.join(filter(None, [message.context, message.place])))}</td></tr>\n"
        for message in sorted(messages, key=lambda message: message.place)
    )
    heads = "".join(f"<th>{escape(head)}</th>" for head in ("English", get_native_name(language), "Context and place"))
    return f"<table>\n<tr>{heads}</tr>\n{rows}</table>"


def get_forms(language, message):
    english = [message.source, *filter(None, [message.plural])]
    return english if language not in read_catalogues(settings.LOCALE_PATHS[0]) else message.forms


def write_forms(forms):
    return "<br>".join(escape(form, quote=False) for form in forms)
