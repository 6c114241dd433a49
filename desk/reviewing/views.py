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
from publishing.text.cleaning import clean_line, clean_lines
from publishing.translations import get_site_language_direction, get_site_language_name
from staff.login.throttle import Limit, spend_attempt

from . import links

# Of one link: drawing a page costs the server something, and an answer costs an editor attention.
READ_LIMIT = Limit("review read", 60, 3600)
ANSWER_LIMIT = Limit("review answer", 10, 600)


class ReviewAnswerForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name, or what the editors call you"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("Your opinion"), choices=ReviewAnswer.Verdict.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=links.MAX_COMMENT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("The editors read it beside the text. Do not name anyone who could be in danger."),
    )

    def clean_name(self):
        name = clean_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Enter a name with visible characters."))
        return name

    def clean(self):
        data = super().clean()
        data["words"] = clean_lines(data.get("words", ""))
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
        except links.LinkClosed:
            response = render(request, "desk/review/link_closed.html", status=404)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def review(request, token):
    """GET shows no word of the item, whoever asks; the text comes after the press of a button."""
    link, item = links.resolve_token(token)
    if request.method != "POST":
        return render(request, "desk/review/start.html", {"link": link, "choices": get_language_choices(link)})
    language = request.POST.get("language")
    if language not in link.languages:
        return render(
            request, "desk/review/start.html", {"link": link, "choices": get_language_choices(link)}, status=400
        )
    if "seen" in request.POST:
        return handle_review_answer(request, link, item, language=language)
    return render_review(request, link, item, ReviewAnswerForm(), language=language)


@require_safe
@guest_page
def review_file(request, ticket):
    """A picture or PDF of the page that was sent a moment ago."""
    _link, item, name = links.resolve_file_ticket(ticket)
    return preview.build_file_response(item, name)


def get_language_choices(link):
    return [(code, get_site_language_name(code), get_site_language_direction(code)) for code in link.languages]


def render_review(request, link, item, form, *, language):
    """The drawn page with the form below it, in the answer to a POST alone."""
    if not spend_attempt(READ_LIMIT, str(link.pk)):
        return render(request, "desk/review/too_many_requests.html", status=429)
    links.record_opening(link, item)
    around = {
        "link": link,
        "choices": get_language_choices(link),
        "language": language,
        "form": form,
        "spoken": get_language(),
    }
    around["seen"] = links.sign_content(item, link)
    html = preview.render_preview_html(
        request,
        item,
        language=language,
        at=lambda _code: "#draft",
        media=lambda name: reverse("review_file", args=[links.sign_file_ticket(link, name)]),
        bar=render_to_string("desk/review/draft_bar.html", around, request),
        below=render_to_string("desk/review/answer_form.html", around, request),
    )
    return HttpResponse(html)


def handle_review_answer(request, link, item, *, language):
    """Keeps an answer; one that is incomplete comes back below the text."""
    form = ReviewAnswerForm(request.POST)
    content = links.unsign_content(request.POST["seen"], link)
    if not content:
        form.add_error(None, _("Read it again before you answer."))
    if not form.is_valid():
        return render_review(request, link, item, form, language=language)
    if not spend_attempt(ANSWER_LIMIT, str(link.pk)):
        return render(request, "desk/review/too_many_requests.html", status=429)
    if not links.save_review_answer(link, item, language=language, content=content, **form.cleaned_data):
        return render(request, "desk/review/answers_full.html", status=429)
    return render(request, "desk/review/thanks.html", {"choices": get_language_choices(link)})
