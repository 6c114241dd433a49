"""This module knows from which words each translation was made, and who checked it: the desk's memory of translations.

A translation that nobody saved at the desk, such as an imported one, is not remembered and counts as a draft.
Not here: what a state is (`publishing/translations.py`), the pages (`side_by_side.py`, `board.py`).
"""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from desk.models import Translation
from publishing import translations
from publishing.publication import Publication
from publishing.purge import keeps
from publishing.translations import lacking, source_digest, source_language, title_field, words_digest
from publishing.workflow import transitions
from staff.models import Account
from staff.roles import translator_languages

REMEMBERED = ["source", "words", "checked", "stale", "at", "by", "checked_by"]
BATCH = 500


@keeps
def remembered(item):
    return Translation.objects.filter(uid=item.uid)


# --- Who may write what -----------------------------------------------------------------------


def languages_seen(account, model):
    """The languages of the site whose words an account is shown, or None for all: a translator is bound to its own."""
    return translator_languages(account) if account.has_perm(right_named("translate", model._meta)) else None


def is_shown(account, item, code):
    """Whether an account is shown the words of an item in this language: of a translator's, and as it was given."""
    seen = languages_seen(account, type(item))
    return seen is None or code in {*seen, source_language(item), getattr(item, "language", "")}


def hidden_columns(account, item):
    """The columns of the languages that an account is not shown."""
    columns = translations.translated_fields(type(item)).values()
    hidden = [code for code in settings.SHIPPED_LANGUAGES if not is_shown(account, item, code)]
    return {named[code] for named in columns for code in hidden}


def languages_for(account, model):
    """The languages of the site that an account may write in items of this type."""
    return writable(account, [model])[model]


def writable(account, models):
    """Model -> the languages of the site that an account may write in its items. At most one query for all."""
    site = [code for code, _label in settings.LANGUAGES]
    rights = {model: right_to_write(account, model) for model in models}
    own = translator_languages(account) if "translate" in rights.values() else None
    bound = site if own is None else [code for code in site if code in own]
    return {model: {"change": site, "translate": bound, "": []}[right] for model, right in rights.items()}


def may_see(account, model):
    return account.has_perm(right_named("view", model._meta))


def may_translate(account, model):
    """Whether there is any language that the account might write in; which ones is another question."""
    return may_see(account, model) and bool(right_to_write(account, model))


def right_to_write(account, model):
    meta = model._meta
    rights = [right for right in ("change", "translate") if account.has_perm(right_named(right, meta))]
    return rights[0] if rights else ""


def right_named(right, meta):
    return f"{meta.app_label}.{right}_{meta.model_name}"


# --- Where a translation is -------------------------------------------------------------------


def known(items):
    """uid -> {language: `Translation`}, in one query."""
    found = {item.uid: {} for item in items}
    for row in Translation.objects.filter(uid__in=found).select_related("by", "checked_by"):
        found[row.uid][row.language] = row
    return found


def states(item):
    """Language of the site -> its state, as `publishing.translations.states` with what is remembered."""
    if not isinstance(item, Publication):
        return translations.states(item)
    return translations.states(item, known([item])[item.uid])


def in_state(model, codes, *, state):
    """A condition: one of these languages is in this state, as far as the memory knows."""
    conditions = {
        "due": lambda code: lacking(model, code) | remembers(code, stale=True),
        "missing": lambda code: lacking(model, code),
        "stale": lambda code: remembers(code, stale=True),
        "checked": lambda code: remembers(code, stale=False, checked=True),
        "draft": lambda code: draft(model, code),
    }
    return any_of(conditions[state](code) for code in codes)


def draft(model, code):
    written = ~Q(**{f"{title_field(model)}_{code}": ""}) & ~Q(**{f"{title_field(model)}_{code}__isnull": True})
    given = "original_language" if translations.has_field(model, "original_language") else "language"
    other = remembers(code, stale=True) | remembers(code, checked=True)
    return written & ~Q(**{given: code}) & ~other


def remembers(code, **facts):
    return Q(uid__in=Translation.objects.filter(language=code, **facts).values("uid"))


def any_of(conditions):
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


# --- The memory -------------------------------------------------------------------------------


def remember(before, after, *, by):
    """Notes what a save did to each translation; `before` is the row as it was, None for a new item."""
    remember_all([(before, after)], by=by)


@transaction.atomic
def remember_all(pairs, *, by):
    """The same for many saves: a few queries for each 500."""
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        rows = known([after for _before, after in batch])
        keep, forget = [], []
        for before, after in batch:
            for code in settings.SHIPPED_LANGUAGES:
                row = rows[after.uid].get(code)
                settled = settle(row, before, after, code=code, by=by)
                if settled:
                    keep.append(settled)
                elif row:
                    forget.append(row.pk)
        write(keep)
        if forget:
            Translation.objects.filter(pk__in=forget).delete()


def settle(row, before, after, *, code, by):
    """The row as it has to be after a save, or None where there is nothing to remember."""
    if code == source_language(after) or not getattr(after, f"{title_field(type(after))}_{code}"):
        return None
    words, source = words_digest(after, code), source_digest(after, code)
    if before is None or words_digest(before, code) != words:
        return Translation(uid=after.uid, language=code, source=source, words=words, by=by)
    if row is None:
        # Never saved at the desk: it was made from the words that stood there until now.
        row = Translation(uid=after.uid, language=code, source=source_digest(before, code), words=words)
    row.stale = row.source != source
    return row if row.pk or row.stale else None


def write(rows):
    for row in rows:
        row.pk = None  # the language of an item names the row
    Translation.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["uid", "language"],
        update_fields=REMEMBERED,
    )


@transaction.atomic
def check(item, *, language, by):
    """Binds “checked” to exactly these words and exactly the words they were made from. Raises `Refused`."""
    state = translations.state(item, language)
    if state in {"missing", "original"}:
        raise transitions.Refused(_("There is nothing to check: write the title in this language first."))
    source, words = source_digest(item, language), words_digest(item, language)
    known = Translation.objects.filter(uid=item.uid, language=language, words=words).first()
    row = Translation(uid=item.uid, language=language, source=source, words=words, checked=True, checked_by=by)
    row.by_id = known and known.by_id
    write([row])
    transitions.note("checked", item, by=by, language=language)


def people(row, state):
    """Sentences on who wrote and who checked a translation that is in this state, as far as it is known."""
    if row is None or state in {"missing", "original"}:
        return []
    written = [_("Written by %(who)s.") % {"who": row.by}] if row.by else []
    checked = state == "checked" and row.checked_by
    return [*written, _("Checked by %(who)s.") % {"who": row.checked_by}] if checked else written


def others_who_translate(language, *, but):
    """The translators of a language besides this account."""
    accounts = Account.objects.filter(is_active=True, groups__name="translator").exclude(pk=but.pk)
    return [account for account in accounts.order_by("username") if language in account.languages]


def made_from(item, *, language, source, by):
    """Notes that a translation was made elsewhere, from the source with this digest, which may be an earlier one."""
    stale = source != source_digest(item, language)
    words = words_digest(item, language)
    write([Translation(uid=item.uid, language=language, source=source, words=words, stale=stale, by=by)])


def at_that_time(item, *, language, row):
    """The newest save from whose words the translation was made, if the history still has it near its end."""
    saves = item.history.order_by("-history_date", "-history_id")[:50]
    return next((save for save in saves if source_digest(save, language) == row.source), None)
