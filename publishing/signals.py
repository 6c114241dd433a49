"""This module knows who above wants to hear that the public side has changed, and tells them once it has."""

from django.db import transaction

# Rooms above add a function without arguments when they start. What it raises undoes nothing.
CONTENT_CHANGED_RECEIVERS = []


def send_content_changed():
    """To be called in the transaction of the change."""
    for follower in CONTENT_CHANGED_RECEIVERS:
        transaction.on_commit(follower, robust=True)
