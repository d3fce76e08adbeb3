"""One person, many rows: a feed may list a teacher once per school."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

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


def people_of(rows: Iterable[PersonRow]) -> list[list[PersonRow]]:
    """Return the rows grouped by person, in the order of the file.

    The same master identifier is the same person; else the same address, unless the master
    identifiers differ; else the same id of one type, unless masters or addresses differ.
    """
    groups: list[list[PersonRow]] = [[row] for row in rows]
    for key_of, contradicted_by in (
        (lambda row: [row.master_id] if row.master_id else [], ()),
        (lambda row: [row.email] if row.email else [], ("master_id",)),
        (lambda row: row.user_ids, ("master_id", "email")),
    ):
        groups = _joined(groups, key_of, contradicted_by)
    return groups


def _joined(groups, key_of, contradicted_by) -> list[list[PersonRow]]:
    """Join groups that share a key and contradict each other in none of these attributes."""
    result: list[list[PersonRow]] = []
    place: dict = {}
    for group in groups:
        keys = [key for row in group for key in key_of(row)]
        for key in keys:
            found = place.get(key)
            if found is None or found is group or _contradict(found, group, contradicted_by):
                continue
            found.extend(group)
            result = [other for other in result if other is not group]
            place = {key: found if other is group else other for key, other in place.items()}
            group = found
        if not any(other is group for other in result):
            result.append(group)
        for key in keys:
            place.setdefault(key, group)
    return result


def _contradict(first: list[PersonRow], second: list[PersonRow], names: tuple[str, ...]) -> bool:
    for name in names:
        ours = {getattr(row, name) for row in first} - {""}
        theirs = {getattr(row, name) for row in second} - {""}
        if ours and theirs and not ours & theirs:
            return True
    return False
