"""The names that are never to be published: how they are kept, and how a text is searched for them.

Only keyed hashes are kept, under a key outside the database, so a copy of the list names nobody. A name is
hashed in every way in which it may be written (`text/transliteration.py`), a text as it stands. Not here: what happens
when one is found (`workflow/transitions.py`).
"""

import hashlib
import hmac
import html
import re
from base64 import urlsafe_b64decode
from functools import lru_cache
from itertools import chain, combinations, islice, product

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext_lazy as _

from publishing.document import compute_digest
from publishing.signals import send_name_listed
from publishing.text.characters import get_readings_in_other_scripts
from publishing.text.normalise import normalise_text
from publishing.text.transliteration import (
    ABD,
    CHAIN,
    MAX_READINGS,
    NAME_HYPHENS,
    PARTICLES,
    PARTS,
    PREFIX,
    build_skeleton,
    build_skeleton_variants,
    count_consonants,
    extract_consonants,
    fold_word,
    is_arabic,
)

from .fields import get_field_texts
from .models import ListedName, NameKey

MAX_NAME_WORDS = 4
MAX_SPELLINGS = 64  # of one group of words
MIN_SOUNDS, MIN_CONSONANTS = 4, 5  # consonants; a shorter name would be found in ordinary words
# How words were read: as written; by their sound; by what Arabic writes of it, for names typed so and for others.
EXACT, SOUND, ARABIC, CONSONANTS = "exact", "sound", "arabic", "bones"

# --- Keys -------------------------------------------------------------------------------------


@lru_cache
def derive_names_key(base):
    """A key for names alone out of one that serves another purpose."""
    return HKDF(SHA256(), 32, salt=None, info=b"ohrm never-publish list").derive(urlsafe_b64decode(base))


def get_names_keys():
    """key_id -> key, the one that new entries are made with first; empty if the site has none."""
    return {hmac.digest(key, b"id", "sha256").hex()[:8]: key for key in map(derive_names_key, settings.NAMES_KEYS)}


def compute_keyed_hash(words, *, key, domain):
    """BLAKE2b with a key (RFC 7693): a MAC in one pass, since a long text asks for thousands."""
    return hashlib.blake2b(words.encode(), key=key, digest_size=16, person=domain.encode()).hexdigest()


def compute_words_hash(*words, domain):
    """A keyed hash for what is remembered of a text without keeping it."""
    base = next(iter([*settings.NAMES_KEYS, settings.MIRROR_KEY]))
    return compute_keyed_hash("\n".join(words), key=derive_names_key(base) if base else b"", domain=domain)


# --- Names ------------------------------------------------------------------------------------


@transaction.atomic
def add_listed_name(name, *, by, note=""):
    """Puts a name on the list; returns its entry, `found` as `name_listed` says. ValidationError if it cannot be."""
    key_id, rows = build_name_hashes(name, note=note)
    entry = ListedName.objects.create(by=str(by), note=note, key_id=key_id)
    NameKey.objects.bulk_create(
        NameKey(name=entry, domain=domain, words=count, value=value, hint=hint) for domain, count, value, hint in rows
    )
    entry.found = send_name_listed(entry, by=by)
    return entry


def build_name_hashes(name, *, note=""):
    """(key_id, [(domain, number of words, hash, hint)]): all that is kept of a name. Raises ValidationError."""
    keys = get_names_keys()
    if not keys:
        raise ValidationError(_("The server has no key for this list: NAMES_KEYS has to be set."))
    key_id, key = next(iter(keys.items()))
    rows = {
        (domain, count, *compute_hash_and_hint(words, domain, key)) for domain, count, words in generate_spellings(name)
    }
    if NameMatcher((key, *row, 0) for row in rows).found(note):
        raise ValidationError({"note": _("The note contains the name. Remove it: only the list may hold the name.")})
    return key_id, sorted(rows)


def generate_spellings(name):
    """(domain, number of words, words) for every way in which this name may stand in a text."""
    chains = [[fold_word(part) for part in PARTS.findall(one)] for one in CHAIN.findall(name)]
    words = remove_particles(list(chain.from_iterable(chains)))
    if not 1 <= len(words) <= MAX_NAME_WORDS:
        raise ValidationError(_("A name has one to %(most)d words."), params={"most": MAX_NAME_WORDS})
    groups = {tuple(words), *generate_short_forms(words), *generate_abd_variants(words)}
    groups |= set(islice(product(*([word, *get_readings_in_other_scripts(word)] for word in words)), MAX_READINGS))
    if any(len(one) > 1 for one in chains):
        groups.add(tuple(remove_particles(["".join(remove_particles(one)) for one in chains])))
    return set(chain.from_iterable(map(generate_group_spellings, groups)))


def remove_particles(words):
    return [word for word in words if word not in PARTICLES] or words


def generate_abd_variants(words):
    """Abd al-Rahman is written as one word or as two."""
    for place, word in enumerate(words):
        before, after = words[:place], words[place + 1 :]
        if word in ABD and after:
            yield (*before, word + after[0], *after[1:])
        elif word.startswith(ABD) and len(word) > 5:
            yield (*before, word[:3], word[3:], *after)


PATRONYMIC = re.compile("(?:[оеё]в|[аеё][ўв])(?:іч|ич|на)[а-яёіў]{0,3}$|(?:[oey]|i?a|i?e)[vuŭw](?:i[ct]?[hč]?|na)$")


def generate_short_forms(words):
    """A name of three words is also looked for without the middle one, or without the patronymic."""
    if len(words) < 3:
        return []
    rest = tuple(word for word in words if not PATRONYMIC.search(word))
    return {(words[0], words[-1]), *(pair for pair in combinations(rest, 2) if len(rest) == 2)}


def generate_group_spellings(words):
    """The spellings of one group of words; a name that is too short to be told from other words stays as it is."""
    if sum(count_consonants(build_skeleton(word)) for word in words) < MIN_SOUNDS:
        yield EXACT, len(words), join_in_order(map(normalise_text, words))
        return
    arabic = any(map(is_arabic, words))
    for reading in islice(product(*(sorted(build_skeleton_variants(word)) for word in words)), MAX_SPELLINGS):
        bare = [extract_consonants(sounds) for sounds in reading]
        if sum(map(len, bare)) >= MIN_CONSONANTS:
            yield CONSONANTS, len(words), join_in_order(bare)
            if arabic:
                yield ARABIC, len(words), join_in_order(bare)
        if not arabic:
            yield SOUND, len(words), join_in_order(reading)


def join_in_order(words):
    """In one order, since a surname stands before or after."""
    return " ".join(sorted(words))


# --- Texts ------------------------------------------------------------------------------------

INLINE_TAG = re.compile(r"</?(?:strong|em|s|sub|sup|a|bdi|span|q|cite)\b[^<>]*>")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def extract_plain_text(text):
    """The words of a text, plain or rich, without its tags."""
    if "<" in text:
        text = TAG.sub(" · ", INLINE_TAG.sub("", text))
    return html.unescape(text)


# How a folded word of a text is read in each domain: the reading, then others; nothing where it has none.
@lru_cache(maxsize=100_000)
def get_readings(word, domain):
    if domain == EXACT:
        return (normalise_text(word),)
    if domain == SOUND:
        return () if is_arabic(word) else (build_skeleton(word),)
    if domain == CONSONANTS and not is_arabic(word):
        return ()
    readings = [word, PREFIX.sub("", word)] if is_arabic(word) else [word]
    return tuple(dict.fromkeys(extract_consonants(build_skeleton(fold_word(one))) for one in readings))


class NameHashIndex:
    """The entries that are read in one domain and have one number of words: {hash: entry}, and their hints."""

    def __init__(self):
        self.entries, self.hints = {}, set()

    def add(self, value, hint, entry):
        self.entries[value] = entry
        self.hints.add(hint)


class NameMatcher:
    """The list as it stands, ready to search texts. False where there is nothing on it.

    A word has a keyed number, a run of words the sum of theirs. A run is hashed only where that sum is the hint of
    an entry, so that a text costs one addition a word and not one hash.
    """

    def __init__(self, rows=()):
        """`rows` are (key, domain, number of words, hash, hint, number of the entry)."""
        self.shapes = {}
        for key, domain, count, value, hint, entry in rows:
            self.shapes.setdefault((key, domain), {}).setdefault(count, NameHashIndex()).add(value, hint, entry)

    def __bool__(self):
        return bool(self.shapes)

    def found(self, text):
        """{(number of an entry, the words of the text)} for each listed name in it."""
        if not self.shapes:
            return set()
        plain, found = extract_plain_text(text), set()
        shapes = [pair for pair in self.shapes.items() if pair[0][1] != CONSONANTS or is_arabic(plain)]
        for words, spans in build_word_streams(plain) if shapes else ():
            for (key, domain), by_count in shapes:
                for entry, first, last in find_matches(words, by_count, key=key, domain=domain):
                    found.add((entry, plain[spans[first][0] : spans[last][1]]))
        return found


def find_matches(words, by_count, *, key, domain):
    """(entry, place of the first word, of the last) for each run of words that is listed."""
    numbers = [compute_word_hints(word, domain, key) for word in words]
    usual = [pair[0] for pair in numbers]
    # Where a conjunction is written onto the first word of a name, it is read without.
    begins = {tuple(usual), tuple(pair[1] for pair in numbers)}
    for count, shape in by_count.items():
        for steps in [range(count), (0, 2)] if count == 2 else [range(count)]:
            for first in begins:
                columns = zip(first, *(usual[step:] for step in steps[1:]), strict=False)
                for place in [place for place, run in enumerate(columns) if sum(run) & HINT_MASK in shape.hints]:
                    run = [words[place + step] for step in steps]
                    for entry in confirm_matches(run, shape, key=key, domain=domain):
                        yield entry, place, place + steps[-1]


def confirm_matches(run, shape, *, key, domain):
    for reading in product(*(get_readings(word, domain) for word in run)):
        entry = shape.entries.get(compute_keyed_hash(join_in_order(reading), key=key, domain=domain))
        if entry is not None:
            yield entry


HINT_MASK = 2**32 - 1


@lru_cache(maxsize=200_000)
def compute_word_hints(word, domain, key):
    """The keyed number of a word as it is read usually, and as it is read otherwise."""
    readings = get_readings(word, domain) or ("\0",)
    return compute_hint(readings[0], domain, key), compute_hint(readings[-1], domain, key)


def compute_hint(reading, domain, key):
    made = hashlib.blake2b(reading.encode(), key=key, digest_size=4, person=b"hint " + domain.encode())
    return int.from_bytes(made.digest(), "big")


def compute_hash_and_hint(words, domain, key):
    """(hash, hint) of a spelling, its words in one string."""
    return compute_keyed_hash(words, key=key, domain=domain), sum(
        compute_hint(word, domain, key) for word in words.split()
    ) & HINT_MASK


def build_word_streams(plain):
    """(folded words, where they stand): the words one by one, and where hyphens join two, also those joined."""
    apart, whole = [], []
    for match in CHAIN.finditer(plain):
        parts = split_chain(match)
        apart += parts
        if len(parts) == 2:
            whole.append((parts[0][0] + parts[1][0], match.span()))
        else:
            whole += parts
    for stream in [apart, whole] if len(apart) > len(whole) else [apart]:
        told = [pair for pair in stream if pair[0] not in PARTICLES]
        yield [word for word, _span in told], [span for _word, span in told]


def split_chain(match):
    """(folded word, where it stands) for each part of a chain of words."""
    if NAME_HYPHENS.isdisjoint(match[0]):
        return [(fold_word(match[0]), match.span())]
    begin = match.start()
    return [(fold_word(part[0]), (begin + part.start(), begin + part.end())) for part in PARTS.finditer(match[0])]


# --- The list ---------------------------------------------------------------------------------

_matcher_cache = {}  # one entry: what the table looked like -> the watch made of it


def get_name_matcher():
    """The `NameMatcher` over all names on the list; made anew only when the list has changed."""
    keys = get_names_keys()
    stamp = (*NameKey.objects.aggregate(Count("pk"), Max("pk"), Sum("hint")).values(), *keys)
    matcher = _matcher_cache.get(stamp)
    if matcher is None:
        matcher = NameMatcher(read_name_rows(keys))
        _matcher_cache.clear()
        _matcher_cache[stamp] = matcher
    return matcher  # not read again: another thread may have cleared it


def read_name_rows(keys, **which):
    rows = NameKey.objects.filter(name__key_id__in=list(keys), **which).values_list(
        "name__key_id", "domain", "words", "value", "hint", "name_id"
    )
    return ((keys[key_id], *rest) for key_id, *rest in rows.iterator(chunk_size=5000))


def find_listed_names(item, *, over=None):
    """[(number of the entry, its words as they stand there, `FieldText`)] for each listed name in a working copy."""
    over = get_name_matcher() if over is None else over
    if not over:
        return []
    return [(entry, words, place) for place in get_field_texts(item) for entry, words in sorted(over.found(place.text))]


def count_names_without_key():
    """How many entries were made with a key that this server no longer has: they find nothing, so nothing goes out."""
    return ListedName.objects.exclude(key_id__in=list(get_names_keys())).count()


def compute_names_digest(content, found):
    """What an allowance is bound to: the digest of the content, and which entries stand in it."""
    return compute_digest([content, sorted({entry for entry, _words, _place in found})])


MAX_SENTENCES = 5


def build_name_messages(found):
    """Why it may not be published, in the words of the text itself; nothing of the list is told."""
    told = dict.fromkeys((words, str(place.called)) for _entry, words, place in found)
    wanted = _("“%(words)s” (%(where)s) is on the list of names never to be published. Remove it, or ask somebody who "
               "can approve and never worked on this text to allow it, for exactly this wording.")  # fmt: skip
    return [wanted % {"words": words, "where": where} for words, where in islice(told, MAX_SENTENCES)]
