"""A whole state read some schools at a time, so that memory does not grow with its teachers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef

from courses.models import Enrolment
from pdplanner.recommender import Facts, PathRules, State, learn_state
from pdplanner.recommender.facts import NEED_KINDS, Id, OfferingFacts
from pdplanner.recommender.history import openings_of
from profiles.models import Teacher, Ticket
from profiles.queries import the_district

from ..models import PlanStep
from .facts import read_part

#: Teachers of a part: some schools, few enough for their facts to fit beside everything else.
PART = 500


def parts_by_school(teacher_ids: Collection[int] | None = None) -> Iterator[list[int]]:
    """Cut these teachers (None: all on record) into parts, those of one school together."""
    teachers = Teacher.objects.order_by("main_school_id", "pk").values_list("pk", flat=True)
    wanted = None if teacher_ids is None else set(teacher_ids)
    keys = [key for key in teachers if wanted is None or key in wanted]
    return (keys[begin : begin + PART] for begin in range(0, len(keys), PART))


def learn_everybody(common: Facts, rules: PathRules) -> State:
    """Return what everybody asked, tickets read part by part; `common` is of read_common."""
    return learn_state(
        lambda: (read_part(common=common, teacher_ids=keys) for keys in parts_by_school()),
        rules,
        _openings(common.as_of),
    )


def seats_promised(
    teacher_ids: Collection[int] | None = None, *, but_of: Collection[int] = ()
) -> Counter[int]:
    """Return how many paths as they stand propose a seat in each run, seats taken left out: those
    of these teachers (None: of all who are active), but not `but_of` those."""
    seated = Enrolment.objects.filter(
        teacher=OuterRef("version__plan__teacher"),
        offering=OuterRef("offering"),
        state__in=Enrolment.LIVE,
    )
    steps = PlanStep.objects.filter(
        ~Exists(seated), version=F("version__plan__current"), offering__isnull=False
    )
    if teacher_ids is not None:
        steps = steps.filter(version__plan__teacher__in=list(teacher_ids))
    else:
        steps = steps.filter(version__plan__teacher__is_active=True)
    if but_of:
        steps = steps.exclude(version__plan__teacher__in=list(but_of))
    counted = steps.order_by().values("offering").annotate(count=Count("pk"))
    return Counter(dict(counted.values_list("offering", "count")))


def without_seats(
    facts: Facts, promised: Mapping[int, int], *, expecting: Collection[Id] = ()
) -> Facts:
    """Return the facts with fewer seats left in these runs: others are promised them.

    For those of the teachers `expecting` it who said yes to a session, or of whom it is required,
    a seat that is free stays so: what is merely proposed to others is not taken.
    """
    asking = set(expecting)
    expected = Counter(
        course for one in facts.teachers if one.id in asking for course in one.accepted
    )
    for requirement in facts.requirements:
        expected[requirement.course] += len(requirement.teachers & asking)

    def left(run: OfferingFacts) -> int:
        unpromised = run.seats_left - promised.get(int(str(run.id)), 0)
        return max(unpromised, min(expected[run.course], run.seats_left))

    courses = tuple(
        replace(course, runs=tuple(replace(run, seats_left=left(run)) for run in course.runs))
        if course.runs
        else course
        for course in facts.courses
    )
    return replace(facts, courses=courses)


def _openings(as_of: date) -> tuple[float, float]:
    """The days, counted from `as_of`, of the first ticket and of the first of anybody else."""
    zone = the_district().zone
    end = datetime.combine(as_of + timedelta(days=1), time(), zone)
    firsts = (
        Ticket.objects.visible()
        .filter(
            opened_at__lt=end,
            skill__isnull=False,
            kind__in=NEED_KINDS,
            teacher__uses_tickets=True,
        )
        .order_by()
        .values("teacher")
        .annotate(first_at=Min("opened_at"))
        .order_by("first_at")
        .values_list("first_at", flat=True)[:2]
    )
    return openings_of((first.astimezone(zone).date() - as_of).days for first in firsts)
