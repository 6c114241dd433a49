"""The editing desk that every type of publication shares: lists, form, saving, and a page for each deed.

Not here: what may be done to an item (`workflow.py`, put into words by `deeds.py`), what lists show
(`lists.py`), what a form takes (`forms.py`), how the public page is drawn before it is public (`preview.py`).
"""

from csp.decorators import csp_update
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.forms.widgets import Script
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Media

from . import deeds, files, history, lists, preview, workflow
from .deeds import DEEDS
from .editor import STYLE, RichTextWidget
from .forms import PublicationForm
from .models import Release
from .text import LinesField, RichField
from .translations import STATES, native, ordered, states, translated_fields

WORDS = "words"  # in `sections`: here stand the languages, one tab each


class PlainFields:
    """Fields that work without scripts: the browser's own day and time, boxes to tick, one button to add."""

    formfield_overrides = {
        RichField: {"widget": RichTextWidget},
        LinesField: {"widget": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})},
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
        models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": deeds.moment_widget},
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple(attrs={"class": "checkboxes"})},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_view_related = False
        return field


class WordsAdmin(PlainFields, admin.ModelAdmin):
    """An admin whose translated fields stand in one tab a language.

    `sections` is a list of (heading, fields) and, once, WORDS; `words` names the translated fields in
    the order in which they are written, all of them by default.
    """

    change_form_template = "admin/publishing/words_form.html"
    sections = [WORDS]
    words = ()
    list_per_page = 50
    view_on_site = False

    class Media:
        js = [Script("publishing/tabs.js", defer=True)]

    def get_fieldsets(self, request, obj=None):
        sections = []
        for section in self.sections:
            sections += self.language_sections(obj) if section == WORDS else [(section[0], {"fields": section[1]})]
        return sections

    def language_sections(self, obj):
        columns = translated_fields(self.model)
        known = states(obj) if obj and obj.pk else {}
        for code in ordered(obj):
            fields = [columns[name][code] for name in self.words or columns]
            yield language_heading(code, known.get(code)), {"fields": fields, "classes": ["language"]}

    def get_search_results(self, request, queryset, search_term):
        """Finds words whatever their case; SQLite alone would tell “Минск” from “минск”."""
        for word in search_term.replace("\0", " ").split():
            forms_of = {word, word.lower(), word.upper(), word.capitalize()}
            lookups = [(f"{name}__icontains", form) for name in self.get_search_fields(request) for form in forms_of]
            queryset = queryset.filter(Q.create(lookups, connector=Q.OR))
        return queryset, False

    @method_decorator(csp_update({"style-src": [STYLE]}))
    def changeform_view(self, request, *args, **kwargs):
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(self, request, context, *args, **kwargs):
        context["media"] = Media.from_media(context["media"], nonce=str(request.csp_nonce))
        return super().render_change_form(request, context, *args, **kwargs)


def language_heading(code, state):
    word = format_html(' <span class="state {}">{}</span>', state, STATES[state]) if state else ""
    return format_html('<span lang="{}">{}</span>{}', code, native(code), word)


class DeedPages:
    """The half of an admin that lets people do what `deeds.py` offers, one item at a time or many."""

    actions = ["submit_all", "publish_all", "withdraw_all"]

    def get_urls(self):
        mine = [("preview/<str:language>", self.preview_view, {}), ("file/<str:name>", self.file_view, {})]
        mine += [(name, self.deed_view, {"name": name}) for name in DEEDS]
        return [
            path(
                f"<int:pk>/{tail}/",
                self.admin_site.admin_view(view),
                options,
                name=self.url_name(tail.partition("/")[0]),
            )
            for tail, view, options in mine
        ] + super().get_urls()

    def url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def url(self, page, *args):
        return reverse(f"{self.admin_site.name}:{self.url_name(page)}", args=args)

    def fetch(self, request, pk, *, queryset=None):
        item = get_object_or_404(queryset or self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        return item

    # --- One item ----------------------------------------------------------------------------------

    @transaction.atomic
    def deed_view(self, request, pk, name):
        """GET says what will happen, POST does it. The row is held, so that what was seen is what is meant."""
        rows = self.get_queryset(request)
        item = self.fetch(request, pk, queryset=rows.select_for_update(of=["self"]) if request.POST else rows)
        deed = DEEDS[name]
        if not deed.allowed(item, by=request.user):
            raise PermissionDenied
        if not deed.offered(item, by=request.user):
            return self.not_now(request, item)
        form = deed.form(request.POST or None, item=item)
        if request.method == "POST" and form.is_valid():
            return self.carry_out(request, item, deed, **form.cleaned_data)
        return self.ask(request, item, deed, form)

    def not_now(self, request, item):
        sentence = _("This is not possible now: somebody may have done it already. Its status is “%s”.")
        messages.warning(request, sentence % item.get_status_display())
        return HttpResponseRedirect(self.url("change", item.pk))

    def ask(self, request, item, deed, form):
        context = self.page_context(request, title=deed.label) | {
            "item": item,
            "deed": deed,
            "form": form,
            "sentences": deed.forewarning(item),
            "previews": self.previews(item),
            "back": self.url("change", item.pk),
        }
        return TemplateResponse(request, "admin/publishing/deed.html", context)

    def carry_out(self, request, item, deed, **answers):
        done, sentences = deeds.attempt(deed, item, by=request.user, **answers)
        for sentence in sentences:
            messages.add_message(request, messages.SUCCESS if done else messages.ERROR, sentence)
        gone = not self.model._default_manager.filter(pk=item.pk or 0).exists()
        return HttpResponseRedirect(self.url("changelist") if gone else self.url("change", item.pk))

    def page_context(self, request, *, title):
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}

    # --- Before it is public -----------------------------------------------------------------------

    def previews(self, item):
        """(name of the language, its code, address of the preview) for each, empty for what has no page."""
        if not preview.has_page(item):
            return []
        return [(native(code), code, self.url("preview", item.pk, code)) for code in ordered(item)]

    def preview_view(self, request, pk, language):
        item = self.fetch(request, pk)
        return preview.page(
            request,
            item,
            language=language,
            back=self.url("change", pk),
            at=lambda code: self.url("preview", pk, code),
            media=lambda name: self.url("file", pk, name),
        )

    def file_view(self, request, pk, name):
        """A file of a working copy, for staff: the public address answers only once it is published."""
        item = self.fetch(request, pk)
        types = preview.files_of(item)
        if name not in types or not default_storage.exists(name):
            raise Http404
        with default_storage.open(name) as stored:
            response = HttpResponse(stored.read(), content_type=types[name])
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    # --- Many items --------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Hand in for review"), permissions=["submit"])
    def submit_all(self, request, queryset):
        return self.do_to_all(request, queryset, DEEDS["submit"])

    @admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
    def publish_all(self, request, queryset):
        return self.do_to_all(request, queryset, DEEDS["publish"])

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
    def withdraw_all(self, request, queryset):
        return self.do_to_all(request, queryset, DEEDS["withdraw"])

    def do_to_all(self, request, queryset, deed):
        if "confirmed" not in request.POST:
            return self.ask_for_all(request, queryset, deed)
        reason = {"reason": request.POST.get("reason", "")} if deed.name == "withdraw" else {}
        done = []
        for item in queryset:
            if refusal := self.refusal(request, item, deed, **reason):
                messages.error(request, format_html("{}: {}", item, refusal))
            else:
                done.append(item)
        if done:
            messages.success(request, f"{deed.label}: {', '.join(str(item) for item in done)}")
        return None

    def refusal(self, request, item, deed, **answers):
        """Does the deed to one of many; returns why not, or nothing."""
        if deed.name == "publish" and deeds.last_release(item):
            return _("It was published before. Publish it on its own page, where you are asked what changed.")
        done, sentences = deeds.attempt(deed, item, by=request.user, **answers)
        return "" if done else " ".join(sentences)

    def ask_for_all(self, request, queryset, deed):
        items = list(queryset.select_related(None)[:1000])
        context = self.page_context(request, title=deed.label) | {
            "deed": deed,
            "action": request.POST["action"],
            "items": items,
            "sentences": deed.forewarning(items[0]) if items else [],
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": self.url("changelist"),
        }
        return TemplateResponse(request, "admin/publishing/deed_for_all.html", context)

    def may(self, request, right):
        return request.user.has_perm(f"{self.opts.app_label}.{right}_{self.opts.model_name}")

    def has_submit_permission(self, request):
        return self.may(request, "submit")

    def has_publish_permission(self, request):
        return self.may(request, "publish")

    def has_withdraw_permission(self, request):
        return self.may(request, "withdraw")


class PublicationAdmin(DeedPages, WordsAdmin):
    form = PublicationForm
    change_form_template = "admin/publishing/publication_form.html"
    list_filter = ["status", lists.StandingFilter, lists.MissingFilter]
    list_select_related = ["edited_by"]
    show_full_result_count = False
    form_only = ("new_picture", "remove_picture", "tags")  # fields that are no attributes to show to a reader

    # --- Lists -------------------------------------------------------------------------------------

    def get_changelist(self, request, **kwargs):
        return lists.DeskChangeList

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def badge(self, item):
        return lists.badge(item, item.standing)

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, item):
        return lists.languages(item)

    @admin.display(description=gettext_lazy("date"), ordering="date")
    def day(self, item):
        return item.date_as_known

    # --- The form ----------------------------------------------------------------------------------

    def get_changeform_initial_data(self, request):
        """A new item most often belongs where its author worked last."""
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
        """Nobody deletes past the workflow: see `deeds.Purge`."""
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
            self.forget_uploads(form, context["inline_admin_formsets"])
        context |= self.around_the_form(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def forget_uploads(self, form, formsets):
        """Files that were drawn for a form which could not be saved would belong to nothing."""
        inline = [one for formset in formsets for one in formset.formset.forms]
        for one in [form, *inline]:
            files.discard(getattr(one, "new_files", list)())

    def around_the_form(self, request, obj):
        """What stands above and below the fields: where the item is, what may be done, what was released."""
        by = request.user
        if obj is None:
            fresh = self.model()
            return {"saving": [DEEDS[name] for name in SAVING if DEEDS[name].offered(fresh, by=by)]}
        offered = deeds.offered(obj, by=by)
        can_save = self.has_change_permission(request, obj)
        return {
            "badge": lists.badge(obj, lists.standings([obj.uid])[obj.uid]),
            "public_at": deeds.address(obj),
            "returned": deeds.comment_on(obj),
            "obstacles": workflow.obstacles(obj) if obj.status != obj.Status.WITHDRAWN else [],
            "saving": [deed for deed in offered if can_save and deed.name in SAVING],
            "leading": [
                (deed, self.url(deed.name, obj.pk)) for deed in offered if not (can_save and deed.name in SAVING)
            ],
            "previews": self.previews(obj),
            "releases": Release.objects.of(obj.uid).defer("document").reverse()[:20],
            "history_at": self.url("history", obj.pk),
        }

    # --- Saving ------------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        """Remembers what was judged before, and saves what differs: an idle press makes nobody an author."""
        current = form.current
        judged = current and current.status in {obj.Status.IN_REVIEW, obj.Status.APPROVED}
        form.seal = workflow.digest_for_approval(current) if judged else None
        obj.was_saved = False
        if form.differs():
            self.keep(request, obj, form)

    def keep(self, request, obj, form):
        """Writes the row. What is not on the form stays as the database has it: it may have moved meanwhile."""
        for field in [field for field in obj._meta.concrete_fields if form.current and not field.editable]:
            setattr(obj, field.attname, getattr(form.current, field.attname))
        form.put_files(obj)
        obj.version += 1
        obj.edited_by = request.user
        obj._change_reason = form.reason()
        obj.save()
        obj.was_saved = True

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        obj = form.instance
        form.save_relations()
        if not obj.was_saved and any(formset.has_changed() for formset in formsets):
            self.keep(request, obj, form)
        if form.seal:
            fresh = self.model._default_manager.get(pk=obj.pk)
            if workflow.digest_for_approval(fresh) != form.seal:
                workflow.reopen(fresh, by=request.user)
                messages.warning(request, _("You changed it, so it is a draft again and has to be handed in anew."))
        for sentence in form.sentences():
            messages.info(request, sentence)

    def log_addition(self, request, obj, message):
        """The history and the audit log tell it; Django's log would keep the title of what was purged."""

    def log_change(self, request, obj, message):
        """As `log_addition`."""

    # --- After saving ------------------------------------------------------------------------------

    def response_add(self, request, obj, post_url_continue=None):
        return super().response_add(request, obj) if "_popup" in request.POST else self.go_on(request, obj)

    def response_change(self, request, obj):
        return super().response_change(request, obj) if "_popup" in request.POST else self.go_on(request, obj)

    def go_on(self, request, obj):
        """From a saved form to what the pressed button asks for."""
        item = self.model._default_manager.get(pk=obj.pk)
        deed = next((DEEDS[name] for name in SAVING if f"_{name}" in request.POST), None)
        if deed:
            return self.do_or_ask(request, item, deed)
        self.say_saved(request, obj, item)
        if "_preview" in request.POST and preview.has_page(item):
            return HttpResponseRedirect(self.url("preview", item.pk, item.language))
        return HttpResponseRedirect(self.url("change", item.pk))

    def say_saved(self, request, obj, item):
        if not obj.was_saved:
            messages.info(request, _("Nothing was changed, so nothing was saved."))
        elif deeds.last_release(item):
            messages.success(request, _("Saved. Readers see the earlier version until you publish again."))
        else:
            messages.success(request, _("Saved. Nobody but staff can see it."))

    def do_or_ask(self, request, item, deed):
        if deed.name == "publish" and deeds.is_released(item):
            messages.info(request, _("Nothing has changed since it was published."))
            return HttpResponseRedirect(self.url("change", item.pk))
        if deed.name == "schedule" or deed.name == "publish" and deeds.last_release(item):
            if deed.fits(item, by=request.user):
                return HttpResponseRedirect(self.url(deed.name, item.pk))
        return self.carry_out(request, item, deed)

    def history_view(self, request, object_id, extra_context=None):
        item = self.fetch(request, object_id)
        context = self.page_context(request, title=_("History: %s") % item)
        context |= {
            "item": item,
            "page": history.page_of(item, request.GET.get("p")),
            "back": self.url("change", item.pk),
        }
        return TemplateResponse(request, "admin/publishing/history.html", context)


# The deeds whose buttons save the form first.
SAVING = ("submit", "publish", "schedule")
