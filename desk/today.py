"""What the first page of the desk counts of publications; other rooms add theirs (`staff.dashboard`)."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.translating import memory
from publishing.models import Entry
from publishing.publication import Publication
from publishing.workflow.transitions import types
from staff.dashboard import Count, Tile, tile
from staff.datetime_widgets import clock


def counts(account, *, query, condition):
    """A `Count` for each type that the account may see; `condition(model)` is what is counted."""
    for model in publications():
        meta = model._meta
        if account.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
            number = model._default_manager.filter(condition(model)).count()
            yield Count(number, str(meta.verbose_name_plural), f"{url}?{query}")


ALSO_WAITING = []


def also_waiting(function):
    """Registers a function of one account that returns a `Count` for the first tile, or None."""
    ALSO_WAITING.append(function)
    return function


@tile(order=10)
def waiting(account):
    def condition(model):
        return Q(status=Publication.Status.IN_REVIEW)

    found = [*counts(account, query="status__exact=in_review", condition=condition)]
    return Tile(_("Waiting for review"), found + [count for one in ALSO_WAITING if (count := one(account))])


@tile(order=20)
def untranslated(account):
    """Of the languages that the account may write in: what is missing or out of date, on the board."""
    seen = [model for model in publications() if memory.may_see(account, model)]
    writes = {model: codes for model, codes in memory.writable(account, seen).items() if codes}
    board = reverse("admin:desk_translation_changelist")
    found = []
    for model, codes in writes.items():
        due = Q(status=Publication.Status.PUBLISHED) & memory.in_state(model, codes, state="due")
        number = model._default_manager.filter(due).count()
        address = f"{board}?type={model.TYPE}&status=published&state=due"
        found.append(Count(number, str(model._meta.verbose_name_plural), address))
    return Tile(_("Published, translation missing or out of date"), found) if found else None


def publications():
    return sorted(types().values(), key=lambda model: model._meta.verbose_name_plural)


@tile(order=30)
def scheduled(account):
    def condition(model):
        return Q(uid__in=Entry.objects.filter(visible_from__gt=timezone.now()).values("uid"))

    return Tile(_("Scheduled"), list(counts(account, query="standing=scheduled", condition=condition)))


@tile(order=40)
def alerts(account):
    model = types().get("alert")
    if not model or not account.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
        return None
    now = Entry.objects.public().filter(type="alert")
    last = now.order_by("-visible_until").values_list("visible_until", flat=True).first()
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") + "?standing=public"
    note = _("the last until %s") % clock(last) if last else ""
    number = now.values("uid").distinct().count()
    return Tile(_("Alerts showing now"), [Count(number, str(model._meta.verbose_name_plural), url, note)])
