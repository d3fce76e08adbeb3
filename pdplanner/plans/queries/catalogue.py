"""Sessions, their runs, requirements and roll-outs, as facts for the recommender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from courses.models import (
    CoursePage,
    CoursePrerequisite,
    CourseSkill,
    Offering,
    Requirement,
    parts_of,
)
from courses.queries import audiences_of
from pdplanner.recommender.facts import (
    CourseFacts,
    Id,
    OfferingFacts,
    RequirementFacts,
    Rollout,
    Variant,
)
from profiles.choices import Format
from profiles.models import ToolAtSchool

#: How much of a need a session takes away when it fits perfectly, by what its author says.
EFFECTS = {"touches": 0.15, "teaches": 0.40, "masters": 0.60}

#: A school day, in local time: what starts before it or after it needs no substitute.
SCHOOL_STARTS, SCHOOL_ENDS, EVENING_STARTS = time(8, 30), time(14, 30), time(18)
#: The longest session that still fits a prep period, and the time before school.
PREP_MINUTES, BEFORE_MINUTES = 60, 90
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def read_courses(
    *, as_of: date, zone: ZoneInfo, enrolled_in: Collection[int | None] = ()
) -> tuple[CourseFacts, ...]:
    """Return every live, public session with its runs after the day.

    A run under way stands in only for those who are in it (`enrolled_in`, offering ids).
    """
    pages = list(
        CoursePage.objects.live()
        .public()
        .filter(minutes__isnull=False)
        .order_by("pk")
        .values_list("pk", "title", "minutes", "format", "level", "grade_bands", "subjects", "body")
    )
    effects: dict[int, dict[Id, float]] = defaultdict(dict)
    for course, skill, strength in CourseSkill.objects.values_list(
        "course_id", "skill_id", "strength"
    ):
        effects[course][skill] = EFFECTS[strength]
    before: dict[bool, dict[int, set[int]]] = {True: defaultdict(set), False: defaultdict(set)}
    for course, other, is_required in CoursePrerequisite.objects.values_list(
        "course_id", "before_id", "is_required"
    ):
        before[is_required][course].add(other)
    schools = _pairs(CoursePage.schools.through, "coursepage_id", "school_id")
    tools = _pairs(CoursePage.tools.through, "coursepage_id", "tool_id")
    equivalents = _pairs(CoursePage.equivalents.through, "from_coursepage_id", "to_coursepage_id")
    lengths = {key: minutes for key, _, minutes, *_ in pages}
    runs = read_runs(as_of, zone, lengths, enrolled_in)
    return tuple(
        CourseFacts(
            id=key,
            title=title,
            minutes=minutes,
            format=form,
            level=level or None,
            effects=effects.get(key, {}),
            grades=frozenset(grades),
            subjects=frozenset(subjects),
            schools=frozenset(schools.get(key, ())),
            tools=frozenset(tools.get(key, ())),
            variants=variants_of(body),
            requires=frozenset(before[True].get(key, ())),
            advises=frozenset(before[False].get(key, ())),
            equivalents=frozenset(equivalents.get(key, ())),
            runs=tuple(runs.get(key, ())) if form == Format.LIVE else None,
        )
        for key, title, minutes, form, level, grades, subjects, body in pages
    )


def read_requirements(*, end: datetime) -> tuple[RequirementFacts, ...]:
    """Return the requirements that stood at `end`, each with the teachers it names."""
    standing = list(
        Requirement.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=end), set_at__lt=end
        ).order_by("due_date", "pk")
    )
    audiences = audiences_of(standing)
    return tuple(
        RequirementFacts(row.course_id, row.due_date, audiences[row.pk]) for row in standing
    )


def read_rollouts(tool_of_skill: Mapping[int, int | None]) -> tuple[Rollout, ...]:
    """Return every roll-out on record, with the skills its tool asks for."""
    skills = defaultdict(list)
    for skill, tool in tool_of_skill.items():
        skills[tool].append(skill)
    return tuple(
        Rollout(tool, tuple(skills.get(tool, ())), school, from_date, until_date)
        for tool, school, from_date, until_date in ToolAtSchool.objects.order_by(
            "from_date", "pk"
        ).values_list("tool_id", "school_id", "from_date", "until_date")
    )


def place_in_week(starts_at: datetime, ends_at: datetime) -> tuple[str | None, bool]:
    """Return the slot that a run in local time takes, and whether it needs a substitute.

    Weekends, evenings and runs of several days take no slot.
    """
    if starts_at.weekday() >= len(WEEKDAYS) or starts_at.time() >= EVENING_STARTS:
        return None, False
    day = WEEKDAYS[starts_at.weekday()]
    minutes = (ends_at - starts_at).total_seconds() / 60
    one_day = starts_at.date() == ends_at.date()
    if one_day and starts_at.time() >= SCHOOL_ENDS:
        return f"{day}-after", False
    if one_day and starts_at.time() < SCHOOL_STARTS and minutes <= BEFORE_MINUTES:
        return f"{day}-before", False
    if one_day and starts_at.time() >= SCHOOL_STARTS and minutes <= PREP_MINUTES:
        return f"{day}-prep", False
    return None, starts_at.time() < SCHOOL_ENDS


def read_runs(
    as_of: date, zone: ZoneInfo, lengths: dict[int, int], enrolled_in: Collection[int | None]
) -> dict[int, list[OfferingFacts]]:
    """Return the runs after the day by session; `lengths` are the minutes of the sessions."""
    start = datetime.combine(as_of, time(), zone)
    next_day = datetime.combine(as_of + timedelta(days=1), time(), zone)
    runs = defaultdict(list)
    for offering in (
        Offering.objects.filter(is_cancelled=False)
        .filter(
            Q(starts_at__gte=next_day) & (Q(closes_at=None) | Q(closes_at__gt=next_day))
            | Q(ends_at__gte=start, pk__in=[key for key in enrolled_in if key is not None])
        )
        .prefetch_related("parts")
        .order_by("starts_at", "pk")
    ):
        if offering.course_id not in lengths:
            continue
        starts_at, ends_at = offering.starts_at.astimezone(zone), offering.ends_at.astimezone(zone)
        slot, release_time = place_in_week(starts_at, ends_at)
        one_day = starts_at.date() == ends_at.date()
        runs[offering.course_id].append(
            OfferingFacts(
                id=offering.pk,
                course=offering.course_id,
                start_date=starts_at.date(),
                end_date=ends_at.date(),
                # A series over weeks takes as long as its session says, not from start to end.
                minutes=offering.minutes if one_day else lengths[offering.course_id],
                slot=slot,
                seats_left=offering.seats_left,
                school=offering.school_id,
                online=bool(offering.link),
                release_time=release_time or offering.needs_substitute,
                dates=part_days(offering, zone),
            )
        )
    return runs


def part_days(offering: Offering, zone: ZoneInfo) -> tuple[date, ...]:
    """The days of a run's parts, when it has several; else what its start and end say."""
    parts = parts_of(offering)
    if len(parts) < 2:
        return ()
    return tuple(sorted({part.starts_at.astimezone(zone).date() for part in parts}))


def variants_of(body) -> tuple[Variant, ...]:
    """The "how it looks in your room" versions, from the raw body: no block is built for it."""
    return tuple(
        Variant(
            frozenset(item["value"].get("grade_bands") or ()),
            frozenset(item["value"].get("subjects") or ()),
            frozenset(
                tool["value"]
                for tool in item["value"].get("tools") or ()
                if tool["value"] is not None
            ),
        )
        for block in body.raw_data
        if block["type"] == "rooms"
        for item in block["value"].get("variants") or ()
    )


def _pairs(table, one: str, other: str) -> dict[int, set[int]]:
    groups = defaultdict(set)
    for key, value in table.objects.values_list(one, other):
        groups[key].add(value)
    return groups
