"""Paths as the recommender answers them today, in the form they are stored and told in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from courses.queries import cloth_names
from pdplanner.recommender import (
    Facts,
    Id,
    Path,
    State,
    Step,
    TeacherFacts,
    TicketFacts,
    WhyNot,
    recommend_paths,
)
from pdplanner.recommender.path import is_gone
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.voices import rollout_behind
from profiles.queries import horizon_on

from ..models import PlanStep, PlanVersion
from .facts import read_facts
from .names import Names, read_names
from .parts import seats_promised, without_seats
from .rules import rules_in_use

#: How far back own tickets are told as "what we noticed": a school year.
NOTICED_DAYS = 365
#: The strongest needs that are kept with a version, and the least worth telling, in minutes.
NOTICED_MOST, NOTICED_LEAST = 12, 1.0


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One step, ready to be stored."""

    course: Id
    title: str
    minutes: int
    week_date: date
    offering: Id | None
    date: date | None
    slot: str
    value: float
    reasons: list[dict[str, Any]]
    fit: dict[str, float]
    cloth: str
    opens_after: Id | None  # a required session that stands earlier on this path


@dataclass(frozen=True, slots=True)
class Draft:
    """One teacher's path, ready to be stored."""

    teacher: Id
    as_of: date
    steps: tuple[DraftStep, ...]
    nothing_because: str
    term_title: str
    start_date: date
    end_date: date
    since_date: date | None  # from when finished minutes count towards the hours
    minutes_budget: int
    value: float
    noticed: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    done: frozenset[Id]
    dismissed: frozenset[Id]


def draft_paths(
    *,
    as_of: date,
    teacher_ids: Collection[int] | None = None,
    previous: Mapping[int, PlanVersion | None] | None = None,
) -> dict[Id, Draft]:
    """Return a path for each of these teachers (None: all who are here), as known on the day.

    `previous` are the versions that stand, with their steps loaded: a path changes for a gain
    only. A seat that the path of anybody else proposes is not proposed again. The recommender is
    asked once, whatever the number of teachers.
    """
    facts = read_facts(as_of=as_of, teacher_ids=teacher_ids)
    if teacher_ids is not None:
        facts = without_seats(facts, seats_promised(but_of=teacher_ids), expecting=teacher_ids)
    here = [teacher.id for teacher in facts.teachers if not is_gone(teacher, facts)]
    return _drafts(facts, here if teacher_ids is None else teacher_ids, previous or {})


def draft_part(
    part: Facts, *, state: State, previous: Mapping[int, PlanVersion | None]
) -> dict[Id, Draft]:
    """Return a path for each teacher of a part of the schools (facts.read_part) who is here;
    `state` is what everybody asked."""
    here = [teacher.id for teacher in part.teachers if not is_gone(teacher, part)]
    return _drafts(part, here, previous, state)


def _drafts(
    facts: Facts,
    only: Collection[Id],
    previous: Mapping[int, PlanVersion | None],
    state: State | None = None,
) -> dict[Id, Draft]:
    standing: dict[Id, Path] = {
        teacher: path_of_version(teacher, version)
        for teacher, version in previous.items()
        if version is not None
    }
    rules = rules_in_use()
    paths = recommend_paths(facts, rules, only=only, previous=standing, state=state)
    names = read_names(facts)
    asks = _asks(facts)
    cloths = cloth_names([cast(int, course.id) for course in facts.courses])
    since = horizon_on(facts.as_of).since_date
    return {
        teacher.id: _draft(
            facts, teacher, paths[teacher.id], names, asks, cloths, since, rules.need
        )
        for teacher in facts.teachers
        if teacher.id in paths
    }


def draft_of_version(teacher: int, version: PlanVersion) -> Draft:
    """Return a stored version, its steps and sessions loaded, in the form it was stored from."""
    return Draft(
        teacher=teacher,
        as_of=version.as_of_date,
        steps=tuple(
            DraftStep(
                course=step.course_id,
                title=step.course.title,
                minutes=step.minutes,
                week_date=step.week_date,
                offering=step.offering_id,
                date=step.date,
                slot=step.slot,
                value=step.value,
                reasons=step.reasons,
                fit=step.fit,
                cloth=step.cloth,
                opens_after=step.opens_after_id,
            )
            for step in version.steps.all()
        ),
        nothing_because=version.nothing_because,
        term_title=version.term_title,
        start_date=version.start_date,
        end_date=version.end_date,
        since_date=version.since_date,
        minutes_budget=version.minutes_budget,
        value=version.value,
        noticed=version.noticed,
        left_out=version.left_out,
        done=frozenset(),
        dismissed=frozenset(),
    )


def path_of_version(teacher: int, version: PlanVersion) -> Path:
    """Return a stored version as the recommender knows a path; its reasons stay behind."""
    return Path(
        teacher=teacher,
        as_of=version.as_of_date,
        steps=tuple(_step(step) for step in version.steps.all()),
        value=version.value,
        nothing_because=version.nothing_because or None,
        left_out=tuple(
            WhyNot(item["course"], item["rule"], item["facts"]) for item in version.left_out
        ),
    )


def _step(row: PlanStep) -> Step:
    return Step(
        course=row.course_id,
        minutes=row.minutes,
        week_date=row.week_date,
        offering=row.offering_id,
        date=row.date,
        slot=row.slot or None,
        value=row.value,
        reasons=(),
        fit=row.fit,
    )


def _draft(
    facts: Facts,
    teacher: TeacherFacts,
    path: Path,
    names: Names,
    asks: Mapping[tuple[Id, Id], list[TicketFacts]],
    cloths: Mapping[int, str],
    since_date: date,
    rules: NeedRules,
) -> Draft:
    opens_after = _opens_after(facts, path)
    return Draft(
        teacher=teacher.id,
        as_of=facts.as_of,
        steps=tuple(
            DraftStep(
                course=step.course,
                title=names.courses[step.course],
                minutes=step.minutes,
                week_date=step.week_date,
                offering=step.offering,
                date=step.date,
                slot=step.slot or "",
                value=round(step.value, 2),
                reasons=[names.reason(reason) for reason in step.reasons],
                fit={name: round(part, 4) for name, part in step.fit.items()},
                cloth=cloths[cast(int, step.course)],
                opens_after=opens_after.get(step.course),
            )
            for step in path.steps
        ),
        nothing_because=path.nothing_because or "",
        term_title=facts.calendar.term_title,
        start_date=facts.calendar.start_date,
        end_date=facts.calendar.end_date,
        since_date=since_date,
        minutes_budget=teacher.minutes_budget,
        value=round(path.value, 2),
        noticed=[
            _noticed(facts, teacher, skill, minutes, names, asks, rules)
            for skill, minutes in list(path.needs.items())[:NOTICED_MOST]
            if minutes >= NOTICED_LEAST
        ],
        left_out=[
            {
                "course": why.course,
                "title": names.courses.get(why.course, ""),
                "rule": why.rule,
                "facts": names.facts(why.facts),
            }
            for why in path.left_out
        ],
        done=frozenset(teacher.done),
        dismissed=frozenset(dismissal.course for dismissal in teacher.dismissed),
    )


def _opens_after(facts: Facts, path: Path) -> dict[Id, Id]:
    """For each step that requires an earlier one: the last of those."""
    requires = {course.id: course.requires for course in facts.courses}
    courses = [step.course for step in path.steps]
    return {
        course: before
        for number, course in enumerate(courses)
        for before in courses[:number]
        if before in requires[course]
    }


def _noticed(
    facts: Facts,
    teacher: TeacherFacts,
    skill: Id,
    minutes: float,
    names: Names,
    asks: Mapping[tuple[Id, Id], list[TicketFacts]],
    rules: NeedRules,
) -> dict[str, Any]:
    """One need and what it comes from: own asks, a goal, a roll-out; else from colleagues."""
    own = asks.get((teacher.id, skill), []) if teacher.uses_tickets else []
    goal = next((goal.words for goal in teacher.goals if skill in goal.skills), "")
    rollout = rollout_behind(facts, teacher, skill, rules)
    return {
        "skill": skill,
        "skill_name": names.skills.get(skill, ""),
        "minutes": round(minutes, 1),
        "asks": len(own),
        "minutes_lost": round(sum(ticket.minutes_lost or 0 for ticket in own)),
        "since_date": own[0].opened_date.isoformat() if own else "",
        "last_date": own[-1].opened_date.isoformat() if own else "",
        "goal": goal,
        "tool_name": names.tools.get(rollout.tool, "") if rollout else "",
        "rollout_date": rollout.from_date.isoformat() if rollout else "",
    }


def _asks(facts: Facts) -> dict[tuple[Id, Id], list[TicketFacts]]:
    """The tickets of the last year by (teacher, skill), oldest first."""
    since = facts.as_of - timedelta(days=NOTICED_DAYS)
    asks: dict[tuple[Id, Id], list[TicketFacts]] = defaultdict(list)
    for ticket in sorted(facts.tickets, key=lambda ticket: (ticket.opened_date, ticket.id)):
        if ticket.skill is not None and ticket.opened_date >= since:
            asks[ticket.teacher, ticket.skill].append(ticket)
    return asks
