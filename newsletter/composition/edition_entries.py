"""What an edition carries now, and what a letter may carry.

Not here: digests (`digests.py`), letters on their way (`edition_transitions.py`), to whom an edition goes
(`addressing.py`), how a mail looks (`edition_mail.py`).
"""

from newsletter.models import get_language_codes
from publishing.models import Entry


def get_edition_entries(edition, language):
    """The entries of an edition that anybody may read at this moment, in their order; withdrawn ones are not there."""
    public = Entry.objects.public(channel="newsletter").filter(language=language, number__in=edition.numbers)
    place = {number: place for place, number in enumerate(edition.numbers)}
    return sorted(public.exclude(section="").defer("words", "body", "fragment"), key=lambda entry: place[entry.number])


def get_candidate_entries(*, most, picked=()):
    """What a letter may carry, in the language of the site: the newest, and those of the numbers `picked`."""
    entries = get_mailable_entries().defer("words", "body", "fragment")
    newest = list(entries.order_by("-first_public", "-number")[:most])
    return [*entries.filter(number__in=set(picked).difference(entry.number for entry in newest)), *newest]


def get_mailable_numbers(numbers):
    """Those of the numbers whose entries a letter may carry."""
    return set(get_mailable_entries().filter(number__in=numbers).values_list("number", flat=True))


def get_mailable_entries():
    return Entry.objects.public(channel="newsletter").filter(language=get_language_codes()[0]).exclude(section="")
