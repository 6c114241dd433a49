"""What the admin's frame asks of the rooms above it. Each room connects its receivers when it starts (`apps.py`)."""

from django.dispatch import Signal

tiles_requested = Signal()  # `account`; a receiver answers with a `staff.dashboard.Tile`, or None


def collect_answers(signal, **named):
    """What the receivers of a signal answer, in the order in which they were connected; None is no answer."""
    return [answer for _receiver, answer in signal.send(sender=None, **named) if answer is not None]
