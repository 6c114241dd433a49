"""This module knows what an import must not make anew: what was purged, and what bears another title or date by now.

Old files outlive what is corrected and what is taken back. What an item was called before stands in its history; of
what was purged only keyed hashes of what an import would call it are kept.
Not here: how the rows of a file become items (`importing.py`).
"""

from django.conf import settings
from django.db import models

from publishing.batches import in_batches
from publishing.models import Release
from publishing.screening.names import compute_keyed_hash, compute_words_hash, derive_names_key
from publishing.text.characters import fold_text
from publishing.text.translated_values import get_columns
from publishing.workflow.withdrawals import find_withdrawals

DOMAIN = "import key"


class ErasedKey(models.Model):
    """One of the ways in which an import would call an item that was purged: a keyed hash, which names nothing."""

    uid = models.UUIDField()
    digest = models.CharField(max_length=32)

    class Meta:
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["digest", "uid"], name="erased_key_once")]

    def __str__(self):
        return f"{self.uid} {self.digest}"


# --- What an import would call it -------------------------------------------------------------


def build_key(situation, language, title, date):
    """Titles are compared as people see them."""
    return situation, language, fold_text(title or ""), date


def get_title_columns(model):
    """(name of a title column, language or the column that says it) of everything an item could be called by."""
    given = model.released.original
    own = [(given["title"], given["language"])] if given else []
    return [*own, *((name, name.removeprefix("title_")) for name in get_columns("title"))]


def generate_keys(model, row):
    """The keys of an item or of one of its earlier versions, a dict of columns, in every language it has words in."""
    for column, language in get_title_columns(model):
        if row[column]:
            yield build_key(row["situation_id"], row.get(language, language), row[column], row["date"])


def get_key_columns(model):
    originals = [name for name in ("language", model.released.original.get("language")) if name]
    return [*originals, "uid", "situation_id", "date", *(column for column, _language in get_title_columns(model))]


# --- What was purged --------------------------------------------------------------------------


def remember_keys(item):
    """To be called in the transaction that purges an item, as long as its history is there."""
    columns, model = get_key_columns(type(item)), type(item)
    rows = [*model.objects.filter(pk=item.pk).values(*columns), *item.history.order_by().values(*columns).distinct()]
    keys = {key for row in rows for key in generate_keys(model, row)}
    slugs = dict(model._meta.get_field("situation").related_model.objects.values_list("pk", "slug"))
    digests = {hash_key(item.TYPE, slugs[key[0]], key) for key in keys if key[0] in slugs}
    ErasedKey.objects.bulk_create([ErasedKey(uid=item.uid, digest=one) for one in digests], ignore_conflicts=True)


def hash_key(kind, slug, key):
    return compute_words_hash(*build_hashed_words(kind, slug, key), domain=DOMAIN)


def build_hashed_words(kind, slug, key):
    """Its situation by its slug, which stays the same if a situation of this name is made again."""
    _situation, language, title, date = key
    return kind, slug, language, title, date.isoformat()


def find_erased_keys(kind, keys):
    """Those of `keys` (key -> slug of its situation) that belong to something purged, whichever key hashed them."""
    secrets = [derive_names_key(base) for base in [*settings.NAMES_KEYS, settings.MIRROR_KEY] if base]
    hashed = {
        compute_keyed_hash("\n".join(build_hashed_words(kind, slug, key)), key=secret, domain=DOMAIN): key
        for key, slug in keys.items()
        for secret in [*secrets, b""]
    }
    found = set()
    for batch in in_batches(list(hashed)):
        digests = ErasedKey.objects.filter(digest__in=batch).values_list("digest", flat=True)
        found |= {hashed[digest] for digest in digests}
    return found


def is_purged(uid):
    return Release.objects.filter(uid=uid, action=Release.Action.PURGE).exists()


# --- What was renamed -------------------------------------------------------------------------


def find_former_keys(sheet, keys):
    """key -> uid, of those of `keys` by which an import called an item before.

    What was taken back is known by its title in every language, whatever the one that it was imported in.
    """
    own, others = {}, {}
    for row in generate_versions(sheet.model, keys):
        if (key := sheet.key_of(row)) in keys:
            own[key] = row["uid"]
        others |= {key: row["uid"] for key in generate_keys(sheet.model, row) if key in keys}
    withdrawn = find_withdrawals(list(set(others.values())))
    return {key: uid for key, uid in others.items() if uid in withdrawn} | own


def generate_versions(model, keys):
    """The items of the situations and days of `keys` as they are and as they were, as dicts of columns."""
    columns, places = get_key_columns(model), {key[0] for key in keys}
    for batch in in_batches({key[3] for key in keys}):
        for table in (model.history.model.objects, model.objects):
            rows = table.filter(situation__in=places, date__in=batch).order_by()
            yield from rows.values(*columns).iterator(chunk_size=500)
