"""A path proposes runs that its teacher can attend: every part of them, and with a seat."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import Enrolment, Offering, Requirement
from courses.operations import PartTimes, enrol, store_offering
from pdplanner.plans.models import Plan, StepAnswer
from pdplanner.plans.operations import rebuild_plans
from pdplanner.plans.queries import read_facts, why_not_for
from profiles.models import Teacher

from .conftest import NOW, TODAY, at

HOUR = timedelta(hours=1)
FIRST, SECOND = date(2026, 12, 3), date(2026, 12, 10)


def steps_of(teacher: Teacher) -> list[tuple[str, int | None]]:
    """Return (session, run) of each step of the path as worked out today."""
    rebuild_plans(as_of=TODAY, now=NOW)
    steps = Plan.objects.get(teacher=teacher).current.steps.order_by("order")
    return list(steps.values_list("course__title", "offering_id"))


@pytest.fixture
def series(add_session):
    """Return a function: a run in two parts, on two Thursdays."""

    def make(course, **fields) -> Offering:
        run = Offering(course=course, **{"seats": 5} | fields)
        parts = [PartTimes(at(day, 15), at(day, 15) + HOUR) for day in (FIRST, SECOND)]
        store_offering(offering=run, by=None, now=NOW, parts=parts)
        return run

    return make


@pytest.fixture
def live(new_teacher, term, grade_sync, add_session, add_ticket):
    """A live session for what Nora asks about."""
    for day in (date(2026, 9, 4), date(2026, 10, 6), date(2026, 11, 17)):
        add_ticket(new_teacher, grade_sync, day)
    return add_session("Gradebook live", grade_sync, format="live", strength="masters")


def test_a_series_takes_the_days_of_its_parts_alone(live, series, new_teacher, add_session):
    run = series(live)
    enrol(teacher=new_teacher, offering=run, by=None, now=NOW)
    facts = read_facts(as_of=TODAY)
    (course,) = (one for one in facts.courses if one.id == live.pk)
    assert [one.dates for one in course.runs] == [(FIRST, SECOND)]
    (nora,) = (one for one in facts.teachers if one.id == new_teacher.pk)
    assert nora.busy_dates == {FIRST, SECOND}


@pytest.mark.parametrize(("taken", "proposed"), [(SECOND, "later"), (date(2026, 12, 8), "series")])
def test_a_path_leaves_out_a_run_of_which_one_part_clashes(
    live, series, new_teacher, add_session, add_run, taken, proposed
):
    elsewhere = add_run(add_session("Elsewhere", format="live"), taken)
    enrol(teacher=new_teacher, offering=elsewhere, by=None, now=NOW)
    runs = {"series": series(live).pk, "later": add_run(live, date(2026, 12, 17)).pk}
    assert dict(steps_of(new_teacher))["Gradebook live"] == runs[proposed]


def test_a_full_run_is_no_seat_and_is_called_a_waiting_place(live, add_run, new_teacher, outsider):
    run = add_run(live, FIRST, seats=1)
    enrol(teacher=outsider, offering=run, by=None, now=NOW)
    assert steps_of(new_teacher) == []
    answer = why_not_for(new_teacher, live, as_of=TODAY)
    assert (answer.rule, answer.text) == (
        "no-seat",
        "Every seat is taken: there is a waiting place.",
    )
    more = add_run(live, SECOND, seats=1)
    assert steps_of(new_teacher) == [("Gradebook live", more.pk)]


def test_a_run_whose_registration_has_closed_is_not_proposed(live, add_run, new_teacher):
    closed = add_run(live, FIRST, closes_at=at(TODAY, 8))
    assert steps_of(new_teacher) == []
    open_still = add_run(live, SECOND, closes_at=at(date(2026, 12, 9)))
    assert steps_of(new_teacher) == [("Gradebook live", open_still.pk)]
    Offering.objects.filter(pk=open_still.pk).delete()
    Enrolment.objects.create(
        teacher=new_teacher, course=live, offering=closed, state="seated", position=1
    )
    assert steps_of(new_teacher) == [("Gradebook live", closed.pk)]


def test_an_offered_seat_counts_as_taken_and_a_request_as_hoped_for(live, add_run, new_teacher):
    run = add_run(live, FIRST)
    row = Enrolment.objects.create(
        teacher=new_teacher, course=live, offering=run, state="offered", position=1
    )
    (nora,) = (one for one in read_facts(as_of=TODAY).teachers if one.id == new_teacher.pk)
    assert (dict(nora.enrolled), nora.accepted, nora.busy_dates) == (
        {live.pk: run.pk},
        frozenset(),
        {FIRST},
    )
    row.state = "requested"
    row.save()
    (nora,) = (one for one in read_facts(as_of=TODAY).teachers if one.id == new_teacher.pk)
    assert (dict(nora.enrolled), nora.accepted, nora.busy_dates) == (
        {},
        frozenset({live.pk}),
        frozenset(),
    )


def rebuilt_alone(teacher: Teacher, run: Offering) -> bool:
    """Whether the path, worked out for this teacher alone, proposes the run."""
    rebuild_plans(teacher_ids=[teacher.pk], as_of=TODAY, now=NOW)
    steps = Plan.objects.get(teacher=teacher).current.steps
    return steps.filter(offering=run).exists()


@pytest.fixture
def rival(outsider, add_ticket, grade_sync):
    """Somebody who asks what Nora asks."""
    for day in (date(2026, 9, 4), date(2026, 10, 6), date(2026, 11, 17)):
        add_ticket(outsider, grade_sync, day)
    return outsider


def test_rebuilds_one_by_one_propose_a_seat_once(live, add_run, new_teacher, rival):
    run = add_run(live, FIRST, seats=1)
    for _ in range(2):
        assert (rebuilt_alone(new_teacher, run), rebuilt_alone(rival, run)) == (True, False)
    Offering.objects.update(seats=2)
    assert (rebuilt_alone(rival, run), rebuilt_alone(new_teacher, run)) == (True, True)


def test_a_seat_that_is_proposed_to_one_can_be_reserved_by_another(
    live, add_run, new_teacher, rival
):
    run = add_run(live, FIRST, seats=1)
    assert rebuilt_alone(new_teacher, run)
    row = enrol(teacher=rival, offering=run, by=None, now=NOW)
    assert row.state == "seated"
    assert (rebuilt_alone(rival, run), rebuilt_alone(new_teacher, run)) == (True, False)


def test_a_proposal_to_others_keeps_nobody_from_what_they_said_yes_to(
    live, add_run, new_teacher, rival
):
    run = add_run(live, FIRST, seats=1)
    assert rebuilt_alone(new_teacher, run)
    StepAnswer.objects.create(teacher=rival, course=live, answer="accepted", answered_at=NOW)
    assert rebuilt_alone(rival, run)


def test_a_proposal_to_others_keeps_nobody_from_what_is_required_of_them(
    live, add_run, new_teacher, rival, north
):
    run = add_run(live, FIRST, seats=1)
    assert rebuilt_alone(new_teacher, run)
    Requirement.objects.create(course=live, due_date=SECOND, set_at=NOW).schools.set([north])
    assert rebuilt_alone(rival, run)


def test_rebuild_of_one_teacher_takes_the_same_queries_among_many(
    live, add_run, add_ticket, grade_sync, new_teacher, rival, django_assert_num_queries
):
    add_run(live, FIRST, seats=1)
    rebuild_plans(as_of=TODAY, now=NOW)
    with CaptureQueriesContext(connection) as few:
        rebuild_plans(teacher_ids=[new_teacher.pk], as_of=TODAY, now=NOW)
    for number in range(6):
        add_run(live, SECOND + timedelta(days=number), seats=1)
        add_ticket(rival, grade_sync, TODAY - timedelta(days=number))
    assert rebuild_plans(as_of=TODAY, now=NOW).plans == 2
    with django_assert_num_queries(len(few)):
        rebuild_plans(teacher_ids=[new_teacher.pk], as_of=TODAY, now=NOW)
