"""This module knows links by which a partner, lawyer or translator without account reads one working copy.

Both ends of such a link are here: it is made, found again, answered and taken back, and so are the short-lived
tickets for its pictures. Of the address only a digest is kept, so that nobody reads it out of a copy of the database.
An answer is advice: it approves nothing in the sense of `publishing/workflow/transitions.py`.
Not here: the pages that a reviewer sees (`views.py`) and those at the desk (`link_pages.py`).
"""

import datetime as dt
import hashlib
import secrets

from django.core import signing
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from desk.models import ReviewAnswer, ReviewLink
from publishing.document import compute_digest
from publishing.item_log import record_item_event
from publishing.models import Release
from publishing.publication import get_publication_model
from publishing.signals import related_data_requested
from staff.lockdown import is_locked

from .tasks import schedule_link_deletion

MAX_HOURS = 72
TOKEN_BYTES = 32
MAX_ANSWERS = 20  # of one link
MAX_COMMENT_LENGTH = 2000
TICKET_SALT = "desk.reviewing.links.sign_file_ticket"
TICKET_MAX_AGE = 3600  # seconds in which the page that was sent may fetch its pictures
CONTENT_SALT = "desk.reviewing.links.sign_content"


class LinkClosed(Exception):
    """There is nothing to read at this address, or not any more; nobody is told which."""


# --- What may be done -------------------------------------------------------------------------


@transaction.atomic
def create_review_link(item, *, languages, hours, for_whom, by):
    """Returns (link, token): the token is the last part of the address and is known to nobody afterwards."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), timezone.now()
    link = ReviewLink.objects.create(
        digest=hash_token(token),
        type=item.TYPE,
        uid=item.uid,
        languages=list(languages),
        for_whom=for_whom,
        made_at=now,
        made_by=by,
        ends_at=now + dt.timedelta(hours=min(hours, MAX_HOURS)),
    )
    schedule_link_deletion()
    record_link_event("made", item, link, by=by, whom=link.for_whom, languages=link.languages, hours=hours)
    return link, token


@transaction.atomic
def revoke_review_link(link, item, *, by):
    """Returns whether the link was open before."""
    revoked = ReviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())
    if revoked:
        record_link_event("revoked", item, link, by=by)
    return bool(revoked)


@transaction.atomic
def record_opening(link, item):
    """Notes the first time that the text was shown."""
    if ReviewLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=timezone.now()):
        record_link_event("opened", item, link, by=get_reviewer_label(link))


@transaction.atomic
def save_review_answer(link, item, *, name, verdict, words, language, content):
    """Keeps what a reviewer says of exactly the `content`, the same twice once. False once there are too many."""
    ReviewLink.objects.select_for_update().get(pk=link.pk)
    answer = {"name": name, "verdict": verdict, "words": words, "language": language, "content": content}
    if link.answers.filter(**answer).exists():
        return True
    if link.answers.count() >= MAX_ANSWERS:
        return False
    ReviewAnswer.objects.create(link=link, **answer)
    record_link_event("answered", item, link, by=get_reviewer_label(link), verdict=verdict)
    return True


def record_link_event(what, item, link, *, by, **detail):
    """The log tells of the link, never what a reviewer wrote: nothing can be taken out of the log again."""
    record_item_event(f"review_{what}", item, by=by, link=link.pk, **detail)


def get_reviewer_label(link):
    return f"review link {link.pk}"


# --- Finding ----------------------------------------------------------------------------------


def hash_token(token):
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def resolve_token(token):
    """(link, item) of an address; raises `LinkClosed`."""
    return resolve_open_link(ReviewLink.objects.filter(digest=hash_token(token)))


def resolve_open_link(links):
    """(link, item) if the one link among these may be used now; raises `LinkClosed`."""
    link = links.select_related("made_by").first()
    if link is None or is_locked() or not is_link_open(link):
        raise LinkClosed
    item = get_publication_model(link.type)._default_manager.filter(uid=link.uid).first()
    if item is None:
        raise LinkClosed
    return link, item


def is_link_open(link):
    return get_link_state(link) == "open"


def get_link_state(link):
    """ "open", "revoked", "over" or "withdrawn": what became of a link.

    It ends with the account of whoever made it, and with the item: what was withdrawn after the link was given
    is not shown by it again.
    """
    if link.revoked_at or not (link.made_by and link.made_by.is_active):
        return "revoked"
    if link.ends_at <= timezone.now():
        return "over"
    taken_back = Release.objects.of(link.uid).filter(action=Release.Action.WITHDRAW, at__gte=link.made_at)
    return "withdrawn" if taken_back.exists() else "open"


@receiver(related_data_requested)
def get_review_links(item, **kwargs):
    """Every link that was ever made for an item; their answers go with them."""
    return ReviewLink.objects.filter(uid=item.uid)


def get_review_answers(item):
    """What reviewers said of an item, newest first; each knows whether these were the words of now."""
    answers = list(ReviewAnswer.objects.filter(link__uid=item.uid).select_related("link"))
    now = compute_content_digest(item) if answers else ""
    for one in answers:
        one.is_current = one.content == now
    return answers


# --- What is signed ---------------------------------------------------------------------------


def compute_content_digest(item):
    return compute_digest(item.document().as_json())


def sign_content(item, link):
    """Names the wording that is being shown, for the form below it."""
    return signing.Signer(salt=f"{CONTENT_SALT}.{link.pk}").sign(compute_content_digest(item))


def unsign_content(value, link):
    """The digest of the wording that was shown, or "" if we never showed it by this link."""
    try:
        return signing.Signer(salt=f"{CONTENT_SALT}.{link.pk}").unsign(value)
    except signing.BadSignature:
        return ""


def sign_file_ticket(link, name):
    """Lets one stored file be fetched for a short while by the page that shows it."""
    return signing.dumps([link.pk, name], salt=TICKET_SALT)


def resolve_file_ticket(ticket):
    """(link, item, file name) of a ticket; raises `LinkClosed`."""
    try:
        pk, name = signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_MAX_AGE)
    except signing.BadSignature:
        raise LinkClosed from None
    link, item = resolve_open_link(ReviewLink.objects.filter(pk=pk))
    return link, item, name
