"""Whether a row of a roster still means the teacher whose address it has: districts give an
address to the next one who comes, so that alone it names nobody."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..models import Teacher
from .persons import ADDRESS_MARK
from .shape import RosterTeacher

PARTS = re.compile(r"\w+")


class Names(NamedTuple):
    given: str
    family: str


def names_of(person: Teacher | RosterTeacher) -> Names:
    """Return how a teacher is called."""
    return Names(person.given_name, person.family_name)


def is_same_person(before: Names, now: Names) -> bool:
    """Return whether two names may be one person's: one of the two stays, or a part of it, as when
    somebody marries or the district changes its domain, or a list had them in each other's
    column."""
    given, family = (
        parts_of(one) & parts_of(other) for one, other in zip(before, now, strict=True)
    )
    swapped = Names(now.family, now.given)
    return bool(given or family) or (any(before) and folded(before) == folded(swapped))


def folded(names: Names) -> list[str]:
    """Return the names as they compare, however they are written."""
    return [name.casefold() for name in names]


def parts_of(name: str) -> set[str]:
    """Return a name and the parts of a double one: Smith-Jones was Smith, but "van" is nobody's
    name."""
    whole = name.strip().casefold()
    return {whole, *(part for part in PARTS.findall(whole) if len(part) > 3)} - {""}


def is_address(identifier: str) -> bool:
    """Return whether an id is nothing but an address, as in a list without numbers."""
    return identifier.startswith(ADDRESS_MARK)
