"""Same skill, same cloth."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from courses.cloth import BOLTS, HEIGHT, NARROW, TALL, WEAVES, WIDTH, Cloth, cloth_of, drawing
from courses.models import CourseSkill
from courses.templatetags.sessions import main_skill, swatch, woven
from profiles.models import Skill


def test_cloth_is_the_same_for_the_same_name_for_ever():
    # These stand here so that a change of the hash or of the lists is noticed: teachers have
    # learned to recognise them.
    assert cloth_of("grade-sync") == Cloth("plaid", "#f3d7d3", "#a23b52", "#5c6f4e")
    assert cloth_of("screen-sharing") == Cloth("plaid", "#3c3a6b", "#8f8cc9", "#f3d9a4")


def test_cloths_use_every_weave_and_every_bolt():
    cloths = [cloth_of(f"skill-{number}") for number in range(500)]
    assert {cloth.weave for cloth in cloths} == set(WEAVES)
    assert {(cloth.ground, cloth.thread, cloth.accent) for cloth in cloths} == set(BOLTS)


@pytest.mark.parametrize("weave", WEAVES)
@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (NARROW, TALL)])
def test_drawing_is_light_and_well_formed(weave, size):
    strokes = drawing(Cloth(weave, *BOLTS[0]), *size)
    parts = ElementTree.fromstring(f"<svg>{strokes}</svg>")
    assert {part.tag for part in parts} == {"path"}
    assert len(strokes) < 4000


def test_swatch_is_woven_from_the_strongest_skill(course_of, grade_sync, screen_sharing):
    course = course_of()
    course.taught_skills = [
        CourseSkill(skill=screen_sharing, strength="touches"),
        CourseSkill(skill=grade_sync, strength="masters"),
    ]
    course.save()
    assert main_skill(course).skill == grade_sync
    assert swatch(course) == woven("grade-sync")


def test_swatch_of_two_sessions_of_one_skill_is_the_same(course_of, grade_sync):
    one, two = course_of("One", skills=[grade_sync]), course_of("Two", skills=[grade_sync])
    other = course_of("Three", skills=[Skill.objects.create(name="Quizzes")])
    assert swatch(one) == swatch(two)
    assert swatch(one, "standing") == woven("grade-sync", "standing") != swatch(one)
    assert swatch(one) != swatch(other)


def test_session_without_a_skill_has_a_cloth_of_its_own(course_of):
    course = course_of()
    assert main_skill(course) is None
    assert swatch(course) == woven(f"session {course.pk}")
