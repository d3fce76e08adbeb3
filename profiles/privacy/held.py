"""The list of all that is held about a teacher: which table, its name, what erasing does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

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


_held: list[Held] = []


def register(*more: Held) -> None:
    """Put tables at the head of the list: the lowest part, who somebody is, says its own last."""
    known = {held.model for held in _held}
    _held[:0] = [held for held in more if held.model not in known]


def all_held() -> tuple[Held, ...]:
    """Return every table on the list."""
    return tuple(_held)
