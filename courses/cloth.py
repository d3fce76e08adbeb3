"""The cloth of a skill: its weave and colours, and the tile that a cover repeats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

#: How large a tile is drawn on screen, against the numbers below.
SCALE = 1.3

#: Ground, thread and accent of each bolt. They are the same by day and by night: cloth is cloth.
BOLTS = (
    ("#1f6b45", "#123f2b", "#f3d9a4"),
    ("#f0d9a8", "#a8431f", "#274d74"),
    ("#274d74", "#8db7d9", "#f2e6c9"),
    ("#7a2f4a", "#d99ab0", "#f3d9a4"),
    ("#e8efe4", "#1f6b45", "#d9a441"),
    ("#3c3a6b", "#8f8cc9", "#f3d9a4"),
    ("#a8431f", "#6e2710", "#f6dcb8"),
    ("#1d5f66", "#0f3d43", "#f0cf9a"),
    ("#d9a441", "#8a5a13", "#fbf1da"),
    ("#46535c", "#2b353c", "#d7e0e4"),
    ("#f3d7d3", "#a23b52", "#5c6f4e"),
    ("#d5e5f0", "#255f8f", "#b4552d"),
    ("#5c6f4e", "#35432c", "#f0e3bd"),
)


@dataclass(frozen=True, slots=True)
class Cloth:
    """A weave in three colours."""

    weave: str
    ground: str
    thread: str
    accent: str


def cloth_of(name: str) -> Cloth:
    """Return the cloth of a skill by its slug: the same for the same slug, always."""
    number = crc32(name.encode())
    weaves = tuple(WEAVES)
    return Cloth(weaves[number % len(weaves)], *BOLTS[number // len(weaves) % len(BOLTS)])


def pattern(cloth: Cloth, name: str) -> str:
    """Return the cloth as an SVG pattern of this id; it repeats, and never stretches."""
    width, height, strokes = WEAVES[cloth.weave](cloth)
    return (
        f'<pattern id="{name}" width="{width}" height="{height}" patternUnits="userSpaceOnUse"'
        f' patternTransform="scale({SCALE})">'
        f'<path fill="{cloth.ground}" d="M0 0h{width}v{height}H0z"/>{strokes}</pattern>'
    )


#: Width and height of a tile, and its strokes.
Tile = tuple[int, int, str]


def _lines(path: str, colour: str, width: float, opacity: float, cap: str = "butt") -> str:
    return (
        f'<path fill="none" stroke="{colour}" stroke-width="{width:g}" opacity="{opacity:g}"'
        f' stroke-linecap="{cap}" d="{path}"/>'
    )


def _plaid(cloth: Cloth) -> Tile:
    bands = _lines("M7 0v40", cloth.thread, 14, 0.45) + _lines("M0 7h40", cloth.thread, 14, 0.45)
    return 40, 40, bands + _lines("M24 0v40M0 24h40", cloth.accent, 3, 0.8)


def _gingham(cloth: Cloth) -> Tile:
    upright = _lines("M7 0v28M35 0v28M63 0v28", cloth.thread, 14, 0.5)
    across = _lines("M0 7h84", cloth.thread, 14, 0.5)
    return 84, 28, upright + across + _lines("M49 0v28", cloth.accent, 2, 0.6)


def _herringbone(cloth: Cloth) -> Tile:
    # Rows overlap the tile's edges by a stroke, so that one tile runs into the next.
    rows = [f"M-16 {y}l16-10 16 10 16-10 16 10" for y in range(0, 50, 10)]
    return (
        32,
        30,
        _lines("".join((rows[1], rows[2], rows[4])), cloth.thread, 4, 0.75)
        + _lines("".join((rows[0], rows[3])), cloth.accent, 4, 0.75),
    )


def _dots(cloth: Cloth) -> Tile:
    spots = [
        (f"M{14 + column * 28 - row % 2 * 14} {11 + row * 22}h0", (column + row) % 3)
        for row in range(6)
        for column in range(4)
    ]
    many = _lines("".join(spot for spot, turn in spots if turn), cloth.thread, 11, 0.85, "round")
    few = _lines("".join(spot for spot, turn in spots if not turn), cloth.accent, 11, 0.85, "round")
    return 84, 132, many + few


def _stripe(cloth: Cloth) -> Tile:
    def slanted(start: int) -> str:
        return "".join(f"M{x - 9} 63L{x + 63}-9" for x in (start - 54, start, start + 54))

    return (
        54,
        54,
        _lines(slanted(0) + slanted(18), cloth.thread, 7, 0.7)
        + _lines(slanted(36), cloth.accent, 7, 0.8),
    )


WEAVES: dict[str, Callable[[Cloth], Tile]] = {
    "plaid": _plaid,
    "herringbone": _herringbone,
    "dots": _dots,
    "stripe": _stripe,
    "gingham": _gingham,
}
