"""The cloth of a skill: its weave and colours, and the cover drawn from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

WIDTH, HEIGHT = 400, 120  # lying, over a card
NARROW, TALL = 100, 480  # standing, beside one

#: What a list of sessions has loaded before their covers are drawn, for `prefetch_related`.
COVER = ("taught_skills__skill", "picture__renditions")

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


def drawing(cloth: Cloth, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return the strokes of a cover as SVG paths for a canvas of this size."""
    ground = f'<path fill="{cloth.ground}" d="M0 0h{width}v{height}H0z"/>'
    return ground + WEAVES[cloth.weave](cloth, width, height)


def _lines(path: str, colour: str, width: float, opacity: float, cap: str = "") -> str:
    more = f' stroke-linecap="{cap}"' if cap else ""
    return (
        f'<path fill="none" stroke="{colour}" stroke-width="{width:g}" opacity="{opacity:g}"'
        f'{more} d="{path}"/>'
    )


def _upright(start: int, every: int, width: int, height: int) -> str:
    return "".join(f"M{x} 0v{height}" for x in range(start, width, every))


def _across(start: int, every: int, width: int, height: int) -> str:
    return "".join(f"M0 {y}h{width}" for y in range(start, height, every))


def _plaid(cloth: Cloth, *size: int) -> str:
    return (
        _lines(_upright(7, 40, *size), cloth.thread, 14, 0.45)
        + _lines(_across(7, 40, *size), cloth.thread, 14, 0.45)
        + _lines(_upright(24, 40, *size) + _across(24, 40, *size), cloth.accent, 3, 0.8)
    )


def _herringbone(cloth: Cloth, width: int, height: int) -> str:
    zigzag = "l16-10 16 10" * (width // 32 + 1)
    rows = [f"M-8 {y}{zigzag}" for y in range(-5, height + 20, 10)]
    plain = "".join(row for number, row in enumerate(rows) if number % 3)
    return _lines(plain, cloth.thread, 4, 0.75) + _lines("".join(rows[::3]), cloth.accent, 4, 0.75)


def _dots(cloth: Cloth, width: int, height: int) -> str:
    spots = [
        (f"M{x} {y}h0", (column + row) % 3)
        for row, y in enumerate(range(10, height + 10, 22))
        for column, x in enumerate(range(8 + row % 2 * 14, width, 28))
    ]
    many = "".join(spot for spot, turn in spots if turn)
    few = "".join(spot for spot, turn in spots if not turn)
    return _lines(many, cloth.thread, 11, 0.85, "round") + _lines(
        few, cloth.accent, 11, 0.85, "round"
    )


def _stripe(cloth: Cloth, width: int, height: int) -> str:
    def slanted(start: int) -> str:
        first = start - height // 54 * 54
        return "".join(f"M{x} {height}l{height}-{height}" for x in range(first, width, 54))

    return _lines(slanted(-36) + slanted(-18), cloth.thread, 7, 0.7) + _lines(
        slanted(0), cloth.accent, 7, 0.8
    )


def _gingham(cloth: Cloth, *size: int) -> str:
    return (
        _lines(_upright(7, 28, *size), cloth.thread, 14, 0.5)
        + _lines(_across(7, 28, *size), cloth.thread, 14, 0.5)
        + _lines(_upright(21, 84, *size), cloth.accent, 2, 0.5)
    )


WEAVES: dict[str, Callable[..., str]] = {
    "plaid": _plaid,
    "herringbone": _herringbone,
    "dots": _dots,
    "stripe": _stripe,
    "gingham": _gingham,
}
