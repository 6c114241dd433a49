"""Plain makers of content for tests: working copies as staff would save them, and ways to make them public."""

import datetime as dt
from itertools import count

from django.utils import timezone

from publishing.workflow import transitions
from publishing.workflow.withdrawals import find_withdrawal
from situations.models import Alert, Organisation, Partner, Situation, Tag
from staff.models import Account
from staff.roles import create_account
from stories.models import Consent, SurvivorStory
from updates.models import Update

numbers = count(1)
PASSWORD = "correct horse battery staple"


def make_staff(name="editor", *, role="approver"):
    return Account.objects.filter(username=name).first() or make_account(name, role=role)


def make_account(name, *, role):
    """Somebody who has been there for a week."""
    account = create_account(name, role=role, password=PASSWORD)
    account.date_joined -= dt.timedelta(days=7)
    account.save()
    return account


def make_organisation(**fields):
    return publish_item(save_item(Organisation(name_en="Witness Line", slug="organisation", **fields)))


def make_situation(slug="belarus", *, public=True, **fields):
    defaults = {"title_en": "All Eyes on Belarus", "introduction_en": "What happened, and who says so."}
    situation = save_item(Situation(slug=slug, **{**defaults, **fields}))
    return publish_item(situation) if public else situation


def make_partner(name="Viasna", **fields):
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    return Partner.objects.get_or_create(slug=slug, defaults={"name_en": name, **fields})[0]


def make_tag(name="Detention", **fields):
    return Tag.objects.get_or_create(slug=name.lower(), defaults={"name": name, "name_en": name, **fields})[0]


def make_update(title="Stop reprisals", *, situation=None, public=False, tags=(), by=None, **fields):
    """A draft update, or with `public` a published one; `by` is the account that wrote it."""
    number = next(numbers)
    update = Update(
        situation=situation or Situation.objects.first() or make_situation(),
        slug=fields.pop("slug", f"update-{number}"),
        date=fields.pop("date", dt.date(2020, 8, 14)),
        **{"title_en": title, **fields},
    )
    save_item(update, by=by)
    update.tags.set(tags)
    return publish_item(update) if public else update


def make_story(title="“Ты за Ціханоўскую?”", *, situation=None, public=False, consent=True, by=None, **fields):
    """A draft testimony in Belarusian with a consent to everything, or with `public` an approved and published one."""
    number = next(numbers)
    story = SurvivorStory(
        situation=situation or Situation.objects.first() or make_situation(),
        slug=fields.pop("slug", f"story-{number}"),
        partner=fields.pop("partner", None) or make_partner(),
        date=fields.pop("date", dt.date(2020, 8, 27)),
        original_title=title,
        **{"original_language": "be", "content_note_en": "beatings", "title_en": "Are you for her?", **fields},
    )
    save_item(story, by=by)
    if consent:
        make_consent(story, **(consent if isinstance(consent, dict) else {}))
    if public:
        approve_item(story)
        publish_item(story)
    return story


def make_consent(story, **fields):
    channels = dict.fromkeys(["site", "newsletter", "feed", "card", "mirror"], True)
    record = {
        "reference": "V-1",
        "date": dt.date(2020, 9, 1),
        "explained_by": "Documentation officer",
        "language": "be",
    }
    return Consent.objects.create(story=story, **{**channels, **record, **fields})


def look_at_consent_again(story):
    """After a withdrawal somebody says that the teller still agrees."""
    story.consent.withdrawal = find_withdrawal(story).pk
    story.consent.save()
    return story


def make_alert(sentence="New report on torture along the routes", *, public=True, hours=24, **fields):
    now = timezone.now()
    alert = Alert(
        sentence_en=sentence, starts=now, ends=now + dt.timedelta(hours=hours), slug=f"alert-{next(numbers)}", **fields
    )
    return publish_item(save_item(alert)) if public else save_item(alert)


def save_item(item, *, by=None):
    item.edited_by = by
    item._history_user = by
    item.save()
    return item


def approve_item(item, *, by=None):
    """Hands in and lets a second person approve exactly what is there."""
    transitions.submit(item)
    transitions.approve(item, by=by or make_staff("approver"))
    return item


def publish_item(item, **options):
    transitions.publish(item, **options)
    return item
