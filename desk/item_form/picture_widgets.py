"""This module knows how an editor says what to black out of a picture and which part of it to keep.

Drawn on the picture where scripts run, typed as numbers where they do not. Not here: the painting itself
(`publishing/media/images.py`), which happens before anything is stored.
"""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.forms.widgets import Script
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing.media.images import MAX_BOXES

NUMBER_PATTERN = re.compile(r"\d{1,3}(?:\.\d{1,6})?")
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")


class PictureInput(forms.FileInput):
    """With scripts the chosen picture is shown below, to draw boxes on; it does not leave the browser for that."""

    def __init__(self, attrs=None):
        words = {
            "data-black": gettext_lazy("Black out"),
            "data-cut": gettext_lazy("Crop"),
            "data-undo": gettext_lazy("Undo the last box"),
            "data-view": gettext_lazy("Keep in view"),
            "data-edit": gettext_lazy("Black out, crop or centre this picture"),
            "data-hint": gettext_lazy("Draw boxes on the picture, or press the point to keep in view."),
        }
        super().__init__({"accept": ",".join(PICTURE_TYPES), "class": "picture-input", **words, **(attrs or {})})

    @property
    def media(self):
        return forms.Media(js=[Script("desk/picture.js", defer=True)])


class BoxesField(forms.CharField):
    """Cleans to a list of boxes, each [left, top, right, bottom] in fractions of the picture."""

    def __init__(self, *, most=MAX_BOXES, **kwargs):
        self.most = most
        rows = 1 if most == 1 else 3
        widget = forms.Textarea(attrs={"rows": rows, "class": "boxes", "dir": "ltr", "spellcheck": "false"})
        super().__init__(required=False, max_length=4000, widget=widget, **kwargs)

    def clean(self, value):
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.most:
            raise ValidationError(_("At most %(most)d boxes."), params={"most": self.most})
        return [parse_box(line) for line in lines]


class PointField(forms.CharField):
    """Cleans to [across, down] in fractions of the picture, or None."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"class": "boxes", "dir": "ltr", "spellcheck": "false"})
        super().__init__(required=False, max_length=40, widget=widget, **kwargs)

    def prepare_value(self, value):
        return " ".join(f"{part * 100:.1f}" for part in value) if isinstance(value, list) else value

    def clean(self, value):
        line = super().clean(value)
        if not line:
            return None
        numbers = parse_fractions(line)
        if len(numbers) != 2:
            sentence = _("“%(line)s” is not a point: two numbers from 0 to 100, across and down.")
            raise ValidationError(sentence, params={"line": line[:60]})
        return numbers


def parse_fractions(line):
    """The percentages of a line as fractions; empty if anything else stands in it."""
    numbers = [float(number) / 100 for number in NUMBER_PATTERN.findall(line)]
    rest = re.sub(r"[\s,;%]", "", NUMBER_PATTERN.sub("", line))
    return numbers if numbers and not rest and max(numbers) <= 1 else []


def map_point_to_crop(point, crop):
    """Where a point of a picture lies in the part that was cut out of it, at its edge if it lies outside."""
    left, top, right, bottom = crop
    place = [(point[0] - left) / (right - left), (point[1] - top) / (bottom - top)]
    return [min(max(part, 0), 1) for part in place]


def parse_box(line):
    numbers = parse_fractions(line)
    good = len(numbers) == 4
    if not (good and numbers[0] < numbers[2] and numbers[1] < numbers[3]):
        sentence = _("“%(line)s” is not a box: four numbers from 0 to 100, left, top, right, bottom.")
        raise ValidationError(sentence, params={"line": line.strip()[:60]})
    return numbers


def open_largest_rendition(picture):
    """The largest drawing of a stored picture, open to be read. Raises ValidationError if there is none."""
    drawn = [one for one in (picture or {}).get("renditions", []) if one["type"] in PICTURE_TYPES]
    if not drawn:
        raise ValidationError(_("There is no picture to black out or crop. Choose one."))
    largest = max(drawn, key=lambda one: (one["width"], PICTURE_TYPES.index(one["type"]) == 0))
    try:
        return default_storage.open(largest["name"])
    except OSError as error:
        raise ValidationError(_("The file of the picture is missing. Choose the picture again.")) from error
