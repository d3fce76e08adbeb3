"""A set of roster files as rows under common names, whatever the format heads them with.

One module per format describes its files; what is read from the rows (reading.py) is the same for
all. The common names are OneRoster's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..imports import Problems, Progress, silent
from .files import RosterFiles
from .tables import Row, Table

#: Between two words of progress.
ROWS_BETWEEN_WORDS = 5000


@dataclass
class Feed:
    """A set of files; counts the rows it gives out."""

    source: ClassVar[str]
    title: ClassVar[str]
    #: Whether `roles` say who teaches and where (else the users' own rows do).
    has_roles: ClassVar[bool] = True
    #: Without these there is no roster.
    needed: ClassVar[frozenset[str]] = frozenset()
    #: What a role is called here, in lower case -> OneRoster's word; "" is none to be read.
    role_words: ClassVar[dict[str, str]] = {}

    files: RosterFiles
    problems: Problems
    progress: Progress = silent
    rows_read: int = 0
    tables: dict[str, Table] = field(default_factory=dict)
    #: Staff rows of this set as they stand after it, for the next set of changes; no student's.
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def counts_students(self) -> bool:
        """Whether the set brings every student's enrolment, and not changes of some."""
        return True

    def has(self, name: str) -> bool:
        """Whether the set brings these rows at all."""
        return name in self.tables and self.tables[name].file in self.files

    def rows(self, name: str, *, again: bool = False) -> Iterator[Row]:
        """Yield the rows of this name that are to be kept; `again`: in silence, uncounted."""
        if not self.has(name):
            if not again:
                self.say_missing(name)
            return
        table = self.tables[name]
        if not again:
            self.progress(f"Reading {table.file}")
        problems = Problems() if again else self.problems
        for row in self.read(name, table, problems):
            if not again:
                self.rows_read += 1
                if self.rows_read % ROWS_BETWEEN_WORDS == 0:
                    self.progress(f"{self.rows_read:,} rows read", self.rows_read)
            if not row.is_gone:
                yield row

    def read(self, name: str, table: Table, problems: Problems) -> Iterator[Row]:
        """Yield every row of a file, under the common names."""
        return table.rows(self.files, problems)

    def say_missing(self, name: str) -> None:
        """Say once that a file is not there: a warning, or an error when nothing goes without."""
        if name in self.needed:
            file = self.tables[name].file
            self.problems.error(file, "a required file is missing", "Add it to the export.")
        elif name in self.tables:
            self.problems.warning(
                self.tables[name].file, "the file is not there", "What it tells stays unknown."
            )

    def keep(self, name: str, row: Row) -> None:
        """Remember a row for the next set of changes, in formats that have such sets."""

    def dangling(self, row: Row, column: str, what: str) -> None:
        """Warn of a reference to something that is not in the set."""
        if row.line:
            self.problems.warning(
                row.file,
                f"no {what} with this id is in the set",
                "The row is used as far as it goes.",
                line=row.line,
                column=row.heading(column),
            )

    def is_known(self, row: Row, column: str, values: set[str]) -> bool:
        """Whether an enum column holds one of its values; a warning is given otherwise."""
        if row[column].casefold() in values:
            return True
        self.problems.warning(
            row.file,
            f"the {row.heading(column)} is unknown",
            "The row is left out.",
            line=row.line,
            column=row.heading(column),
        )
        return False

    def role(self, row: Row, allowed: set[str]) -> str:
        """The role of a row, in lower case; "" (an error) when there is no such role."""
        said = row["role"].casefold()
        role = self.role_words.get(said, said)
        if role in allowed or role.startswith("ext:"):
            return role
        self.problems.error(
            row.file,
            "the role is unknown",
            f"Use one of {', '.join(sorted(allowed))}.",
            line=row.line,
            column=row.heading("role"),
        )
        return ""
