"""Subscribers, deliveries and wording as staff see them: how many, for what, how far; nobody's address."""

from django.contrib import admin, messages
from django.dispatch import receiver
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.chain import record
from audit.list_guards import GuardedAdmin
from newsletter.composition.admin import EditionAdmin
from newsletter.subscribers import export_admin, signup
from publishing.workflow.state_machine import TransitionRefused
from staff.dashboard import Tile, TileCount
from staff.signals import tiles_requested

from .composition import edition_transitions
from .models import Delivery, SignUp, Subscriber, Wording

STATES_NEEDING_ATTENTION = (Delivery.State.DOUBT, Delivery.State.REFUSED)

__all__ = ["DeliveryAdmin", "EditionAdmin", "SignUpAdmin", "SubscriberAdmin", "WordingAdmin"]


class ReadOnlyAdmin(GuardedAdmin):
    """Rows that come and go by what readers do themselves."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    list_display = ("number", "language", "frequency", "confirmed_on", "consent")
    list_filter = ("audience__language", "audience__frequency")
    list_select_related = ("audience",)
    date_hierarchy = "confirmed_on"
    fields = ("number", "language", "frequency", "about", "confirmed_on", "consent")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("subscriber"))
    def number(self, row):
        return row.code

    @admin.display(description=gettext_lazy("language"), ordering="audience__language")
    def language(self, row):
        return row.audience.language

    @admin.display(description=gettext_lazy("how often"), ordering="audience__frequency")
    def frequency(self, row):
        return row.audience.get_frequency_display()

    @admin.display(description=gettext_lazy("what about"))
    def about(self, row):
        return row.audience.query or _("everything")

    def get_urls(self):
        export = self.admin_site.admin_view(export_admin.export_view)
        return [path("export/", export, name="newsletter_subscriber_export"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        address = reverse("admin:newsletter_subscriber_export") if export_admin.is_export_offered(request) else ""
        return super().changelist_view(request, (extra_context or {}) | {"export": address})

    def delete_model(self, request, obj):
        self.erase(request, obj.pk)

    def delete_queryset(self, request, queryset):
        for row in queryset.values_list("pk", flat=True):
            self.erase(request, row)

    def erase(self, request, row):
        signup.unsubscribe(row)
        record("subscriber.erased", actor=request.user)

    def log_deletions(self, request, queryset):
        """The audit log tells it, without the number of the row."""


@admin.register(SignUp)
class SignUpAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "language", "is_answered")
    list_select_related = ("audience",)
    fields = list_display
    ordering = ("-asked_at",)

    def get_queryset(self, request):
        """Without those that are confirmed and kept for a second click alone."""
        return super().get_queryset(request).exclude(sealed=b"")

    @admin.display(description=gettext_lazy("language"))
    def language(self, row):
        return row.audience.language

    @admin.display(description=gettext_lazy("e-mail sent"), boolean=True)
    def is_answered(self, row):
        return row.due_at is None

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("newsletter.view_subscriber")


class NeedsAttentionFilter(admin.SimpleListFilter):
    """The two states that this list knows."""

    title = gettext_lazy("state")
    parameter_name = "state__exact"

    def lookups(self, request, model_admin):
        return [(state.value, state.label) for state in STATES_NEEDING_ATTENTION]

    def queryset(self, request, queryset):
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Only what needs a person: in doubt or refused."""

    list_display = ("edition", "reader", "state", "tries", "code")
    list_filter = (NeedsAttentionFilter,)
    linked_filters = ("edition",)
    list_select_related = ("edition", "subscriber")
    fields = list_display
    actions = ("count_as_sent", "send_again")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(state__in=STATES_NEEDING_ATTENTION)

    @admin.display(description=gettext_lazy("subscriber"))
    def reader(self, row):
        return row.subscriber.code

    def has_delete_permission(self, request, obj=None):
        return False

    def has_send_permission(self, request):
        return request.user.has_perm("newsletter.send_edition")

    @admin.action(description=gettext_lazy("In doubt: count as sent"), permissions=["send"])
    def count_as_sent(self, request, queryset):
        self.settle(request, queryset, sent=True)

    @admin.action(description=gettext_lazy("In doubt: send again (it may arrive twice)"), permissions=["send"])
    def send_again(self, request, queryset):
        self.settle(request, queryset, sent=False)

    def settle(self, request, queryset, *, sent):
        done = 0
        for delivery in queryset.in_doubt():
            try:
                edition_transitions.settle_doubtful_delivery(delivery, by=request.user, sent=sent)
                done += 1
            except TransitionRefused as refused:
                messages.error(request, str(refused))
        messages.success(request, _("%(n)d deliveries resolved.") % {"n": done})


@admin.register(Wording)
class WordingAdmin(GuardedAdmin):
    list_display = ("language", "sender", "subject")

    def has_add_permission(self, request):
        return self.may(request)

    def has_change_permission(self, request, obj=None):
        return self.may(request)

    def has_view_permission(self, request, obj=None):
        return self.may(request)

    def has_delete_permission(self, request, obj=None):
        return self.may(request)

    def may(self, request):
        """Whoever may send decides how mail names itself."""
        return request.user.has_perm("newsletter.send_edition")


@receiver(tiles_requested)
def build_sign_ups_tile(account, **kwargs):
    if not account.has_perm("newsletter.view_subscriber"):
        return None
    number = SignUp.objects.exclude(sealed=b"").count()
    counts = [TileCount(number, _("sign-ups"), reverse_changelist("signup"))]
    return Tile(_("Sign-ups awaiting confirmation"), counts, order=50)


@receiver(tiles_requested)
def build_deliveries_tile(account, **kwargs):
    if not account.has_perm("newsletter.view_delivery"):
        return None
    number = Delivery.objects.in_doubt().count()
    counts = [TileCount(number, _("deliveries"), reverse_changelist("delivery") + "?state__exact=doubt")]
    return Tile(_("Mail in doubt"), counts, order=60)


def reverse_changelist(model):
    return reverse(f"admin:newsletter_{model}_changelist")
