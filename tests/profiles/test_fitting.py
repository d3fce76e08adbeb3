"""What a teacher tells is stored as said, and owes them a new path."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from profiles.fitting import end_goal, finish_fitting, say_room, say_week, set_goal, suggest_skills
from profiles.models import Skill, Tool
from profiles.signals import profiles_changed

NOW = datetime(2026, 9, 14, 15, tzinfo=UTC)


@pytest.fixture
def told():
    """Collect whom the parts above are told about."""
    heard: list[tuple[list[int], str]] = []

    def hear(sender, teacher_ids, cause, **kwargs):
        heard.append((teacher_ids, cause))

    profiles_changed.connect(hear)
    yield heard
    profiles_changed.disconnect(hear)


def test_room_is_stored_as_the_teachers_own_word(new_teacher, east, north, told):
    tool = Tool.objects.create(name="Classroom")
    say_room(
        teacher=new_teacher,
        main_school=north,
        schools=[east],
        grades=["10"],
        subjects=["math"],
        tools=[tool],
    )
    new_teacher.refresh_from_db()
    assert (
        new_teacher.main_school,
        set(new_teacher.schools.all()),
        new_teacher.grades,
        new_teacher.subjects,
        list(new_teacher.tools.all()),
        new_teacher.said_of_room,
    ) == (north, {east, north}, ["10"], ["math"], [tool], ["schools", "grades", "subjects"])
    assert told == [([new_teacher.pk], "profile")]


def test_what_is_said_as_the_roster_has_it_stays_the_rosters(new_teacher, north):
    stands = {
        "main_school": new_teacher.main_school,
        "schools": [],
        "grades": new_teacher.grades,
        "subjects": new_teacher.subjects,
        "tools": [],
    }
    for said, own in (
        ({}, []),
        ({"grades": ["10"]}, ["grades"]),
        ({"grades": ["10"]}, ["grades"]),  # said before, so it is still theirs
        ({"grades": ["10"], "schools": [north]}, ["schools", "grades"]),
    ):
        say_room(teacher=new_teacher, **(stands | said))
        new_teacher.refresh_from_db()
        assert new_teacher.said_of_room == own


def test_after_an_erasure_the_roster_tells_the_room_again(new_teacher):
    new_teacher.said_of_room = ["grades"]
    new_teacher.forget(now=NOW)
    new_teacher.refresh_from_db()
    assert new_teacher.said_of_room == []


def test_week_without_marked_slots_leaves_every_slot_open(new_teacher):
    say_week(teacher=new_teacher, minutes_a_term=300, minutes_a_week=30, free_slots=["mon-prep"])
    assert (new_teacher.has_stated_slots, new_teacher.free_slots) == (True, ["mon-prep"])
    say_week(teacher=new_teacher, minutes_a_term=None, minutes_a_week=None, free_slots=[])
    new_teacher.refresh_from_db()
    assert (new_teacher.has_stated_slots, new_teacher.free_slots) == (False, [])


def test_goal_ends_once(new_teacher, grade_sync, told):
    goal = set_goal(teacher=new_teacher, words="No double entry", skills=[grade_sync], now=NOW)
    assert list(goal.skills.all()) == [grade_sync]
    end_goal(goal=goal, now=NOW)
    end_goal(goal=goal, now=NOW.replace(hour=16))
    goal.refresh_from_db()
    assert goal.ended_at == NOW
    assert len(told) == 2  # set, and ended the first time


def test_fitting_is_finished_once(new_teacher):
    finish_fitting(teacher=new_teacher, now=NOW)
    finish_fitting(teacher=new_teacher, now=NOW.replace(hour=16))
    new_teacher.refresh_from_db()
    assert new_teacher.fitted_at == NOW


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("My grades are not syncing to the gradebook", ["Grade sync"]),
        ("I want to mirror iPads", ["Screen sharing"]),
        ("cast my screen, and sync grades", ["Screen sharing", "Grade sync"]),
        ("I want to do better with my students", []),
        ("", []),
    ],
)
def test_skills_are_suggested_from_phrases_and_words(grade_sync, screen_sharing, words, names):
    Skill.objects.create(name="Read-aloud", words="newcomers")
    assert [skill.name for skill in suggest_skills(words)] == names


def test_suggestions_stop_at_the_limit(db):
    for number in range(9):
        Skill.objects.create(name=f"Grading {number}", words="grading")
    assert len(suggest_skills("grading")) == 6
