"""How an operator's command line speaks of publications and imports."""

import datetime as dt
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from publishing.publication import get_publication_model
from publishing.screening.findings import get_open_findings
from publishing.spreadsheets.reader import SpreadsheetError
from publishing.text import cleaning

from . import corrections
from .state_machine import TransitionRefused, perform
from .transitions import TRANSITIONS, publish

MAX_LISTED_ROWS = 20
MEANING_HELP = "whether the meaning changed of what readers know already; not said, it is taken as “same”"
NOTE_HELP = "with “changed”: what was corrected, as readers of this language are told it; may be given once a language"


def get_item_by_slug(kind, slug):
    """The one working copy of this type and slug; a slug that stands twice needs its situation: “belarus/slug”."""
    place, _slash, name = slug.rpartition("/")
    found = get_publication_model(kind).objects.named(name)
    if place:
        found = found.filter(situation__slug=place)
    items = list(found[:2])
    if not items:
        raise CommandError(f"There is no {kind} “{slug}”.")
    if len(items) > 1:
        raise CommandError(f"There is more than one {kind} “{slug}”: write it as SITUATION/{slug}.")
    return items[0]


def parse_moment(value):
    """An aware datetime from ISO 8601; without a zone it is UTC."""
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise CommandError(f"“{value}” is not a time such as 2026-11-22T18:00 or 2026-11-22T18:00+01:00.") from error
    return at if timezone.is_aware(at) else at.replace(tzinfo=dt.UTC)


def add_item_arguments(parser):
    parser.add_argument("type", choices=["situation", "update", "story", "alert"])
    parser.add_argument("slug")


def run_transition(name, item, **answers):
    """Performs one row of the table, and turns a refusal into sentences and exit code 1; returns the changes."""
    with refusals_as_errors("Refused."):
        return perform(item, TRANSITIONS[name], **answers)


@contextmanager
def refusals_as_errors(headline):
    try:
        yield
    except TransitionRefused as refused:
        raise CommandError("\n".join([headline, *refused.reasons])) from refused


# --- What changed in meaning ------------------------------------------------------------------


def add_meaning_arguments(parser):
    parser.add_argument("--meaning", choices=["same", "changed"], help=MEANING_HELP)
    parser.add_argument("--note", action="append", default=[], type=parse_note, metavar="LL=TEXT", help=NOTE_HELP)


def parse_note(value):
    """(language, sentence) out of “en=Ten, not nine.”"""
    code, mark, words = value.partition("=")
    if not mark or code not in dict(settings.LANGUAGES) or not cleaning.clean_line(words):
        known = ", ".join(dict(settings.LANGUAGES))
        raise CommandError(f"“{value}” is not a note such as “en=Ten, not nine.” Languages are: {known}.")
    return code, cleaning.clean_line(words)


def build_correction(options):
    """Language -> sentence for a changed meaning, or None. Refuses half an answer."""
    notes = dict(options["note"])
    if options["meaning"] == "changed" and not notes:
        raise CommandError("Say what was corrected, such as: --note “en=Ten, not nine.”")
    if notes and options["meaning"] != "changed":
        raise CommandError("A note is shown only where the meaning changed: add --meaning changed.")
    return notes or None


def publish_with_report(item, options, *, stdout):
    """Publishes one item and says what the desk would have asked about; returns the `Release`."""
    known, correction = corrections.is_correctable(item), build_correction(options)
    if correction and not known:
        raise CommandError("No reader knows an earlier version of it, so there is nothing to correct.")
    with refusals_as_errors("Refused."):
        release = publish(item, at=options["at"] or item.starts_by_itself(), correction=correction)
    for one in get_open_findings(item):
        stdout.write(f"Nobody has looked at this: {one.place.field or one.place.label}: {one.kind}.")
    if known and not options["meaning"]:
        stdout.write("Readers knew an earlier version, and are told of no correction. If the meaning changed, publish "
                     "it again with --meaning changed --note LL=TEXT.")  # fmt: skip
    return release


# --- Importing --------------------------------------------------------------------------------


def add_import_arguments(parser):
    parser.add_argument("file", help="CSV (UTF-8) or XLSX")
    parser.add_argument("--situation", default="", metavar="SLUG", help="for rows that name no situation")
    parser.add_argument("--publish", action="store_true", help="publish what may be published")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.add_argument("--include-hidden", action="store_true", help="read hidden sheets, rows and columns, too")
    add_meaning_arguments(parser)


def import_file(importer, options, *, stdout):
    """Runs one of the importers with the arguments above and prints what came of it."""
    try:
        with refusals_as_errors("Nothing was imported."):
            summary = importer(
                options["file"],
                situation=options["situation"],
                publish=options["publish"],
                dry_run=options["dry_run"],
                correction=build_correction(options),
                include_hidden=options["include_hidden"],
                quiet=not stdout.isatty(),
            )
    except SpreadsheetError as faulty:
        count = len(faulty.faults)
        raise CommandError(f"Nothing was imported. Faults: {count}.\n{faulty}") from faulty
    stdout.write(("Nothing was written. It would be: " if options["dry_run"] else "") + str(summary))
    for sentence in get_import_messages(summary, options):
        stdout.write(sentence)


def get_import_messages(summary, options):
    """What else an operator has to know of an import."""
    yield from summary.notes
    for sentence in summary.left:
        yield f"{'Left as it is' if sentence in summary.taken_back else 'Left as a draft'}: {sentence}"
    yield from (f"Nobody has looked at this: {found}" for found in summary.findings)
    if summary.again and not options["meaning"]:
        rows = ", ".join(map(str, summary.again[:MAX_LISTED_ROWS])) + (" …" if summary.again[MAX_LISTED_ROWS:] else "")
        yield (
            f"Readers knew an earlier version of rows {rows}, and are told of no correction. If the meaning changed, "
            "correct them one by one at the desk, or use --meaning changed --note LL=TEXT for all of them."
        )
