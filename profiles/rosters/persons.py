"""One person, many rows: a feed may list a teacher once per school."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ..imports import Problems

#: As much as the columns of addresses hold; what is longer is refused and not cut to another's.
LONGEST_ADDRESS = 254
#: Where a list has no numbers, an id is this and the address.
ADDRESS_MARK = "email:"

USER_ID = re.compile(r"\{\s*([^:{}]+?)\s*:\s*([^{}]+?)\s*\}")


@dataclass(slots=True)
class PersonRow:
    """A users row of somebody who teaches."""

    external_id: str
    line: int
    email: str
    given_name: str
    family_name: str
    master_id: str = ""
    user_ids: tuple[tuple[str, str], ...] = ()
    main_schools: list[str] = field(default_factory=list)  # most telling first
    schools: list[str] = field(default_factory=list)


def user_ids_of(cell: str) -> tuple[tuple[str, str], ...]:
    """Return (type, id) of a cell such as {LDAP:12},{FED:18125}."""
    return tuple((kind.casefold(), value) for kind, value in USER_ID.findall(cell))


def address_of(
    email: str,
    problems: Problems,
    *,
    file: str,
    line: int,
    column: str,
    longest: int = LONGEST_ADDRESS,
) -> str:
    """Return a teacher's address, "" when there is no good one (a warning; an error when it is too
    long). Without a line nothing is said: it was said when the row came in."""
    if len(email) > longest:
        problems.error(
            file,
            f"the address is longer than {longest} characters",
            "Write the one that mail reaches the teacher by.",
            line=line,
            column=column,
        )
        return ""
    try:
        validate_email(email)
    except ValidationError:
        if line:
            problems.warning(
                file,
                "the address is no address" if email else "a teacher has no email address",
                "The teacher is kept, and can't sign in until there is one.",
                line=line,
                column=column,
            )
        return ""
    return email


def people_of(rows: Iterable[PersonRow]) -> list[list[PersonRow]]:
    """Return the rows grouped by person, in the order of the file.

    The same id is the same person, and so is the same master identifier; else the same address,
    unless the master identifiers differ; else the same id of one type, unless masters or addresses
    differ.
    """
    groups = Groups(list(rows))
    groups.join(lambda row: [row.external_id], ())
    groups.join(lambda row: [row.master_id] if row.master_id else [], ())
    groups.join(lambda row: [row.email] if row.email else [], ("master_id",))
    groups.join(lambda row: row.user_ids, ("master_id", "email"))
    return groups.in_order()


class Groups:
    """Rows joined step by step; joining costs next to nothing, however many rows there are."""

    def __init__(self, rows: list[PersonRow]):
        self.rows = rows
        self._leader = list(range(len(rows)))
        self._marks = [
            {"master_id": {row.master_id} - {""}, "email": {row.email} - {""}} for row in rows
        ]

    def _first(self, place: int) -> int:
        while self._leader[place] != place:
            self._leader[place] = self._leader[self._leader[place]]
            place = self._leader[place]
        return place

    def join(
        self,
        keys_of: Callable[[PersonRow], Iterable[Hashable]],
        contradicted_by: tuple[str, ...],
    ) -> None:
        """Join groups that share a key and contradict each other in none of these marks."""
        holder: dict[Hashable, int] = {}
        for place, row in enumerate(self.rows):
            for key in keys_of(row):
                ours = self._first(place)
                theirs = self._first(holder.setdefault(key, ours))
                if ours != theirs and not self._contradict(ours, theirs, contradicted_by):
                    self._unite(min(ours, theirs), max(ours, theirs))

    def _contradict(self, first: int, second: int, names: tuple[str, ...]) -> bool:
        for name in names:
            ours, theirs = self._marks[first][name], self._marks[second][name]
            if ours and theirs and not ours & theirs:
                return True
        return False

    def _unite(self, leader: int, follower: int) -> None:
        self._leader[follower] = leader
        for name, marks in self._marks[follower].items():
            self._marks[leader][name] |= marks

    def in_order(self) -> list[list[PersonRow]]:
        """Return the groups, each in the order of its rows, by their first row."""
        groups: dict[int, list[PersonRow]] = {}
        for place, row in enumerate(self.rows):
            groups.setdefault(self._first(place), []).append(row)
        return list(groups.values())
