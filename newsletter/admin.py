"""The list of subscribers as staff see it: how many, for what; nobody's address."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import signup
from .models import SignUp, Subscriber


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that come and go by what readers do themselves."""

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
    show_full_result_count = False

    @admin.display(description=_("subscriber"))
    def number(self, row):
        """Enough to tell rows apart on one page; not the number that links are made from."""
        return row.fingerprint[:8]

    @admin.display(description=_("language"), ordering="audience__language")
    def language(self, row):
        return row.audience.language

    @admin.display(description=_("how often"), ordering="audience__frequency")
    def frequency(self, row):
        return row.audience.get_frequency_display()

    @admin.display(description=_("what about"))
    def about(self, row):
        return row.audience.query or _("everything")

    def delete_model(self, request, obj):
        signup.unsubscribe(obj.pk)

    def delete_queryset(self, request, queryset):
        for row in queryset.values_list("pk", flat=True):
            signup.unsubscribe(row)


@admin.register(SignUp)
class SignUpAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "language", "is_answered")
    list_select_related = ("audience",)
    fields = list_display
    ordering = ("-asked_at",)

    @admin.display(description=_("language"))
    def language(self, row):
        return row.audience.language

    @admin.display(description=_("mail went out"), boolean=True)
    def is_answered(self, row):
        return row.due_at is None

    def has_delete_permission(self, request, obj=None):
        return False
