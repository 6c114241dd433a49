"""Getting in and staying in: password, second factor, throttle, sessions, who may enter the admin.

Not here: accounts and their roles (`staff/models.py`, `staff/roles.py`).
"""
