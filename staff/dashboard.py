"""The first page of the desk: at most six numbers, each with a link to what it counts.

A room adds its own by answering `signals.tiles_requested`, where the account has the right to see it.
No vanity figures: no readers, no opens.
"""

from dataclasses import dataclass, field

from .signals import collect_answers, tiles_requested

MAX_TILES = 6


@dataclass(frozen=True)
class TileCount:
    """A part of a tile: how many, of what, and where they are listed."""

    number: int
    noun: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Tile:
    """What is counted under one label; `order` is its place among the tiles of all rooms."""

    label: str
    counts: list = field(default_factory=list)
    order: int = 0

    @property
    def number(self):
        return sum(count.number for count in self.counts)

    @property
    def shown(self):
        """The parts that are not empty; where all are, the first, so that there is a link."""
        return [count for count in self.counts if count.number] or self.counts[:1]


def get_tiles(account):
    tiles = [tile for tile in collect_answers(tiles_requested, account=account) if tile.counts]
    return sorted(tiles, key=lambda tile: tile.order)[:MAX_TILES]
