"""What was released of a publication, and what of that the public reads.

`Release` is what left the desk, never changed again; `Entry` is one release in one language of the
site, the only thing public code reads.
Not here: the working copy (`publication.py`), and how one becomes the other (`workflow/transitions.py`,
`workflow/projection.py`, `workflow/entries.py`).
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from audit.locks import hold_lock
from publishing.fields import HtmlField
from publishing.screening.models import Acknowledgement, ListedName, NameKey  # noqa: F401 (Django looks for models here)

from .addresses import SLUG_LENGTH, build_item_path, hash_slug


class Approval(models.Model):
    """That one person saw exactly this content, named by its digest, and found it fit to publish.

    Or, of the kind NAMES, that the names of the never-publish list in it may stand there all the same.
    """

    class Kind(models.TextChoices):
        CONTENT = "content"
        NAMES = "names"

    uid = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CONTENT)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uid", "kind", "digest", "by"], name="approved_once_a_kind")]

    def __str__(self):
        return f"{self.uid} {self.digest[:12]}"


class ReleaseQuerySet(models.QuerySet):
    def hold(self):
        """Whoever makes a release holds them all until the transaction ends, so that numbers follow commits."""
        hold_lock("releases")

    def of(self, uid):
        return self.filter(uid=uid).order_by("pk")

    def published(self):
        """Those that were shown or will be: not those that were replaced or called off before their hour came."""
        later = Release.objects.filter(uid=models.OuterRef("uid"), pk__gt=models.OuterRef("pk")).order_by("pk")
        following = later.exclude(action=Release.Action.LIMIT).values("at")[:1]
        has_begun = models.Q(visible_from=None) | models.Q(next=None) | models.Q(next__gte=models.F("visible_from"))
        return self.alias(next=models.Subquery(following)).filter(has_begun, action=Release.Action.PUBLISH)

    def at_address(self, *, kind, situation, slug):
        """All releases that ever stood at this address."""
        return self.filter(type=kind, situation=situation, slug__in=[slug, hash_slug(slug)]).order_by("pk")

    def update(self, **kwargs):
        raise TypeError("Releases are append-only.")

    def delete(self):
        raise TypeError("Releases are append-only.")

    def empty(self, uid):
        """Takes the content of one publication out of all its releases; the salted digests stay."""
        for release in self.of(uid):
            slug = hash_slug(release.slug)
            models.QuerySet.update(self.filter(pk=release.pk), document=None, salt="", note={}, slug=slug)


class Release(models.Model):
    """One document as it left the desk, or the word that it was taken back. Never changed, only emptied."""

    class Action(models.TextChoices):
        PUBLISH = "publish", _("published")
        WITHDRAW = "withdraw", _("withdrawn")
        PURGE = "purge", _("purged")
        CANCEL = "cancel", _("schedule cancelled")
        LIMIT = "limit", _("consent narrowed")

    type = models.CharField(max_length=20)
    uid = models.UUIDField(db_index=True)
    action = models.CharField(max_length=10, choices=Action, default=Action.PUBLISH)
    situation = models.CharField(max_length=SLUG_LENGTH, blank=True)
    slug = models.CharField(max_length=SLUG_LENGTH)
    document = models.JSONField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    note = models.JSONField(default=dict, help_text="What changed in meaning, per language.")
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, blank=True)
    visible_from = models.DateTimeField(null=True)
    # Of a narrowed consent, {"channels", "until"}: what may still be seen of everything released before it.
    limits = models.JSONField(null=True)
    # The newest save of the working copy that is in it. Numbers put saves and releases in order, clocks do not.
    last_save = models.BigIntegerField(default=0)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["type", "situation", "slug"], name="release_by_address"),
            # The moment of the newest stands beside a document of any length: read it here instead.
            models.Index(fields=["uid", "action", "at"], name="release_newest_of_item"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action="publish") | models.Q(document__isnull=True),
                name="only_published_carries_content",
            )
        ]

    def __str__(self):
        return f"{self.pk} {self.action} {self.type} {self.slug}"

    def save(self, **kwargs):
        if self.pk:
            raise TypeError("Releases are append-only.")
        super().save(force_insert=True, **kwargs)

    def delete(self, **kwargs):
        raise TypeError("Releases are append-only.")

    @property
    def public_since(self):
        return self.visible_from or self.at

    @cached_property
    def own_end(self):
        """The moment, ISO, at which its document says that it ends by itself, or nothing."""
        return (self.document or {}).get("until", "")


# What staff write as a content note where there is nothing to warn of; the field asks for the word.
EMPTY_NOTE_WORDS = {"none", "aucune", "aucun", "ninguna", "ninguno", "нет", "няма", "لا يوجد"}


class EntryQuerySet(models.QuerySet):
    channels = "in_"  # how the names of the columns begin that say where a row may appear

    def public(self, *, channel="site", now=None):
        """What anybody may read at this moment through this channel. The only gate to the public side."""
        now = now or timezone.now()
        begun = models.Q(visible_from=None) | models.Q(visible_from__lte=now)
        not_over = models.Q(visible_until=None) | models.Q(visible_until__gt=now)
        allowed = {} if channel == "site" else {f"{self.channels}{channel}": True}
        return self.filter(begun, not_over, **allowed)

    def newest_first(self):
        return self.order_by("-date", "-number")


# What lists are narrowed by.
FILTER_FIELDS = ("situation", "section", "kind", "original_language", "year", "month", "visible_from", "visible_until")


def build_covering_index(*fields, name):
    """An index in which a list is found and counted alone, without reading the rows, which are wide."""
    return models.Index(fields=[*fields, *(field for field in FILTER_FIELDS if field not in fields)], name=name)


class Entry(models.Model):
    """One released document in one language of the site, ready to be shown.

    `number` names the publication in all its languages and for good: it is the number of its first
    release. `spoken` says in which language each text stands, which is not always the entry's own.
    `facts` is the rest of the document with every choice of language already made.
    """

    number = models.BigIntegerField()
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="entries")
    uid = models.UUIDField(db_index=True)
    type = models.CharField(max_length=20)
    language = models.CharField(max_length=12)
    situation = models.CharField(max_length=SLUG_LENGTH, blank=True)
    section = models.CharField(max_length=10, blank=True)
    slug = models.CharField(max_length=SLUG_LENGTH)
    kind = models.CharField(max_length=30, blank=True)
    date = models.DateField()
    precision = models.CharField(max_length=8)
    year = models.CharField(max_length=4, blank=True)
    month = models.CharField(max_length=7, blank=True)
    text_language = models.CharField(max_length=12)
    original_language = models.CharField(max_length=12)
    title = models.TextField()
    subtitle = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = HtmlField(blank=True)
    fragment = HtmlField(blank=True)
    words = models.TextField(blank=True, help_text="Everything a search may find, normalised.")
    spoken = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    in_newsletter = models.BooleanField()
    in_feed = models.BooleanField()
    in_card = models.BooleanField()
    in_mirror = models.BooleanField()
    first_public = models.DateTimeField()
    changed = models.DateTimeField()
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "language", "release"], name="one_entry_a_language")]
        indexes = [
            models.Index(fields=["situation", "language", "section", "-date", "-number"], name="entry_timeline"),
            models.Index(fields=["language", "section", "-date", "-number"], name="entry_everywhere"),
            build_covering_index("situation", "language", "-date", "-number", name="entry_list"),
            build_covering_index("language", "-date", "-number", name="entry_list_of_all"),
            build_covering_index("language", "kind", "-date", "-number", name="entry_list_of_kind"),
            build_covering_index("language", "original_language", "-date", "-number", name="entry_list_of_original"),
            build_covering_index("release", "language", name="entry_of_release"),
            models.Index(fields=["type", "situation", "slug", "language"], name="entry_by_address"),
            models.Index(fields=["visible_from"], name="entry_begins", condition=models.Q(visible_from__isnull=False)),
            models.Index(fields=["visible_until"], name="entry_ends", condition=models.Q(visible_until__isnull=False)),
        ]

    def __str__(self):
        return f"{self.language} {self.type} {self.slug}"

    def get_absolute_url(self):
        return self.address_in(self.language)

    def address_in(self, language):
        return build_item_path(self.type, situation=self.situation, slug=self.slug, language=language)

    @property
    def is_fallback(self):
        return self.text_language != self.language

    @property
    def title_as_known(self):
        """The title, or as it was given where it stands in no language of the site."""
        return self.title or (self.facts["original"] or {}).get("title", "")

    @property
    def title_language(self):
        """The language of `title_as_known`."""
        return self.spoken.get("title") or self.original_language

    @property
    def content_note(self):
        """What readers are told before the text, {"text", "language"}; None where there is nothing to warn of."""
        note = self.facts["content_note"]
        return note if note and note["text"].strip(" .").casefold() not in EMPTY_NOTE_WORDS else None

    @property
    def is_held_back(self):
        """Whether no word of its text may travel without what readers are told before it: in cards, feeds, results."""
        return self.section == "stories" or self.content_note is not None


class EntryFacetQuerySet(EntryQuerySet):
    channels = "entry__in_"


# What labels repeat of their entry, so that a list of one tag or partner is found and counted in them alone.
DENORMALIZED_FIELDS = ("language", "date", "number", *FILTER_FIELDS)


class EntryFacet(models.Model):
    """A tag or partner of an entry, by which it can be filtered."""

    entry = models.ForeignKey(Entry, on_delete=models.DO_NOTHING, related_name="facets")  # facets go first, unread
    facet = models.CharField(max_length=10)
    slug = models.CharField(max_length=100)
    language = models.CharField(max_length=12)
    situation = models.CharField(max_length=SLUG_LENGTH)
    section = models.CharField(max_length=10)
    kind = models.CharField(max_length=30)
    original_language = models.CharField(max_length=12)
    year = models.CharField(max_length=4)
    month = models.CharField(max_length=7)
    date = models.DateField()
    number = models.BigIntegerField()
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)

    objects = EntryFacetQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["entry", "facet", "slug"], name="entry_facet_of_entry"),
            build_covering_index("facet", "slug", "language", "-date", "-number", "entry", name="entry_facet_list"),
        ]

    def __str__(self):
        return f"{self.facet} {self.slug}"


class FacetCount(models.Model):
    """How many entries carry one value of one facet, kept in step by `workflow/entries.py` so that no request counts.

    Entries that the clock will show or hide are counted apart, under their own moments.
    """

    situation = models.CharField(max_length=SLUG_LENGTH)
    language = models.CharField(max_length=12)
    section = models.CharField(max_length=10)
    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=100)
    label = models.CharField(max_length=200, blank=True)
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)
    n = models.IntegerField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["situation", "language", "section", "facet", "value"], name="facet_count_value"),
            models.Index(fields=["language", "facet", "value"], name="facet_count_of_all"),
            models.Index(fields=["language", "facet", "label"], name="facet_count_of_label"),
        ]

    def __str__(self):
        return f"{self.situation} {self.language} {self.facet} {self.value}: {self.n}"


class PublishedFileQuerySet(models.QuerySet):
    def public(self, *, now=None):
        """What may be fetched at this moment, as far as the file itself goes: its item has to be public as well."""
        now = now or timezone.now()
        begun = models.Q(visible_from=None, gone=False) | models.Q(visible_from__lte=now)
        return self.filter(begun).exclude(visible_until__lte=now)


class PublishedFile(models.Model):
    """A stored file that the public may fetch, could fetch once (`gone`), or will be able to fetch (again)."""

    name = models.CharField(max_length=100, primary_key=True)
    uid = models.UUIDField(db_index=True)
    type = models.CharField(max_length=40)
    visible_from = models.DateTimeField(null=True)
    visible_until = models.DateTimeField(null=True)
    gone = models.BooleanField(default=False)

    objects = PublishedFileQuerySet.as_manager()

    def __str__(self):
        return self.name
