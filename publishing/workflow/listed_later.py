"""What becomes of a name that is listed after it was released: what waits is called off, what is public is told.

Not here: the list (`screening/names.py`), what it keeps from being published (`transitions.py`).
"""

import time

from django.dispatch import receiver
from django.utils import timezone

from audit.chain import record_all
from publishing.item_log import build_item_record
from publishing.models import Entry, Release
from publishing.publication import get_publication_model
from publishing.screening import names
from publishing.signals import name_listed

from .state_machine import perform_possible
from .transitions import TRANSITIONS

MAX_SECONDS = 10  # for which somebody waits until what is public was looked through, the newest first


@receiver(name_listed)
def handle_name_listed(entry, by, **kwargs):
    """Calls off what waits with the name in it, and finds it in what is public; somebody has to decide about that."""
    Release.objects.hold()
    over = names.NameMatcher(names.read_name_rows(names.get_names_keys(), name=entry))
    waiting = Entry.objects.filter(visible_from__gt=timezone.now())
    stopped, refused = perform_possible(find_items(over, waiting), TRANSITIONS["hold"], by=by)
    held = {change.item.uid for change in stopped}
    until = time.monotonic() + MAX_SECONDS
    left = [item for item, _reasons in refused]
    left += [item for item in find_items(over, Entry.objects.public(), until=until) if item not in left]
    record_all([build_item_record("name-found", item, by=by) for item in left])
    return [(change.item, True) for change in stopped] + [(item, False) for item in left if item.uid not in held]


def find_items(over, entries, *, until=None):
    """The working copies of those of these entries in whose release a name stands."""
    found = {}
    releases = Release.objects.filter(pk__in=entries.order_by().values("release")).order_by("-pk")
    for release in releases.iterator(chunk_size=100):
        if any(over.found(text) for text in collect_texts(release.document)):
            found[release.uid] = release.type
        if until and time.monotonic() > until:
            break
    items = (get_publication_model(kind)._default_manager.filter(uid=uid).first() for uid, kind in found.items())
    return [item for item in items if item]


def collect_texts(part):
    """Every text in a document, wherever it stands."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from collect_texts(inner)
