"""The rebuild: facts read once, the recommender asked once, versions stored where they differ."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import InterfaceError, OperationalError

from pdplanner.recommender import BadFacts, Id
from profiles.corrections import SWITCHED
from profiles.models import Teacher
from profiles.queries import today_in_district

from ..models import Plan, PlanVersion
from ..queries.drafts import Draft, draft_part, draft_paths
from ..queries.facts import read_common, read_part
from ..queries.parts import learn_everybody, parts_by_school, seats_promised, without_seats
from ..queries.rules import rules_in_use
from .owing import chunks, ensure_plans
from .versions import store_drafts

logger = logging.getLogger(__name__)

#: Up to so many plans are worked out together, everybody's facts in memory at once; more are
#: streamed by school (streaming.py).
TOGETHER = 2000
#: Plans stored in one transaction: a long one would make every other writer wait.
STORED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to."""

    plans: int  # looked at
    stored: int  # of them a new version was stored for
    empty: int  # of them have nothing to recommend

    def __add__(self, other: Rebuilt) -> Rebuilt:
        return Rebuilt(
            self.plans + other.plans, self.stored + other.stored, self.empty + other.empty
        )


def rebuild_plans(
    *,
    teacher_ids: Collection[int] | None = None,
    as_of: date,
    now: datetime,
    on_progress: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Work out the paths of these teachers (None: all active ones) and store what changed.

    A whole state is worked out some schools at a time, in memory that does not grow with it. Safe
    to run twice and to kill anywhere: no cause is lost, no version stored twice.
    """
    active = Teacher.objects.active()
    if teacher_ids is not None:
        active = active.filter(pk__in=list(teacher_ids))
    wanted = list(active.order_by("pk").values_list("pk", flat=True))
    ensure_plans(teacher_ids=wanted)
    if len(wanted) > TOGETHER:
        return rebuild_in_parts(teacher_ids=wanted, as_of=as_of, now=now, on_progress=on_progress)
    # Before the facts: a cause that arrives while we work leaves its plan owed.
    seen = _plans_of(wanted)
    drafts = draft_paths(
        as_of=as_of,
        teacher_ids=None if teacher_ids is None else wanted,
        previous=_previous(seen),
    )
    return store_all(wanted, seen, drafts, now=now, as_of=as_of, on_progress=on_progress)


def store_all(
    wanted: list[int],
    seen: Mapping[int, Plan],
    drafts: Mapping[Id, Draft],
    *,
    now: datetime,
    as_of: date,
    on_progress: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Store these teachers' drafts over their plans as seen, some in each transaction."""
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


def rebuild_in_parts(
    *,
    teacher_ids: Collection[int],
    as_of: date,
    now: datetime,
    on_progress: Callable[[int, int], object] | None = None,
    on_failure: Callable[[list[int]], None] | None = None,
) -> Rebuilt:
    """Work out these teachers' paths some schools at a time and store each part before the next.

    What everybody asked is learned first, in sums. A seat that a path of another part proposes is
    not proposed again. Killed, it leaves the rest owed. `on_failure` is told of a part that fails,
    while its error is handled; without it the error ends the rebuild.
    """
    # Before the facts: a plan that is wanted anew while we work stays owed.
    wanted_then = _wanted_of(teacher_ids)
    common = read_common(as_of=as_of)
    state = learn_everybody(common, rules_in_use())
    promised = seats_promised()
    done, total = Rebuilt(0, 0, 0), len(teacher_ids)
    for part in parts_by_school(teacher_ids):
        seen = {
            teacher: plan
            for teacher, plan in _plans_of(part).items()
            if plan.wanted == wanted_then.get(teacher)
        }
        others = promised - seats_promised(part)
        try:
            facts = without_seats(read_part(common=common, teacher_ids=part), others)
            drafts = draft_part(facts, state=state, previous=_previous(seen))
            stored = store_all(part, seen, drafts, now=now, as_of=as_of)
        except (OperationalError, InterfaceError, BadFacts):
            raise  # of no part: the database, or facts that concern everybody
        except Exception:
            if on_failure is None:
                raise
            on_failure(part)
            stored = Rebuilt(len(part), 0, 0)
        promised = others + seats_promised(part)
        done = done + stored
        if on_progress:
            on_progress(done.plans, total)
    return done


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


def _wanted_of(teacher_ids: Collection[int]) -> dict[int, int]:
    """How often each teacher's path has been wanted so far."""
    return {
        teacher: wanted
        for chunk in chunks(sorted(teacher_ids))
        for teacher, wanted in Plan.objects.filter(teacher__in=chunk).values_list(
            "teacher_id", "wanted"
        )
    }


def _previous(seen: Mapping[int, Plan]) -> dict[int, PlanVersion | None]:
    """The paths to be steady against: none for whoever switched their history off or on, for then
    what stands was cut by other facts than they want."""
    return {teacher: plan.current for teacher, plan in seen.items() if SWITCHED not in plan.causes}


def _plans_of(teacher_ids: list[int]) -> dict[int, Plan]:
    """The plans as they stand, with the steps of their current versions."""
    return {
        plan.teacher_id: plan
        for chunk in chunks(teacher_ids)
        for plan in Plan.objects.filter(teacher__in=chunk)
        .select_related("current")
        .prefetch_related("current__steps__course")
    }
