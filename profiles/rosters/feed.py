"""The files of one OneRoster set: its version, its rows, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..imports import ImportRefused, Problems, Progress, silent
from .columns import FILES, MANIFEST, ROLES_OF_1_2, USERS, Columns
from .files import RosterFiles
from .tables import Row, rows_of

#: Without these there is no roster; the others may be declared absent by the manifest.
ALWAYS_REQUIRED = {"orgs.csv", "users.csv", "roles.csv"}


@dataclass
class Feed:
    """A set whose manifest has been read; counts the rows it gives out."""

    files: RosterFiles
    problems: Problems
    progress: Progress = silent
    version: str = ""
    rows_read: int = 0
    kinds: dict[str, str] = field(default_factory=dict)  # file -> bulk, delta or absent

    def __post_init__(self) -> None:
        if "manifest.csv" not in self.files:
            raise ImportRefused.because(
                "manifest.csv",
                "the file is missing",
                "It says which version this is and whether the set is full. Export OneRoster 1.1 "
                "or 1.2 CSV; Microsoft School Data Sync files are not read yet.",
            )
        said = {
            row["propertyName"].casefold(): row["value"].casefold()
            for row in rows_of(self.files, "manifest.csv", MANIFEST, self.problems)
        }
        if self.problems.forbid:
            raise ImportRefused(self.problems)
        self.version = ".".join(said.get("oneroster.version", "").lstrip("v").split(".")[:2])
        if self.version not in USERS:
            raise ImportRefused.because(
                "manifest.csv",
                "oneroster.version is neither 1.1 nor 1.2",
                "Export OneRoster 1.1 or 1.2 CSV.",
            )
        self.kinds = {
            f"{key.removeprefix('file.')}.csv": kind
            for key, kind in said.items()
            if key.startswith("file.")
        }
        for name in (*FILES, "users.csv"):
            if self.kinds.get(name.casefold()) == "delta":
                raise ImportRefused.because(
                    "manifest.csv",
                    f"{name} holds only changes (delta)",
                    "Export the full set (bulk).",
                )

    def rows(self, name: str, wanted: Columns) -> Iterator[Row]:
        """The rows of a file that are to be kept; a missing file is said, once."""
        if name not in self.files:
            declared_absent = self.kinds.get(name.casefold()) == "absent"
            if name == "courses.csv" or (declared_absent and name not in ALWAYS_REQUIRED):
                self.problems.warning(name, "the file is not there", "What it tells stays unknown.")
            else:
                self.problems.error(name, "a required file is missing", "Add it to the export.")
            return
        self.progress(f"Reading {name}")
        optional = name == "courses.csv"
        for row in rows_of(self.files, name, wanted, self.problems, may_be_empty=optional):
            self.rows_read += 1
            if not row.is_gone:
                yield row

    def dangling(self, name: str, row: Row, column: str, what: str) -> None:
        """Warn of a reference to something that is not in the set."""
        self.problems.warning(
            name,
            f"no {what} with this id is in the set",
            "The row is used as far as it goes.",
            line=row.line,
            column=column,
        )

    def is_known(self, name: str, row: Row, column: str, values: set[str]) -> bool:
        """Whether an enum column holds one of its values; a warning is given otherwise."""
        if row[column].casefold() in values:
            return True
        self.problems.warning(
            name, f"the {column} is unknown", "The row is left out.", line=row.line, column=column
        )
        return False

    def role(self, name: str, row: Row, allowed: set[str]) -> str:
        """The role of a row, in lower case; "" (an error) when there is no such role."""
        role = row["role"].casefold()
        if role in allowed or (allowed is ROLES_OF_1_2 and role.startswith("ext:")):
            return role
        self.problems.error(
            name,
            "the role is unknown",
            f"Use one of {', '.join(sorted(allowed))}.",
            line=row.line,
            column="role",
        )
        return ""
