"""What a teacher tells in the fitting. Every change owes them a new path, by the signal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from .choices import RoomFact
from .models import Goal, School, Skill, Teacher, Tool
from .signals import profiles_changed


def _tokens(text: str) -> list[str]:
    """Words in lower case, without the endings that only number or time changes."""
    return [
        re.sub(r"(?<=[a-z]{3})(ing|es|s)$", "", word)
        for word in re.findall(r"[a-z0-9]+", text.lower())
    ]


#: Words that stand in every goal and point at no skill.
EMPTY_WORDS = frozenset(
    _tokens(
        "a about all an and any are as at be better by can class do each every for from get"
        " have help how i in into is it its know learn less like make me more my new not of on or"
        " our out so student that the their them there they this time to up use using want we"
        " what when with without work would you your"
    )
)


def say_room(
    *,
    teacher: Teacher,
    main_school: School | None,
    schools: Iterable[School],
    grades: Collection[str],
    subjects: Collection[str],
    tools: Iterable[Tool],
) -> None:
    """Store where and what somebody teaches. What differs from before is their word from now on,
    which a roster changes no more; on the rest it goes on telling."""
    everywhere = {*schools, *([main_school] if main_school else [])}
    before = {*teacher.schools.all(), *([teacher.main_school] if teacher.main_school else [])}
    differs = {
        RoomFact.SCHOOLS: (main_school, everywhere) != (teacher.main_school, before),
        RoomFact.GRADES: set(grades) != set(teacher.grades),
        RoomFact.SUBJECTS: set(subjects) != set(teacher.subjects),
    }
    said = teacher.said_of_room
    teacher.said_of_room = [str(fact) for fact in RoomFact if fact in said or differs[fact]]
    teacher.main_school = main_school
    teacher.grades = list(grades)
    teacher.subjects = list(subjects)
    with transaction.atomic():
        teacher.save(update_fields=["main_school", "grades", "subjects", "said_of_room"])
        teacher.schools.set(everywhere)
        teacher.tools.set(tools)
        _tell(teacher)


def say_tools(*, teacher: Teacher, tools: Iterable[Tool]) -> None:
    """Store the tools in somebody's room; the roster goes on telling where and what they teach."""
    with transaction.atomic():
        teacher.tools.set(tools)
        _tell(teacher)


def say_style(*, teacher: Teacher, support_style: str, formats: Collection[str]) -> None:
    """Store how somebody likes to be helped."""
    teacher.support_style = support_style
    teacher.formats = list(formats)
    with transaction.atomic():
        teacher.save(update_fields=["support_style", "formats"])
        _tell(teacher)


def say_week(
    *,
    teacher: Teacher,
    minutes_a_term: int | None,
    minutes_a_week: int | None,
    free_slots: Collection[str],
) -> None:
    """Store how much time there is and when; no slot at all means that any may do."""
    teacher.minutes_a_term = minutes_a_term
    teacher.minutes_a_week = minutes_a_week
    teacher.free_slots = list(free_slots)
    teacher.has_stated_slots = bool(free_slots)
    with transaction.atomic():
        teacher.save(
            update_fields=["minutes_a_term", "minutes_a_week", "free_slots", "has_stated_slots"]
        )
        _tell(teacher)


@transaction.atomic
def set_goal(*, teacher: Teacher, words: str, skills: Iterable[Skill], now: datetime) -> Goal:
    """Return a new goal in the teacher's own words, mapped to the skills they picked."""
    goal = Goal.objects.create(teacher=teacher, words=words, set_at=now)
    goal.skills.set(skills)
    _tell(teacher)
    return goal


@transaction.atomic
def end_goal(*, goal: Goal, now: datetime) -> None:
    """Let a goal go. Asked twice, it ended the first time."""
    if Goal.objects.filter(pk=goal.pk, ended_at=None).update(ended_at=now):
        _tell(goal.teacher)


@transaction.atomic
def finish_fitting(*, teacher: Teacher, now: datetime) -> None:
    """Note that the fitting was taken or skipped, so that nobody is asked twice."""
    if teacher.fitted_at is None:
        teacher.fitted_at = now
        teacher.save(update_fields=["fitted_at"])
        _tell(teacher)


def suggest_skills(words: str, *, limit: int = 6) -> list[Skill]:
    """Return the skills that words speak of, nearest first: by whole phrases, then by words."""
    text = f" {' '.join(_tokens(words))} "
    said = set(text.split()) - EMPTY_WORDS
    if not said:
        return []
    scored = []
    for skill in Skill.objects.select_related("tool"):
        names = [*skill.names, *([skill.tool.name] if skill.tool else [])]
        phrases = [" ".join(_tokens(name)) for name in names]
        score = sum(2.0 * len(phrase.split()) for phrase in phrases if f" {phrase} " in text)
        own = set(" ".join(phrases).split()) - EMPTY_WORDS
        about = set(_tokens(skill.description)) - EMPTY_WORDS
        score += len(said & own) + 0.5 * len(said & (about - own))
        if score:
            scored.append((-score, skill.name, skill))
    return [skill for _, _, skill in sorted(scored, key=lambda row: row[:2])[:limit]]


def _tell(teacher: Teacher) -> None:
    profiles_changed.send(sender=Teacher, teacher_ids=[teacher.pk], cause="profile")
