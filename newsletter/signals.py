"""What a chamber of this room tells those above it. Receivers are connected in `apps.py`."""

from django.dispatch import Signal

round_passed = Signal()  # the background worker was here: once a minute
mail_expected = Signal()  # there may be a first reader, or something new to send
