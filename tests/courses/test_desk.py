"""The coaches' desk and the coordinator's requirements, as they are clicked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from courses.models import Completion, Enrolment, Offering, Requirement
from courses.operations import add_requirement, enrol, start_self_paced
from profiles.models import Skill

from .conftest import NOW


@pytest.fixture
def past_run(course_of, run_of, new_teacher, mentor_teacher) -> Offering:
    """A run of last week with Nora and Max, unmarked."""
    run = run_of(course_of(), in_days=7)
    for teacher in (new_teacher, mentor_teacher):
        enrol(teacher=teacher, offering=run, by=None, now=NOW)
    begun = timezone.now() - timedelta(days=7)
    Offering.objects.filter(pk=run.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=1))
    run.refresh_from_db()
    return run


@pytest.fixture
def ahead(course_of, run_of) -> Offering:
    """A run that lies ahead of the clock on the wall."""
    run = run_of(course_of("Ahead"))
    begins = timezone.now() + timedelta(days=7)
    Offering.objects.filter(pk=run.pk).update(starts_at=begins, ends_at=begins + timedelta(hours=1))
    run.refresh_from_db()
    return run


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_coach_marks_who_came_and_corrects_it(past_run, signed_in, coach, new_teacher):
    desk = signed_in(coach)
    assert [run.pk for run in desk.get(reverse("desk:runs")).context["runs"]] == [past_run.pk]
    address = reverse("desk:run", args=[past_run.pk])
    nora = past_run.enrolments.get(teacher=new_teacher)
    said = desk.post(address, {"came": [nora.pk, "x", ""]}, follow=True)
    assert "1 came, 1 did not." in text_of(said)
    assert list(Completion.objects.values_list("teacher__given_name", "marked_by__email")) == [
        ("Nora", "cora.coach@example.org")
    ]
    assert list(desk.get(reverse("desk:runs")).context["runs"]) == []
    desk.post(address, {})
    assert Completion.objects.count() == 0


def test_a_run_ahead_can_not_be_marked_but_cancelled(ahead, signed_in, coach, new_teacher):
    enrolment = enrol(teacher=new_teacher, offering=ahead, by=None, now=timezone.now())
    desk = signed_in(coach)
    said = desk.post(reverse("desk:run", args=[ahead.pk]), {"came": [enrolment.pk]}, follow=True)
    assert "This run has not begun yet. Nothing was changed." in text_of(said)
    address = reverse("desk:cancel", args=[ahead.pk])
    assert "1 person is enrolled or waiting" in text_of(desk.get(address))
    assert Offering.objects.get(pk=ahead.pk).is_cancelled is False
    said = desk.post(address, {"why": "No room"}, follow=True)
    assert "The run is cancelled; 1 person is told." in text_of(said)
    enrolment.refresh_from_db()
    assert (enrolment.state, list(enrolment.events.values_list("why", flat=True))[-1]) == (
        "cancelled",
        "No room",
    )


def test_the_coach_confirms_what_has_no_check_and_takes_it_back(
    course_of, signed_in, coach, new_teacher, mentor_teacher, now
):
    import json

    from .test_learning import CHECK

    alone = course_of("Without a check", format="self-paced")
    checked = course_of("With a check", format="self-paced", body=json.dumps([CHECK]))
    for teacher, course in ((new_teacher, alone), (mentor_teacher, checked)):
        start_self_paced(teacher=teacher, course=course, by=None, now=now)
    desk = signed_in(coach)
    address = reverse("desk:finished")
    (waiting,) = desk.get(address).context["started"]
    assert (waiting.teacher, waiting.course) == (new_teacher, alone)
    assert len(desk.get(address + "?all=1").context["started"]) == 2
    assert [
        str(row.teacher) for row in desk.get(address + "?all=1&q=mentor").context["started"]
    ] == ["Max Mentor"]
    silent = desk.post(address, {"enrolment": waiting.pk}, follow=True)
    assert "Say in a few words what you saw." in text_of(silent)
    desk.post(address, {"enrolment": waiting.pk, "why": "Taught it with me."})
    completion = Completion.objects.get()
    assert (completion.teacher, completion.ground, completion.why) == (
        new_teacher,
        "coach",
        "Taught it with me.",
    )
    assert desk.post(address, {"enrolment": "x"}).status_code == 404
    undo = reverse("desk:undo-finished", args=[completion.pk])
    assert "Say in a few words why." in text_of(desk.post(undo, follow=True))
    desk.post(undo, {"why": "It was another session."})
    waiting.refresh_from_db()
    assert (Completion.objects.count(), waiting.state) == (0, "started")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_asks_the_database_as_often_at_one_row_as_at_three(
    rows, course_of, run_of, signed_in, coach, new_teacher, django_assert_num_queries, now
):
    begun = timezone.now() - timedelta(days=3)
    for number in range(rows):
        run = run_of(
            course_of(f"Run {number}"), starts_at=begun, ends_at=begun + timedelta(hours=1)
        )
        Enrolment.objects.create(
            teacher=new_teacher, course=run.course, offering=run, state="seated", position=1
        )
        start_self_paced(
            teacher=new_teacher,
            course=course_of(f"Alone {number}", format="self-paced"),
            by=None,
            now=now,
        )
    desk = signed_in(coach)
    for name in ("desk:runs", "desk:finished"):
        desk.get(reverse(name))  # the first request fills Wagtail's caches
    with django_assert_num_queries(14):
        assert len(desk.get(reverse("desk:runs")).context["runs"]) == rows
    with django_assert_num_queries(16):
        assert len(desk.get(reverse("desk:finished")).context["started"]) == rows


# ---- runs in the CMS ----------------------------------------------------------------------------


def run_data(run: Offering, **fields) -> dict:
    """What the form of a run sends; `starts_at` and `ends_at` are those of its only part."""
    times = {name: fields.pop(name, "") for name in ("starts_at", "ends_at")}
    return {
        "course": run.course_id,
        "parts-TOTAL_FORMS": 1,
        "parts-INITIAL_FORMS": 0,
        "parts-MIN_NUM_FORMS": 1,
        "parts-MAX_NUM_FORMS": 1000,
        "parts-0-id": "",
        "parts-0-starts_at": times["starts_at"] or "2030-01-07 15:30",
        "parts-0-ends_at": times["ends_at"] or "2030-01-07 16:30",
        "parts-0-place": "",
        "parts-0-link": "",
        "seats": run.seats,
        "seats_min": 0,
        "offer_hours": 24,
        "waiting_policy": "automatic",
        "place": "Library",
        "link": "",
        "school": "",
        "coach": "",
    } | fields


def test_a_coach_makes_copies_and_changes_runs(ahead, signed_in, coach, told, new_teacher):
    desk = signed_in(coach)
    desk.post(reverse("wagtailsnippets_courses_offering:add"), run_data(ahead, place="Gym"))
    assert Offering.objects.filter(place="Gym", seats=2, seats_taken=0).count() == 1
    assert told == [("catalogue", (ahead.course_id,), "runs")]

    copying = reverse("wagtailsnippets_courses_offering:copy", args=[ahead.pk])
    assert desk.get(copying).status_code == 200
    desk.post(copying, run_data(ahead, place="Copied"))
    assert (Offering.objects.count(), Offering.objects.get(pk=ahead.pk).place) == (3, "")

    enrol(teacher=new_teacher, offering=ahead, by=None, now=timezone.now())
    edit = reverse("wagtailsnippets_courses_offering:edit", args=[ahead.pk])
    desk.post(edit, run_data(ahead, seats=5))
    ahead.refresh_from_db()
    assert (ahead.place, ahead.seats, ahead.seats_taken) == ("Library", 5, 1)


def test_a_coachs_clock_is_the_districts_on_screen_and_in_forms(ahead, signed_in, coach):
    desk = signed_in(coach)
    edit = reverse("wagtailsnippets_courses_offering:edit", args=[ahead.pk])
    desk.post(edit, run_data(ahead))
    ahead.refresh_from_db()
    # Half past three in New York in January.
    assert ahead.starts_at == datetime(2030, 1, 7, 20, 30, tzinfo=UTC)
    assert "2030-01-07 15:30" in desk.get(edit).content.decode()
    assert "Mon 7 Jan 2030, 15:30" in text_of(
        desk.get(reverse("wagtailsnippets_courses_offering:list"))
    )
    assert "Monday 7 January 2030, 15:30" in text_of(desk.get(reverse("desk:run", args=[ahead.pk])))
    UserProfile.objects.update_or_create(
        user=coach, defaults={"current_time_zone": "America/Denver"}
    )
    assert "Monday 7 January 2030, 13:30" in text_of(desk.get(reverse("desk:run", args=[ahead.pk])))


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"ends_at": "2030-01-07 15:30"}, "__all__", "It has to end after it starts."),
        ({"seats": "0"}, "seats", "1 people have a seat already, so there can't be fewer."),
        (
            {"course": "another"},
            "course",
            "People are enrolled in this run: cancel it and make another one.",
        ),
    ],
)
def test_a_run_that_can_not_be_is_refused_at_its_field(
    ahead, course_of, signed_in, coach, new_teacher, fields, field, words
):
    enrol(teacher=new_teacher, offering=ahead, by=None, now=timezone.now())
    if "course" in fields:
        fields = {"course": course_of("Another").pk}
    edit = reverse("wagtailsnippets_courses_offering:edit", args=[ahead.pk])
    response = signed_in(coach).post(edit, run_data(ahead, **fields))
    form = response.context["form"]
    (part,) = form.formsets["parts"].errors
    found = {name: list(errors) for name, errors in {**form.errors, **part}.items()}
    assert found == {field: [words]}


def test_a_skill_named_like_another_is_refused(grade_sync, signed_in, coach):
    grade_sync.aliases = "Marks that sync"
    grade_sync.save()
    fields = {"description": "", "area": "", "tool": "", "words": "", "digcompedu": "", "iste": ""}
    response = signed_in(coach).post(
        reverse("wagtailsnippets_profiles_skill:add"),
        fields | {"name": "Syncing", "aliases": "marks that SYNC"},
    )
    assert list(response.context["form"].errors["name"]) == [
        "“marks that sync” is a name of “Grade sync” already."
    ]
    assert Skill.objects.count() == 1


def test_an_hour_that_the_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first(
    ahead, signed_in, coach
):
    desk = signed_in(coach)
    edit = reverse("wagtailsnippets_courses_offering:edit", args=[ahead.pk])
    skipped = {"starts_at": "2027-03-14 02:30", "ends_at": "2027-03-14 04:00"}
    (part,) = desk.post(edit, run_data(ahead, **skipped)).context["form"].formsets["parts"].errors
    assert {name: list(errors) for name, errors in part.items()} == {
        "starts_at": [
            "The clocks skip 02:30 on 14 March 2027 in America/New_York: it is 03:30 then."
        ]
    }
    desk.post(edit, run_data(ahead, starts_at="2026-11-01 01:30", ends_at="2026-11-01 03:00"))
    ahead.refresh_from_db()
    assert ahead.starts_at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_room_taken_then_is_refused_with_the_clash_named(ahead, course_of, signed_in, coach):
    desk = signed_in(coach)
    desk.post(reverse("wagtailsnippets_courses_offering:edit", args=[ahead.pk]), run_data(ahead))
    again = desk.post(
        reverse("wagtailsnippets_courses_offering:add"),
        run_data(ahead, course=course_of("Another").pk, place="library"),
    )
    assert list(again.context["form"].non_field_errors()) == [
        f"“Library” is taken then by “{ahead.course.title}”, Mon 7 Jan 2030, 15:30 to 16:30."
    ]
    assert Offering.objects.count() == 1


def test_the_form_stores_parts_windows_and_coaches(ahead, signed_in, coach, coordinator):
    desk = signed_in(coach)
    edit = reverse("wagtailsnippets_courses_offering:edit", args=[ahead.pk])
    second = {
        "parts-TOTAL_FORMS": 2,
        "parts-1-id": "",
        "parts-1-starts_at": "2030-01-14 15:30",
        "parts-1-ends_at": "2030-01-14 17:00",
        "parts-1-place": "Gym",
        "parts-1-link": "",
        "closes_at": "2030-01-06 12:00",
        "seats_min": 1,
        "waiting_policy": "offer",
        "coaches": [coordinator.pk],
    }
    desk.post(edit, run_data(ahead, **second))
    ahead.refresh_from_db()
    assert [(part.number, part.place, part.minutes) for part in ahead.parts.all()] == [
        (1, "Library", 60),
        (2, "Gym", 90),
    ]
    assert (ahead.minutes, ahead.ends_at) == (150, datetime(2030, 1, 14, 22, tzinfo=UTC))
    assert (ahead.seats_min, ahead.waiting_policy) == (1, "offer")
    assert ahead.closes_at == datetime(2030, 1, 6, 17, tzinfo=UTC)
    assert list(ahead.coaches.all()) == [coordinator]


@pytest.mark.parametrize("rows", [1, 3])
def test_runs_are_listed_and_filtered_in_a_fixed_number_of_queries(
    rows, course_of, run_of, signed_in, coach, new_teacher, django_assert_num_queries
):
    start = timezone.now() + timedelta(days=9)
    for number in range(rows):
        run = run_of(
            course_of(f"Run {number}"),
            seats=1,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            coach=coach,
        )
        enrol(teacher=new_teacher, offering=run, by=None, now=timezone.now())
    run_of(course_of("Free"), starts_at=start, ends_at=start + timedelta(hours=1))
    desk = signed_in(coach)
    listing = reverse("wagtailsnippets_courses_offering:list")
    asked = f"{listing}?when=ahead&standing=full&coach={coach.pk}"
    desk.get(asked)  # the first request fills Wagtail's caches
    with django_assert_num_queries(17):
        page = desk.get(asked)
    assert len(page.context["object_list"]) == rows
    month = reverse("desk:run-calendar") + f"?month={timezone.localdate(start):%Y-%m}"
    desk.get(month)
    with django_assert_num_queries(15):
        shown = text_of(desk.get(month))
    assert [f"Run {number}" in shown for number in range(rows)] == [True] * rows


# ---- seats on the desk --------------------------------------------------------------------------


def test_a_coach_answers_requests_gives_seats_and_takes_people_out(
    course_of, run_of, signed_in, coach, new_teacher, mentor_teacher
):
    start = timezone.now() + timedelta(days=9)
    run = run_of(
        course_of(),
        seats=1,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        needs_approval=True,
        waiting_policy="coach",
    )
    nora, max_ = (
        enrol(teacher=who, offering=run, by=who.user, now=timezone.now())
        for who in (new_teacher, mentor_teacher)
    )
    desk = signed_in(coach)
    seats = reverse("desk:seats", args=[run.pk])

    def click(what: str, enrolment: Enrolment, why: str = "") -> str:
        data = {"do": what, "enrolment": enrolment.pk, "why": why}
        return text_of(desk.post(seats, data, follow=True))

    assert "Nora New has a seat." in click("approve", nora)
    assert "Max Mentor has a waiting place." in click("approve", max_)
    assert "There is no free seat to give." in click("give", max_)
    assert "Nora New is out of it and is told." in click("remove", nora, "Ill.")
    assert "Max Mentor has the seat." in click("give", max_)
    assert "That was answered already." in click("approve", nora)
    shown = text_of(desk.get(seats))
    assert "Ill." in shown
    assert "1 of 1 seat taken." in shown
    assert [words for words in ("Who comes", "Cancel the run") if words not in shown] == []
    assert list(nora.events.values_list("state", "by__email")) == [
        ("requested", new_teacher.user.email),
        ("approved", coach.email),
        ("seated", None),
        ("cancelled", coach.email),
    ]
    other = run_of(course_of("Another"), starts_at=start, ends_at=start + timedelta(hours=1))
    strange = desk.post(
        reverse("desk:seats", args=[other.pk]), {"do": "give", "enrolment": max_.pk}
    )
    assert strange.status_code == 404


def test_a_coach_lets_a_run_with_few_people_go_ahead(ahead, signed_in, coach):
    Offering.objects.update(seats_min=2, asked_at=timezone.now())
    desk = signed_in(coach)
    seats = reverse("desk:seats", args=[ahead.pk])
    assert "Does it take place with those it has?" in text_of(desk.get(seats))
    assert "It takes place." in text_of(desk.post(seats, {"do": "go"}, follow=True))
    assert "Does it take place" not in text_of(desk.get(seats))


def test_a_run_is_copied_to_another_day_or_the_clash_is_named(ahead, signed_in, coach):
    desk = signed_in(coach)
    desk.post(reverse("wagtailsnippets_courses_offering:edit", args=[ahead.pk]), run_data(ahead))
    copying = reverse("desk:copy", args=[ahead.pk])
    same = desk.post(copying, {"to_date": "2030-01-07"})
    assert "“Library” is taken then by" in text_of(same)
    for wrong in ("", "2030-02-30", "9999-12-31"):
        assert desk.post(copying, {"to_date": wrong}).status_code == 200
    assert Offering.objects.count() == 1
    desk.post(copying, {"to_date": "2030-07-08"})
    copy = Offering.objects.exclude(pk=ahead.pk).get()
    # Half past three again: an hour earlier in UTC in summer.
    assert copy.starts_at == datetime(2030, 7, 8, 19, 30, tzinfo=UTC)


# ---- requirements -------------------------------------------------------------------------------


def test_the_coordinator_requires_counts_changes_and_withdraws(
    signed_in, coordinator, course_of, east, new_teacher, mentor_teacher, outsider
):
    office = signed_in(coordinator)
    course = course_of("Fire drill, digital")
    due = timezone.localdate() + timedelta(days=30)
    form = {"course": course.pk, "due_date": due.isoformat(), "note": "State law"}
    add = reverse("courses:requirement-add")
    counted = office.post(add, form | {"schools": [east.pk], "count": "1"})
    assert "it touches <b>2 teachers</b>" in text_of(counted)
    assert Requirement.objects.count() == 0

    said = office.post(add, form | {"schools": [east.pk], "grade_bands": ["6-8"]}, follow=True)
    assert "Required. It touches 2 teachers." in text_of(said)
    requirement = Requirement.objects.get()
    line = said.context["lines"][0]
    assert (line.audience, line.teachers, line.done) == ("East Middle · Grades 6 to 8", 2, 0)

    change = reverse("courses:requirement", args=[requirement.pk])
    office.post(change, form | {"subjects": ["ela"]})
    requirement.refresh_from_db()
    assert (list(requirement.schools.all()), requirement.subjects) == ([], ["ela"])

    office.post(reverse("courses:requirement-withdraw", args=[requirement.pk]))
    requirement.refresh_from_db()
    assert requirement.ended_at is not None
    assert office.get(reverse("courses:requirements")).context["lines"] == []
    assert len(office.get(reverse("courses:requirements") + "?ended=1").context["lines"]) == 1


def test_a_day_that_has_passed_can_not_be_set_but_may_stay(signed_in, coordinator, course_of, now):
    office = signed_in(coordinator)
    past = timezone.localdate() - timedelta(days=2)  # past in every zone
    requirement = add_requirement(course=course_of(), due_date=past, now=now)
    form = {"course": requirement.course_id, "due_date": past.isoformat(), "note": "x"}
    refused = office.post(reverse("courses:requirement-add"), form)
    assert list(refused.context["form"].errors["due_date"]) == ["Give a day from today on."]
    office.post(reverse("courses:requirement", args=[requirement.pk]), form)
    requirement.refresh_from_db()
    assert requirement.note == "x"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_requirements_asks_the_database_twelve_times(
    rows, signed_in, coordinator, course_of, now, django_assert_num_queries, new_teacher
):
    for number in range(rows):
        add_requirement(course=course_of(f"Required {number}"), due_date=now.date(), now=now)
    office = signed_in(coordinator)
    with django_assert_num_queries(12):
        assert len(office.get(reverse("courses:requirements")).context["lines"]) == rows
