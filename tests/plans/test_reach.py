"""Whom a session reaches: counted by school, never by name, small groups hidden."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import CoursePage, CourseSkill, Offering
from courses.operations import look_book
from pdplanner.plans.models import CoachRequest
from pdplanner.plans.operations import rebuild_plans
from pdplanner.plans.queries.reach import Crowd, RunIdea, crowd_of, reach_of
from profiles.models import Teacher, Ticket, TicketSource

AS_OF = datetime(2026, 11, 2, tzinfo=UTC)


def teachers_at(school, count: int) -> list[Teacher]:
    return [
        Teacher.objects.create(
            given_name="Anna", family_name=f"{school.name} {n}", main_school=school, grades=["07"]
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("east_count", "north_count", "crowd"),
    [
        (6, 5, Crowd((("East Middle", 6), ("North High", 5)), 0, 11, 22)),
        (6, 0, Crowd((("East Middle", 6),), 0, 6, 12)),
        (0, 0, Crowd((), 0, 0, 0)),
        # One small school could be told from the total, so there is none.
        (6, 4, Crowd((("East Middle", 6),), None, None, None)),
        (4, 4, Crowd((), 8, 8, 16)),
        (1, 2, Crowd((), None, None, None)),
    ],
)
def test_a_crowd_gives_no_small_group_away(east, north, east_count, north_count, crowd):
    people = [*teachers_at(east, east_count), *teachers_at(north, north_count)]
    assert crowd_of({teacher.pk: 2.0 for teacher in people}) == crowd


@pytest.fixture
def session(grade_sync) -> CoursePage:
    page = CoursePage(title="Grades that sync", summary="Yes.", minutes=30, format="self-paced")
    page.taught_skills = [CourseSkill(skill=grade_sync, strength="masters")]
    page.live = False
    page.slug = "grades-that-sync"
    return look_book().add_child(instance=page)


@pytest.fixture
def askers(east, term, grade_sync) -> list[Teacher]:
    """Six at East who ask about grade sync again and again."""
    source = TicketSource.objects.create(name="desk")
    people = teachers_at(east, 6)
    for teacher in people:
        Ticket.objects.bulk_create(
            Ticket(
                source=source,
                external_id=f"{teacher.pk}-{number}",
                teacher=teacher,
                opened_at=datetime(2026, 10, 1 + 4 * number, 9, tzinfo=UTC),
                kind="how-to",
                skill=grade_sync,
                minutes_lost=30,
            )
            for number in range(6)
        )
    return people


def test_a_draft_could_reach_who_asks_and_once_published_does(session, askers):
    as_of = AS_OF.date()
    rebuild_plans(as_of=as_of, now=AS_OF)
    draft = reach_of(session, as_of=as_of)
    assert (draft.skills, draft.on_paths.total) == (("Grade sync",), 0)
    could = draft.could.crowd
    assert (could.schools, could.total) == ((("East Middle", 6),), 6)
    assert could.minutes > 0
    assert sum(share for _, share in draft.could.why) == pytest.approx(100, abs=2)

    session.save_revision().publish()
    rebuild_plans(as_of=as_of, now=AS_OF)
    live = reach_of(CoursePage.objects.get(), as_of=as_of)
    assert (live.on_paths.schools, live.could.crowd.total) == ((("East Middle", 6),), 0)
    assert live.on_paths.minutes == pytest.approx(could.minutes, rel=0.25)


@pytest.mark.parametrize(
    ("hour", "school", "seats", "total"),
    [(20, "east", 20, 6), (20, None, 5, 5), (15, "east", 20, 0)],
    ids=["after school", "online, five seats", "in a slot that nobody has free"],
)
def test_one_more_run_reaches_whoever_is_free_up_to_its_seats(
    session, askers, east, hour, school, seats, total
):
    CoursePage.objects.update(format="live", live=True)
    Teacher.objects.update(free_slots=["wed-after"], has_stated_slots=True)
    as_of = AS_OF.date()
    rebuild_plans(as_of=as_of, now=AS_OF)
    run = RunIdea(datetime(2026, 11, 18, hour, tzinfo=UTC), east if school else None, seats)
    page = CoursePage.objects.get()
    reach = reach_of(page, as_of=as_of, run=run)
    assert reach.could.crowd.total == 0  # there is no date to come to
    assert reach.one_more.crowd.total == total
    assert Offering.objects.count() == 0
    assert reach_of(page, as_of=as_of).one_more is None


def test_the_coach_asks_about_one_more_run_on_the_page(session, askers, signed_in, coach, east):
    CoursePage.objects.update(format="live", live=True)
    address = reverse("session-reach", args=[session.pk])
    desk = signed_in(coach)
    assert "What if there were one more run?" in desk.get(address).content.decode()
    day = timezone.now().date() + timedelta(days=14)
    asked = {"day": day.isoformat(), "starts": "15:30", "school": east.pk, "seats": 20}
    answer = desk.get(address, asked).content.decode()
    assert "at East Middle, with 20 seats" in answer
    for other_day, words in (
        ("2020-01-06", "Choose a day after today."),
        ("9999-12-31", "Choose a day within two years."),
    ):
        refused = desk.get(address, asked | {"day": other_day}).content.decode()
        assert words in refused
        assert "with 20 seats" not in refused


def test_the_coach_reads_counts_and_no_name(session, askers, signed_in, coach):
    page = signed_in(coach).get(reverse("session-reach", args=[session.pk])).content.decode()
    assert "Who it reaches" in page
    assert "Grade sync" in page
    assert [name for name in ("Anna", "East Middle 1") if name in page] == []


def test_a_session_without_minutes_says_so(session, askers, signed_in, coach):
    CoursePage.objects.filter(pk=session.pk).update(minutes=None)
    page = signed_in(coach).get(reverse("session-reach", args=[session.pk]))
    assert "It has no minutes yet" in page.content.decode()


def test_reach_is_for_the_desk_alone(session, signed_in, new_teacher, leader):
    for person in (new_teacher, leader):
        response = signed_in(person).get(reverse("session-reach", args=[session.pk]))
        assert response.status_code in (302, 403)


def test_a_request_stays_listed_until_a_coach_closes_it(
    session, new_teacher, signed_in, coach, coordinator
):
    asked = CoachRequest.objects.create(
        teacher=new_teacher, course=session, words="With my class?", asked_at=timezone.now()
    )
    desk = signed_in(coach)
    listed = desk.get(reverse("coach-requests")).content.decode()
    assert "Nora New" in listed
    assert "With my class?" in listed
    desk.post(reverse("coach-requests"), {"request": asked.pk, "outcome": " We met. "})
    asked.refresh_from_db()
    assert (asked.closed_by, asked.outcome) == (coach, "We met.")
    late = signed_in(coordinator).post(
        reverse("coach-requests"), {"request": asked.pk, "outcome": "Me too"}, follow=True
    )
    asked.refresh_from_db()
    assert (asked.closed_by, asked.outcome) == (coach, "We met.")
    assert "Cora Coach had closed it already." in late.content.decode()
    assert "Nobody waits for a coach." in late.content.decode()
    assert desk.post(reverse("coach-requests"), {"request": "x"}).status_code == 404
