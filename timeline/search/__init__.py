"""Which entries a query finds: filter, facets with counts, words, paging.

Not here: how a list looks (`pages/`).
"""
