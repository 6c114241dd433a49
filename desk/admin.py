"""The editing desk that every type of publication shares: lists, form and saving.

Not here: the pages beside the form (`item_pages.py` says how they are composed), what lists show (`lists.py`), what a
form takes (`item_form/forms.py`), tabs of languages (`translated_admin.py`).
"""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.item_form import copying
from desk.item_form.forms import PublicationForm
from desk.reviewing.link_pages import Review
from desk.transitions.acknowledgements import acknowledge_findings, add_findings_to_form
from desk.transitions.buttons import BUTTONS
from desk.transitions.list_actions import ListActions
from desk.transitions.pages import Transitions
from desk.transitions.takedown_pages import Takedown
from desk.translating.side_by_side import Translate
from desk.versions.pages import History, Releases
from publishing.media import files
from publishing.screening.findings import get_open_findings
from publishing.translations import get_ordered_languages
from publishing.workflow.approvals import compute_approval_digest
from publishing.workflow.transitions import reopen

from . import lists, publication_status
from .item_pages import ComposedAdmin
from .preview_pages import Preview
from .translated_admin import TranslatedFieldsAdmin
from .translating import records


class PublicationAdmin(ComposedAdmin, TranslatedFieldsAdmin):
    """`buttons` are the transitions that this type knows, by name."""

    pages = [Takedown, Releases, History, Translate, Review, Preview, Transitions, ListActions]
    buttons = BUTTONS
    form = PublicationForm
    change_form_template = "admin/desk/publication_form.html"
    list_filter = ["status", lists.VisibilityFilter, lists.MissingLanguageFilter]
    list_select_related = ["edited_by"]
    show_full_result_count = False
    # Fields that are no attributes to show to a reader.
    form_only = ("new_picture", "black_boxes", "cut_out", "keep_in_view", "remove_picture", "tags")

    # --- Lists -------------------------------------------------------------------------------------

    def get_changelist(self, request, **kwargs):
        return lists.DeskChangeList

    def get_actions(self, request):
        return super().get_actions(request) | self.get_page(ListActions).get_actions(request)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def badge(self, item):
        return lists.render_status_badge(item, item.visibility)

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, item):
        return lists.render_languages(item)

    @admin.display(description=gettext_lazy("date"), ordering="date")
    def day(self, item):
        return item.date_as_known

    # --- The form ----------------------------------------------------------------------------------

    def get_changeform_initial_data(self, request):
        """A copy of the item that the address names; else a new item belongs where its author worked last."""
        if original := copying.find_item_to_copy(self, request):
            copying.add_copy_message(request, original)
            return copying.build_initial_data(original, self.get_form(request))
        last = self.model._default_manager.filter(edited_by=request.user).order_by("-modified").first()
        place = {"situation": getattr(last, "situation_id", None)} if last else {}
        return place | super().get_changeform_initial_data(request)

    def get_fieldsets(self, request, obj=None):
        sections = super().get_fieldsets(request, obj)
        if obj and not self.has_change_permission(request, obj):
            for _heading, options in sections:
                options["fields"] = [name for name in options["fields"] if name not in self.form_only]
        return sections

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes past the workflow."""
        return False

    @admin.display(description=gettext_lazy("picture"))
    def picture_shown(self, item):
        if not item.picture:
            return _("none")
        smallest = min(item.picture["renditions"], key=lambda rendition: rendition["size"])
        address = self.url("file", item.pk, smallest["name"])
        return format_html('<img class="thumbnail" src="{}" alt="">', address)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        form = context["adminform"].form
        if request.method == "POST":
            self.discard_uploads(form, context["inline_admin_formsets"])
        # As it is in the database: a form that was refused has changed the item on its way.
        stored = obj and self.model._default_manager.get(pk=obj.pk)
        if obj:
            add_findings_to_form(form)
        if stored:
            context |= self.get_form_context(request, stored)
        else:
            context |= self.get_page(Transitions).on_new_form(request)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def discard_uploads(self, form, formsets):
        """Files that were drawn for a form which could not be saved would belong to nothing."""
        inline = [one for formset in formsets for one in formset.formset.forms]
        for one in [form, *inline]:
            files.delete_files(getattr(one, "new_files", list)())

    def get_form_context(self, request, item):
        """What stands above and below the fields of an item that exists."""
        return {
            "badge": lists.render_status_badge(item, lists.get_visibilities([item.uid])[item.uid]),
            "public_at": publication_status.get_public_path(item),
            "reminders": item.reminders(),
            "found": get_open_findings(item) if self.has_change_permission(request, item) else [],
            "copy_at": copying.build_copy_url(self) + str(item.pk) if self.has_add_permission(request) else "",
            **self.collect(lambda page: page.on_form(request, item)),
        }

    def history_view(self, request, object_id, extra_context=None):
        return self.get_page(History).history_view(request, object_id)

    # --- Saving ------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        """Remembers what was judged before, and saves what differs: an idle press makes nobody an author."""
        current = form.current
        judged = current and current.status in {obj.Status.IN_REVIEW, obj.Status.APPROVED}
        form.approval_digest = compute_approval_digest(current) if judged else None
        obj.was_saved = False
        if form.has_differences():
            self.write_row(request, obj, form)

    def write_row(self, request, obj, form):
        """Writes the row. What is not on the form stays as the database has it: it may have moved meanwhile."""
        for field in [field for field in obj._meta.concrete_fields if form.current and not field.editable]:
            setattr(obj, field.attname, getattr(form.current, field.attname))
        form.assign_files(obj)
        obj.version += 1
        obj.edited_by = request.user
        obj._change_reason = form.reason()
        obj.save()
        records.record_translations(form.current, obj, by=request.user)
        obj.was_saved = True

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        obj = form.instance
        form.save_relations()
        if not obj.was_saved and any(formset.has_changed() for formset in formsets):
            # What was saved beside it may have moved it, as a consent does that was narrowed.
            form.current = self.model._default_manager.get(pk=obj.pk)
            self.write_row(request, obj, form)
        if form.approval_digest:
            fresh = self.model._default_manager.get(pk=obj.pk)
            if compute_approval_digest(fresh) != form.approval_digest:
                reopen(fresh, by=request.user)
                messages.warning(request, _("You changed it, so it is a draft again. Submit it for review again."))
        acknowledge_findings(obj, request.POST, by=request.user)
        for one in [form, *(one for formset in formsets for one in formset.forms)]:
            for sentence in getattr(one, "sentences", list)():
                messages.info(request, sentence)

    def log_addition(self, request, obj, message):
        """The history and the audit log tell it; Django's log would keep the title of what was purged."""

    def log_change(self, request, obj, message):
        """As `log_addition`."""

    # --- After saving ------------------------------------------------------------------------------

    def changeform_view(self, request, *args, **kwargs):
        """What the pressed button asks for is done after the save, in a transaction of its own, which takes its locks
        in its own order."""
        response = super().changeform_view(request, *args, **kwargs)
        saved = getattr(request, "saved_item", None)
        return self.redirect_after_save(request, saved) if saved else response

    def response_add(self, request, obj, post_url_continue=None):
        return super().response_add(request, obj) if "_popup" in request.POST else self.respond_later(request, obj)

    def response_change(self, request, obj):
        return super().response_change(request, obj) if "_popup" in request.POST else self.respond_later(request, obj)

    def respond_later(self, request, obj):
        request.saved_item = obj
        return HttpResponseRedirect(self.url("change", obj.pk))

    def redirect_after_save(self, request, obj):
        """From a saved form to what the pressed button asks for."""
        item, transitions = self.model._default_manager.get(pk=obj.pk), self.get_page(Transitions)
        if button := transitions.find_pressed(request):
            return transitions.perform_or_ask(request, item, button)
        self.add_saved_message(request, obj, item)
        if "_preview" in request.POST:
            return HttpResponseRedirect(self.url("preview", item.pk, get_ordered_languages(item)[0]))
        return HttpResponseRedirect(self.url("change", item.pk))

    def add_saved_message(self, request, obj, item):
        if not obj.was_saved:
            messages.info(request, _("Nothing was changed, so nothing was saved."))
        elif publication_status.get_last_release(item):
            messages.success(request, _("Saved. Readers see the earlier version until you publish again."))
        else:
            messages.success(request, _("Saved. Only staff can see it."))
