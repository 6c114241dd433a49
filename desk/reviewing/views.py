"""The pages of a reviewer without account: one working copy, once its button was pressed, and a form below it.

What fetches an address by itself, such as a messenger that shows where a link leads, gets a page with a button and
no word of the item. No cookie, no session, no script; nothing is asked of the reader but a name of their choice.
Not here: how links are made, found and answered (`links.py`).
"""

from functools import wraps

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from desk import preview
from desk.models import ReviewAnswer
from publishing.text.cleaning import lines, plain
from publishing.translations import direction, native
from staff.login.throttle import Limit, spend

from . import links

# Of one link: drawing a page costs the server something, and an answer costs an editor attention.
READINGS = Limit("review read", 60, 3600)
ANSWERS = Limit("review answer", 10, 600)


class AnswerForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name, or what the editors call you"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("What do you say?"), choices=ReviewAnswer.Verdict.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=links.LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("The editors read it beside the text. Name nobody who could be in danger."),
    )

    def clean_name(self):
        name = plain(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Write a name that can be seen."))
        return name

    def clean(self):
        data = super().clean()
        data["words"] = lines(data.get("words", ""))
        if data.get("verdict") == ReviewAnswer.Verdict.COMMENT and not data["words"] and "words" not in self.errors:
            self.add_error("words", _("Say what should be changed."))
        return data


# --- Pages ------------------------------------------------------------------------------------


def guest_page(view):
    """Keeps the answer from every cache, index and referrer; what may not be read looks like what never was."""

    @wraps(view)
    def answer(request, **place):
        try:
            response = view(request, **place)
        except links.Closed:
            response = render(request, "desk/guest_closed.html", status=404)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def review(request, token):
    """GET shows no word of the item, whoever asks; the text comes after the press of a button."""
    link, item = links.find(token)
    if request.method != "POST":
        return render(request, "desk/guest_door.html", {"link": link, "choices": choices(link)})
    language = request.POST.get("language")
    if language not in link.languages:
        return render(request, "desk/guest_door.html", {"link": link, "choices": choices(link)}, status=400)
    if "seen" in request.POST:
        return take(request, link, item, language=language)
    return show(request, link, item, AnswerForm(), language=language)


@require_safe
@guest_page
def file(request, ticket):
    """A picture or PDF of the page that was sent a moment ago."""
    _link, item, name = links.redeem(ticket)
    return preview.file_answer(item, name)


def choices(link):
    return [(code, native(code), direction(code)) for code in link.languages]


def show(request, link, item, form, *, language):
    """The drawn page with the form below it, in the answer to a POST alone."""
    if not spend(READINGS, str(link.pk)):
        return render(request, "desk/guest_later.html", status=429)
    links.opened(link, item)
    around = {"link": link, "choices": choices(link), "language": language, "form": form, "spoken": get_language()}
    around["seen"] = links.seal(item, link)
    html = preview.html_of(
        request,
        item,
        language=language,
        at=lambda _code: "#draft",
        media=lambda name: reverse("review_file", args=[links.ticket(link, name)]),
        bar=render_to_string("desk/guest_bar.html", around, request),
        below=render_to_string("desk/guest_answer.html", around, request),
    )
    return HttpResponse(html)


def take(request, link, item, *, language):
    """Keeps an answer; one that is incomplete comes back below the text."""
    form = AnswerForm(request.POST)
    content = links.sealed(request.POST["seen"], link)
    if not content:
        form.add_error(None, _("Read it once more before you answer."))
    if not form.is_valid():
        return show(request, link, item, form, language=language)
    if not spend(ANSWERS, str(link.pk)):
        return render(request, "desk/guest_later.html", status=429)
    if not links.answer(link, item, language=language, content=content, **form.cleaned_data):
        return render(request, "desk/guest_enough.html", status=429)
    return render(request, "desk/guest_thanks.html", {"choices": choices(link)})
