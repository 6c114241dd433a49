"""This module knows how to make synthetic content for measuring: no person and no event in it is real.

The same seed gives the same content. Some words stand nearly everywhere and some hardly ever, as in a
real archive, so that searches and filters can be measured.
"""

import datetime as dt
import random

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from publishing.batches import QUERY_PARAMETERS, in_batches
from publishing.kinds import UPDATE_KINDS
from publishing.lookup import get_public_state
from publishing.models import Approval
from publishing.workflow import transitions
from publishing.workflow.approvals import compute_approval_digest
from situations.models import Partner, Situation, Tag
from situations.spreadsheets.saving import bulk_set_links
from stories.models import Consent, SurvivorStory
from updates.models import Update

FIRST_DAY = dt.date(2012, 1, 1)
DAYS = 14 * 365
WORDS = {
    "en": "torture detention court report police prison appeal witness border protest lawyer statement inquiry council",
    "fr": "torture détention tribunal rapport police prison appel témoin frontière manifestation avocat déclaration",
    "es": "tortura detención tribunal informe policía prisión apelación testigo frontera protesta abogada declaración",
    "ru": "пытки задержание суд доклад полиция тюрьма обращение свидетель граница протест адвокат заявление",
    "be": "катаванні затрыманне суд даклад паліцыя турма зварот сведка мяжа пратэст адвакат заява",
    "ar": "تعذيب احتجاز محكمة تقرير شرطة سجن نداء شاهد حدود احتجاج محام بيان",
}
TAGS = {
    "detention": "Detention",
    "accountability": "Accountability",
    "migration": "Migration",
    "media-freedom": "Media freedom",
}
ORIGINALS = ["be", "ru", "uk", "ar", "en", "fr"]


def create_samples(*, updates, stories, seed, publish, progress=lambda batch: batch):
    """Writes the content in batches, each whole; returns how many items were made."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    place, partners, tags = create_shared_objects(seed)
    if publish and get_public_state(place) == "draft":
        transitions.publish(place)
    made = 0
    plans = [build_sample_update] * updates + [build_sample_story] * stories
    for batch in progress(list(in_batches(enumerate(plans)))):
        items = [build(dice, place, partners, number) for number, build in batch]
        save_samples(items, dice, tags, publish=publish)
        made += len(items)
    return made


@transaction.atomic
def create_shared_objects(seed):
    """The situation, partners and tags that all items of one seed share; made once."""
    slug = f"sample-{seed}"
    place, _new = Situation.objects.get_or_create(
        slug=slug,
        defaults={f"title_{code}": f"{words.split()[0].capitalize()} {seed}" for code, words in WORDS.items()},
    )
    partners = [
        Partner.objects.get_or_create(
            slug=f"sample-partner-{n}", defaults={"name": f"Sample partner {n}", "name_en": f"Sample partner {n}"}
        )[0]
        for n in range(5)
    ]
    tags = [Tag.objects.get_or_create(slug=s, defaults={"name": name, "name_en": name})[0] for s, name in TAGS.items()]
    return place, partners, tags


def make_sentence(dice, code, length):
    words = dice.choices(WORDS[code].split(), k=length)
    return " ".join(words).capitalize()


def make_texts(dice, *, languages, number, names):
    """Field -> text for each of these languages; every title is different by its number."""
    written = {}
    for code in languages:
        for name, length in names.items():
            words = make_sentence(dice, code, length)
            written[f"{name}_{code}"] = f"<p>{words}.</p>" * 3 if name == "body" else f"{words} {number}"
    return written


def choose_languages(dice):
    """English and a few of the others, as in life; sometimes all."""
    shipped = [code for code in settings.SHIPPED_LANGUAGES if code != "en"]
    return ["en", *dice.sample(shipped, dice.randint(0, len(shipped)))]


def build_sample_update(dice, place, partners, number):
    return Update(
        situation=place,
        slug=f"sample-update-{number}",
        language="en",
        kind=dice.choice(list(UPDATE_KINDS)),
        date=FIRST_DAY + dt.timedelta(days=dice.randrange(DAYS)),
        date_precision=dice.choice(["day"] * 8 + ["month", "undated"]),
        publisher=dice.choice(partners) if dice.random() < 0.1 else None,
        **make_texts(
            dice, languages=choose_languages(dice), number=number, names={"title": 7, "summary": 18, "body": 60}
        ),
    )


def build_sample_story(dice, place, partners, number):
    original = dice.choice(ORIGINALS)
    words = make_sentence(dice, original if original in WORDS else "ru", 8)
    return SurvivorStory(
        situation=place,
        partner=dice.choice(partners),
        slug=f"sample-story-{number}",
        language="en",
        original_language=original,
        original_title=f"{words} {number}",
        date=FIRST_DAY + dt.timedelta(days=dice.randrange(DAYS)),
        date_precision=dice.choice(["day", "undated"]),
        **make_texts(dice, languages=choose_languages(dice), number=number, names={"title": 7, "summary": 18}),
        content_note_en="synthetic",
    )


@transaction.atomic
def save_samples(items, dice, tags, *, publish):
    """Saves one batch and, if asked to, publishes it; history is left out, since nobody wrote these."""
    for model in (Update, SurvivorStory):
        mine = [item for item in items if isinstance(item, model)]
        model.objects.bulk_create(mine, batch_size=QUERY_PARAMETERS)
        bulk_set_links(model, [ItemLinks(item, {"tags": set(dice.sample(tags, dice.randint(0, 2)))}) for item in mine])
    stories = [item for item in items if isinstance(item, SurvivorStory)]
    Consent.objects.bulk_create(build_sample_consent(story) for story in stories)
    if publish:
        approve_samples(stories)
        transitions.publish_ready(items)


class ItemLinks:
    """An item with its tags, in the form in which `bulk_set_links` takes them."""

    def __init__(self, item, links):
        self.item = item
        self.links = links


def build_sample_consent(story):
    channels = dict.fromkeys(["site", "newsletter", "feed", "card", "mirror"], True)
    day = timezone.now().date()
    return Consent(story=story, reference=story.slug, date=day, explained_by="Sample", language="en", **channels)


def approve_samples(stories):
    """The second person of synthetic stories: an account that nobody can log in with."""
    person, new = get_user_model().objects.get_or_create(username="sample-approver")
    if new:
        person.set_unusable_password()
        person.save()
    Approval.objects.bulk_create(
        Approval(uid=story.uid, digest=compute_approval_digest(story), by=person) for story in stories
    )
