"""The first page of the desk: at most six numbers, each with a link to what it counts.

A room adds its own with `@tile`; a tile is asked for only where the account has the right it names.
No vanity figures: no readers, no opens.
"""

from dataclasses import dataclass, field

MAX_TILES = 6
TILE_REGISTRY = []


@dataclass(frozen=True)
class TileCount:
    """A part of a tile: how many, of what, and where they are listed."""

    number: int
    noun: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Tile:
    label: str
    counts: list = field(default_factory=list)

    @property
    def number(self):
        return sum(count.number for count in self.counts)

    @property
    def shown(self):
        """The parts that are not empty; where all are, the first, so that there is a link."""
        return [count for count in self.counts if count.number] or self.counts[:1]


def register_tile(*, order, right=""):
    """Registers a function of one account that returns a `Tile` or None."""

    def register(function):
        TILE_REGISTRY.append((order, right, function))
        return function

    return register


def get_tiles(account):
    rows = sorted(TILE_REGISTRY, key=lambda row: row[0])
    drawn = (function(account) for _order, right, function in rows if not right or account.has_perm(right))
    return [one for one in drawn if one and one.counts][:MAX_TILES]
