"""The HTML pages of readers: situations, items, fixed pages, errors, and what stands on them.

Not here: which entries a list holds (`search/`), feeds and files (`syndication/`).
"""
