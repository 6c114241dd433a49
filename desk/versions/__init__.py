"""Earlier versions of an item: history, comparing, restoring.

Not here: two people saving at once (`desk/item_form/`), what a release is (`publishing/models.py`).
"""
