"""Coaches see what nobody's session meets yet; no small group is counted out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from pdplanner.plans.queries.unmet import Idea, UnmetSkill, unmet_skills
from profiles.models import School, Skill, Teacher

from .test_paths import TODAY


@pytest.fixture(autouse=True)
def no_memory(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def asking(district, term, add_ticket):
    """Return a function: so many teachers of a school who asked about a skill three times."""

    def ask(school: School, skill: Skill, count: int) -> list[Teacher]:
        teachers = [
            Teacher.objects.create(
                given_name="T", email=f"{school.pk}-{skill.pk}-{n}@example.org", main_school=school
            )
            for n in range(count)
        ]
        for teacher in teachers:
            for days in (3, 10, 20):
                day = TODAY - timedelta(days=days)
                add_ticket(teacher, skill, day, minutes_lost=30)
        return teachers

    return ask


def test_unmet_needs_come_by_skill_with_the_session_that_would_help(
    asking, east, north, grade_sync, screen_sharing, add_session
):
    asking(east, grade_sync, 7)
    asking(north, grade_sync, 5)
    asking(east, screen_sharing, 6)
    add_session("Share your screen", screen_sharing)
    (row,) = unmet_skills(as_of=TODAY)
    assert isinstance(row, UnmetSkill) and isinstance(row.idea, Idea)
    assert (row.skill, row.people >= 12) == ("Grade sync", True)
    assert row.schools[0][0] == "East Middle"
    assert 0 < row.idea.minutes < row.minutes
    assert row.idea.people >= 5


def test_small_groups_are_neither_shown_nor_to_be_worked_out(asking, east, north, grade_sync):
    asking(east, grade_sync, 2)
    assert unmet_skills(as_of=TODAY) == ()
    cache.clear()
    asking(north, grade_sync, 7)
    (row,) = unmet_skills(as_of=TODAY)
    assert row.schools == ()  # the two of the other school would be what is missing from the sum


def test_the_desk_lists_them_for_coaches_and_keeps_them_a_while(
    asking, east, grade_sync, coach, outsider, signed_in, django_assert_max_num_queries
):
    asking(east, grade_sync, 6)
    address = reverse("unmet-needs")
    client = signed_in(coach)
    assert "Grade sync" in client.get(address).content.decode()
    with django_assert_max_num_queries(19):  # the facts are not read again
        client.get(address)
    assert signed_in(outsider).get(address).status_code in (302, 403)
