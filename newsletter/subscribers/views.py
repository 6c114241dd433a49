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

from newsletter.mail.letterhead import get_letterhead
from newsletter.models import SignUp, Subscriber
from timeline.search.facets import BadFilter
from timeline.search.filters import Filter

from . import audience_filters, data_access, links, signup
from .addresses import SealError, mask_address
from .forms import PreferencesForm, SignUpForm, make_form_stamp
from .tasks import queue_confirmations


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


def reject_cross_site(request):
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
        reject_cross_site(request)
        if request.POST.get("step") == "choose":
            return render_sign_up_form(
                request, SignUpForm(initial=get_sign_up_initial(request.POST), **build_form_kwargs())
            )
        return handle_sign_up(request, SignUpForm(request.POST, **build_form_kwargs()))
    return render_sign_up_form(request, SignUpForm(initial=get_sign_up_initial(request.GET), **build_form_kwargs()))


def handle_sign_up(request, form):
    """The same answer for every address, and for programs that gave themselves away."""
    if form.is_from_program:
        return redirect_see_other(reverse("newsletter:check_inbox"))
    if not form.is_valid():
        return render_sign_up_form(request, form, status=400)
    signup.request_sign_up(form.cleaned_data["email"], stamped=form.is_stamped, **form.audience_choice)
    queue_confirmations()
    return redirect_see_other(reverse("newsletter:check_inbox"))


def render_sign_up_form(request, form, *, status=200):
    return render(request, "newsletter/sign_up.html", {"form": form, "stamp": make_form_stamp()}, status=status)


def build_form_kwargs():
    return {"page_language": translation.get_language()}


def get_sign_up_initial(data):
    """What a link or the form on the timeline fills in before a visitor chooses."""
    return {"email": data.get("email", ""), **get_filter_initial(data)}


def get_filter_initial(data):
    """“E-mail me this”: the filter of the list that the link or form stands on."""
    try:
        wish = Filter.from_query(data, language=translation.get_language())
    except BadFilter as error:
        raise BadRequest(str(error)) from error
    return build_filter_initial(wish)


def build_filter_initial(wish):
    situations, narrowing = audience_filters.split_audience_filter(wish)
    return {"situation": situations, "filter": narrowing.query()}


def redirect_see_other(address):
    return HttpResponseRedirect(address, status=303)  # 303: fetch it with GET (RFC 9110 15.4.4)


@private_page
def check_inbox(request):
    subject = get_letterhead(translation.get_language())["confirm_subject"]
    return render(request, "newsletter/check_inbox.html", {"subject": subject})


# --- Behind a link in a mail ------------------------------------------------------------------


def get_row_or_404(token, purpose):
    row = links.read_token(token, purpose)
    if row is None:
        raise Http404
    return row


def render_link_expired(request):
    return render(request, "newsletter/link_expired.html", status=410)


def get_masked_address(row):
    """Its owner knows the address again; where it is sealed even for us, there is nothing to show."""
    try:
        return mask_address(row.address)
    except SealError:
        return ""


@private_page
def confirm(request, token):
    row = get_row_or_404(token, links.CONFIRM)
    if request.method == "POST":
        return respond_to_confirmation(request, signup.confirm_sign_up(row))
    sign_up = SignUp.objects.confirmable().select_related("audience").filter(pk=row).first()
    if sign_up is None:
        return render_link_expired(request)
    if sign_up.is_confirmed:
        return render(request, "newsletter/confirmed.html")
    address = get_masked_address(sign_up)
    if not address:  # sealed with a key that was dropped since
        return render_link_expired(request)
    context = {"wish": audience_filters.describe_audience(sign_up.audience), "address": address}
    return render(request, "newsletter/confirm.html", context)


def respond_to_confirmation(request, outcome):
    if outcome is None:
        return render_link_expired(request)
    if not outcome.is_first_confirmation:
        return render(request, "newsletter/confirmed.html")
    subscriber = outcome.subscriber
    return redirect_see_other(
        links.build_preferences_path(subscriber.pk, language=subscriber.audience.language) + "?confirmed"
    )


@private_page
def preferences(request, token):
    row = get_row_or_404(token, links.PREFERENCES)
    subscriber = Subscriber.objects.select_related("audience").filter(pk=row).first()
    if subscriber is None:
        return render_link_expired(request)
    if step := DATA_ACCESS_STEPS.get(request.POST.get("step")):
        return step(request, subscriber)
    form = PreferencesForm(request.POST or None, initial=get_preferences_initial(subscriber), **build_form_kwargs())
    if form.is_valid():
        choice = form.audience_choice
        signup.change_subscription(subscriber, **choice)
        return redirect_see_other(links.build_preferences_path(row, language=choice["language"]) + "?saved")
    return render_preferences(request, form, subscriber)


# What a redirect to the choices may say at their top.
NOTICES = ("confirmed", "saved", "copied", "copied-today")


def render_preferences(request, form, subscriber):
    context = {
        "form": form,
        "address": get_masked_address(subscriber),
        "leave": links.build_unsubscribe_path(subscriber.pk, language=translation.get_language()),
        "news": next((word for word in NOTICES if word in request.GET), ""),
        "is_sealed": not get_masked_address(subscriber),
        "frequency": subscriber.audience.frequency,
    }
    return render(request, "newsletter/preferences.html", context, status=400 if form.errors else 200)


def get_preferences_initial(subscriber):
    audience = subscriber.audience
    wish = audience_filters.parse_audience_filter(audience.query, language=audience.language)
    return {"language": audience.language, "frequency": audience.frequency, **build_filter_initial(wish)}


def render_stored_data(request, subscriber):
    facts = data_access.get_stored_data(subscriber, address=get_masked_address(subscriber))
    return render(request, "newsletter/data_access.html", {"facts": facts})


def email_stored_data(request, subscriber):
    if not get_masked_address(subscriber):  # sealed even for us: no mail could be written
        return render_stored_data(request, subscriber)
    word = "copied" if data_access.request_data_copy(subscriber) else "copied-today"
    return redirect_see_other(f"{request.path}?{word}")


# The two ways to get a copy of what we hold.
DATA_ACCESS_STEPS = {"export": render_stored_data, "send": email_stored_data}


@private_page
def unsubscribe(request, token):
    """Answers 200 without a redirect, however often and with whatever body (RFC 8058)."""
    row = get_row_or_404(token, links.UNSUBSCRIBE)
    if request.method == "POST":
        signup.unsubscribe(row)
        return render(request, "newsletter/unsubscribed.html")
    return render(request, "newsletter/unsubscribe.html")
