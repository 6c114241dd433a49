"""This module knows which link colours stay readable on our grounds (WCAG 2.2, 1.4.3: at least 4.5 to 1)."""

import re

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

MIN_CONTRAST = 4.5
BACKGROUNDS = {"light": ("#ffffff", "#f3f3f0"), "dark": ("#131519", "#1c1f25")}


def get_luminance(colour):
    """Relative luminance of “#rrggbb” as WCAG 2.2 defines it, 0 to 1."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def get_contrast_ratio(one, other):
    lighter, darker = sorted([get_luminance(one), get_luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def validate_contrast(item, fields):
    """Raises one `ValidationError` for all colour fields of `item` that are no colour or too faint.

    `fields` maps a field to the scheme, "light" or "dark", on whose grounds it is printed.
    """
    errors = {}
    for field, scheme in fields.items():
        colour = getattr(item, field)
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour or ""):
            errors[field] = _("This is not a colour. Write it as “#2f2b92”.")
            continue
        least = min(get_contrast_ratio(colour, ground) for ground in BACKGROUNDS[scheme])
        if least < MIN_CONTRAST:
            told = {"has": number_format(least, decimal_pos=1), "least": number_format(MIN_CONTRAST)}
            errors[field] = _("Too faint to read: its contrast is %(has)s, it needs at least %(least)s.") % told
    if errors:
        raise ValidationError(errors)
