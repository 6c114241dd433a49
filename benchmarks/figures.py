"""What every benchmark needs: a figure with its bound, and a fair race of two things."""

import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`, and the bound that was promised, if any; `beside` is what it was measured against."""

    what: str
    value: float
    unit: str
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def kept(self):
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    def __str__(self):
        pairs = [("at least", self.at_least), ("at most", self.at_most)]
        bounds = [f"{word} {bound:g}" for word, bound in pairs if bound is not None]
        verdict = f"  [{', '.join(bounds)}: {'kept' if self.kept else 'BROKEN'}]" if bounds else ""
        return f"  {self.what:<40} {self.value:>9.4g} {self.unit:<6}{verdict}  {self.beside}".rstrip()


def time_call(deed):
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def compare_times(ours, yardstick, *, rounds=9):
    """Median seconds of each, taken in turns, so that a busy moment of the machine hits both; one warm-up each."""
    ours(), yardstick()
    pairs = [(time_call(ours), time_call(yardstick)) for _round in range(rounds)]
    return tuple(statistics.median(times) for times in zip(*pairs, strict=True))
