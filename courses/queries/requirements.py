"""Required sessions and whom they touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from profiles.models import Teacher

from ..models import Completion, Requirement


@dataclass(frozen=True)
class RequiredSession:
    """One requirement as it stands for one teacher."""

    requirement: Requirement
    completion: Completion | None
    is_late: bool


def teachers_matching(
    *, school_ids: Iterable[int] = (), grade_bands: Iterable[str] = (), subjects: Iterable[str] = ()
) -> frozenset[int]:
    """Return the ids of active teachers in the meeting of what is given; nothing given: all."""
    raise NotImplementedError


def audience_of(requirement: Requirement) -> frozenset[int]:
    """Return the ids of the active teachers that a requirement touches."""
    raise NotImplementedError


def audiences_of(requirements: QuerySet[Requirement]) -> dict[int, frozenset[int]]:
    """Return the audience of each requirement by its id, in a fixed number of queries."""
    raise NotImplementedError


def required_for(teacher: Teacher, as_of: date) -> list[RequiredSession]:
    """Return what a teacher must take as of a day, soonest due first; done ones included."""
    raise NotImplementedError
