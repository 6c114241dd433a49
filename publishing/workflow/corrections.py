"""This module knows what readers are told when the meaning of something changed that they may have read.

Not here: who is asked, and when (`desk/transitions/forms.py`, `cli.py`); how a note becomes public (`transitions.py`).
"""

from django.utils.translation import gettext as _

from publishing.batches import in_batches
from publishing.models import Entry, Release
from publishing.screening import names

from . import schedule

# Types with a page on which a correction can stand.
CORRECTABLE_TYPES = {"update", "story"}


def is_correctable(item):
    """Whether readers know an earlier version of a page on which a correction can stand."""
    return bool(find_known_to_readers([item]))


def find_known_to_readers(items):
    """The `uid`s of those among the items whose earlier version readers know; a query a batch."""
    uids, known = [item.uid for item in items if item.TYPE in CORRECTABLE_TYPES], set()
    for batch in in_batches(uids):
        public = Entry.objects.public().filter(uid__in=batch)
        known.update(public.order_by().values_list("uid", flat=True))
    return known


def get_correction_notes(items, *, now):
    """uid -> the dated notes on changed meaning that readers could read by `now`, the oldest first."""
    uids = [item.uid for item in items]
    rows = [Release.objects.filter(uid__in=batch).exclude(note={}) for batch in in_batches(uids)]
    noted = {uid for some in rows for uid in some.values_list("uid", flat=True)}
    notes = {}
    for batch in in_batches(noted):
        histories, within = schedule.read_histories(batch)
        # What is released now takes the place of what still waits: nobody will ever read the note of that.
        word = Release(pk=float("inf"), action=Release.Action.CANCEL, at=now)
        for uid, releases in histories.items():
            shown = schedule.plan([*releases, word], within=within)
            notes[uid] = [build_note(one.release.note, at=one.begins) for one in shown if one.release.note]
    return notes


def build_note(words, *, at):
    """`words` maps languages to a sentence on what changed in meaning, `at` is the moment since when readers see it."""
    return {"at": at.date().isoformat(), "note": words}


def note_blockers(note):
    """Why this note (language -> sentence, or nothing) may not be shown: nobody can let a name in it pass."""
    if note and any(names.get_name_matcher().found(words) for words in note.values()):
        return [_("The correction note contains a name that is never to be published. Remove it.")]
    return []
