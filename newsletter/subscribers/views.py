"""The pages of the newsletter: sign up, confirm, choose, leave.

These forms are exempt from Django's CSRF check on purpose: its cookie would mark every visitor. Signing up
needs no visitor's authority, so there is nothing for another site to borrow, and a browser that tells us it
was sent by one is refused all the same; every other page is opened by a token that another site cannot know.
Nothing changes on GET or HEAD, nothing here may be stored by a cache.
"""

from functools import wraps

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.composition import letters
from newsletter.delivery.tasks import answer_soon
from newsletter.models import SignUp, Subscriber
from timeline.search.filters import BadFilter, Filter

from . import audience_filters, data_access, links, signup
from .addresses import SealError, mask
from .forms import PreferencesForm, SignUpForm, new_stamp


def private_page(view):
    """Nobody keeps it, nobody lists it, and its address, which may hold a token, is told to no other page."""

    @csrf_exempt
    @cache_control(no_store=True)
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        if kwargs:
            response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def refuse_other_sites(request):
    """Browsers say where a form was shown (Fetch Metadata, RFC 6454); who does not say is no browser."""
    origin = request.headers.get("Origin", "null")
    # Taken apart by hand: what is sent there need not be an address at all.
    foreign = origin != "null" and origin.partition("://")[2] != request.get_host()
    if foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied


# --- Signing up -------------------------------------------------------------------------------


@private_page
def sign_up(request):
    if request.method == "POST":
        refuse_other_sites(request)
        if request.POST.get("step") == "choose":
            return show_form(request, SignUpForm(initial=offered(request.POST), **of_page()))
        return receive(request, SignUpForm(request.POST, **of_page()))
    return show_form(request, SignUpForm(initial=offered(request.GET), **of_page()))


def receive(request, form):
    """The same answer for every address, and for programs that gave themselves away."""
    if form.is_from_program:
        return redirect_after(reverse("newsletter:check_inbox"))
    if not form.is_valid():
        return show_form(request, form, status=400)
    signup.sign_up(form.cleaned_data["email"], stamped=form.is_stamped, **form.wish)
    answer_soon()
    return redirect_after(reverse("newsletter:check_inbox"))


def show_form(request, form, *, status=200):
    return render(request, "newsletter/sign_up.html", {"form": form, "stamp": new_stamp()}, status=status)


def of_page():
    return {"page_language": translation.get_language()}


def offered(data):
    """What a link or the form on the timeline fills in before a visitor chooses."""
    return {"email": data.get("email", ""), **offered_filter(data)}


def offered_filter(data):
    """“E-mail me this”: the filter of the list that the link or form stands on."""
    language = translation.get_language()
    try:
        wish = Filter.read(data, language=language)
    except BadFilter as error:
        raise BadRequest(str(error)) from error
    return {
        "situation": wish.chosen.get("situation", ()),
        "filter": audience_filters.narrowing_of(wish.query(), language=language),
    }


def redirect_after(address):
    return HttpResponseRedirect(address, status=303)  # 303: fetch it with GET (RFC 9110 15.4.4)


@private_page
def check_inbox(request):
    subject = letters.letterhead(translation.get_language())["confirm_subject"]
    return render(request, "newsletter/check_inbox.html", {"subject": subject})


# --- Behind a link in a mail ------------------------------------------------------------------


def row_of(token, purpose):
    row = links.read_token(token, purpose)
    if row is None:
        raise Http404
    return row


def gone(request):
    return render(request, "newsletter/gone.html", status=410)


def masked(row):
    """Its owner knows the address again; where it is sealed even for us, there is nothing to show."""
    try:
        return mask(row.address)
    except SealError:
        return ""


@private_page
def confirm(request, token):
    row = row_of(token, links.CONFIRM)
    if request.method == "POST":
        return confirmed(request, signup.confirm(row))
    sign_up = SignUp.objects.young().select_related("audience").filter(pk=row).first()
    if sign_up is None:
        return gone(request)
    if sign_up.is_confirmed:
        return render(request, "newsletter/confirmed.html")
    context = {"wish": audience_filters.in_words(sign_up.audience), "address": masked(sign_up)}
    return render(request, "newsletter/confirm.html", context)


def confirmed(request, outcome):
    if outcome is None:
        return gone(request)
    if not outcome.is_news:
        return render(request, "newsletter/confirmed.html")
    subscriber = outcome.subscriber
    return redirect_after(links.preferences_path(subscriber.pk, language=subscriber.audience.language) + "?confirmed")


@private_page
def preferences(request, token):
    row = row_of(token, links.PREFERENCES)
    subscriber = Subscriber.objects.select_related("audience").filter(pk=row).first()
    if subscriber is None:
        return gone(request)
    if step := COPIES.get(request.POST.get("step")):
        return step(request, subscriber)
    form = PreferencesForm(request.POST or None, initial=choices_of(subscriber), **of_page())
    if form.is_valid():
        signup.change(subscriber, **form.wish)
        return redirect_after(links.preferences_path(row, language=form.wish["language"]) + "?saved")
    return show_preferences(request, form, subscriber)


# What a redirect to the choices may say at their top.
NEWS = ("confirmed", "saved", "copied", "copied-today")


def show_preferences(request, form, subscriber):
    context = {
        "form": form,
        "address": masked(subscriber),
        "leave": links.unsubscribe_path(subscriber.pk, language=translation.get_language()),
        "news": next((word for word in NEWS if word in request.GET), ""),
        "is_sealed": not masked(subscriber),
        "frequency": subscriber.audience.frequency,
    }
    return render(request, "newsletter/preferences.html", context, status=400 if form.errors else 200)


def choices_of(subscriber):
    audience = subscriber.audience
    return {
        "language": audience.language,
        "frequency": audience.frequency,
        "situation": audience_filters.situations_of(audience.query, language=audience.language),
        "filter": audience_filters.narrowing_of(audience.query, language=audience.language),
    }


def show_held(request, subscriber):
    facts = data_access.facts(subscriber, address=masked(subscriber))
    return render(request, "newsletter/held.html", {"facts": facts})


def send_held(request, subscriber):
    if not masked(subscriber):  # sealed even for us: no mail could be written
        return show_held(request, subscriber)
    word = "copied" if data_access.ask(subscriber) else "copied-today"
    return redirect_after(f"{request.path}?{word}")


# The two ways to get a copy of what we hold.
COPIES = {"export": show_held, "send": send_held}


@private_page
def unsubscribe(request, token):
    """Answers 200 without a redirect, however often and with whatever body (RFC 8058)."""
    row = row_of(token, links.UNSUBSCRIBE)
    if request.method == "POST":
        signup.unsubscribe(row)
        return render(request, "newsletter/unsubscribed.html")
    return render(request, "newsletter/unsubscribe.html")
