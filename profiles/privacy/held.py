"""The list of all that is held about a teacher: which table, its name, what erasing does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import Model, QuerySet

from ..models import Teacher


class Erasure(Enum):
    """What becomes of rows when the teacher asks to be forgotten."""

    DELETE = "deleted"
    KEEP = "kept"


@dataclass(frozen=True, slots=True)
class Held:
    """One table that holds something about teachers."""

    model: type[Model]
    title: str  # as the teacher reads it
    path: str = "teacher"  # lookup from a row to its teacher
    erasure: Erasure = Erasure.DELETE
    why_kept: str = ""  # said to the teacher where erasing keeps it
    secret: tuple[str, ...] = ()  # columns that never leave: hashes of secrets
    also: tuple[str, ...] = ()  # what is worked out of the columns and told beside them

    def rows_of(self, teacher: Teacher) -> QuerySet:
        """Return the rows about this teacher, oldest first."""
        manager = self.model._default_manager
        return manager.filter(**{self.path: teacher.pk}).order_by("pk")


@dataclass(frozen=True, slots=True)
class HeldInside:
    """What is held about teachers among others' in rows that are nobody's own; never erased."""

    title: str
    rows_of: Callable[[Teacher], Iterable[dict[str, Any]]]
    why_kept: str


_held: list[Held] = []
_inside: list[HeldInside] = []


def register(*more: Held) -> None:
    """Put tables at the head of the list: the lowest part, who somebody is, says its own last."""
    known = {held.model for held in _held}
    _held[:0] = [held for held in more if held.model not in known]


def register_inside(*more: HeldInside) -> None:
    """Add to what is told beside the tables."""
    _inside.extend(one for one in more if one not in _inside)


def all_inside() -> tuple[HeldInside, ...]:
    """Return what is held inside rows of other things."""
    return tuple(_inside)


def all_held() -> tuple[Held, ...]:
    """Return every table on the list."""
    return tuple(_held)
