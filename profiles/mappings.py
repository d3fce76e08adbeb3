"""Which column of a table is what: given, saved, or known by its usual heading."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .imports import ImportRefused

Columns = dict[str, str]  # our name -> heading of the table


def spoken(heading: str) -> str:
    """Return a heading as it is compared: lower case, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", heading.casefold()).strip("_")


@dataclass(frozen=True)
class Vocabulary:
    """Our names for what a table may say, and the headings that surely mean each, best first."""

    file: str  # what problems call the table
    headings: dict[str, str]
    #: Of each of these groups of names at least one must have a column.
    required: tuple[tuple[str, ...], ...]
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Our names, in the order they are asked for."""
        return tuple(self.headings)

    def parse(self, text: str) -> Columns:
        """Return the columns of NAME=COLUMN,NAME=COLUMN; raises ImportRefused.

        A comma starts the next pair only when NAME= follows it: headings hold commas too.
        """
        columns: Columns = {}
        for pair in re.split(r",(?=\s*[a-z_]+\s*=)", text):
            name, equals, heading = (part.strip() for part in pair.partition("="))
            if not (name and equals and heading):
                raise ImportRefused.because(
                    "--map", "a pair is not NAME=COLUMN", "Such as email=E-mail,school=Campus."
                )
            if name not in self.headings:
                raise ImportRefused.because(
                    "--map",
                    f"“{name[:40]}” is no name here",
                    f"The names are {', '.join(self.names)}.",
                )
            if name in columns:
                raise ImportRefused.because("--map", f"“{name}” stands twice", "Name it once.")
            columns[name] = heading
        return columns

    def recognise(self, header: Iterable[str]) -> Columns:
        """Return the columns whose headings surely mean one of our names."""
        by_word: dict[str, str] = {}
        for heading in header:
            by_word.setdefault(spoken(heading), heading)
        return {
            name: next(by_word[word] for word in words.split() if word in by_word)
            for name, words in self.headings.items()
            if any(word in by_word for word in words.split())
        }

    def missing(self, columns: Columns) -> list[str]:
        """Return what has no column yet, in words."""
        return [
            " or ".join(self.labels.get(name, name) for name in group)
            for group in self.required
            if not any(name in columns for name in group)
        ]

    def places(self, columns: Columns, header: list[str]) -> dict[str, int]:
        """Return our name -> place in the row; raises ImportRefused when a column is not there."""
        at = {heading.casefold(): place for place, heading in enumerate(header) if heading}
        absent = [heading for heading in columns.values() if heading.casefold() not in at]
        if absent:
            named = ", ".join(f"“{heading[:60]}”" for heading in absent)
            raise ImportRefused.because(
                self.file, f"the header has no column {named}", self._remedy(header)
            )
        if missing := self.missing(columns):
            raise ImportRefused.because(
                self.file,
                f"no column is known for: {'; '.join(missing)}",
                self._remedy(header),
            )
        return {name: at[heading.casefold()] for name, heading in columns.items()}

    def _remedy(self, header: list[str]) -> str:
        headings = ", ".join(heading[:60] for heading in header[:60] if heading)
        first = self.required[0][0]
        return f"Its columns are: {headings}. Say which is what, such as --map '{first}=COLUMN'."
