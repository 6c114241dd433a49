"""What `publishing/workflow/state_machine.py` and senders have to know of an edition."""

from django.db import models

from publishing.document import compute_digest
from publishing.models import Entry

PAUSED = "paused"  # the rhythm of who gets nothing


class EditionWorkflow(models.Model):
    """Abstract, so that no migration has to name it among the bases of an edition."""

    TYPE = "edition"
    STATE_FIELD = "state"

    class Meta:
        abstract = True

    @property
    def audit_subject(self):
        return f"{self.TYPE}:{self.pk}"

    @property
    def is_digest(self):
        return self.digest_run_id is not None

    def is_for(self, audience):
        """Whether who chose this may still be written to: a digest is of one choice, a letter of all but a pause."""
        if not self.is_digest:
            return audience.frequency != PAUSED
        return [self.language, self.frequency, self.query] == [audience.language, audience.frequency, audience.query]

    def seen_digest(self):
        """Names what somebody sees who looks at it now, the words of its entries too, so that they decide on that."""
        public = Entry.objects.public(channel="newsletter").filter(number__in=self.numbers)
        releases = sorted(set(public.order_by().values_list("release", flat=True)))
        settings = [self.query, self.send_from.isoformat(), self.is_archived]
        return compute_digest([self.numbers, self.words, *settings, releases])

    def has_changed_since_approval(self):
        """Whether anything in an approved letter was withdrawn, narrowed or published anew since."""
        return bool(self.approved_digest) and self.seen_digest() != self.approved_digest
