"""Coaches see what nobody's session meets yet; no small group is counted out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from pdplanner.plans.queries import unmet
from pdplanner.plans.queries.kept import whose_tickets
from pdplanner.plans.queries.unmet import Idea, UnmetSkill, unmet_skills
from profiles.corrections import hide_ticket, set_ticket_use
from profiles.models import School, Skill, Teacher
from profiles.privacy.operations import erase

from .conftest import NOW
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


@pytest.fixture
def counted(asking, east, grade_sync) -> list[Teacher]:
    """Six teachers of one need, counted once and kept."""
    teachers = asking(east, grade_sync, 6)
    (row,) = unmet_skills(as_of=TODAY)
    assert row.people == 6
    return teachers


def switch_off(teacher: Teacher) -> None:
    set_ticket_use(teacher=teacher, uses=False, now=NOW)


def hide_all(teacher: Teacher) -> None:
    for ticket in teacher.tickets.all():
        hide_ticket(teacher=teacher, ticket=ticket, now=NOW)


def forget(teacher: Teacher) -> None:
    erase(teacher=teacher, now=NOW)


@pytest.mark.parametrize("take_back", [switch_off, hide_all, forget])
def test_tickets_that_were_taken_back_are_counted_no_longer(
    counted, take_back, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for teacher in counted:
            take_back(teacher)
    assert unmet_skills(as_of=TODAY) == ()


def test_tickets_that_count_again_are_counted(counted):
    for teacher in counted:
        switch_off(teacher)
    assert unmet_skills(as_of=TODAY) == ()
    for teacher in counted:
        set_ticket_use(teacher=teacher, uses=True, now=NOW)
    (row,) = unmet_skills(as_of=TODAY)
    assert row.people == 6


def test_answer_worked_out_while_somebody_opts_out_is_not_kept_for_others(
    counted, monkeypatch, django_capture_on_commit_callbacks
):
    """Another process reads what was until the word is committed: a second mark follows then."""
    cache.clear()
    real = unmet.read_facts

    def before_the_commit(*, as_of):
        facts = real(as_of=as_of)
        for teacher in counted:
            switch_off(teacher)
        return facts

    monkeypatch.setattr(unmet, "read_facts", before_the_commit)
    (row,) = unmet_skills(as_of=TODAY)
    assert row.people == 6
    monkeypatch.setattr(unmet, "read_facts", real)
    assert unmet_skills(as_of=TODAY) == ()

    with django_capture_on_commit_callbacks(execute=True):
        set_ticket_use(teacher=counted[0], uses=True, now=NOW)
        inside = whose_tickets()
    assert whose_tickets() != inside
