"""Earlier versions of an item: history, comparing, restoring, two people saving at once.

Not here: what a release is (`publishing/models.py`).
"""
