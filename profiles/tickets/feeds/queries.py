"""What the coordinator and the command line say of a help desk."""

from __future__ import annotations

from collections.abc import Mapping

COUNTS = (
    ("new", "new"),
    ("changed", "changed"),
    ("unchanged", "there already"),
    ("gone", "deleted or merged"),
)


def in_words(counts: Mapping[str, int]) -> list[str]:
    """Return what a pass read and wrote, as sentences."""
    got = counts.get
    told = ", ".join(f"{got(name, 0):,} {word}" for name, word in COUNTS)
    lines = [
        f"{got('read', 0):,} tickets read: {got('matched', 0):,} of teachers here, "
        f"{got('unmatched', 0):,} left out.",
        f"{told[0].upper()}{told[1:]}.",
    ]
    if unreadable := got("unreadable", 0):
        lines.append(f"{unreadable:,} could not be read: a field is missing or has changed.")
    return lines
