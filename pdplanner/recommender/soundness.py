"""Checks that facts can be: a fact that cannot is named, never planned around."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import get_args

from pdplanner.recommender.facts import (
    SLOTS,
    AnswerKind,
    CourseFacts,
    Facts,
    Format,
    Id,
    Level,
    SupportStyle,
)

LEVELS, FORMATS = get_args(Level), get_args(Format)
STYLES, ANSWERS = get_args(SupportStyle), get_args(AnswerKind)


class BadFacts(ValueError):
    """Facts that contradict themselves; the message names the fact."""


class DuplicateId(BadFacts):
    """Two teachers, courses, tickets or runs with one id."""


class UnknownSkill(BadFacts):
    """A skill that is not among those of the district."""


class UnknownTeacher(BadFacts):
    """Something told of somebody who is not among the teachers."""


class UnknownWord(BadFacts):
    """A level, format, support style or answer that is none of those there are."""


class ImpossibleMinutes(BadFacts):
    """Minutes below zero, or parts of one."""


class ImpossibleEffect(BadFacts):
    """An effect outside 0 to 0.95."""


class UnknownSlot(BadFacts):
    """A place in the week that is none of SLOTS."""


class ImpossibleDates(BadFacts):
    """Something that ends before it starts."""


class CyclicPrerequisites(BadFacts):
    """Courses that require each other in a circle."""


def check_facts(facts: Facts) -> None:
    """Raise the kind of BadFacts that names the first fact that cannot be."""
    _check_unique("teacher", (teacher.id for teacher in facts.teachers))
    _check_unique("course", (course.id for course in facts.courses))
    _check_unique("ticket", (ticket.id for ticket in facts.tickets))
    _check_unique("run", (run.id for course in facts.courses for run in course.runs or ()))
    if facts.calendar.end_date < facts.calendar.start_date:
        raise ImpossibleDates(f"the calendar ends on {facts.calendar.end_date}, before it starts")
    for special in facts.calendar.special_days:
        if special.end_date < special.start_date:
            raise ImpossibleDates(
                f"special day {special.title!r} ends on {special.end_date}, before it starts"
            )
    _check_teachers(facts)
    for course in facts.courses:
        check_course(course, facts.skills)
    _check_circles(facts.courses)
    for ticket in facts.tickets:
        if ticket.skill is not None:
            _check_skill(f"ticket {ticket.id!r}", ticket.skill, facts.skills)
    for rollout in facts.rollouts:
        for skill in rollout.skills:
            _check_skill(f"roll-out of tool {rollout.tool!r}", skill, facts.skills)
    _check_answers(facts)


def check_course(course: CourseFacts, skills: Collection[Id] | None) -> None:
    """Raise the kind of BadFacts that names what is wrong with one course."""
    name = f"course {course.id!r}"
    _check_minutes(name, course.minutes)
    _check_word(name, "format", course.format, FORMATS)
    _check_word(name, "level", course.level, LEVELS)
    for skill, strength in course.effects.items():
        _check_skill(name, skill, skills)
        if not 0 <= strength < 0.95:
            raise ImpossibleEffect(f"{name} has effect {strength!r} on skill {skill!r}")
    for run in course.runs or ():
        _check_minutes(f"run {run.id!r} of {name}", run.minutes)
        _check_slots(f"run {run.id!r} of {name}", [run.slot] if run.slot is not None else [])
        if run.end_date < run.start_date:
            raise ImpossibleDates(f"run {run.id!r} of {name} ends before it starts")


def _check_teachers(facts: Facts) -> None:
    for teacher in facts.teachers:
        name = f"teacher {teacher.id!r}"
        _check_minutes(name, teacher.minutes_budget)
        _check_minutes(f"the week of {name}", teacher.weekly_minutes or 0)
        _check_slots(name, teacher.free_slots or ())
        _check_word(name, "support style", teacher.support_style, STYLES)
        for preferred in teacher.formats:
            _check_word(name, "format", preferred, FORMATS)
        for skill, level in teacher.levels.items():
            _check_skill(f"a level of {name}", skill, facts.skills)
            _check_word(name, "level", level, LEVELS)
        for skill in (*teacher.muted_skills, *teacher.known_skills):
            _check_skill(f"what {name} closed", skill, facts.skills)
        for goal in teacher.goals:
            for skill in goal.skills:
                _check_skill(f"a goal of {name}", skill, facts.skills)


def _check_answers(facts: Facts) -> None:
    people = {teacher.id for teacher in facts.teachers}
    for answer in facts.answers:
        if answer.teacher not in people:
            raise UnknownTeacher(
                f"an answer of {answer.on_date} is of unknown teacher {answer.teacher!r}"
            )
        name = f"an answer of teacher {answer.teacher!r}"
        _check_skill(name, answer.skill, facts.skills)
        _check_word(name, "answer", answer.kind, ANSWERS)


def _check_unique(what: str, ids: Iterable[Id]) -> None:
    seen: set[Id] = set()
    for one in ids:
        if one in seen:
            raise DuplicateId(f"{what} {one!r} occurs twice")
        seen.add(one)


def _check_skill(who: str, skill: Id, skills: Collection[Id] | None) -> None:
    if skills is not None and skill not in skills:
        raise UnknownSkill(f"{who} names unknown skill {skill!r}")


def _check_minutes(who: str, minutes: int) -> None:
    if not minutes >= 0 or minutes % 1 != 0:
        raise ImpossibleMinutes(f"{who} has {minutes!r} minutes")


def _check_word(who: str, what: str, word: str | None, words: Collection[str]) -> None:
    if word is not None and word not in words:
        raise UnknownWord(f"{who} has unknown {what} {word!r}")


def _check_slots(who: str, slots: Iterable[str]) -> None:
    for slot in slots:
        if slot not in SLOTS:
            raise UnknownSlot(f"{who} has unknown slot {slot!r}")


def _check_circles(courses: Iterable[CourseFacts]) -> None:
    requires = {course.id: set(course.requires) for course in courses}
    requires = {course: others & requires.keys() for course, others in requires.items()}
    while free := {course for course, others in requires.items() if not others}:
        requires = {
            course: others - free for course, others in requires.items() if course not in free
        }
    if requires:
        circle = ", ".join(sorted(map(str, requires)))
        raise CyclicPrerequisites(f"courses require each other in a circle: {circle}")
