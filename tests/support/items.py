"""One fully filled and one minimal item of each type, the same at every run: nothing of them depends on today."""

import datetime as dt
import uuid

from situations.models import Alert, Organisation, Page, Partner, Situation, Tag
from stories.models import Consent, SurvivorStory
from updates.models import Attachment, Update

DAY = dt.date(2020, 8, 14)
MOMENT = dt.datetime(2020, 8, 14, 9, 30, tzinfo=dt.UTC)
PICTURE = {
    "renditions": [{"name": "a.jpg", "type": "image/jpeg", "width": 8, "height": 6, "size": 5}],
    "width": 8,
    "height": 6,
    "focus": [50, 30],
}
PICTURE_FIELDS = {
    "picture": PICTURE,
    "picture_alt_en": "A corridor",
    "picture_alt_ru": "Коридор",
    "picture_decorative": True,
}
TEXTS = {
    "title_en": "Stop reprisals",
    "title_be": "Спыніце рэпрэсіі",
    "summary_en": "One.\nTwo.",
    "body_ar": "<p>نص</p>",
    "translator_be": "A. B.",
    "content_note_ru": "избиение",
}


def build_item(kind, filled):
    """The item as it stands in the database, with all that hangs on it."""
    uid = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}-{filled}")
    item = BUILDERS[kind, filled](uid=uid)
    type(item).objects.filter(pk=item.pk).update(created=MOMENT)
    return type(item).objects.get(pk=item.pk)


def build_full_organisation(**fields):
    return Organisation.objects.create(
        slug="organisation",
        language="fr",
        name_en="Witness Line",
        name_fr="Ligne des témoins",
        sentence_en="Torture leaves a record.",
        introduction_es="Dos frases.",
        mark={"viewbox": "0 0 8 8", "paths": ["M0 0h8v8z"], "rule": "evenodd"},
        link="#123456",
        link_seen="#654321",
        link_dark="#b3b5fe",
        link_seen_dark="#dcb2eb",
        contact="press@example.org",
        postal_address="A street\nA town",
        mirrors="https://mirror.example.net",
        **fields,
    )


def build_minimal_organisation(**fields):
    return Organisation.objects.create(slug="organisation", name_en="Witness Line", **fields)


def build_full_situation(**fields):
    return Situation.objects.create(
        slug="belarus",
        language="ru",
        title_en="All Eyes on Belarus",
        title_ru="Все взгляды на Беларусь",
        short_title_en="Belarus",
        introduction_en="What happened.",
        support_fr="<p>Aide</p>",
        region_ar="أوروبا",
        since=dt.date(2020, 8, 9),
        until=dt.date(2024, 1, 31),
        archived=True,
        order=3,
        **PICTURE_FIELDS,
        picture_credit_ru="Drawing: A. B.",
        **fields,
    )


def build_minimal_situation(**fields):
    return Situation.objects.create(slug="syria", title_en="Syria", **fields)


def get_situation():
    return Situation.objects.filter(slug="syria").first() or build_minimal_situation()


def build_full_alert(**fields):
    return Alert.objects.create(
        slug="alert",
        language="es",
        sentence_en="New report",
        sentence_es="Nuevo informe",
        url="/en/syria/",
        situation=get_situation(),
        starts=MOMENT,
        ends=MOMENT + dt.timedelta(hours=9),
        **fields,
    )


def build_minimal_alert(**fields):
    return Alert.objects.create(
        slug="alert", sentence_en="New report", starts=MOMENT, ends=MOMENT + dt.timedelta(days=1), **fields
    )


def build_full_page(**fields):
    return Page.objects.create(
        slug="safety", key="safety", language="fr", title_fr="Lire", body_fr="<p>Mots</p>", body_en="<p>W</p>", **fields
    )


def build_minimal_page(**fields):
    return Page.objects.create(slug="about", key="about", **fields)


def build_partner(slug="viasna", **fields):
    names = {"name_en": slug.capitalize(), "name_be": "Вясна", "description_fr": "ONG"}
    facts = {"url": "https://viasna.example", "country": "BY", "language": "be"}
    return Partner.objects.create(slug=slug, **{**names, **facts, **fields})


def add_tags(item):
    for slug in ("torture", "detention"):
        item.tags.add(
            Tag.objects.create(slug=slug, name=slug, name_en=slug, name_ru="тег" if slug == "torture" else None)
        )
    return item


def build_full_update(**fields):
    update = Update.objects.create(
        slug="stop",
        situation=get_situation(),
        language="be",
        kind="joint-letter",
        date=DAY,
        date_precision="month",
        subtitle_en="Three questions",
        publisher=build_partner("memorial"),
        url="https://example.org/x",
        tell_now=True,
        **TEXTS,
        **PICTURE_FIELDS,
        picture_credit_be="Drawing: A. B.",
        **fields,
    )
    update.co_publishers.set([build_partner("viasna"), build_partner("amnesty", url="", country="")])
    for number, language in enumerate(("fr", "en")):
        facts = {"name": f"{number}.pdf", "size": 5 + number, "pages": 1, "sha256": f"{number}" * 64}
        Attachment.objects.create(update=update, title=f"Report {number}", language=language, **facts)
    return add_tags(update)


def build_minimal_update(**fields):
    return Update.objects.create(slug="stop", situation=get_situation(), title_en="Stop", date=DAY, **fields)


def build_full_story(**fields):
    story = SurvivorStory.objects.create(
        slug="voice",
        situation=get_situation(),
        partner=build_partner(),
        language="en",
        original_language="uk",
        original_title="«Тебе?»",
        original_body="<p>Слова</p>",
        original_url="https://example.org/o",
        date=DAY,
        date_precision="year",
        naming="pseudonym",
        pseudonym="Vera",
        tell_now=True,
        **TEXTS,
        **fields,
    )
    Consent.objects.create(
        story=story,
        reference="V-1",
        date=DAY,
        explained_by="Documentation officer",
        language="be",
        site=True,
        feed=True,
        mirror=True,
        naming="pseudonym",
        review=dt.date(2031, 1, 1),
        hide_when_due=True,
    )
    return add_tags(story)


def build_minimal_story(**fields):
    partner = build_partner("viasna", name_be=None, description_fr=None, url="", country="", language="")
    return SurvivorStory.objects.create(
        slug="voice",
        situation=get_situation(),
        partner=partner,
        original_language="be",
        original_title="Я",
        date=DAY,
        pseudonym="Not shown",
        **fields,
    )


BUILDERS = {
    ("organisation", "full"): build_full_organisation,
    ("organisation", "minimal"): build_minimal_organisation,
    ("situation", "full"): build_full_situation,
    ("situation", "minimal"): build_minimal_situation,
    ("alert", "full"): build_full_alert,
    ("alert", "minimal"): build_minimal_alert,
    ("page", "full"): build_full_page,
    ("page", "minimal"): build_minimal_page,
    ("update", "full"): build_full_update,
    ("update", "minimal"): build_minimal_update,
    ("story", "full"): build_full_story,
    ("story", "minimal"): build_minimal_story,
}
