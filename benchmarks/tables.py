"""Prints tables a person can read, and writes the same rows as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path


def print_table(title: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Print the rows under their columns, text to the left and numbers to the right."""
    cells = [[_worded(row.get(column)) for column in columns] for row in rows]
    widths = [
        max(len(text) for text in (column, *(row[place] for row in cells)))
        for place, column in enumerate(columns)
    ]
    numeric = [
        all(isinstance(row.get(column), int | float | None) for row in rows) for column in columns
    ]
    print(f"\n{title}")
    for line in (list(columns), ["-" * width for width in widths], *cells):
        texts = [
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(line, widths, numeric, strict=True)
        ]
        print("  ".join(texts).rstrip())


def write_json(path: str | Path, content: object) -> None:
    """Write the content where asked, making the folder when it is missing; what is no number is
    null."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_plain(content), indent=1, allow_nan=False)
    target.write_text(text + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _worded(value: object) -> str:
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
    return str(value)
