"""Takes what a mail provider reports of our mail: what came back, who complained, who left there.

The provider proves itself by the name and password of MAIL_WEBHOOK (and by its signature, where it has one); without
both a provider and a password there is nothing here. A reader is found by the blind index of the address, so this works
with sealed addresses too. Which mail it was is known where the provider quotes our Message-ID, as Mailgun does;
Postmark and SparkPost name one of their own, and then it is the newest. No word of a report is kept or logged but a
code. Not here: what follows (`bounces.py`).
"""

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.mail.results import get_reported_status
from newsletter.models import Subscriber
from newsletter.subscribers import addresses

from .bounces import COMPLAINT, OPT_OUT, Bounce, handle_bounce
from .returned_mail import find_message_ids

WEBHOOK_VIEWS = {
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
OPT_OUT_EVENTS = {EventType.COMPLAINED: COMPLAINT, EventType.UNSUBSCRIBED: OPT_OUT}
# Mailgun says so of who did it before, as the reason of a mail that it did not even try to deliver.
OPT_OUT_REASONS = {"suppress-complaint": COMPLAINT, "suppress-unsubscribe": OPT_OUT}
BOUNCE_EVENTS = {EventType.BOUNCED, EventType.REJECTED}


@csrf_exempt
@never_cache
@require_http_methods(["POST", "HEAD"])
def receive_provider_report(request):
    """HEAD is how some providers try an address out; POST tells of one or many mails. Twice the same is harmless."""
    if settings.MAIL_PROVIDER not in WEBHOOK_VIEWS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    if request.method == "POST":
        for bounce in parse_provider_report(request):
            handle_bounce(bounce)
    return HttpResponse()


def parse_provider_report(request):
    """A `Bounce` for each event about one of our readers. What cannot be read is refused without quoting it."""
    provider = WEBHOOK_VIEWS[settings.MAIL_PROVIDER]()
    try:
        provider.run_validators(request)
        return [bounce for event in provider.parse_events(request) if (bounce := build_bounce(event))]
    except AnymailWebhookValidationFailure:
        raise PermissionDenied from None
    except Exception:  # a report has whatever shape its sender likes, and the error would quote the address
        raise BadRequest("This is not a report of the mail provider.") from None


def build_bounce(event):
    """None for what is no bounce, or about nobody we know."""
    if event.event_type not in OPT_OUT_EVENTS.keys() | BOUNCE_EVENTS:
        return None
    row = find_row_by_address(event.recipient or "")
    return row and Bounce(row, get_event_status(event), mails=find_message_ids(f"Message-ID: {event.message_id}"))


def get_event_status(event):
    word = get_event_reason(event)
    return (
        OPT_OUT_EVENTS.get(event.event_type)
        or OPT_OUT_REASONS.get(word)
        or get_reported_status(
            event.reject_reason,
            word=word,
            quoted=event.mta_response or "",
            is_rejected=event.event_type == EventType.REJECTED,
        )
    )


def get_event_reason(event):
    """The provider's own word for what happened, which says more than the one that all providers share."""
    told = event.esp_event
    if "msys" in told:
        return next(iter(told["msys"].values())).get("bounce_class")
    return told.get("Type") or told.get("event-data", {}).get("reason")


def find_row_by_address(address):
    try:
        known = Subscriber.objects.at_address(addresses.normalise_address(address))
    except addresses.AddressError:
        return None
    return known.values_list("pk", flat=True).first()
