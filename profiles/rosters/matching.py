"""Whether a row of a roster still means the teacher whose address it has: districts give an
address to the next one who comes, so that alone it names nobody."""

from __future__ import annotations

from typing import NamedTuple

from ..models import Teacher
from .persons import ADDRESS_MARK
from .shape import RosterTeacher


class Names(NamedTuple):
    given: str
    family: str


def names_of(person: Teacher | RosterTeacher) -> Names:
    """Return how a teacher is called."""
    return Names(person.given_name, person.family_name)


def is_same_person(before: Names, now: Names) -> bool:
    """Return whether two names may be one person's: one of the two stays, as when somebody marries
    or the district changes its domain, or a list had them in each other's column."""
    before, now = (Names(*map(str.casefold, names)) for names in (before, now))
    return any(one and one == other for one, other in zip(before, now, strict=True)) or (
        before == (now.family, now.given) and any(before)
    )


def is_address(identifier: str) -> bool:
    """Return whether an id is nothing but an address, as in a list without numbers."""
    return identifier.startswith(ADDRESS_MARK)
