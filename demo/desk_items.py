"""What the demo leaves on the desk: one item in each state that is not public, so that all can be seen and tried."""

import datetime as dt

from django.utils import timezone

from publishing.workflow import transitions
from situations.models import Partner, Situation
from stories.models import Consent, SurvivorStory
from updates.models import Update

TRANSLATED_FIELDS = ("title", "summary", "content_note")


def load_desk_items(rows, *, editor, second):
    """Each row is written by `editor` and brought to its state by the two, with the deeds that staff would use."""
    place = Situation.objects.order_by("order", "pk").first()
    for row in rows:
        item = create_item(row, place, by=editor)
        STATE_ACTIONS[row["state"]](item, row, editor=editor, second=second)


def create_item(row, place, *, by):
    item = build_update(row) if row["type"] == "update" else build_story(row)
    item.situation, item.slug, item.date, item.edited_by = place, row["slug"], timezone.localdate(), by
    for name in TRANSLATED_FIELDS:
        for code, words in row.get(name, {}).items():
            setattr(item, f"{name}_{code}", words)
    item._history_user = by
    item.save()
    return item


def build_update(row):
    return Update(kind=row["kind"])


def build_story(row):
    partner = Partner.objects.get(slug=row["partner"])
    return SurvivorStory(partner=partner, original_language="be", original_title=row["original"])


# --- The states -------------------------------------------------------------------------------


def leave_draft(item, row, *, editor, second):
    """As it was written."""


def submit_item(item, row, *, editor, second):
    transitions.submit(item, by=editor)


def return_item(item, row, *, editor, second):
    transitions.submit(item, by=editor)
    transitions.return_to_author(item, by=second, comment=row["comment"])


def approve_story(story, row, *, editor, second):
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


def schedule_item(item, row, *, editor, second):
    transitions.publish(item, by=second, at=timezone.now() + dt.timedelta(days=row["days"]))


def withdraw_item(item, row, *, editor, second):
    transitions.publish(item, by=second)
    transitions.withdraw(item, by=second, reason=row["reason"])


STATE_ACTIONS = {
    "draft": leave_draft,
    "in_review": submit_item,
    "returned": return_item,
    "approved": approve_story,
    "scheduled": schedule_item,
    "withdrawn": withdraw_item,
}
