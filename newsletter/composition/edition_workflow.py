"""What `publishing/workflow/state_machine.py` has to know of an edition."""

from django.db import models

from publishing.document import compute_digest


class EditionWorkflow(models.Model):
    """Abstract, so that no migration has to name it among the bases of an edition."""

    TYPE = "edition"
    STATE_FIELD = "state"

    class Meta:
        abstract = True

    @property
    def audit_subject(self):
        return f"{self.TYPE}:{self.pk}"

    def seen_digest(self):
        """Names what somebody sees who looks at it now, so that they decide on exactly that."""
        return compute_digest([self.numbers, self.words, self.query, self.send_from.isoformat(), self.is_archived])
