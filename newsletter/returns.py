"""Takes what a mail provider reports of our mail: what came back, who complained, who left there.

The provider proves itself by the name and password of MAIL_WEBHOOK (and by its signature, where it has one); without
both a provider and a password there is nothing here. A reader is found by the blind index of the address, so this works
with sealed addresses too; no word of a report is kept or logged but a code. Not here: what follows (`bounces.py`).
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

from . import addresses
from .bounces import COMPLAINT, LEAVING, STATUS, Bounce, act
from .models import Subscriber

PROVIDERS = {
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
NO_MORE = {EventType.COMPLAINED: COMPLAINT, EventType.UNSUBSCRIBED: LEAVING}
CAME_BACK = {EventType.BOUNCED, EventType.REJECTED}
# What a provider means when it quotes no status of the other server.
UNDELIVERABLE, MAY_YET_ARRIVE = "5.0.0", "4.0.0"
NO_ADDRESS = {RejectReason.BOUNCED, RejectReason.INVALID}


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
        events = provider.parse_events(request)
    except AnymailWebhookValidationFailure:
        raise PermissionDenied from None
    except Exception:  # a report has whatever shape its sender likes, and the error would quote the address
        raise BadRequest("This is not a report of the mail provider.") from None
    return [bounce for event in events if (bounce := bounce_of(event))]


def bounce_of(event):
    """None for what is no bounce, or about nobody we know."""
    if event.event_type not in NO_MORE.keys() | CAME_BACK:
        return None
    row = row_of(event.recipient or "")
    return row and Bounce(row, NO_MORE.get(event.event_type) or status_of(event))


def status_of(event):
    quoted = STATUS.search(event.mta_response or "")
    return quoted[0] if quoted else (UNDELIVERABLE if event.reject_reason in NO_ADDRESS else MAY_YET_ARRIVE)


def row_of(address):
    try:
        known = Subscriber.objects.at_address(addresses.normalise(address))
    except addresses.AddressError:
        return None
    return known.values_list("pk", flat=True).first()
