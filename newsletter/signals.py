"""What a chamber of this room tells those above it. Receivers are connected in `apps.py`."""

from django.dispatch import Signal

mail_expected = Signal()  # there may be a first reader, or something new to send
