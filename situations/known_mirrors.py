"""Tells which copies of the whole site the organisation knows of."""

from django.dispatch import receiver

from publishing.external_copies import ExternalCopy
from publishing.signals import external_copies_requested

from .models import Organisation


@receiver(external_copies_requested)
def get_known_mirrors(item, **kwargs):
    only = Organisation.objects.first()
    return [ExternalCopy("mirror", line) for line in only.mirrors.splitlines() if line.strip()] if only else []
