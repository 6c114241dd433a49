"""What to do when two people saved the same letter: who changed what, field by field, as with items.

The form carries what its letter said when it was opened. What only the other person changed is taken over into the
form, what both changed is shown side by side, and nothing is saved until the second person has seen it.
Not here: the form itself (`letter_form.py`), how the desk does the same for items, which keep a history.
"""

import datetime as dt
import json

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from newsletter.models import Edition, get_language_codes
from newsletter.subscribers import audience_filters
from publishing.text.languages import get_native_name

from . import edition_entries

POSITION_PREFIX = "place_"


def read_answers(letter):
    """Field of the form -> what the letter says there, as JSON knows it."""
    wish = audience_filters.parse_audience_filter(letter.query, language=get_language_codes()[0])
    situations, _narrowing = audience_filters.split_audience_filter(wish)
    words = {
        f"{part}_{code}": letter.words.get(code, {}).get(part, "")
        for code in get_language_codes()
        for part in ("subject", "opening")
    }
    return {
        "picked": letter.numbers,
        "situations": list(situations),
        "send_from": format_minute(letter.send_from),
        "is_archived": letter.is_archived,
        **words,
    }


def format_minute(moment):
    """As much of a moment as the form asks for."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")


def read_form_answers(form):
    answers = {name: form.cleaned_data.get(name) for name in read_answers(form.instance)}
    moment = answers["send_from"]
    return answers | {"send_from": format_minute(moment) if moment else ""}


def parse_seen(text):
    try:
        seen = json.loads(text)
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def add_letter_conflict(form):
    """Refuses the form if its letter is not any more what the person saw, and makes it ready to be sent again.

    To be called in a transaction: the letter is held until it ends.
    """
    current = Edition.objects.select_for_update().get(pk=form.instance.pk)
    form.instance.authors = current.authors
    if current.state != Edition.State.DRAFT:
        sentence = _("This is not possible while its status is “%s”.") % current.get_state_display()
        form.add_error(None, sentence)
        return
    seen, theirs = parse_seen(form.cleaned_data.get("seen", "")), read_answers(current)
    if seen != theirs:
        reconcile(form, current, seen=seen, theirs=theirs)


def reconcile(form, current, *, seen, theirs):
    form.data = form.data.copy()
    mine, taken = read_form_answers(form), []
    for name in [name for name in mine if mine[name] != theirs[name]]:
        if name in seen and seen[name] == mine[name]:
            set_answer(form, name, theirs[name])
            taken.append(get_label(form, name))
        elif seen.get(name) != theirs[name]:
            form.add_error(name, describe_other_answer(current, name, theirs[name]))
    form.data["seen"] = json.dumps(theirs)
    form.add_error(None, build_message(current, taken))


def build_message(current, taken):
    sentence = _("Not saved yet: %(who)s saved this while you were writing.") % {"who": get_last_author(current)}
    if taken:
        sentence += " " + _("Taken from that version: %s.") % ", ".join(taken)
    return sentence + " " + _("Compare what is marked below and save again to keep your version.")


def get_last_author(letter):
    return letter.authors[-1] if letter.authors else _("Somebody")


def get_label(form, name):
    code = form.fields[name].widget.attrs.get("lang")
    return str(form.fields[name].label) if code is None else f"{form.fields[name].label} ({get_native_name(code)})"


def describe_other_answer(current, name, value):
    if name == "picked":
        value = [entry.title for entry in edition_entries.get_edition_entries(current, get_language_codes()[0])]
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _("%(who)s wrote here: “%(words)s”") % {"who": get_last_author(current), "words": words or _("nothing")}


def set_answer(form, name, value):
    """Writes a value into the data of the bound form, in the way in which its widget reads it."""
    widget = form.fields[name].widget
    if name == "picked":
        for key in [key for key in form.data if key.startswith(POSITION_PREFIX)]:
            del form.data[key]
        form.data.update({f"{POSITION_PREFIX}{number}": str(place) for place, number in enumerate(value, start=1)})
    elif isinstance(widget, forms.MultiWidget):
        parts = zip(widget.widgets_names, widget.decompress(parse_datetime(value)), widget.widgets, strict=True)
        form.data.update({name + suffix: single.format_value(part) for suffix, part, single in parts})
    elif isinstance(value, list):
        form.data.setlist(name, value)
    elif isinstance(value, bool):
        form.data.pop(name, None)
        form.data.update({name: "on"} if value else {})
    else:
        form.data[name] = value
