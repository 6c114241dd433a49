"""What the demo leaves on the desk: one item in each state that is not public, so that all can be seen and tried."""

import datetime as dt

from django.utils import timezone

from publishing.workflow import transitions
from situations.models import Partner, Situation
from stories.models import Consent, SurvivorStory
from updates.models import Update

WORDS = ("title", "summary", "content_note")


def load(rows, *, editor, second):
    """Each row is written by `editor` and brought to its state by the two, with the deeds that staff would use."""
    place = Situation.objects.order_by("order", "pk").first()
    for row in rows:
        item = written(row, place, by=editor)
        STATES[row["state"]](item, row, editor=editor, second=second)


def written(row, place, *, by):
    item = update_of(row) if row["type"] == "update" else story_of(row)
    item.situation, item.slug, item.date, item.edited_by = place, row["slug"], timezone.localdate(), by
    for name in WORDS:
        for code, words in row.get(name, {}).items():
            setattr(item, f"{name}_{code}", words)
    item._history_user = by
    item.save()
    return item


def update_of(row):
    return Update(kind=row["kind"])


def story_of(row):
    partner = Partner.objects.get(slug=row["partner"])
    return SurvivorStory(partner=partner, original_language="be", original_title=row["original"])


# --- The states -------------------------------------------------------------------------------


def draft(item, row, *, editor, second):
    """As it was written."""


def in_review(item, row, *, editor, second):
    transitions.submit(item, by=editor)


def returned(item, row, *, editor, second):
    transitions.submit(item, by=editor)
    transitions.return_to_author(item, by=second, comment=row["comment"])


def approved(story, row, *, editor, second):
    consent = Consent(
        story=story,
        reference="PRACTICE-1",
        date=timezone.localdate(),
        explained_by="Nobody: this is an exercise",
        language="be",
        site=True,
        review=timezone.localdate() + dt.timedelta(days=7),
    )
    consent._history_user = editor
    consent.save()
    transitions.submit(story, by=editor)
    transitions.approve(story, by=second)


def scheduled(item, row, *, editor, second):
    transitions.publish(item, by=second, at=timezone.now() + dt.timedelta(days=row["days"]))


def withdrawn(item, row, *, editor, second):
    transitions.publish(item, by=second)
    transitions.withdraw(item, by=second, reason=row["reason"])


STATES = {
    "draft": draft,
    "in_review": in_review,
    "returned": returned,
    "approved": approved,
    "scheduled": scheduled,
    "withdrawn": withdrawn,
}
