"""Rows into frozen facts, in bulk: the one room where the database and the recommender meet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from pdplanner.recommender.facts import Facts


def read_facts(*, as_of: date, teacher_ids: Collection[int] | None = None) -> Facts:
    """Return all that was known at the end of the day, in a fixed number of queries.

    Every teacher is in the facts, for the cohorts; with `teacher_ids` the others are read only as
    far as their cohorts need them. Ids in the facts are primary keys.
    """
    raise NotImplementedError
