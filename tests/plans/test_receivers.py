from __future__ import annotations

from datetime import date

import pytest
from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError

from courses.models import CoursePage, Requirement
from courses.operations import add_requirement
from courses.signals import catalogue_changed
from pdplanner.plans import tasks
from pdplanner.plans.models import Plan
from pdplanner.plans.operations import rebuild_plans
from profiles.corrections import set_ticket_use
from profiles.models import Teacher
from profiles.signals import profiles_changed, surroundings_changed, tickets_changed

from .conftest import NOW, TODAY


@pytest.fixture
def built(asker, mentor_teacher, outsider):
    """Three teachers with paths; Nora's holds the session on grade sync."""
    rebuild_plans(as_of=TODAY, now=NOW)
    return asker


def owed() -> dict[str, dict[str, int]]:
    return {
        plan.teacher.given_name: plan.causes
        for plan in Plan.objects.select_related("teacher")
        if plan.wanted > plan.built
    }


def test_tickets_owe_their_teachers_a_path_once_and_count(built, mentor_teacher):
    ids = [built.pk, built.pk, mentor_teacher.pk]
    tickets_changed.send(sender=None, teacher_ids=ids, count=3, cause="tickets")
    assert owed() == {"Nora": {"tickets": 2}, "Max": {"tickets": 1}}
    assert Plan.objects.get(teacher=built).wanted == 2


def test_changed_profile_owes_its_teacher(built):
    profiles_changed.send(sender=None, teacher_ids=[built.pk], cause="profile")
    assert owed() == {"Nora": {"profile": 1}}


def test_changed_surroundings_owe_everybody(built, outsider):
    outsider.is_active = False
    outsider.save()
    surroundings_changed.send(sender=None, cause="skills")
    assert owed() == {"Nora": {"skills": 1}, "Max": {"skills": 1}}


def test_required_session_owes_its_audience(built, east, add_session):
    course = add_session("Required")
    add_requirement(course=course, due_date=date(2026, 12, 11), schools=[east], now=NOW)
    assert Requirement.objects.count() == 1
    assert owed() == {"Nora": {"required": 1}, "Max": {"required": 1}}


def test_changed_session_owes_those_who_hold_it_or_need_what_it_teaches(
    built, add_session, grade_sync, screen_sharing
):
    course = Plan.objects.get(teacher=built).current.steps.get().course
    catalogue_changed.send(sender=None, course_ids=[course.pk], cause="session")
    assert owed() == {"Nora": {"session": 1}}
    add_session("Another way to sync", grade_sync)
    assert owed() == {"Nora": {"session": 2}}


def test_session_that_nobody_needs_owes_nobody(built, add_session, screen_sharing):
    course = add_session("Cast your screen", screen_sharing)
    catalogue_changed.send(sender=None, course_ids=[course.pk], cause="session")
    assert owed() == {}


def test_published_page_is_heard_of(built, add_session, grade_sync):
    course = add_session("Another way to sync", grade_sync, live=False)
    course.save_revision().publish()
    assert owed() == {"Nora": {"session": 1}}
    rebuild_plans(as_of=TODAY, now=NOW)
    CoursePage.objects.get(pk=course.pk).unpublish()
    assert owed() == {"Nora": {"session": 1}}


def test_switching_ticket_use_owes_a_path_when_it_changes(built):
    set_ticket_use(teacher=built, uses=True, now=NOW)
    assert owed() == {}
    set_ticket_use(teacher=built, uses=False, now=NOW)
    assert owed() == {"Nora": {"history": 1}}


def test_new_teacher_is_owed_a_first_path(built, east):
    Teacher.objects.create(given_name="Una", email="una@example.org", main_school=east)
    assert owed() == {"Una": {}}


def test_cause_is_forgotten_with_its_transaction(built):
    with pytest.raises(RuntimeError), transaction.atomic():
        profiles_changed.send(sender=None, teacher_ids=[built.pk], cause="profile")
        raise RuntimeError
    assert owed() == {}


def test_nudge_goes_out_once_after_the_commit(
    built, settings, monkeypatch, django_capture_on_commit_callbacks
):
    nudges = []
    monkeypatch.setattr(tasks.rebuild_owed_plans, "delay", lambda: nudges.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            profiles_changed.send(sender=None, teacher_ids=[built.pk], cause="profile")
        assert nudges == []
    assert nudges == [1]


def test_nudge_goes_nowhere_without_a_broker(built, settings):
    settings.CELERY_BROKER_URL = ""
    assert tasks.rebuild_owed_plans.delay() is None
    assert owed() == {}


def test_lost_nudge_harms_no_page(built, settings, monkeypatch, caplog):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    def refuse(self, *arguments, **options):
        raise OperationalError("connection refused")

    monkeypatch.setattr(DjangoTask, "apply_async", refuse)
    assert tasks.rebuild_owed_plans.delay() is None
    assert "the sweep will find it: connection refused" in caplog.text
