"""Which mails the book shows: every one to readers as text and as HTML, and those to staff, which are text alone."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.composition.edition_entries import get_edition_entries
from newsletter.composition.edition_mail import build_edition_mail
from newsletter.composition.mail_merge import MergeFields
from newsletter.models import Audience, Edition
from newsletter.subscribers import signup, subscriber_mail
from newsletter.subscribers.data_access import get_stored_data
from publishing.models import Entry
from staff import emails
from staff.models import Account

from .plain_pages import Rendering

READER = "reader@example.org"
STAFF_NEWS = ("alert", "link", "password", "device", "factor", "role")


def draw_mails(language):
    """Every mail in one language, which is active; a generator of `Rendering`."""
    yield from draw_subscriber_mails(language)
    yield from draw_editions(language)
    yield from draw_staff_mails()


def draw_subscriber_mails(language):
    sign_up = signup.create_sign_up(READER, language=language, frequency="daily", query="")
    mail = subscriber_mail.build_confirmation_mail(sign_up, address=READER)
    yield from draw_parts("Mail: confirm", mail.subject, text=mail.body, html=mail.alternatives[0].content)
    subscriber = signup.save_subscriber(sign_up)
    mail = subscriber_mail.build_data_copy_mail(subscriber, address=READER, facts=get_stored_data)
    yield from draw_parts("Mail: what we hold", mail.subject, text=mail.body, html=mail.alternatives[0].content)
    signup.unsubscribe(subscriber.pk)


def draw_editions(language):
    """A digest of each rhythm and a letter, with one entry and with many."""
    public = Entry.objects.public(channel="newsletter").filter(language=language).exclude(section="")
    numbers = list(public.newest_first().values_list("number", flat=True))
    rhythms = Audience.Frequency
    sizes = {rhythms.INSTANT: 1, rhythms.DAILY: 3, rhythms.WEEKLY: len(numbers), "": 3}
    for frequency, size in sizes.items():
        edition = Edition(frequency=frequency, numbers=numbers[:size])
        entries = get_edition_entries(edition, language)
        mail = build_edition_mail(edition, entries, language=language, blanks=MergeFields())
        yield from draw_parts(f"Mail: {frequency or 'letter'}", mail.subject, text=mail.text, html=mail.html)


def draw_staff_mails():
    account = Account.objects.first() or Account(username="editor")
    now = timezone.now()
    desk = f"{settings.SITE_URL}/admin/"
    facts = {"who": "second-editor", "starts": now.isoformat(), "ends": (now + dt.timedelta(days=7)).isoformat()}
    facts |= {"address": desk, "link": desk}
    for news in STAFF_NEWS:
        body = render_to_string(f"staff/mail/{news}.txt", emails.build_email_context(account, facts))
        yield Rendering(f"Mail to staff: {news}", emails.get_email_subject(news), text=body)
    told = {"by": "admin", "number": 1234, "reason": "a new provider", "at": f"{now:%Y-%m-%d %H:%M} UTC", "desk": desk}
    subject = _("The addresses of the newsletter were exported")
    yield Rendering("Mail to staff: export", subject, text=render_to_string("newsletter/mail/exported.txt", told))


def draw_parts(name, subject, *, text, html):
    yield Rendering(f"{name}, text", subject, text=text)
    yield Rendering(f"{name}, HTML", subject, html=html)
