"""Whom a session reaches: on the paths as they stand, and what it could do beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import F, Sum

from courses.models import CoursePage
from pdplanner.recommender import Path
from pdplanner.recommender.facts import CourseFacts, Id
from pdplanner.recommender.whatif import what_if
from profiles.choices import Format
from profiles.models import School, Teacher
from profiles.queries import the_district

from ..models import Plan, PlanStep
from .catalogue import EFFECTS, read_runs, variants_of
from .drafts import path_of_version
from .facts import read_facts

#: Fewer people than this could be guessed by name, so they are not counted out.
FEWEST_SHOWN = 5


@dataclass(frozen=True)
class Crowd:
    """People by school, as far as they may be counted out.

    `total` is None when saying it would give away a group that is too small; `elsewhere` is how
    many there are in schools with a few each, None when that too is a few; 0: nobody.
    """

    schools: tuple[tuple[str, int], ...]  # most people first
    elsewhere: int | None
    total: int | None
    minutes: int | None  # expected to be saved, all together


@dataclass(frozen=True)
class SessionReach:
    """What a session does on paths now, and what it could do for those who don't have it there."""

    course: CoursePage
    skills: tuple[str, ...]
    on_paths: Crowd
    could: Crowd
    shut_out: tuple[tuple[str, int], ...]  # why it can't be on somebody's path, and for how many


def reach_of(course: CoursePage, *, as_of: date) -> SessionReach:
    """Return whom a session, published or a draft, reaches and could reach on a day."""
    steps = PlanStep.objects.filter(course=course, version=F("version__plan__current"))
    have = dict(steps.values_list("version__plan__teacher_id").annotate(Sum("value")))
    could: dict[int, float] = {}
    shut: Counter[str] = Counter()
    if course.minutes:
        reach = what_if(read_facts(as_of=as_of), _facts_of(course, as_of), paths=_paths())
        could = {cast(int, one.teacher): one.minutes for one in reach.reached}
        shut.update(reach.shut_out)
        del shut["on-path"]  # said already
    return SessionReach(
        course=course,
        skills=tuple(row.skill.name for row in course.taught_skills.all()),
        on_paths=crowd_of(have),
        could=crowd_of(could),
        shut_out=tuple((rule, n) for rule, n in shut.most_common() if n >= FEWEST_SHOWN),
    )


def crowd_of(minutes_by_teacher: dict[int, float]) -> Crowd:
    """Return these teachers by school, small groups hidden."""
    schools = dict(School.objects.values_list("pk", "name"))
    homes = Teacher.objects.filter(pk__in=minutes_by_teacher).values_list("pk", "main_school_id")
    counts = Counter(schools.get(home, "No school") for _, home in homes)
    shown = sorted(
        ((name, n) for name, n in counts.items() if n >= FEWEST_SHOWN),
        key=lambda pair: (-pair[1], pair[0]),
    )
    hidden = [n for n in counts.values() if n < FEWEST_SHOWN]
    # One hidden school, or a handful in all, could be worked out from the total.
    is_guessable = bool(hidden) and (len(hidden) == 1 or sum(hidden) < FEWEST_SHOWN)
    return Crowd(
        schools=tuple(shown),
        elsewhere=None if is_guessable else sum(hidden),
        total=None if is_guessable else sum(counts.values()),
        minutes=None if is_guessable else round(sum(minutes_by_teacher.values())),
    )


def _paths() -> dict[Id, Path]:
    """Return the path of every teacher as it stands."""
    plans = Plan.objects.exclude(current=None).select_related("current")
    return {
        plan.teacher_id: path_of_version(plan.teacher_id, plan.current)
        for plan in plans.prefetch_related("current__steps")
        if plan.current is not None
    }


def _facts_of(course: CoursePage, as_of: date) -> CourseFacts:
    """Return a page as the recommender would read it, were it published as it stands here."""
    minutes = course.minutes or 0
    runs = read_runs(as_of, the_district().zone, {course.pk: minutes}, ())
    befores = {
        True: _ids(row.before_id for row in course.prerequisites.all() if row.is_required),
        False: _ids(row.before_id for row in course.prerequisites.all() if not row.is_required),
    }
    return CourseFacts(
        id=course.pk,
        title=course.title,
        minutes=minutes,
        format=cast(Any, course.format),
        level=cast(Any, course.level or None),
        effects={row.skill_id: EFFECTS[row.strength] for row in course.taught_skills.all()},
        grades=frozenset(course.grade_bands),
        subjects=frozenset(course.subjects),
        schools=_ids(school.pk for school in course.schools.all()),
        tools=_ids(tool.pk for tool in course.tools.all()),
        variants=variants_of(course.body),
        requires=befores[True],
        advises=befores[False],
        equivalents=_ids(page.pk for page in course.equivalents.all()),
        runs=tuple(runs.get(course.pk, ())) if course.format == Format.LIVE else None,
    )


def _ids(ids: Iterable[int]) -> frozenset[int]:
    return frozenset(ids)
