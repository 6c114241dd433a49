"""Takes what a mail provider reports of our mail: what came back, who complained, who left there.

The provider proves itself by the name and password of MAIL_WEBHOOK (and by its signature, where it has one); without
both a provider and a password there is nothing here. A reader is found by the blind index of the address, so this works
with sealed addresses too. Which mail it was is known where the provider quotes our Message-ID, as Mailgun does;
Postmark and SparkPost name one of their own, and then it is the newest. No word of a report is kept or logged but a
code. Not here: what follows (`bounces.py`).
"""

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType, RejectReason
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.models import Subscriber
from newsletter.subscribers import addresses

from .bounces import COMPLAINT, LEAVING, STATUS, Bounce, act, mails_in

PROVIDERS = {
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
NO_MORE = {EventType.COMPLAINED: COMPLAINT, EventType.UNSUBSCRIBED: LEAVING}
# Mailgun says so of who did it before, as the reason of a mail that it did not even try to deliver.
NO_MORE_SINCE = {"suppress-complaint": COMPLAINT, "suppress-unsubscribe": LEAVING}
CAME_BACK = {EventType.BOUNCED, EventType.REJECTED}
# What a provider means when it quotes no status of the other server.
UNDELIVERABLE, MAY_YET_ARRIVE, REFUSES_US = "5.0.0", "4.0.0", "5.7.0"
NO_ADDRESS = {RejectReason.BOUNCED, RejectReason.INVALID}
ABOUT_US = {RejectReason.BLOCKED, RejectReason.SPAM}
# Postmark's types and SparkPost's classes of bounces that django-anymail calls bounced and that may pass.
MAY_PASS = {"SoftBounce", "20", "21", "22", "23", "40", "70"}


@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD"])
def returned(request):
    """HEAD is how some providers try an address out; POST tells of one or many mails. Twice the same is harmless."""
    if settings.MAIL_PROVIDER not in PROVIDERS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    if request.method == "POST":
        for bounce in bounces_in(request):
            act(bounce)
    return HttpResponse()


def bounces_in(request):
    """A `Bounce` for each event about one of our readers. What cannot be read is refused without quoting it."""
    provider = PROVIDERS[settings.MAIL_PROVIDER]()
    try:
        provider.run_validators(request)
        return [bounce for event in provider.parse_events(request) if (bounce := bounce_of(event))]
    except AnymailWebhookValidationFailure:
        raise PermissionDenied from None
    except Exception:  # a report has whatever shape its sender likes, and the error would quote the address
        raise BadRequest("This is not a report of the mail provider.") from None


def bounce_of(event):
    """None for what is no bounce, or about nobody we know."""
    if event.event_type not in NO_MORE.keys() | CAME_BACK:
        return None
    row = row_of(event.recipient or "")
    return row and Bounce(row, status_of(event), mails=mails_in(f"Message-ID: {event.message_id}"))


def status_of(event):
    if said := NO_MORE.get(event.event_type) or NO_MORE_SINCE.get(kind_of(event)):
        return said
    if event.reject_reason in ABOUT_US:
        return REFUSES_US
    if quoted := STATUS.search(event.mta_response or ""):
        return quoted[0]
    if event.reject_reason in NO_ADDRESS:
        return MAY_YET_ARRIVE if kind_of(event) in MAY_PASS else UNDELIVERABLE
    return REFUSES_US if event.event_type == EventType.REJECTED else MAY_YET_ARRIVE


def kind_of(event):
    """The provider's own word for what happened, which says more than the one that all providers share."""
    told = event.esp_event
    if "msys" in told:
        return next(iter(told["msys"].values())).get("bounce_class")
    return told.get("Type") or told.get("event-data", {}).get("reason")


def row_of(address):
    try:
        known = Subscriber.objects.at_address(addresses.normalise(address))
    except addresses.AddressError:
        return None
    return known.values_list("pk", flat=True).first()
