"""This module knows from which words each translation was made, and who checked it: the desk's memory of translations.

A translation that nobody saved at the desk, such as an imported one, is not remembered and counts as a draft.
Not here: what a state is (`publishing/translations.py`), the pages (`side_by_side.py`, `board.py`).
"""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext as _

from desk.models import Translation
from publishing import translations
from publishing.batches import QUERY_PARAMETERS, in_batches
from publishing.item_log import record_item_event
from publishing.publication import Publication
from publishing.signals import related_data_requested
from publishing.translations import (
    build_given_q,
    build_untranslated_q,
    compute_source_digest,
    compute_texts_digest,
    get_source_language,
    get_title_field,
)
from publishing.workflow.state_machine import TransitionRefused
from staff.models import Account
from staff.roles import get_translator_languages

UPDATED_FIELDS = ["source", "words", "checked", "stale", "at", "by", "checked_by"]


@receiver(related_data_requested)
def get_translation_records(item, **kwargs):
    return Translation.objects.filter(uid=item.uid)


# --- Who may write what -----------------------------------------------------------------------


def get_visible_languages(account, model):
    """The languages of the site whose words an account is shown, or None for all: a translator is bound to its own."""
    return (
        get_translator_languages(account) if account.has_perm(build_permission_name("translate", model._meta)) else None
    )


def is_language_visible(account, item, code):
    """Whether an account is shown the words of an item in this language: of a translator's, and as it was given."""
    seen = get_visible_languages(account, type(item))
    return seen is None or code in {*seen, get_source_language(item), getattr(item, "language", "")}


def get_hidden_columns(account, item):
    """The columns of the languages that an account is not shown."""
    columns = translations.get_translated_fields(type(item)).values()
    hidden = [code for code in settings.SHIPPED_LANGUAGES if not is_language_visible(account, item, code)]
    return {named[code] for named in columns for code in hidden}


def get_writable_languages(account, model):
    """The languages of the site that an account may write in items of this type."""
    return get_writable_languages_by_model(account, [model])[model]


def get_writable_languages_by_model(account, models):
    """Model -> the languages of the site that an account may write in its items. At most one query for all."""
    site = [code for code, _label in settings.LANGUAGES]
    rights = {model: get_write_permission(account, model) for model in models}
    own = get_translator_languages(account) if "translate" in rights.values() else None
    bound = site if own is None else [code for code in site if code in own]
    return {model: {"change": site, "translate": bound, "": []}[right] for model, right in rights.items()}


def can_view_model(account, model):
    return account.has_perm(build_permission_name("view", model._meta))


def can_translate_model(account, model):
    """Whether there is any language that the account might write in; which ones is another question."""
    return can_view_model(account, model) and bool(get_write_permission(account, model))


def get_write_permission(account, model):
    meta = model._meta
    rights = [right for right in ("change", "translate") if account.has_perm(build_permission_name(right, meta))]
    return rights[0] if rights else ""


def build_permission_name(right, meta):
    return f"{meta.app_label}.{right}_{meta.model_name}"


# --- Where a translation is -------------------------------------------------------------------


def get_translations_by_item(items):
    """uid -> {language: `Translation`}, in one query."""
    found = {item.uid: {} for item in items}
    for row in Translation.objects.filter(uid__in=found).select_related("by", "checked_by"):
        found[row.uid][row.language] = row
    return found


def get_translation_states(item):
    """Language of the site -> its state, as `compute_translation_states` with what is remembered."""
    if not isinstance(item, Publication):
        return translations.compute_translation_states(item)
    return translations.compute_translation_states(item, get_translations_by_item([item])[item.uid])


def build_state_condition(model, codes, *, state):
    """A condition: one of these languages is in this state, as far as the memory knows."""
    conditions = {
        "due": lambda code: build_untranslated_q(model, code) | build_record_condition(code, stale=True),
        "missing": lambda code: build_untranslated_q(model, code),
        "stale": lambda code: build_record_condition(code, stale=True),
        "checked": lambda code: build_record_condition(code, stale=False, checked=True),
        "draft": lambda code: build_draft_condition(model, code),
    }
    return combine_conditions(conditions[state](code) for code in codes)


def build_draft_condition(model, code):
    written = ~Q(**{f"{get_title_field(model)}_{code}": ""}) & ~Q(**{f"{get_title_field(model)}_{code}__isnull": True})
    other = build_record_condition(code, stale=True) | build_record_condition(code, checked=True)
    return written & ~build_given_q(model, code) & ~other


def build_record_condition(code, **facts):
    return Q(uid__in=Translation.objects.filter(language=code, **facts).values("uid"))


def combine_conditions(conditions):
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found


# --- The memory -------------------------------------------------------------------------------


def record_translations(before, after, *, by):
    """Notes what a save did to each translation; `before` is the row as it was, None for a new item."""
    bulk_record_translations([(before, after)], by=by)


@transaction.atomic
def bulk_record_translations(pairs, *, by):
    """The same for many saves, a few queries a batch."""
    for batch in in_batches(pairs):
        rows = get_translations_by_item([after for _before, after in batch])
        keep, forget = [], []
        for before, after in batch:
            for code in settings.SHIPPED_LANGUAGES:
                row = rows[after.uid].get(code)
                settled = compute_translation_record(row, before, after, code=code, by=by)
                if settled:
                    keep.append(settled)
                elif row:
                    forget.append(row.pk)
        upsert_translations(keep)
        if forget:
            Translation.objects.filter(pk__in=forget).delete()


def compute_translation_record(row, before, after, *, code, by):
    """The row as it has to be after a save, or None where there is nothing to remember."""
    if code == get_source_language(after) or not getattr(after, f"{get_title_field(type(after))}_{code}"):
        return None
    words, source = compute_texts_digest(after, code), compute_source_digest(after, code)
    if before is None or compute_texts_digest(before, code) != words:
        return Translation(uid=after.uid, language=code, source=source, words=words, by=by)
    if row is None:
        # Never saved at the desk: it was made from the words that stood there until now.
        row = Translation(uid=after.uid, language=code, source=compute_source_digest(before, code), words=words)
    row.stale = row.source != source
    return row if row.pk or row.stale else None


def upsert_translations(rows):
    for row in rows:
        row.pk = None  # the language of an item names the row
    Translation.objects.bulk_create(
        rows,
        batch_size=QUERY_PARAMETERS,
        update_conflicts=True,
        unique_fields=["uid", "language"],
        update_fields=UPDATED_FIELDS,
    )


@transaction.atomic
def mark_translation_checked(item, *, language, by):
    """Binds “checked” to exactly these words and exactly the words they were made from. Raises `TransitionRefused`."""
    state = translations.compute_translation_state(item, language)
    if state in {"missing", "original"}:
        raise TransitionRefused(_("There is nothing to check: write the title in this language first."))
    source, words = compute_source_digest(item, language), compute_texts_digest(item, language)
    known = Translation.objects.filter(uid=item.uid, language=language, words=words).first()
    row = Translation(uid=item.uid, language=language, source=source, words=words, checked=True, checked_by=by)
    row.by_id = known and known.by_id
    upsert_translations([row])
    record_item_event("checked", item, by=by, language=language)


def describe_contributors(row, state):
    """Sentences on who wrote and who checked a translation that is in this state, as far as it is known."""
    if row is None or state in {"missing", "original"}:
        return []
    written = [_("Written by %(who)s.") % {"who": row.by}] if row.by else []
    checked = state == "checked" and row.checked_by
    return [*written, _("Checked by %(who)s.") % {"who": row.checked_by}] if checked else written


def get_other_translators(language, *, but):
    """The translators of a language besides this account."""
    accounts = Account.objects.filter(is_active=True, groups__name="translator").exclude(pk=but.pk)
    return [account for account in accounts.order_by("username") if language in account.languages]


def record_external_translation(item, *, language, source, by):
    """Notes that a translation was made elsewhere, from the source with this digest, which may be an earlier one."""
    stale = source != compute_source_digest(item, language)
    words = compute_texts_digest(item, language)
    upsert_translations([Translation(uid=item.uid, language=language, source=source, words=words, stale=stale, by=by)])


def find_source_version(item, *, language, row):
    """The newest save from whose words the translation was made, if the history still has it near its end."""
    saves = item.history.order_by("-history_date", "-history_id")[:50]
    return next((save for save in saves if compute_source_digest(save, language) == row.source), None)
