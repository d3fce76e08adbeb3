"""The rebuild: facts read once, the recommender asked once, versions stored where they differ."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from pdplanner.recommender import BadFacts
from profiles.models import Teacher
from profiles.queries import today_in_district

from ..models import Plan
from ..queries.drafts import draft_paths
from .owing import chunks, ensure_plans
from .versions import store_drafts

logger = logging.getLogger(__name__)

#: Plans stored in one transaction: a long one would make every other writer wait.
STORED_AT_ONCE = 50


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
    active = Teacher.objects.active()
    if teacher_ids is not None:
        active = active.filter(pk__in=list(teacher_ids))
    wanted = list(active.order_by("pk").values_list("pk", flat=True))
    ensure_plans(teacher_ids=wanted)
    # Before the facts: a cause that arrives while we work leaves its plan owed.
    seen = _plans_of(wanted)
    drafts = draft_paths(
        as_of=as_of,
        teacher_ids=None if teacher_ids is None else wanted,
        previous={teacher: plan.current for teacher, plan in seen.items()},
    )
    tells = as_of == today_in_district(now)
    stored = done = 0
    for teachers in chunks(wanted, STORED_AT_ONCE):
        pairs = [(seen[t], drafts[t]) for t in teachers if t in seen and t in drafts]
        stored += store_drafts(pairs, now=now, tells=tells)
        done += len(teachers)
        if on_progress:
            on_progress(done, len(wanted))
    empty = sum(not draft.steps for draft in drafts.values())
    return Rebuilt(plans=len(wanted), stored=stored, empty=empty)


def rebuild_at_once(*, teacher: Teacher, now: datetime) -> Rebuilt | None:
    """Rebuild one teacher's path within the request, after an answer of their own.

    Facts that cannot be (a slip in the catalogue) return None: the answer is stored, the path
    stays owed, and the log names the fact.
    """
    try:
        return rebuild_plans(teacher_ids=[teacher.pk], as_of=today_in_district(now), now=now)
    except BadFacts:
        logger.exception("The path of teacher %s stays owed", teacher.pk)
        return None


def _plans_of(teacher_ids: list[int]) -> dict[int, Plan]:
    """The plans as they stand, with the steps of their current versions."""
    return {
        plan.teacher_id: plan
        for chunk in chunks(teacher_ids)
        for plan in Plan.objects.filter(teacher__in=chunk)
        .select_related("current")
        .prefetch_related("current__steps__course")
    }
