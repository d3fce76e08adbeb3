"""Marking plans as owed, in the transaction of the cause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


def owe_plans(*, teacher_ids: Iterable[int], cause: str, count: int = 1, now: datetime) -> None:
    """Mark the plans of these teachers as owed, `count` times for this cause."""
    raise NotImplementedError


def owe_all_plans(*, cause: str, count: int = 1, now: datetime) -> None:
    """Mark every active teacher's plan as owed."""
    raise NotImplementedError
