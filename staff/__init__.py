"""Accounts, roles, lockdown, and the frame of the admin that every room's pages stand in.

Not here: how somebody logs in (`login/`), what may be done with an item (`publishing/workflow/`).
"""
