"""OneRoster 1.1 and 1.2 CSV: full sets (bulk), and sets of changes (delta) on top of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..imports import ImportRefused, Problems
from .columns import columns_of
from .feed import Feed
from .tables import DATES, Row, Table

SOURCE = "oneroster"
MANIFEST = Table("manifest.csv", columns_of("propertyName* value"), has_ids=False)
FILES = {
    "orgs": "sourcedId* status dateLastModified name* type* identifier parentSourcedId",
    "academicSessions": (
        "sourcedId* status dateLastModified title* type* startDate* endDate* parentSourcedId"
        " schoolYear*"
    ),
    "courses": (
        "sourcedId* status dateLastModified title* courseCode grades orgSourcedId* subjects"
        " subjectCodes"
    ),
    "classes": (
        "sourcedId* status dateLastModified title* grades courseSourcedId* classType*"
        " schoolSourcedId* termSourcedIds* subjects subjectCodes"
    ),
    "enrollments": (
        "sourcedId* status dateLastModified classSourcedId* schoolSourcedId* userSourcedId* role*"
        " beginDate endDate"
    ),
    "roles": (
        "sourcedId* status dateLastModified userSourcedId* roleType* role* beginDate endDate"
        " orgSourcedId*"
    ),
}
USERS = {
    "1.1": (
        "sourcedId* status dateLastModified enabledUser* orgSourcedIds* role* username* userIds"
        " givenName* familyName* email grades"
    ),
    "1.2": (
        "sourcedId* status dateLastModified enabledUser* username* userIds givenName* familyName*"
        " email grades userMasterIdentifier preferredGivenName preferredFamilyName"
        " primaryOrgSourcedId"
    ),
}
#: What is kept of a user's row: ids and places. The name and the address are the teacher's own.
KEPT_OF_USERS = (
    "sourcedId",
    "status",
    "dateLastModified",
    "enabledUser",
    "orgSourcedIds",
    "role",
    "userIds",
    "userMasterIdentifier",
    "primaryOrgSourcedId",
)

#: What is kept of a row that goes, so that an older change does not bring it back.
KEPT_OF_GONE = ("sourcedId", "status", "dateLastModified", "userSourcedId")

#: Rows of an earlier set, by name.
Base = Mapping[str, list[dict[str, Any]]]


@dataclass
class OneRoster(Feed):
    """A set whose manifest has been read. `base`: what an earlier set left, None without one."""

    source = SOURCE
    title = "OneRoster 1.1 or 1.2"

    base: Base | None = None
    version: str = ""
    kinds: dict[str, str] = field(default_factory=dict)  # name -> bulk, delta or absent

    def __post_init__(self) -> None:
        said = self._manifest()
        self.version = ".".join(said.get("oneroster.version", "").lstrip("v").split(".")[:2])
        if self.version not in USERS:
            raise ImportRefused.because(
                "manifest.csv",
                "oneroster.version is neither 1.1 nor 1.2",
                "Export OneRoster 1.1 or 1.2 CSV.",
            )
        self.has_roles = self.version == "1.2"  # type: ignore[misc]
        columns = {**FILES, "users": USERS[self.version]}
        if not self.has_roles:
            del columns["roles"]
        self.kinds = {
            name: said.get(f"file.{name}".casefold(), "") for name in columns if name != "manifest"
        }
        self.tables = {
            name: Table(
                f"{name}.csv",
                columns_of(text),
                may_be_empty=name == "courses",
                is_delta=self.kinds[name] == "delta",
            )
            for name, text in columns.items()
        }
        if self.is_delta and self.base is None:
            name = next(name for name, kind in self.kinds.items() if kind == "delta")
            raise ImportRefused.because(
                "manifest.csv",
                f"{name}.csv holds only changes (delta), and no full set was brought in before",
                "Import a full set (bulk) first.",
            )

    def _manifest(self) -> dict[str, str]:
        if MANIFEST.file not in self.files:
            raise ImportRefused.because(
                MANIFEST.file,
                "the file is missing",
                "It says which version this is and whether the set is full. Export OneRoster 1.1 "
                "or 1.2 CSV with its manifest.",
            )
        said = {
            row["propertyName"].casefold(): row["value"].casefold()
            for row in MANIFEST.rows(self.files, self.problems)
        }
        if self.problems.forbid:
            raise ImportRefused(self.problems)
        return said

    @property
    def is_delta(self) -> bool:
        """Whether this set holds changes of any kind of row."""
        return "delta" in self.kinds.values()

    @property
    def counts_students(self) -> bool:
        return not self.is_delta or (
            self.kinds["enrollments"] == self.kinds["users"] == "bulk" and self.has("enrollments")
        )

    def say_missing(self, name: str) -> None:
        needed = {"orgs", "users", "roles"}
        is_absent = self.kinds.get(name) == "absent"
        if name == "courses" or (is_absent and name not in needed):
            super().say_missing(name)
        elif name in self.tables:
            self.problems.error(
                self.tables[name].file, "a required file is missing", "Add it to the export."
            )

    def rows(self, name: str, *, again: bool = False) -> Iterator[Row]:
        """Yield a file's rows; in a set of changes, what stood before with the changes on it."""
        if not self.is_delta or (self.kinds[name] == "bulk" and self.has(name)):
            yield from super().rows(name, again=again)
            return
        rows = {row["sourcedId"]: row for row in self._earlier(name)}
        known = set(rows)
        if self.kinds[name] == "delta" and self.has(name):
            for row in self._changes(name, rows, again=again):
                rows[row["sourcedId"]] = row
        for row in rows.values():
            if not row.is_gone:
                yield row
            elif row["sourcedId"] in known and not again:  # else it may well be a student's
                self.keep(name, row)

    def read(self, name: str, table: Table, problems: Problems) -> Iterator[Row]:
        for row in super().read(name, table, problems):
            if row.get("status") and not table.is_delta:
                problems.warning(
                    table.file,
                    "a row of a full set has a status",
                    "Rows to be deleted are left out, all others are taken.",
                    line=row.line,
                    column="status",
                )
            yield row

    def _earlier(self, name: str) -> Iterator[Row]:
        file = self.tables[name].file
        for cells in (self.base or {}).get(name, []):
            dates = {
                column: date.fromisoformat(cells[column])
                for column in DATES & cells.keys()
                if cells[column]
            }
            blank = {column: None if column in DATES else "" for column in self.columns(name)}
            yield Row({**blank, **cells, **dates}, file=file)

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the columns that rows of this name have."""
        return self.tables[name].columns.names

    def _changes(self, name: str, rows: dict[str, Row], *, again: bool) -> Iterator[Row]:
        """Yield the changed rows, but not those that are older than what is here already."""
        table = self.tables[name]
        if not again:
            self.progress(f"Reading {table.file}")
        problems = Problems() if again else self.problems
        for row in table.rows(self.files, problems):
            if not again:
                self.rows_read += 1
            known = rows.get(row["sourcedId"])
            before, after = known and known.changed_at, row.changed_at
            if before and after and after < before:
                problems.warning(
                    table.file,
                    "the change is older than what is here already",
                    "The row is left as it was.",
                    line=row.line,
                    column="dateLastModified",
                )
                continue
            if known is not None and "students" in known:
                row["students"] = known["students"]
            if known is not None and row.is_gone and "userSourcedId" in known:
                row["userSourcedId"] = known["userSourcedId"]  # the change need not say whose
            yield row

    def keep(self, name: str, row: Row) -> None:
        columns = KEPT_OF_USERS if name == "users" else (*self.columns(name), "students")
        if row.is_gone:
            columns = KEPT_OF_GONE
        self.kept.setdefault(name, []).append(
            {
                column: value.isoformat() if isinstance(value, date) else value
                for column in columns
                if (value := row.get(column))
            }
        )
