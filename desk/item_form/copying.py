"""This module knows how a new item begins as a copy of another: its form is filled, nothing is saved yet.

Not copied: the address, the date and whatever belongs to the one item alone (pictures, documents, a consent).
"""

from django.contrib import messages
from django.utils.translation import gettext as _

COPY_PARAMETER = "copy"  # in the address of the form of a new item
UNCOPIED_FIELDS = {"slug", "date", "version", "tell_now"}


def build_copy_url(desk):
    """Where the copy of an item begins, but for its number."""
    return f"{desk.url('add')}?{COPY_PARAMETER}="


def find_item_to_copy(desk, request):
    """The item to copy, if the address names one that this person may read."""
    number = request.GET.get(COPY_PARAMETER, "")
    if not number.isdecimal() or len(number) > 18:
        return None
    item = desk.get_queryset(request).filter(pk=number).first()
    return item if item and desk.has_view_permission(request, item) else None


def build_initial_data(item, form_class):
    """What the form of a new item is filled with."""
    form = form_class(instance=item)
    return {name: value for name, value in form.initial.items() if name in form.fields and name not in UNCOPIED_FIELDS}


def add_copy_message(request, item):
    sentence = _("A copy of “%s”. Nothing is saved yet. Pictures, documents and a consent are not copied.")
    messages.info(request, sentence % item)
