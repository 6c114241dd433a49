"""What tests of the newsletter begin with: released entries, readers, and what was written to them.

Entries are written from documents as a release would, so that no test here needs the desk.
"""

import email
import email.policy
import itertools
import uuid
from pathlib import Path

from django.conf import settings

from newsletter.subscribers import signup
from publishing.document import Document, Text
from publishing.models import Release
from publishing.workflow import entries

numbers = itertools.count(1)


def make_release(title="A statement", *, language="en", situation="belarus", channels=None, tell_now=False, **more):
    """One released update; returns its release. `more` are fields of the document; a list of languages in `also`."""
    also = more.pop("also", [])
    texts = {code: Text(title=title if code == language else f"{title} [{code}]") for code in [language, *also]}
    texts[language] = Text(title=title, summary=more.pop("summary", f"What {title} says."))
    document = Document(
        type="update",
        uid=str(uuid.uuid4()),
        slug=f"item-{next(numbers)}",
        situation=situation,
        section="updates",
        kind=more.pop("kind", "statement"),
        date=more.pop("date", "2021-06-08"),
        language=language,
        texts=texts,
        facts={"tell_now": tell_now},
        **({"channels": channels} if channels is not None else {}),
        **more,
    )
    return save_release(document)


def make_situation_release(slug="belarus", title="All Eyes on Belarus"):
    facts = {"archived": False, "order": 0}
    return save_release(
        Document(
            type="situation",
            uid=str(uuid.uuid4()),
            slug=slug,
            date="2020-08-09",
            texts={"en": Text(title=title)},
            facts=facts,
        )
    )


def save_release(document):
    made = Release(
        type=document.type,
        uid=uuid.UUID(document.uid),
        situation=document.situation,
        slug=document.slug,
        document=document.as_json(),
        by="tests",
    )
    made.save()
    entries.write_plan([made.uid])
    return made


def withdraw_release(made):
    gone = Release(
        type=made.type, uid=made.uid, action="withdraw", situation=made.situation, slug=made.slug, by="tests"
    )
    gone.save()
    entries.write_plan([made.uid])
    return gone


def make_subscriber(address="ana@example.org", *, language="en", frequency="weekly", query=""):
    asked = signup.request_sign_up(address, language=language, frequency=frequency, query=query)
    return signup.confirm_sign_up(asked.pk).subscriber


def read_sent_mails():
    """The mails in the folder of the file backend, oldest first."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
