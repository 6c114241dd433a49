"""Every stored file that somebody still needs: the public side, or a working copy."""

from publishing.document import Document
from publishing.models import PublishedFile, Release
from publishing.publication import get_publication_types


def get_file_names(item):
    """Every stored file that any release or the working copy of this item ever named."""
    names = set(PublishedFile.objects.filter(uid=item.uid).values_list("name", flat=True))
    released = Release.objects.of(item.uid).exclude(document=None).values_list("document", flat=True)
    documents = [item.document(), *map(Document.from_json, released)]
    return sorted(names.union(*(document.file_names() for document in documents)))


def get_kept_files():
    """The published files without those of purged items, whose names alone are kept: their addresses answer 410."""
    purged = Release.objects.filter(action=Release.Action.PURGE)
    return PublishedFile.objects.exclude(uid__in=purged.values("uid"))


def get_files_in_use():
    """The names of all stored files that the public side or any working copy knows."""
    names = set(get_kept_files().values_list("name", flat=True))
    for model in set(get_publication_types().values()):
        for item in model._default_manager.prefetch_related(*model.PREFETCH_RELATED).iterator(chunk_size=500):
            names.update(item.document().file_names())
    return names
