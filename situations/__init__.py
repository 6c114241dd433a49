"""The organisation, situations, partners, alerts, tags and fixed pages, and importing items into a situation.

Not here: the items themselves (`updates`, `stories`).
"""
