"""What the first page of the desk counts of publications; other rooms add theirs (`staff.tiles`)."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from publishing.models import Entry
from publishing.publication import Publication
from publishing.translations import lacking_any
from publishing.workflow import types
from staff.moments import clock
from staff.tiles import Count, Tile, tile


def counts(account, *, query, condition):
    """A `Count` for each type that the account may see; `condition(model)` is what is counted."""
    for model in sorted(types().values(), key=lambda model: model._meta.verbose_name_plural):
        meta = model._meta
        if account.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
            number = model._default_manager.filter(condition(model)).count()
            yield Count(number, str(meta.verbose_name_plural), f"{url}?{query}")


@tile(order=10)
def waiting(account):
    def condition(model):
        return Q(status=Publication.Status.IN_REVIEW)

    return Tile(_("Waiting for review"), list(counts(account, query="status__exact=in_review", condition=condition)))


@tile(order=20)
def untranslated(account):
    def condition(model):
        return Q(status=Publication.Status.PUBLISHED) & lacking_any(model)

    found = counts(account, query="status__exact=published&missing=any", condition=condition)
    return Tile(_("Published, not in every language"), list(found))


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
