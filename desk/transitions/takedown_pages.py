"""The page of the desk that lists the copies of a withdrawn item elsewhere, with words to ask for their removal."""

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from desk.item_pages import ItemPage
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


class Takedown(ItemPage):
    """What is left to do elsewhere after a withdrawal."""

    routes = {"copies": ("copies/", "copies_view")}

    def on_form(self, request, item):
        """The way to the list, once the item was withdrawn."""
        is_gone = item.status == item.Status.WITHDRAWN
        return {"copies_at": self.url("copies", item.pk) if is_gone else ""}

    def copies_view(self, request, pk):
        item = self.fetch(request, pk)
        spoken = get_language() if get_language() in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        form = TakedownRequestForm({"language": spoken, "why": ""} | request.GET.dict())
        chosen = form.cleaned_data if form.is_valid() else {"language": spoken, "why": ""}
        language = chosen["language"] or spoken
        return self.render(
            request,
            "takedown_requests",
            title=_("Copies elsewhere"),
            item=item,
            form=form,
            requests=build_requests(item, language=language, why=chosen["why"]),
            language=language,
            direction=get_site_language_direction(language),
            addresses=external_copies.get_page_urls(item) + external_copies.get_file_urls(item),
            has_items=item.TYPE == "situation",
        )


def build_requests(item, *, language, why):
    """Headings and hints in the language of the desk, each with its request in the chosen one."""
    with translation.override(language):
        words = [one.request for one in takedown_requests.build_takedown_requests(item, why=why)]
    return zip(takedown_requests.build_takedown_requests(item), words, strict=True)
