"""What the first page of the desk counts of publications; other rooms add theirs (`staff.signals`)."""

from django.db.models import Q
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from publishing.models import Entry
from publishing.publication import Publication, get_publication_types
from staff.dashboard import Tile, TileCount
from staff.datetime_widgets import format_desk_datetime
from staff.signals import collect_answers, tiles_requested

from .signals import waiting_counts_requested
from .translating import records


def get_counts_by_type(account, *, query, condition):
    """A `TileCount` for each type that the account may see; `condition(model)` is what is counted."""
    for model in get_publication_models():
        meta = model._meta
        if account.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
            number = model._default_manager.filter(condition(model)).count()
            yield TileCount(number, str(meta.verbose_name_plural), f"{url}?{query}")


@receiver(tiles_requested)
def build_review_tile(account, **kwargs):
    def condition(model):
        return Q(status=Publication.Status.IN_REVIEW)

    found = [*get_counts_by_type(account, query="status__exact=in_review", condition=condition)]
    found += collect_answers(waiting_counts_requested, account=account)
    return Tile(_("Waiting for review"), found, order=10)


@receiver(tiles_requested)
def build_untranslated_tile(account, **kwargs):
    """Of the languages that the account may write in: what is missing or out of date, on the board."""
    seen = [model for model in get_publication_models() if records.can_view_model(account, model)]
    writes = {model: codes for model, codes in records.get_writable_languages_by_model(account, seen).items() if codes}
    board = reverse("admin:desk_translation_changelist")
    found = []
    for model, codes in writes.items():
        due = Q(status=Publication.Status.PUBLISHED) & records.build_state_condition(model, codes, state="due")
        number = model._default_manager.filter(due).count()
        address = f"{board}?type={model.TYPE}&status=published&state=due"
        found.append(TileCount(number, str(model._meta.verbose_name_plural), address))
    return Tile(_("Published, translation missing or out of date"), found, order=20) if found else None


def get_publication_models():
    return sorted(get_publication_types().values(), key=lambda model: model._meta.verbose_name_plural)


@receiver(tiles_requested)
def build_scheduled_tile(account, **kwargs):
    def condition(model):
        return Q(uid__in=Entry.objects.filter(visible_from__gt=timezone.now()).values("uid"))

    counts = list(get_counts_by_type(account, query="standing=scheduled", condition=condition))
    return Tile(_("Scheduled"), counts, order=30)


@receiver(tiles_requested)
def build_alerts_tile(account, **kwargs):
    model = get_publication_types().get("alert")
    if not model or not account.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
        return None
    now = Entry.objects.public().filter(type="alert")
    last = now.order_by("-visible_until").values_list("visible_until", flat=True).first()
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + "?standing=public"
    note = _("the last until %s") % format_desk_datetime(last) if last else ""
    number = now.values("uid").distinct().count()
    counts = [TileCount(number, str(model._meta.verbose_name_plural), url, note)]
    return Tile(_("Alerts showing now"), counts, order=40)
