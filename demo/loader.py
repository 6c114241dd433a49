"""This module knows how to load the demonstration content of `demo/` into an empty database.

It does what staff would do, in their order and with their deeds: an editor writes, a second editor
approves the testimonies, everything is published. One transaction, so that half a demo never stands.
"""

import base64
import datetime as dt
import hashlib
import hmac
import itertools
import json

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from publishing.media import files, images
from publishing.released import PICTURE_TEXTS
from publishing.workflow import transitions
from situations.models import Alert, Organisation, Partner, Situation, Tag
from staff.models import PROBATION, Account
from staff.roles import create_account
from stories.spreadsheet_columns import import_stories
from updates.models import Attachment
from updates.spreadsheet_columns import import_updates

from . import desk_items
from .pictures import build_pdf, draw_picture

FOLDER = settings.BASE_DIR / "demo"
DEMO_ROLES = {"editor": "contributor", "second-editor": "approver", "admin": "administrator"}
EXTRA_COLUMNS = [
    "slug", "naming", "attachment", "attachment_language", "picture",
    *(f"{name}_{code}" for name in ("translator", *PICTURE_TEXTS) for code in settings.SHIPPED_LANGUAGES),
    "translator", *PICTURE_TEXTS,
]  # fmt: skip


def has_no_content():
    return not (Organisation.objects.exists() or Situation.objects.exists())


def load_demo():
    """Loads everything, or nothing where content stands already; says whether it did."""
    stored = []
    try:
        with transaction.atomic():
            if not has_no_content():
                return False
            load_content(stored)
    except BaseException:
        files.delete_files(stored)
        raise
    return True


def load_content(stored):
    """`stored` collects the names of files that were written, for whoever has to take them back."""
    editor, second = (create_demo_account(name) for name in ("editor", "second-editor"))
    create_demo_account("admin")
    site = json.loads((FOLDER / "site.json").read_text(encoding="utf-8"))
    for words in site["tags"]:
        save_with_words(Tag(slug=words["slug"]), words)
    for words in site["partners"]:
        save_with_words(Partner(slug=words["slug"]), words)
    publish_item(load_organisation(site["organisation"]), by=second)
    for words in site["situations"]:
        publish_item(load_situation(words, by=editor, stored=stored), by=second)
    updates = import_updates(FOLDER / "updates.csv", by=editor, quiet=True, also=EXTRA_COLUMNS)
    stories = import_stories(FOLDER / "stories.csv", by=editor, quiet=True, also=EXTRA_COLUMNS)
    for row, item in updates.items + stories.items:
        complete_item(row, item, by=editor, stored=stored)
    transitions.publish_all([item for _row, item in updates.items], by=second)
    for _row, story in stories.items:
        transitions.submit(story, by=editor)
        transitions.approve(story, by=second)
    transitions.publish_all([story for _row, story in stories.items], by=second)
    publish_item(load_alert(site["alert"]), by=second)
    desk_items.load_desk_items(
        json.loads((FOLDER / "desk.json").read_text(encoding="utf-8")), editor=editor, second=second
    )


# --- The parts --------------------------------------------------------------------------------


def save_with_words(thing, words):
    """Fills a model from plain and per-language words and saves it."""
    for name, value in words.items():
        if isinstance(value, dict) and set(value) <= set(settings.SHIPPED_LANGUAGES):
            setattr(thing, name, value.get(settings.MODELTRANSLATION_DEFAULT_LANGUAGE, ""))
            for code, text in value.items():
                setattr(thing, f"{name}_{code}", text)
        elif value is not None:
            setattr(thing, name, value)
    thing.save()
    return thing


def publish_item(item, *, by):
    transitions.publish(item, by=by)


def load_organisation(words):
    return save_with_words(Organisation(slug="organisation"), words)


def load_situation(words, *, by, stored):
    words = dict(words)
    picture = words.pop("picture", "")
    situation = Situation(slug=words["slug"], edited_by=by)
    for name in ("since", "until"):
        value = words.pop(name, None)
        setattr(situation, name, dt.date.fromisoformat(value) if value else None)
    situation.picture = store_drawing(picture, stored=stored) if picture else None
    situation._history_user = by
    return save_with_words(situation, words)


def load_alert(words):
    now = timezone.now()
    words = dict(words)
    words.pop("situation")
    alert = Alert(slug="new-report", starts=now, ends=now + dt.timedelta(days=words.pop("days")))
    return save_with_words(alert, words)


def complete_item(row, item, *, by, stored):
    """What the sheets of the demo hold beyond the columns of an import: addresses, translators, pictures, files."""
    cells = row.cells
    item.slug = cells.get("slug") or item.slug
    if cells.get("naming"):
        item.naming = cells["naming"]
    for code in settings.SHIPPED_LANGUAGES:
        setattr(item, f"translator_{code}", cells.get(f"translator_{code}", ""))
    if cells.get("picture"):
        item.picture = store_drawing(cells["picture"], stored=stored)
        for name, code in itertools.product(PICTURE_TEXTS, settings.SHIPPED_LANGUAGES):
            column = name if code == item.language else f"{name}_{code}"
            setattr(item, f"{name}_{code}", cells.get(column, ""))
    item._history_user = by
    item.save()
    if cells.get("attachment"):
        attach_document(item, cells, stored=stored)


def store_drawing(name, *, stored):
    kept = images.rebuild_picture(ContentFile(draw_picture(name), name=f"{name}.png")).kept()
    stored += [rendition["name"] for rendition in kept["renditions"]]
    return kept


def attach_document(update, cells, *, stored):
    taken = files.store_pdf(ContentFile(build_pdf(cells["attachment"], update.title_en), name="demo.pdf"))
    stored.append(taken.name)
    Attachment.objects.create(
        update=update,
        title=update.title_en[:200],
        language=cells["attachment_language"],
        name=taken.name,
        size=taken.size,
        pages=taken.pages,
        sha256=taken.sha256,
    )


# --- The people -------------------------------------------------------------------------------


def create_demo_account(name):
    """A demo account. Without DEBUG nobody can log in with it: it is only the second person of the testimonies."""
    account = create_account(name, role=DEMO_ROLES[name], password=derive_demo_password(name))
    account.date_joined -= PROBATION  # whoever tries the demo need not wait a day for an approval
    if not settings.TRIAL:
        account.set_unusable_password()
    account.save()
    return account


def derive_demo_password(name):
    """The same on every run of one installation, and no other: it follows from its secret key."""
    code = hmac.digest(settings.SECRET_KEY.encode(), f"demo account {name}".encode(), hashlib.sha256)
    return base64.b32encode(code).decode()[:20].lower()


def get_demo_logins():
    """(name, password) of the demo accounts that can be used here; none outside DEBUG or once changed."""
    if not settings.TRIAL:
        return []
    accounts = {
        account.username: account for account in Account.objects.filter(username__in=DEMO_ROLES, is_active=True)
    }
    known = [(name, derive_demo_password(name)) for name in DEMO_ROLES if name in accounts]
    return [(name, word) for name, word in known if accounts[name].check_password(word)]
