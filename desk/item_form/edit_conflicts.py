"""This module knows what to do when two people saved the same item: who changed what, field by field.

What only the other one changed is taken over into the form, what both changed is shown side by side,
and nothing is saved until the second person has seen it.
"""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publishing.fields import RichField
from publishing.text.cleaning import convert_html_to_text
from publishing.translations import get_site_language_name


def add_conflict_errors(form, *, current):
    """Refuses the form, whose item meanwhile became `current`, and makes it ready to be sent again."""
    form.data = form.data.copy()
    base = current.history.filter(version=form.cleaned_data.get("version") or 0).first()
    mine, theirs = form.answers(), form.values_of(current)
    known = form.values_of(base) if base else {}
    taken = []
    for name in [name for name in mine if mine[name] != theirs[name]]:
        if name in known and known[name] == mine[name]:
            set_form_data(form, name, theirs[name])
            taken.append(get_form_field_label(form.fields[name]))
        elif name not in known or known[name] != theirs[name]:
            form.add_error(name, describe_other_value(current, name))
    form.data[form.add_prefix("version")] = str(current.version)
    form.add_error(None, build_conflict_message(current, taken))


def get_form_field_label(field):
    code = field.widget.attrs.get("lang")
    return f"{field.label} ({get_site_language_name(code)})" if code else str(field.label)


def build_conflict_message(current, taken):
    facts = {
        "who": current.edited_by or _("Somebody"),
        "when": date_format(timezone.localtime(current.modified), "H:i"),
        "zone": timezone.get_current_timezone_name(),
    }
    sentence = _("Not saved yet: %(who)s saved this at %(when)s (%(zone)s), while you were writing.") % facts
    if taken:
        sentence += " " + _("Taken from that version: %s.") % ", ".join(taken)
    return sentence + " " + _("Compare what is marked below and save again to keep your version.")


def describe_other_value(current, name):
    words = format_field_value(current, name) or _("nothing")
    return _("%(who)s wrote here: “%(words)s”") % {"who": current.edited_by or _("Somebody"), "words": words}


def format_field_value(item, name):
    """The value of a field as a person would read it."""
    if display := getattr(item, f"get_{name}_display", None):
        return str(display())
    value = getattr(item, name)
    if hasattr(value, "all"):
        return ", ".join(map(str, value.all()))
    if isinstance(item._meta.get_field(name), RichField):
        return convert_html_to_text(value)
    return "" if value is None else str(value)


def set_form_data(form, name, value):
    """Writes a value into the data of a bound form, in the way in which its widget reads it."""
    widget, key = form.fields[name].widget, form.add_prefix(name)
    if isinstance(widget, forms.MultiWidget):
        for suffix, part, single in zip(widget.widgets_names, widget.decompress(value), widget.widgets, strict=True):
            form.data[key + suffix] = single.format_value(part) or ""
    elif isinstance(widget, forms.CheckboxInput):
        form.data.pop(key, None)
        if value:
            form.data[key] = "on"
    else:
        form.data[key] = str(value)
