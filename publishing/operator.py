"""This module knows how an operator's command line speaks of publications and imports."""

import datetime as dt

from django.core.management.base import CommandError
from django.utils import timezone

from . import workflow
from .importing import Faulty


def named(kind, slug):
    """The one working copy of this type and slug; a slug that stands twice needs its situation: “belarus/slug”."""
    place, _slash, name = slug.rpartition("/")
    found = workflow.model_of(kind).objects.named(name)
    if place:
        found = found.filter(situation__slug=place)
    items = list(found[:2])
    if not items:
        raise CommandError(f"There is no {kind} “{slug}”.")
    if len(items) > 1:
        raise CommandError(f"There is more than one {kind} “{slug}”: write it as SITUATION/{slug}.")
    return items[0]


def moment(value):
    """An aware datetime from ISO 8601; without a zone it is UTC."""
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise CommandError(f"“{value}” is not a time such as 2026-11-22T18:00 or 2026-11-22T18:00+01:00.") from error
    return at if timezone.is_aware(at) else at.replace(tzinfo=dt.UTC)


def do(deed, item, **options):
    """Does a deed of `workflow`, and turns a refusal into sentences and exit code 1."""
    try:
        return deed(item, **options)
    except workflow.Refused as refused:
        raise CommandError("\n".join(["Refused.", *refused.reasons])) from refused


def import_arguments(parser):
    parser.add_argument("file", help="CSV (UTF-8) or XLSX")
    parser.add_argument("--situation", default="", metavar="SLUG", help="for rows that name no situation")
    parser.add_argument("--publish", action="store_true", help="publish what may be published")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")


def import_file(importer, options, *, stdout):
    """Runs one of the importers with the arguments above and prints what came of it."""
    try:
        summary = importer(
            options["file"],
            situation=options["situation"],
            publish=options["publish"],
            dry_run=options["dry_run"],
            quiet=not stdout.isatty(),
        )
    except Faulty as faulty:
        count = len(faulty.faults)
        raise CommandError(f"Nothing was imported. Faults: {count}.\n{faulty}") from faulty
    stdout.write(("Nothing was written. It would be: " if options["dry_run"] else "") + str(summary))
    for sentence in summary.left:
        stdout.write(f"Left as a draft: {sentence}")
