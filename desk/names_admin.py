"""The desk of the names never to be published: added, counted, removed, and never shown again.

Not here: how a name is kept and found (`publishing/screening/names.py`).
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from audit.chain import AuditRecord, record_all
from audit.list_guards import GuardedAdmin
from publishing.models import ListedName
from publishing.screening import names
from publishing.text.cleaning import clean_line
from staff.datetime_widgets import format_desk_datetime

WIDE_INPUT_CLASS = "vTextField"


class ListedNameForm(forms.ModelForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto", "class": WIDE_INPUT_CLASS}
        ),
        help_text=gettext_lazy(
            "As complete as you know it, in any script: “Anna Kavalenka”. Other spellings, grammatical forms and "
            "scripts of it are found too. The name itself is not stored: nobody can read it here again, not even you."
        ),
    )
    short = False

    class Meta:
        model = ListedName
        fields = ["note"]

    def clean(self):
        """A name that could not be found again is refused now, not when it is written."""
        data = super().clean()
        name = clean_line(data.get("name", ""))
        if name:
            try:
                _key, rows = names.build_name_hashes(name, note=data.get("note", ""))
            except ValidationError as error:
                self.add_error(None if hasattr(error, "error_dict") else "name", error)
            else:
                self.short = all(domain == names.EXACT for domain, *_rest in rows)
        return data


@admin.register(ListedName)
class ListedNameAdmin(GuardedAdmin):
    form = ListedNameForm
    list_display = ["__str__", "added", "by", "note"]
    ordering = ["-pk"]
    list_per_page = 50
    search_fields = ["note", "by"]

    def get_fields(self, request, obj=None):
        return ["added", "by", "note"] if obj else ["name", "note"]

    def get_readonly_fields(self, request, obj=None):
        return ["added", "by"] if obj else []

    @admin.display(description=gettext_lazy("added"), ordering="at")
    def added(self, entry):
        return format_desk_datetime(entry.at)

    def has_change_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        entry = names.add_listed_name(clean_line(form.cleaned_data["name"]), by=request.user, note=obj.note)
        obj.pk, obj.at, obj.by = entry.pk, entry.at, entry.by
        record_all([AuditRecord("names.added", request.user, f"name:{entry.pk}")])
        self.add_found_messages(request, entry.found)
        if form.short:
            messages.warning(request, _("The name is short, so it is found only as it was written, in any case. "
                                        "Add the full name, or each spelling."))  # fmt: skip

    def add_found_messages(self, request, found):
        """What of that which was released before stands under the name: to be decided on by somebody."""
        told = {
            True: _("The name stands in what was scheduled, so these schedules are cancelled: %s."),
            False: _("The name stands in what is public. Decide whether to withdraw these, or to change them: %s."),
        }
        for is_held, sentence in told.items():
            if items := [f"“{item}”" for item, held in found if held == is_held]:
                messages.warning(request, sentence % pgettext("between names", ", ").join(items))

    def delete_model(self, request, obj):
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request, queryset):
        record_all([AuditRecord("names.removed", request.user, f"name:{entry.pk}") for entry in queryset])
        for entry in queryset:
            entry.delete()

    def get_deleted_objects(self, objs, request):
        """The entries alone: the hashes that hang on them say nothing to anybody."""
        return [str(entry) for entry in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []

    def changelist_view(self, request, extra_context=None):
        if lost := names.count_names_without_key():
            told = ngettext_lazy(
                "%(count)d entry was made with another server key and finds nothing: add that name again.",
                "%(count)d entries were made with another server key and find nothing: add those names again.",
                "count",
            )
            messages.warning(request, told % {"count": lost})
        return super().changelist_view(request, {"title": capfirst(self.opts.verbose_name_plural)})

    def log_addition(self, request, obj, message):
        """The audit log tells it."""

    def log_deletions(self, request, queryset):
        """The audit log tells it."""
