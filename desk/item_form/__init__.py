"""The form of an item: its fields and widgets, two people saving at once, a copy as a new item, guidelines beside it.

Not here: the admin that shows it (`desk/admin.py`), earlier versions (`desk/versions/`).
"""
