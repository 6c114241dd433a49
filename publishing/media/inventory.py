"""Every stored file that somebody still needs: the public side, or a working copy."""

from publishing.models import PublishedFile
from publishing.publication import get_publication_types


def get_file_names(item):
    """Every stored file that any release or the working copy of this item ever named."""
    names = set(PublishedFile.objects.filter(uid=item.uid).values_list("name", flat=True))
    return sorted(names | set(item.document().file_names()))


def get_files_in_use():
    """The names of all stored files that the public side or any working copy knows."""
    names = set(PublishedFile.objects.values_list("name", flat=True))
    for model in set(get_publication_types().values()):
        for item in model._default_manager.prefetch_related(*model.PREFETCH_RELATED).iterator(chunk_size=500):
            names.update(item.document().file_names())
    return names
