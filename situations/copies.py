"""Tells which copies of the whole site the organisation knows of."""

from publishing.external_copies import Copy, copies

from .models import Organisation


@copies
def mirrors(item):
    only = Organisation.objects.first()
    return [Copy("mirror", line) for line in only.mirrors.splitlines() if line.strip()] if only else []
