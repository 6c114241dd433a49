"""The table of what may happen to an edition: letters from draft to sent; digests are stopped and resumed alone.

Not here: how a transition is performed (`publishing/workflow/state_machine.py`), the pages (`admin.py`).
"""

import secrets
from contextlib import suppress

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.chain import record
from newsletter.mail.results import Outcome
from newsletter.mail.transport import open_transport
from newsletter.models import Delivery, Edition, get_language_codes
from newsletter.subscribers import links
from publishing.workflow.approvals import find_doubts_about
from publishing.workflow.state_machine import Change, Transition, TransitionRefused, perform
from staff.lockdown import is_locked
from staff.models import Account

from . import edition_entries, edition_mail

State = Edition.State
CHANGED_NOTICE = "Something in it changed after it was approved: look at it again before you resume it."


def refuse_own_letter(edition, *, by):
    """Whoever wrote of it cannot let it go out, superusers included."""
    if str(by) in edition.authors:
        yield _("You worked on this letter yourself. Somebody else has to approve it.")
    authors = Account.objects.filter(username__in=edition.authors).values_list("pk", flat=True)
    yield from find_doubts_about(by, authors=set(authors))


def refuse_own_changed_letter(edition, *, by):
    """What changed after it was approved is approved anew by whoever resumes it."""
    if edition.has_changed_since_approval():
        yield from refuse_own_letter(edition, by=by)


def find_nothing_picked(letters):
    return [[] if letter.numbers else [_("It contains nothing yet.")] for letter in letters]


def find_nothing_public(letters):
    for letter in letters:
        is_public = any(edition_entries.get_edition_entries(letter, language) for language in get_language_codes())
        yield [] if is_public else [_("None of its entries is public now.")]


def clear_trouble(letters, *, by):
    return set_fields(letters, trouble="")


def sign_letters(letters, *, by):
    """A letter goes out as it is seen at this moment, and no further once that changed."""
    for letter in letters:
        set_fields([letter], approved_by=str(by), approved_digest=letter.seen_digest())
    return clear_trouble(letters, by=by)


def sign_changed_letters(letters, *, by):
    sign_letters([letter for letter in letters if letter.has_changed_since_approval()], by=by)
    return clear_trouble(letters, by=by)


def set_fields(letters, **values):
    Edition.objects.filter(pk__in=[letter.pk for letter in letters]).update(**values)
    return [Change(letter) for letter in letters]


# The first that fits is the one that is meant most often.
TABLE = [
    Transition(
        "propose", gettext_lazy("Submit for approval"), right="send", verb="proposed",
        sources=(State.DRAFT,), target=State.IN_REVIEW, blockers=find_nothing_picked, effect=clear_trouble,
    ),
    Transition(
        "approve", gettext_lazy("Approve and send"), right="send", verb="approved", is_dangerous=True,
        sources=(State.IN_REVIEW,), target=State.COMPOSING,
        guard=refuse_own_letter, blockers=find_nothing_public, effect=sign_letters,
    ),
    Transition(
        "take-back", gettext_lazy("Return to its authors"), right="send", verb="returned",
        sources=(State.IN_REVIEW,), target=State.DRAFT, effect=clear_trouble,
    ),
    Transition(
        # Senders that are at work look before each twentieth mail.
        "stop", gettext_lazy("Stop"), right="send", verb="stopped", is_dangerous=True,
        sources=(State.COMPOSING, State.SENDING), target=State.STOPPED, effect=clear_trouble,
    ),
    Transition(
        "resume", gettext_lazy("Resume sending"), right="send", verb="resumed",
        sources=(State.STOPPED,), target=State.COMPOSING,
        guard=refuse_own_changed_letter, effect=sign_changed_letters,
    ),
]  # fmt: skip
EDITION_TRANSITIONS = {transition.name: transition for transition in TABLE}


# --- Beside the table -------------------------------------------------------------------------


def stop_changed_letter(edition):
    """Stops a letter on its way that is not any more what was approved; a person looks at it again."""
    if edition.state == State.SENDING and edition.has_changed_since_approval():
        with suppress(TransitionRefused):  # somebody else stopped it just now
            perform(edition, EDITION_TRANSITIONS["stop"])
            set_fields([edition], trouble=CHANGED_NOTICE)


def send_test_mail(edition, *, language, to):
    """Sends one mail to a member of staff, exactly as readers get it but for its links, which lead to nobody.

    Raises `TransitionRefused` if there is nothing to send, the server does not take it, or the desk is locked down.
    """
    if is_locked():
        raise TransitionRefused("The desk is locked down; nothing is sent.")  # nobody is there to read it
    letter = edition_mail.build_edition_merge(
        edition, edition_entries.get_edition_entries(edition, language), language=language
    )
    if letter is None:
        raise TransitionRefused(_("None of its entries is public now."))
    transport = open_transport()
    nobody = {
        "unsubscribe": links.make_token(0, links.UNSUBSCRIBE),
        "preferences": links.make_token(0, links.PREFERENCES),
    }
    raw = letter.render_for(to=to, message_id=links.make_message_id("test", secrets.token_hex(8)), **nobody)
    answer = transport.send(raw, sender=settings.DEFAULT_FROM_EMAIL, recipient=to)
    transport.close()
    if answer.outcome != Outcome.TAKEN:
        raise TransitionRefused(_("The mail server did not take it (%s).") % answer.code_text)


@transaction.atomic
def settle_doubtful_delivery(delivery, *, by, sent):
    """A person decides on a delivery in doubt: it counts as sent, or is sent again."""
    state = Delivery.State.SENT if sent else Delivery.State.DUE
    doubtful = Delivery.objects.in_doubt().filter(pk=delivery.pk)
    if not doubtful.update(state=state, due_at=timezone.now(), claim="", code=""):
        raise TransitionRefused(_("This delivery is not in doubt any more."))
    record("delivery.settled", actor=by, subject=f"edition:{delivery.edition_id}", sent=sent)
    if sent:
        Edition.objects.filter(pk=delivery.edition_id).update(sent=models.F("sent") + 1)
    else:
        Edition.objects.filter(pk=delivery.edition_id, state=State.SENT).update(state=State.SENDING)
