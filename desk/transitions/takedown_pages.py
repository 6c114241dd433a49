"""The page of the desk that lists the copies of a withdrawn item elsewhere, with words to ask for their removal."""

from django import forms
from django.conf import settings
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from publishing import external_copies
from publishing.translations import get_site_language_direction, get_site_language_name

from . import takedown_requests


class TakedownRequestForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the requests"),
        choices=[(code, get_site_language_name(code)) for code, _label in settings.LANGUAGES],
        required=False,
    )
    why = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=takedown_requests.REASONS.items(),
        required=False,
        help_text=gettext_lazy("Say as little as possible: more detail attracts more attention."),
    )


class TakedownPages:
    """Part of an admin: what is left to do elsewhere after a withdrawal."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.copies_view)
        return [path("<int:pk>/copies/", view, name=self.url_name("copies")), *super().get_urls()]

    def chased(self, item):
        """What the form of an item shows: the way to the list, once the item was withdrawn."""
        is_gone = item.status == item.Status.WITHDRAWN
        return {"copies_at": self.url("copies", item.pk) if is_gone else ""}

    def copies_view(self, request, pk):
        item = self.fetch(request, self.get_queryset(request), pk=pk)
        spoken = get_language() if get_language() in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        form = TakedownRequestForm({"language": spoken, "why": ""} | request.GET.dict())
        asked = form.cleaned_data if form.is_valid() else {"language": spoken, "why": ""}
        context = self.page_context(request, title=_("Copies elsewhere")) | {
            "item": item,
            "form": form,
            "chases": self.chases(item, asked["language"] or spoken, asked["why"]),
            "language": asked["language"] or spoken,
            "direction": get_site_language_direction(asked["language"] or spoken),
            "addresses": external_copies.get_page_urls(item) + external_copies.get_file_urls(item),
            "has_items": item.TYPE == "situation",
            "back": self.url("change", item.pk),
        }
        return TemplateResponse(request, "admin/desk/takedown_requests.html", context)

    def chases(self, item, language, why):
        """Headings and hints in the language of the desk, each with its request in the chosen one."""
        with translation.override(language):
            requests = [one.request for one in takedown_requests.build_takedown_requests(item, why=why)]
        return zip(takedown_requests.build_takedown_requests(item), requests, strict=True)
