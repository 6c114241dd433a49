"""Files that readers fetch: how they are named and kept, and the door for PDF documents.

A stored name is random and says nothing of the uploaded one. Not here: what a PDF is searched for and
freed of (`pdf.py`, in the sandbox), pictures (`images.py`).
"""

import contextlib
import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from audit.follow_ups import add_follow_ups, follows
from publishing.text.cleaning import clean_line

from . import pdf
from .inventory import get_kept_files
from .sandbox import FileRefused, Limits, run_in_sandbox

MIB = 1024 * 1024
MAX_BYTES = 20 * MIB
LIMITS = Limits(memory=768, seconds=30)
logger = logging.getLogger(__name__)

# --- Keeping ----------------------------------------------------------------------------------


def store_files(blobs):
    """Stores (suffix, bytes) pairs under names of 160 random bits and returns the names: all or none."""
    names = []
    try:
        for suffix, blob in blobs:
            names.append(f"{secrets.token_hex(20)}.{suffix}")
            names[-1] = default_storage.save(names[-1], ContentFile(blob))
    except OSError as error:
        delete_files(names)
        logger.exception("A file could not be stored")
        sentence = _("The file could not be stored (%(reason)s). Nothing was kept; tell whoever runs the server.")
        raise ValidationError(sentence, params={"reason": error.strerror or error}) from error
    return names


def delete_files(names):
    """Deletes stored files; one that is gone already is no error."""
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            default_storage.delete(name)


def delete_files_later(names):
    """To be called in a transaction: once it is committed these files go, each until it is gone. Those that were
    published stay until their item is purged. An empty name stands for what had no file."""
    add_follow_ups("file", [name for name in names if name])


@follows("file")
def delete_unpublished_file(name):
    if not get_kept_files().filter(name=name).exists():
        delete_files([name])


def delete_orphaned_files(in_use, *, older_than=timedelta(days=1)):
    """Deletes stored files that nothing names, as a crash between storing and saving leaves; says how many."""
    before = timezone.now() - older_than
    try:
        _folders, stored = default_storage.listdir("")
    except FileNotFoundError:  # nothing was ever stored
        return 0
    left = [name for name in set(stored) - set(in_use) if default_storage.get_modified_time(name) < before]
    delete_files(left)
    return len(left)


def read_upload(upload, *, limit):
    """The bytes of an upload, at most `limit` MiB of them. It is read in memory; nothing goes to disk."""
    upload.seek(0)
    data = upload.read(limit * MIB + 1)
    if len(data) > limit * MIB:
        raise ValidationError(_("The file is larger than %(limit)d MB."), params={"limit": limit})
    if not data:
        raise ValidationError(_("The file is empty."))
    return data


# --- PDF --------------------------------------------------------------------------------------

ACTIVE_CONTENT_LABELS = {
    "script": gettext_lazy("a script"),
    "launch": gettext_lazy("an action that starts a program"),
    "form": gettext_lazy("an action that sends or fetches data"),
    "attachment": gettext_lazy("attached files"),
    "outside-file": gettext_lazy("a link to a file on somebody's computer"),
    "media": gettext_lazy("sound, video or 3D"),
    "xfa": gettext_lazy("an XFA form"),
}
REFUSAL_MESSAGES = {
    "acts": gettext_lazy(
        "The PDF contains %(found)s. For the safety of readers it is not accepted: print it to a new PDF and upload "
        "that."
    ),
    "encrypted": gettext_lazy("The PDF is encrypted or protected by a password. Save it without protection."),
    "pages": gettext_lazy("A PDF has at least one page and at most %(most)d."),
    "too-slow": gettext_lazy("The PDF takes too long to read. Print it to a new PDF and upload that."),
    "too-heavy": gettext_lazy("The PDF takes too much memory to read. Print it to a new PDF and upload that."),
    "unreadable": gettext_lazy("The PDF is damaged and cannot be read. Print it to a new PDF and upload that."),
}
METADATA_LABELS = {
    "author": gettext_lazy("Author"),
    "creator": gettext_lazy("Written with"),
    "producer": gettext_lazy("Made into a PDF with"),
    "title": gettext_lazy("Title"),
    "subject": gettext_lazy("Subject"),
    "keywords": gettext_lazy("Keywords"),
    "created": gettext_lazy("Made at"),
}
REMOVED_LABELS = {
    "comments": ngettext_lazy("%(count)d comment", "%(count)d comments", "count"),
    "photographs": ngettext_lazy("camera data of %(count)d picture", "camera data of %(count)d pictures", "count"),
    "links": ngettext_lazy("%(count)d link to no web page", "%(count)d links to no web page", "count"),
    "signatures": ngettext_lazy("%(count)d signature", "%(count)d signatures", "count"),
    "lost_pages": ngettext_lazy("%(count)d hidden page", "%(count)d hidden pages", "count"),
}


@dataclass(frozen=True)
class StoredPdf:
    """A PDF as it is served: stored `name`, `size` in bytes, `pages`, `sha256` of exactly these bytes.

    `report` says what the uploaded file told of its making and what was taken out; it is for the editor's
    eyes, once, and not to be kept.
    """

    name: str
    size: int
    pages: int
    sha256: str
    report: dict

    def sentences(self):
        """The report in words, one fact each."""
        told = [
            f"{label}: {clean_line(self.report[key])}" for key, label in METADATA_LABELS.items() if self.report.get(key)
        ]
        for label, names in ((_("Also named inside"), "xmp"), (_("Comments were by"), "commenters")):
            if self.report[names]:
                told.append(f"{label}: {', '.join(map(clean_line, self.report[names]))}")
        taken = [words % {"count": self.report[key]} for key, words in REMOVED_LABELS.items() if self.report.get(key)]
        return told + ([_("Removed: %s.") % get_text_list(taken, _("and"))] if taken else [])


def store_pdf(upload):
    """The uploaded PDF, searched, written anew without what tells who made it, and stored.

    Raises ValidationError with a sentence that names what is wrong or what was found.
    """
    data = read_upload(upload, limit=MAX_BYTES // MIB)
    if b"%PDF-" not in data[:1024]:
        raise ValidationError(_("This is not a PDF, whatever its name says."))
    try:
        report, (clean,) = run_in_sandbox(pdf.rewrite_pdf, data, limits=LIMITS)
    except FileRefused as refusal:
        raise ValidationError(_build_refusal_message(refusal)) from refusal
    (name,) = store_files([("pdf", clean)])
    pages = report.pop("pages")
    return StoredPdf(name=name, size=len(clean), pages=pages, sha256=hashlib.sha256(clean).hexdigest(), report=report)


def _build_refusal_message(refusal):
    facts = dict(refusal.facts)
    if refusal.code == "acts":
        names = ", ".join(clean_line(name) for name in facts["names"] if name)
        words = [
            f"{ACTIVE_CONTENT_LABELS[code]} ({names})"
            if code == "attachment" and names
            else ACTIVE_CONTENT_LABELS[code]
            for code in facts["found"]
        ]
        facts["found"] = get_text_list(words, _("and"))
    return REFUSAL_MESSAGES[refusal.code] % facts
