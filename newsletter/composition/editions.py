"""Editions: what they carry now, and the steps by which a letter of the desk goes out.

Not here: digests (`digests.py`), to whom an edition goes (`addressing.py`), how a mail looks (`mails.py`), how it is
sent (`delivery/sending.py`).
"""

import secrets

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.chain import record
from newsletter.mail.results import Outcome
from newsletter.mail.transport import open_transport
from newsletter.models import Delivery, Edition, Subscriber, get_language_codes
from newsletter.subscribers import links
from publishing.models import Entry

from . import mails
from .addressing import get_edition_audiences

State = Edition.State


class EditionActionRefused(Exception):  # an answer to the person who asked
    """A deed that was not done; the message says why."""


# --- What an edition carries ------------------------------------------------------------------


def get_edition_entries(edition, language):
    """The entries of an edition that anybody may read at this moment, in their order; withdrawn ones are not there."""
    public = Entry.objects.public(channel="newsletter").filter(language=language, number__in=edition.numbers)
    place = {number: place for place, number in enumerate(edition.numbers)}
    return sorted(public.exclude(section="").defer("words", "body", "fragment"), key=lambda entry: place[entry.number])


# --- Letters of the desk ----------------------------------------------------------------------


@transaction.atomic
def submit_edition(edition, *, by):
    """Hands a letter to the second person who has to approve it."""
    if not edition.numbers:
        raise EditionActionRefused(_("It contains nothing yet."))
    change_edition_state(edition, by=by, before={State.DRAFT}, after=State.IN_REVIEW, verb="edition.proposed")


@transaction.atomic
def approve_edition(edition, *, by):
    """Lets a letter go out. Whoever wrote of it cannot, superusers included."""
    if str(by) in edition.authors:
        raise EditionActionRefused(_("You worked on this letter yourself. Somebody else has to approve it."))
    if not any(get_edition_entries(edition, language) for language in get_language_codes()):
        raise EditionActionRefused(_("None of its entries is public now."))
    change_edition_state(edition, by=by, before={State.IN_REVIEW}, after=State.COMPOSING, verb="edition.approved")
    Edition.objects.filter(pk=edition.pk).update(approved_by=str(by))


@transaction.atomic
def return_edition_to_draft(edition, *, by):
    change_edition_state(edition, by=by, before={State.IN_REVIEW}, after=State.DRAFT, verb="edition.returned")


@transaction.atomic
def stop_edition(edition, *, by):
    """Nothing more is sent of it; senders that are at work look before each twentieth mail."""
    change_edition_state(
        edition, by=by, before={State.SENDING, State.COMPOSING}, after=State.STOPPED, verb="edition.stopped"
    )


@transaction.atomic
def resume_edition(edition, *, by):
    """Goes on with those who have not had it."""
    change_edition_state(edition, by=by, before={State.STOPPED}, after=State.COMPOSING, verb="edition.resumed")


def change_edition_state(edition, *, by, before, after, verb):
    """One state to another by a conditional update: of ten clicks at once, one is a deed and nine are refused."""
    if not Edition.objects.filter(pk=edition.pk, state__in=before).update(state=after, trouble=""):
        edition.refresh_from_db()
        raise EditionActionRefused(_("This is not possible while its state is “%s”.") % edition.get_state_display())
    record(verb, actor=by, subject=f"edition:{edition.pk}")
    edition.refresh_from_db()


def count_edition_readers(edition):
    """How many a letter will go to, as it stands now."""
    return Subscriber.objects.filter(audience__in=get_edition_audiences(edition)).count()


def get_candidate_entries(*, most):
    """The newest entries that a letter may carry, in the language of the site."""
    public = Entry.objects.public(channel="newsletter").filter(language=get_language_codes()[0]).exclude(section="")
    return public.order_by("-first_public", "-number").defer("words", "body", "fragment")[:most]


def send_test_mail(edition, *, language, to):
    """Sends one mail to a member of staff, exactly as readers get it but for its links, which lead to nobody.

    Raises Refused if there is nothing to send or the server does not take it.
    """
    letter = mails.build_edition_merge(edition, get_edition_entries(edition, language), language=language)
    if letter is None:
        raise EditionActionRefused(_("None of its entries is public now."))
    transport = open_transport()
    nobody = {
        "unsubscribe": links.make_token(0, links.UNSUBSCRIBE),
        "preferences": links.make_token(0, links.PREFERENCES),
    }
    raw = letter.render_for(to=to, message_id=links.make_message_id("test", secrets.token_hex(8)), **nobody)
    answer = transport.send(raw, sender=settings.DEFAULT_FROM_EMAIL, recipient=to)
    transport.close()
    if answer.outcome != Outcome.TAKEN:
        raise EditionActionRefused(_("The mail server did not take it (%s).") % answer.code_text)


@transaction.atomic
def settle_doubtful_delivery(delivery, *, by, sent):
    """A person decides on a delivery in doubt: it counts as sent, or is sent again."""
    state = Delivery.State.SENT if sent else Delivery.State.DUE
    doubtful = Delivery.objects.in_doubt().filter(pk=delivery.pk)
    if not doubtful.update(state=state, due_at=timezone.now(), claim="", code=""):
        raise EditionActionRefused(_("This delivery is not in doubt any more."))
    record("delivery.settled", actor=by, subject=f"edition:{delivery.edition_id}", sent=sent)
    if sent:
        Edition.objects.filter(pk=delivery.edition_id).update(sent=models.F("sent") + 1)
    else:
        Edition.objects.filter(pk=delivery.edition_id, state=State.SENT).update(state=State.SENDING)
