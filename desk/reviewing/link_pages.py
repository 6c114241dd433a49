"""The page of the desk on which links for reviewers without account are made, listed and revoked.

Not here: what such a link is (`links.py`), what its reader sees (`views.py`).
"""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from desk.item_pages import ItemPage
from desk.transitions.forms import get_languages_with_text
from publishing.text.cleaning import clean_line
from publishing.translations import get_ordered_languages, get_site_language_name

from . import links

LINK_STATE_LABELS = {
    "open": gettext_lazy("active"),
    "revoked": gettext_lazy("revoked"),
    "over": gettext_lazy("expired"),
    "withdrawn": gettext_lazy("ended when the item was withdrawn"),
}


class ReviewLinkForm(forms.Form):
    for_whom = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=80,
        help_text=gettext_lazy(
            "A word that you recognise: “lawyer”. It is kept in the log: do not name anyone who is in danger."
        ),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("In which languages"), widget=forms.CheckboxSelectMultiple(attrs={"class": "checkboxes"})
    )
    hours = forms.IntegerField(
        label=gettext_lazy("For how many hours"),
        initial=24,
        min_value=1,
        max_value=links.MAX_HOURS,
        help_text=gettext_lazy("1 to 72. After that the link stops working."),
    )

    def __init__(self, data=None, *, item):
        super().__init__(data)
        self.fields["languages"].choices = [
            (code, get_site_language_name(code)) for code in get_ordered_languages(item)
        ]
        self.fields["languages"].initial = get_languages_with_text(item)

    def clean_for_whom(self):
        word = clean_line(self.cleaned_data["for_whom"])
        if not word:
            raise forms.ValidationError(_("Enter a word with visible characters."))
        return word


class Review(ItemPage):
    """Who else may read a working copy, and what they said of it."""

    routes = {
        "review": ("review/", "review_view"),
        "review_revoke": ("review/<int:link>/revoke/", "revoke_view"),
    }

    def may(self, request, item):
        return self.admin.has_change_permission(request, item)

    def on_form(self, request, item):
        return {
            "reviewer_answers": links.get_review_answers(item),
            "review_at": self.url("review", item.pk) if self.may(request, item) else "",
        }

    def review_view(self, request, pk):
        item = self.fetch(request, pk)
        form = ReviewLinkForm(request.POST or None, item=item)
        address = ""
        if request.method == "POST" and form.is_valid():
            _link, token = links.create_review_link(item, by=request.user, **form.cleaned_data)
            # In this answer alone: neither a message nor a redirect, which would be kept somewhere.
            address, form = settings.SITE_URL + reverse("review", args=[token]), ReviewLinkForm(item=item)
        given = links.get_review_links(item).prefetch_related("answers")
        return self.render(
            request,
            "review",
            title=_("Links for reviewers"),
            item=item,
            form=form,
            address=address,
            links=[self.describe_link(item, link) for link in given],
        )

    def describe_link(self, item, link):
        link.state = links.get_link_state(link)
        link.state_shown = LINK_STATE_LABELS[link.state]
        link.languages_shown = pgettext("between names", ", ").join(map(get_site_language_name, link.languages))
        link.revoke_at = self.url("review_revoke", item.pk, link.pk) if link.state == "open" else ""
        return link

    @method_decorator(require_POST)
    @transaction.atomic
    def revoke_view(self, request, pk, link):
        item = self.fetch(request, pk)
        one = get_object_or_404(links.get_review_links(item), pk=link)
        if links.revoke_review_link(one, item, by=request.user):
            messages.success(request, _("Revoked: the link no longer works."))
        return HttpResponseRedirect(self.url("review", item.pk))
