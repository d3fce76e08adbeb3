"""The rebuild: facts read once, the recommender asked once, versions stored where they differ."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from profiles.models import Teacher


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to."""

    plans: int  # looked at
    stored: int  # of them a new version was stored for
    empty: int  # of them have nothing to recommend


def rebuild_plans(
    *,
    teacher_ids: Collection[int] | None = None,
    as_of: date,
    now: datetime,
    on_progress: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Work out the paths of these teachers (None: all active ones) and store what changed.

    Safe to run twice and to kill anywhere: no cause is lost, no version stored twice.
    """
    raise NotImplementedError


def rebuild_at_once(*, teacher: Teacher, now: datetime) -> Rebuilt:
    """Rebuild one teacher's path within the request, after an answer of their own."""
    raise NotImplementedError
