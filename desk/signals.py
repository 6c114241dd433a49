"""What the desk asks of the rooms above it."""

from django.dispatch import Signal

waiting_counts_requested = Signal()  # `account`; answer: a `TileCount` of what else waits for somebody, or None
