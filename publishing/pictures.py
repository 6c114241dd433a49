"""This module knows what a publication with one picture keeps of it: the drawn files and the words for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from publishing.fields import PlainField

from .document import Picture
from .translated_values import get_translations


class PictureMixin(models.Model):
    """A publication with one picture, kept as `images.rebuild` gave it back."""

    picture = models.JSONField(_("picture"), null=True, blank=True, editable=False)
    picture_alt = PlainField(
        _("picture in words"),
        max_length=300,
        blank=True,
        help_text=_("Read aloud to those who cannot see it: “A corridor in Okrestina prison, empty.”"),
    )
    picture_decorative = models.BooleanField(
        _("the picture is decoration"), default=False, help_text=_("Screen readers will pass over it in silence.")
    )
    picture_credit = PlainField(_("picture credit"), max_length=200, blank=True, help_text=_("“Drawing: A. B.”"))

    class Meta:
        abstract = True

    def pictures(self):
        """A list of the one `Picture` of a working copy, or of none."""
        if not self.picture:
            return []
        drawn = {name: self.picture.get(name) for name in ("renditions", "width", "height", "focus")}
        alt = get_translations(self, "picture_alt")
        return [Picture(**drawn, alt=alt, decorative=self.picture_decorative, credit=self.picture_credit)]

    def picture_blockers(self):
        if self.picture and not self.picture_decorative and not get_translations(self, "picture_alt"):
            return [_("The picture has no words for those who cannot see it, and is not marked as decoration.")]
        return []
