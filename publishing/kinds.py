"""What kinds of publication there are, the word readers see for each, and the family whose shape it carries.

Data alone, so that desk and public side can both know it. A new kind joins a family; a new family
needs a new shape that reads in one colour at 14 pixels.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`label` names one piece of this kind; `family` is a key of FAMILIES and the name of its shape."""

    label: Promise
    family: str


# Family -> what the legend calls it, in the order in which marks and legend stand.
FAMILIES = {
    "statement": _("Statements and letters"),
    "evidence": _("Reports and submissions"),
    "story": _("Stories"),
    "urgent": _("Urgent interventions"),
    "blog": _("Blog and interviews"),
}

UPDATE_KINDS = {
    "statement": Kind(_("Statement"), "statement"),
    "joint-statement": Kind(_("Joint statement"), "statement"),
    "briefing": Kind(_("Briefing"), "evidence"),
    "report": Kind(_("Report"), "evidence"),
    "joint-report": Kind(_("Joint report"), "evidence"),
    "submission": Kind(_("UN submission"), "evidence"),
    "blog": Kind(_("Blog"), "blog"),
    "interview": Kind(_("Interview"), "blog"),
    "story": Kind(_("Story"), "story"),
    "facts-and-figures": Kind(_("Facts and figures"), "evidence"),
    "joint-letter": Kind(_("Joint letter"), "statement"),
    "urgent-appeal": Kind(_("Urgent intervention"), "urgent"),
    "press-release": Kind(_("Press release"), "statement"),
    "media": Kind(_("In the media"), "blog"),
}
KINDS = UPDATE_KINDS | {"testimony": Kind(_("Testimony"), "story")}


def get_kind_label(kind):
    """The word for a kind; a kind nobody knows is its own word."""
    return KINDS[kind].label if kind in KINDS else kind


def get_kind_family(kind):
    return KINDS[kind].family if kind in KINDS else "statement"
