"""Whom a session reaches: on the paths as they stand, and what it could do beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import F, Sum

from courses.models import CoursePage
from pdplanner.recommender import Path
from pdplanner.recommender.facts import CourseFacts, Id, OfferingFacts
from pdplanner.recommender.path import survey
from pdplanner.recommender.whatif import Reach, what_if
from profiles.choices import Format
from profiles.models import School, Teacher
from profiles.queries import the_district

from ..models import Plan, PlanStep
from .catalogue import EFFECTS, place_in_week, read_runs, variants_of
from .drafts import path_of_version
from .facts import read_facts
from .rules import rules_in_use

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
class RunIdea:
    """One more run of a session that nobody has set yet."""

    starts_at: datetime
    school: School | None  # None: online
    seats: int


@dataclass(frozen=True)
class Promise:
    """What a session, or one more run of it, could do for those who don't have it on their path."""

    crowd: Crowd  # with a limit of seats: those who would be helped most
    why: tuple[tuple[str, int], ...]  # part of the need -> percent of the minutes, most first
    shut_out: tuple[tuple[str, int], ...]  # why it can't be on somebody's path, and for how many


@dataclass(frozen=True)
class SessionReach:
    """What a session does on paths now, and what it could do for those who don't have it there."""

    course: CoursePage
    skills: tuple[str, ...]
    on_paths: Crowd
    could: Promise
    one_more: Promise | None  # what the run that was asked about could do


def reach_of(course: CoursePage, *, as_of: date, run: RunIdea | None = None) -> SessionReach:
    """Return whom a session, published or a draft, reaches and could reach on a day; and whom one
    more run of it could."""
    steps = PlanStep.objects.filter(course=course, version=F("version__plan__current"))
    have = dict(steps.values_list("version__plan__teacher_id").annotate(Sum("value")))
    could, one_more = Promise(crowd_of({}), (), ()), None
    if course.minutes:
        facts, rules, paths = read_facts(as_of=as_of), rules_in_use(), _paths()
        asked, ground = _facts_of(course, as_of), survey(facts, rules)
        could = _promise(what_if(facts, asked, paths=paths, ground=ground))
        if run is not None:
            asked = replace(asked, runs=(_run_of(course.pk, course.minutes, run),))
            one_more = _promise(what_if(facts, asked, paths=paths, ground=ground))
    return SessionReach(
        course=course,
        skills=tuple(row.skill.name for row in course.taught_skills.all()),
        on_paths=crowd_of(have),
        could=could,
        one_more=one_more,
    )


def _promise(reach: Reach) -> Promise:
    """Return what may be told of an answer: counts, and shares of groups that are large enough."""
    helped = reach.reached[: reach.seats]
    crowd = crowd_of({cast(int, one.teacher): one.minutes for one in helped})
    parts: Counter[str] = Counter()
    for one in helped:
        parts.update(one.because)
    total = sum(parts.values())
    why = [(part, round(100 * minutes / total)) for part, minutes in parts.most_common() if total]
    shut = Counter(reach.shut_out)
    del shut["on-path"]  # said already
    return Promise(
        crowd=crowd,
        why=tuple((part, share) for part, share in why if share and crowd.minutes is not None),
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


def _run_of(course: int, minutes: int, run: RunIdea) -> OfferingFacts:
    """Return the run as the recommender would read it, were it set."""
    zone = the_district().zone
    starts_at = run.starts_at.astimezone(zone)
    ends_at = (run.starts_at + timedelta(minutes=minutes)).astimezone(zone)
    slot, release_time = place_in_week(starts_at, ends_at)
    return OfferingFacts(
        id=0,  # no run in the database has it
        course=course,
        start_date=starts_at.date(),
        end_date=ends_at.date(),
        minutes=minutes,
        slot=slot,
        seats_left=run.seats,
        school=None if run.school is None else run.school.pk,
        online=run.school is None,
        release_time=release_time,
    )


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
