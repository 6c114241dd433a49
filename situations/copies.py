"""Tells which copies of the whole site the organisation knows of."""

from publishing.external_copies import ExternalCopy, register_copy_source

from .models import Organisation


@register_copy_source
def get_known_mirrors(item):
    only = Organisation.objects.first()
    return [ExternalCopy("mirror", line) for line in only.mirrors.splitlines() if line.strip()] if only else []
