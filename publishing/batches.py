"""Cuts long lists into pieces, for databases that take so many parameters and no more."""

from itertools import islice

QUERY_PARAMETERS = 500  # in one query; every database takes that many


def in_batches(items, *, size=QUERY_PARAMETERS):
    """Lists of at most `size` items, in their order, of any iterable. Python 3.12 has `itertools.batched`."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
