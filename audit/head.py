"""Tells people outside, each day, how far the audit log goes, so that nobody can rewrite all of it unseen."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from .chain import record
from .models import Event

HEAD_SENT_VERB = "audit.head_sent"


def send_head_to_witnesses():
    """Mail the newest digest to the witnesses, once a day (UTC).

    Returns the event that was told, or None if it was told today already, nobody is to be told, or
    the log is empty. A letter that cannot be sent raises, and the next call tries again.
    """
    head = Event.objects.head()
    if head is None or not settings.AUDIT_WITNESSES or was_head_sent_today():
        return None
    body = render_to_string("audit/head.txt", {"event": head})
    for witness in settings.AUDIT_WITNESSES:  # a letter each: they need not know of one another
        EmailMessage(f"Audit log, {timezone.now():%Y-%m-%d}", body, None, [witness]).send()
    record(HEAD_SENT_VERB, subject=f"event:{head.pk}", witnesses=len(settings.AUDIT_WITNESSES))
    return head


def get_last_sent_head():
    """The event that says when the witnesses were last told, or None."""
    return Event.objects.filter(verb=HEAD_SENT_VERB).head()


def was_head_sent_today():
    newest = get_last_sent_head()
    return newest is not None and newest.at.date() == timezone.now().date()
