"""Same skill, same cloth."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from courses.cloth import BOLTS, WEAVES, Cloth, cloth_of, pattern
from courses.models import CourseSkill
from courses.queries import cloth_names
from courses.templatetags.sessions import swatch, woven
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
def test_pattern_is_light_and_well_formed(weave):
    drawn = pattern(Cloth(weave, *BOLTS[0]), "cloth-7")
    parts = ElementTree.fromstring(drawn)
    assert (parts.tag, parts.get("id"), {part.tag for part in parts}) == (
        "pattern",
        "cloth-7",
        {"path"},
    )
    assert len(drawn) < 1500


def test_swatch_is_woven_from_the_strongest_skill(course_of, grade_sync, screen_sharing):
    course = course_of()
    course.taught_skills = [
        CourseSkill(skill=screen_sharing, strength="touches"),
        CourseSkill(skill=grade_sync, strength="masters"),
    ]
    course.save()
    assert swatch(course) == woven("grade-sync", f"session-{course.pk}")


def test_swatch_of_two_sessions_of_one_skill_is_the_same(course_of, grade_sync):
    one, two = course_of("One", skills=[grade_sync]), course_of("Two", skills=[grade_sync])
    other = course_of("Three", skills=[Skill.objects.create(name="Quizzes")])
    drawn = [swatch(page).replace(f"session-{page.pk}", "it") for page in (one, two, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert swatch(one) != swatch(two)  # each with an id of its own


def test_session_without_a_skill_has_a_cloth_of_its_own(course_of):
    course = course_of()
    assert swatch(course) == woven(f"session-{course.pk}", f"session-{course.pk}")


def test_cloths_of_many_sessions_are_named_at_once(
    course_of, grade_sync, screen_sharing, django_assert_num_queries
):
    courses = [course_of(f"Session {number}", skills=[grade_sync]) for number in range(5)]
    courses += [course_of("Both", skills=[screen_sharing, grade_sync]), course_of("None")]
    with django_assert_num_queries(1):
        names = cloth_names([course.pk for course in courses])
    assert [names[course.pk] for course in courses] == [
        *["grade-sync"] * 5,
        "screen-sharing",  # as strong, but named first
        f"session-{courses[-1].pk}",
    ]
