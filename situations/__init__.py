"""The organisation, situations, partners, alerts, tags, fixed pages; what all items of a situation share.

Not here: updates and testimonies themselves (`updates`, `stories`).
"""
