"""Makes drafts of the posts of a WordPress export, through the same importer as sheets, and says what became of each.

Nothing is fetched: pictures and documents come from a folder. Run again, it changes nothing that is the same.
Not here: the file itself (`wordpress_export.py`), what a row means (`spreadsheet_columns.py`).
"""

import csv
import html
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from publishing.media.files import store_pdf
from publishing.media.images import rebuild_picture
from publishing.text.cleaning import convert_html_to_text

from .models import Attachment
from .spreadsheet_columns import import_updates
from .wordpress_export import read_posts

BLOCK_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# With attributes, one that closes, or known to be one: “[sic]” and “[1]” are words.
SHORTCODE = re.compile(
    r"\[[a-z][\w-]*\s[^\]\[<>]*=[^\]\[<>]*\]|\[/[a-z][\w-]*\]|\[(?:caption|gallery|embed|audio|video|playlist)\]", re.I
)
BLOCK = re.compile(r"<(p|div|ul|ol|h[1-6]|blockquote|table|figure|pre|hr)\b", re.IGNORECASE)
DROPPED = re.compile(r"<(img|video|audio|iframe|embed|object)\b", re.IGNORECASE)
LINK = re.compile(r"""(<a\b[^>]*\bhref=)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
TAKEN_STATES = {"publish", "draft", "pending", "future", "private"}


@dataclass
class MoveReport:
    """What became of the posts. `summary` is the importer's; `notes` are sentences, each naming its post."""

    summary: object = None
    pictures: int = 0
    documents: int = 0
    skipped: int = 0  # pages
    notes: list = field(default_factory=list)


class WordPressImport:
    """One export on its way into one situation."""

    def __init__(self, source, *, situation, media=None):
        self.situation, self.media = situation, Path(media) if media else None
        posts = list(read_posts(source))
        self.attachments = {post.id: post for post in posts if post.type == "attachment"}
        self.groups = self.group(post for post in posts if post.type == "post" and post.status in TAKEN_STATES)
        self.documents = defaultdict(list)
        for one in self.attachments.values():
            if one.file_address.lower().endswith(".pdf"):
                self.documents[one.parent].append(one)
        self.report = MoveReport(skipped=sum(post.type == "page" for post in posts))

    def group(self, posts):
        """A dict {language: post} for each text, the site's first language (of those there are) in front.

        A text in a language that the site has no columns for is an item of its own, and so is a second one in the same.
        """
        groups = defaultdict(dict)
        for post in posts:
            language = post.language or settings.LANGUAGE_CODE
            shared = language in settings.SHIPPED_LANGUAGES and language not in groups[post.group]
            groups[post.group if shared else f"post {post.id} alone"][language] = post
        order = [*settings.SHIPPED_LANGUAGES]
        ranked = [sorted(group.items(), key=lambda pair: rank(pair[0], order)) for group in groups.values() if group]
        return [dict(pairs) for pairs in ranked]

    @transaction.atomic
    def run(self, *, by=None, dry_run=False, quiet=True):
        """Imports all or nothing and returns the `MoveReport`; raises `SpreadsheetError` with faults by row."""
        options = {"situation": self.situation, "by": by, "quiet": quiet}
        # Tried once without leaving a trace: only then is it known where each post will stand, which links are made of.
        tried = import_updates(self.build_sheet({}), dry_run=True, **options)
        summary = import_updates(self.build_sheet(self.map_addresses(tried)), **options)
        for group, item in self.pair(summary) if not dry_run else []:
            self.take_media(group, item)
        self.report.summary = summary
        self.report.notes += summary.left
        transaction.set_rollback(dry_run)
        return self.report

    # --- Rows -------------------------------------------------------------------------------

    def build_sheet(self, addresses):
        """The bytes of a CSV file with a row for each text; its row 2 is the first group."""
        rows = [self.build_row(group, addresses) for group in self.groups]
        columns = list(dict.fromkeys(name for row in rows for name in row)) or ["title", "date"]
        out = io.StringIO()
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows(rows)
        return out.getvalue().encode()

    def build_row(self, group, addresses):
        own, first = next(iter(group.items()))
        row = {
            "language": own,
            "date": first.date[:10],
            "date_precision": "day" if first.date[:4] > "0000" else "undated",
            "tags": "; ".join(label.replace(";", ",") for label in first.labels),
        }
        for language, post in group.items():
            suffix = "" if post is first else f"_{language}"
            row |= {
                f"title{suffix}": post.title,
                f"summary{suffix}": convert_html_to_text(post.excerpt),
                f"body{suffix}": self.build_body(post, addresses),
            }
        return row

    def build_body(self, post, addresses):
        body = SHORTCODE.sub("", BLOCK_COMMENT.sub("", post.body))
        if not BLOCK.search(body):
            paragraphs = re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip())
            body = "".join(f"<p>{'<br>'.join(part.strip().split(chr(10)))}</p>" for part in paragraphs if part.strip())
        return LINK.sub(lambda match: replace_link(match, addresses), body)

    def pair(self, summary):
        """(group, working copy) of each text but those that are left as they are."""
        left = {number for number, outcome in summary.verdicts.items() if outcome.state == "left"}
        return [(self.groups[row.number - 2], item) for row, item in summary.items if row.number not in left]

    def map_addresses(self, summary):
        """{old address, without scheme and slash at the end: where the text stands now}."""
        found = {}
        for group, item in self.pair(summary):
            for language, post in group.items():
                shown = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
                there = f"{settings.SITE_URL}/{shown}/{item.situation.slug}/updates/{item.slug}/"
                for old in (post.link, urljoin(post.link, f"/?p={post.id}")):
                    found[normalise_address(old)] = there
        return found

    # --- Pictures and documents ---------------------------------------------------------------

    def take_media(self, group, item):
        posts = list(group.values())
        for post in posts:
            if DROPPED.search(post.body):
                count = len(DROPPED.findall(post.body))
                self.note(post, f"{count} pictures or players in the text were not taken over")
        picture = self.attachments.get(posts[0].meta.get("_thumbnail_id", ""))
        if picture and not item.picture:
            self.take_file(posts[0], item, picture, take=self.take_picture)
        for post in posts:
            for attachment in self.documents[post.id]:
                self.take_file(post, item, attachment, take=self.take_document)

    def take_file(self, post, item, attachment, *, take):
        """Through the same door as an upload at the desk; what that refuses is named and left out."""
        path = self.find_file(attachment)
        if path is None:
            self.note(post, f"{attachment.file_address} is not in the folder")
            return
        try:
            with path.open("rb") as file:
                take(post, item, attachment, File(file, name=path.name))
        except ValidationError as error:
            self.note(post, f"{path.name}: {' '.join(error.messages)}")

    def find_file(self, attachment):
        """The file of an attachment in the folder, by its place among the uploads or by its name alone; or None."""
        if self.media is None:
            return None
        address = unquote(urlsplit(attachment.file_address).path)
        places = [
            attachment.meta.get("_wp_attached_file", ""),
            address.rpartition("/uploads/")[2],
            address.split("/")[-1],
        ]
        folder = self.media.resolve()
        for place in filter(None, places):
            path = (folder / place.lstrip("/")).resolve()
            if path.is_relative_to(folder) and path.is_file():
                return path
        return None

    def take_picture(self, post, item, attachment, file):
        item.picture = rebuild_picture(file).kept()
        alt = attachment.meta.get("_wp_attachment_image_alt", "")
        setattr(item, f"picture_alt_{item.language}", alt)
        item.save()
        self.report.pictures += 1
        if not alt:
            self.note(post, "its picture has no alternative text")

    def take_document(self, post, item, attachment, file):
        stored = store_pdf(file)
        title = attachment.title or file.name
        if item.attachments.filter(title=title[:200], pages=stored.pages).exists():
            return  # it came with an earlier run; the file just written is swept up
        facts = {"name": stored.name, "size": stored.size, "pages": stored.pages, "sha256": stored.sha256}
        language = post.language or settings.LANGUAGE_CODE
        Attachment.objects.create(update=item, title=title[:200], language=language, **facts)
        self.report.documents += 1

    def note(self, post, words):
        self.report.notes.append(f"“{post.title or post.id}”: {words}.")


def rank(language, order):
    return order.index(language) if language in order else len(order)


def normalise_address(address):
    """An address as people and WordPress write the same one: with or without TLS, www and a slash at the end."""
    parts = urlsplit(address.strip())
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def replace_link(match, addresses):
    """The link with the address where its target stands now, if that moved along."""
    old = html.unescape(match[3])
    there = addresses.get(normalise_address(old.partition("#")[0]))
    return f"{match[1]}{match[2]}{there or match[3]}{match[2]}"
