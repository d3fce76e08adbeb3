"""The door on screen: whose it is, one tap a person, walk-ins, the sheet, the code, check-in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from courses.check_in_views import MOST_TRIES
from courses.codes import STEP_SECONDS, code_at
from courses.models import Completion, Enrolment, Offering, Presence, WalkIn
from courses.operations import enrol, roster_of
from profiles.choices import Role
from profiles.models import TeacherIdentifier, User
from profiles.operations import add_person

from .conftest import NOW


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def run(course_of, run_of, new_teacher, mentor_teacher) -> Offering:
    """An hour that begins in ten minutes; Nora and Max have the two seats."""
    run = run_of(course_of(), in_days=7)
    for teacher in (new_teacher, mentor_teacher):
        enrol(teacher=teacher, offering=run, by=None, now=NOW)
    return moved(run, minutes=10)


def moved(run: Offering, *, minutes: float) -> Offering:
    """Let the run begin so many minutes from now."""
    starts_at = timezone.now() + timedelta(minutes=minutes)
    Offering.objects.filter(pk=run.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
    )
    run.refresh_from_db()
    return run


def at(name: str, run: Offering) -> str:
    return reverse(f"courses:{name}", args=[run.pk, 1])


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def number_of(run: Offering, name: str) -> int:
    return run.enrolments.get(teacher__given_name=name).pk


def presences() -> list[tuple]:
    return list(
        Presence.objects.order_by("enrolment__teacher__given_name").values_list(
            "enrolment__teacher__given_name", "minutes", "how", "marked_by__first_name"
        )
    )


@pytest.fixture
def other_coach(district) -> User:
    return add_person(email="cleo@example.org", role=Role.COACH, first_name="Cleo", last_name="O")


# ---- whose door ---------------------------------------------------------------------------------


def test_door_is_the_runs_coaches_and_the_coordinators_and_nobody_elses(
    run, signed_in, coach, other_coach, coordinator, leader, new_teacher
):
    run.coach = coach
    run.save()
    address = at("roster", run)
    people = {
        "coach": coach,
        "another coach": other_coach,
        "coordinator": coordinator,
        "leader": leader,
        "teacher": new_teacher,
    }
    assert {who: signed_in(person).get(address).status_code for who, person in people.items()} == {
        "coach": 200,
        "another coach": 404,
        "coordinator": 200,
        "leader": 403,
        "teacher": 403,
    }
    run.coaches.add(other_coach)
    assert signed_in(other_coach).get(address).status_code == 200


@pytest.mark.parametrize(
    "name", ["door-mark", "door-let-in", "door-close", "door-code", "door-print", "door-sheet"]
)
def test_another_coach_meets_nothing_behind_the_door_either(
    run, signed_in, coach, other_coach, name
):
    run.coach = coach
    run.save()
    client = signed_in(other_coach)
    data = {"enrolment": number_of(run, "Nora"), "mark": "here", "grace_minutes": 5}
    assert client.post(at(name, run), data).status_code in {404, 405}
    assert client.get(at(name, run)).status_code in {404, 405}
    assert (presences(), roster_of(run).grace_minutes) == ([], 15)


def test_coach_finds_the_runs_of_today_that_are_theirs(
    run, run_of, course_of, signed_in, coach, other_coach
):
    Offering.objects.filter(pk=run.pk).update(coach=coach)
    moved(run_of(course_of("Another's"), coach=other_coach), minutes=5)
    moved(run_of(course_of("Nobody's")), minutes=20)
    page = signed_in(coach).get(reverse("courses:door"))
    assert [str(offering.course) for offering, _ in page.context["runs"]] == [
        "Grades that sync",
        "Nobody's",
    ]


# ---- marking ------------------------------------------------------------------------------------


def test_coach_marks_with_one_tap_each_and_takes_it_back(run, signed_in, coach):
    desk = signed_in(coach)
    nora, max_ = number_of(run, "Nora"), number_of(run, "Max")
    said = desk.post(at("door-mark", run), {"enrolment": nora, "mark": "here", "q": "nora"})
    assert said.headers["Location"] == f"{at('roster', run)}?q=nora#person-{nora}"
    desk.post(at("door-mark", run), {"enrolment": max_, "mark": "partly", "minutes": "25"})
    assert presences() == [("Max", 25, "door", "Cora"), ("Nora", 60, "door", "Cora")]
    shown = text_of(desk.get(at("roster", run)))
    assert "<b>2</b> here · <b>0</b> to mark" in shown
    assert "25 of 60 min" in shown
    desk.post(at("door-mark", run), {"enrolment": max_, "mark": "undo"})
    desk.post(at("door-mark", run), {"enrolment": max_, "mark": "missing"})
    assert presences()[0] == ("Max", 0, "door", "Cora")


@pytest.mark.parametrize("minutes", ["", "x", "61", "-1", "²", "99999999999999999999"])
def test_minutes_that_are_none_are_refused_in_words(run, signed_in, coach, minutes):
    desk = signed_in(coach)
    data = {"enrolment": number_of(run, "Nora"), "mark": "partly", "minutes": minutes}
    said = desk.post(at("door-mark", run), data, follow=True)
    assert "Give the minutes as a number, no more than it lasts." in text_of(said)
    assert presences() == []


def test_people_of_other_runs_can_not_be_marked_here(run, run_of, course_of, signed_in, outsider):
    other = run_of(course_of("Another"))
    stranger = enrol(teacher=outsider, offering=other, by=None, now=NOW)
    coach = add_person(email="c@example.org", role=Role.COACH, first_name="C", last_name="C")
    data = {"enrolment": stranger.pk, "mark": "here"}
    assert signed_in(coach).post(at("door-mark", run), data).status_code == 404
    assert presences() == []


def test_door_far_ahead_or_of_a_cancelled_run_marks_nobody(run, signed_in, coach):
    desk, data = signed_in(coach), {"enrolment": number_of(run, "Nora"), "mark": "here"}
    moved(run, minutes=90)
    assert "The door is not open yet." in text_of(
        desk.post(at("door-mark", run), data, follow=True)
    )
    assert 'value="here"' not in desk.get(at("roster", run)).content.decode()
    moved(run, minutes=-5)
    Offering.objects.filter(pk=run.pk).update(is_cancelled=True)
    for name in ("door-mark", "door-close"):
        assert "This run was cancelled." in text_of(desk.post(at(name, run), data, follow=True))
    assert presences() == []


def test_closing_turns_marks_into_who_attended(run, signed_in, coach):
    desk = signed_in(coach)
    desk.post(at("door-mark", run), {"enrolment": number_of(run, "Nora"), "mark": "here"})
    assert "has not begun yet" in text_of(desk.post(at("door-close", run), follow=True))
    moved(run, minutes=-30)
    said = desk.post(at("door-close", run), follow=True)
    assert "Closed: 1 came, 1 did not." in text_of(said)
    assert dict(run.enrolments.values_list("teacher__given_name", "state")) == {
        "Nora": "attended",
        "Max": "no-show",
    }
    assert Completion.objects.count() == 1


def test_walk_in_is_searched_let_in_and_over_the_seats_only_on_purpose(
    run, signed_in, coach, outsider
):
    desk = signed_in(coach)
    page = desk.get(at("roster", run), {"q": "otto"})
    assert [str(teacher) for teacher in page.context["strangers"]] == ["Otto Outsider"]
    assert "Let in over the seats" in text_of(page)
    said = desk.post(at("door-let-in", run), {"teacher": outsider.pk}, follow=True)
    assert "Every seat is taken meanwhile." in text_of(said)
    assert WalkIn.objects.count() == 0
    desk.post(at("door-let-in", run), {"teacher": outsider.pk, "over": "1"})
    assert "walked in" in text_of(desk.get(at("roster", run)))
    assert presences() == [("Otto", 60, "door", "Cora")]
    assert desk.post(at("door-let-in", run), {"teacher": "x"}).status_code == 404


@pytest.mark.parametrize("people", [1, 12])
def test_roster_asks_the_database_as_often_for_one_as_for_many(
    people, run, signed_in, coach, east, django_assert_num_queries
):
    Offering.objects.filter(pk=run.pk).update(seats=50)
    for number in range(people):
        user = add_person(
            email=f"t{number}@example.org",
            role=Role.TEACHER,
            schools=[east],
            first_name="Tess",
            last_name=f"T{number}",
        )
        Enrolment.objects.create(
            teacher=user.teacher,
            course=run.course,
            offering=run,
            state="seated",
            position=100 + number,
        )
    desk = signed_in(coach)
    desk.get(at("roster", run))
    with django_assert_num_queries(10):
        assert len(desk.get(at("roster", run)).context["page"]) == people + 2


# ---- the sheet ----------------------------------------------------------------------------------


def send(client, run: Offering, text: str):
    return client.post(at("door-sheet", run), {"file": SimpleUploadedFile("s.csv", text.encode())})


def test_sheet_is_shown_first_and_marked_on_a_second_yes(
    run, signed_in, coach, mentor_teacher, new_teacher
):
    TeacherIdentifier.objects.create(teacher=mentor_teacher, source="sis", external_id="77")
    desk = signed_in(coach)
    page = send(desk, run, "Email,Roster ID,Minutes\nNORA.new@example.org,,25\n,77,\n")
    assert "2 people would be marked" in text_of(page)
    assert presences() == []
    said = desk.post(at("door-sheet", run), {"rows": page.context["rows"]}, follow=True)
    assert "2 people are marked from the sheet." in text_of(said)
    assert presences() == [("Max", 60, "sheet", "Cora"), ("Nora", 25, "sheet", "Cora")]


@pytest.mark.parametrize("name", ["Nora New", "new, NORA", "New  Nora"])
def test_sheet_finds_people_by_name_however_it_is_written(run, signed_in, coach, name):
    page = send(signed_in(coach), run, f'name;minutes\n"{name}";\n')
    assert [(str(item.teacher), minutes) for item, minutes in page.context["read"].people] == [
        ("Nora New", None)
    ]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "email,minutes\nnora.new@example.org,10\nsomebody@else.example,\n",
            ["the sheet, line 3: nobody in this run is called so"],
        ),
        ("name\nOtto Outsider\n", ["the sheet, line 2: nobody in this run is called so"]),
        (
            "name,minutes\nNora New,61\nMax Mentor,-1\n",
            [
                "the sheet, line 2, column minutes: the minutes are no number that this part has",
                "the sheet, line 3, column minutes: the minutes are no number that this part has",
            ],
        ),
        (
            "name\nNora New\nNew Nora\n",
            ["the sheet, line 3: this person stands on the sheet twice"],
        ),
        ("who\nNora New\n", ["the sheet, line 1: no column says who was there"]),
        ("", None),
        ("name\n", []),
    ],
)
def test_sheet_with_something_wrong_names_the_line_and_writes_nothing(
    run, signed_in, coach, outsider, text, problems
):
    page = send(signed_in(coach), run, text)
    if problems is None:
        assert "The submitted file is empty." in text_of(page)
    else:
        assert [f"{item.place}: {item.rule}" for item in page.context["read"].problems] == problems
        assert "The sheet can't be taken as it is" in text_of(page)
        assert page.context["rows"] == ""
        assert "else.example" not in text_of(page)
    assert presences() == []


def test_two_people_of_one_name_need_their_email(run, signed_in, coach, outsider):
    outsider.given_name, outsider.family_name = "Nora", "New"
    outsider.save()
    Offering.objects.filter(pk=run.pk).update(seats=3)
    Enrolment.objects.create(
        teacher=outsider, course=run.course, offering=run, state="seated", position=99
    )
    page = send(signed_in(coach), run, "name\nNora New\n")
    assert [item.rule for item in page.context["read"].problems] == [
        "two people in this run have this name"
    ]


def test_rows_of_another_run_or_made_up_ones_mark_nobody(
    run, run_of, course_of, signed_in, coach, outsider
):
    other = moved(run_of(course_of("Another")), minutes=10)
    Enrolment.objects.create(
        teacher=outsider, course=other.course, offering=other, state="seated", position=1
    )
    desk = signed_in(coach)
    rows = send(desk, other, "name\nOtto Outsider\n").context["rows"]
    assert rows
    for forged in (rows, "x:y:z"):
        said = desk.post(at("door-sheet", run), {"rows": forged}, follow=True)
        assert "The sheet was checked too long ago." in text_of(said)
    assert presences() == []


def test_sheet_to_print_names_everybody_and_leaves_lines(run, signed_in, coach):
    page = text_of(signed_in(coach).get(at("door-print", run)))
    assert ("Nora New" in page, "Max Mentor" in page) == (True, True)
    assert page.count("Somebody who walks in") == 6


# ---- the code -----------------------------------------------------------------------------------


def shown_code(run: Offering, *, steps_ago: int = 0) -> str:
    when = timezone.now() - timedelta(seconds=STEP_SECONDS * steps_ago)
    return code_at(secret=roster_of(run).secret, part=1, at=when)


def test_coachs_screen_shows_the_code_with_its_qr_only_while_it_counts(run, signed_in, coach):
    desk = signed_in(coach)
    page = desk.get(at("door-code", run))
    assert page.context["digits"] in (shown_code(run), shown_code(run, steps_ago=1))
    assert 'class="qr"' in page.content.decode()
    assert 'http-equiv="refresh"' in page.content.decode()
    for minutes in (30, -30):
        moved(run, minutes=minutes)
        assert 'class="qr"' not in desk.get(at("door-code", run)).content.decode()
    desk.post(at("door-code", run), {"grace_minutes": "45"})
    assert 'class="qr"' in desk.get(at("door-code", run)).content.decode()
    desk.post(at("door-code", run), {"grace_minutes": "121"})
    assert roster_of(run).grace_minutes == 45


def test_teacher_scans_and_is_in_by_one_tap_and_only_by_it(run, signed_in, new_teacher):
    client, code = signed_in(new_teacher), shown_code(run)
    page = client.get(at("check-in", run), {"code": code})
    assert f'value="{code}"' in page.content.decode()
    assert presences() == []  # looking changes nothing
    said = client.post(at("check-in", run), {"code": f"{code[:3]} {code[3:]}"}, follow=True)
    assert "You are in" in text_of(said)
    assert presences() == [("Nora", 60, "code", "Nora")]
    again = client.post(at("check-in", run), {"code": "000000"}, follow=True)
    assert "You were in already. Nothing was changed." in text_of(again)
    assert presences() == [("Nora", 60, "code", "Nora")]


@pytest.mark.parametrize(
    ("minutes", "steps_ago", "words"),
    [
        (30, 0, "It is too early. The code counts from"),
        (-30, 0, "It is too late. The code counted until"),
        (5, 4, "This code is too old. The screen shows a new one by now."),
        (5, -2, "This is not the code. Look at the screen again."),
    ],
)
def test_check_in_says_honestly_why_not(run, signed_in, new_teacher, minutes, steps_ago, words):
    moved(run, minutes=minutes)
    data = {"code": shown_code(run, steps_ago=steps_ago)}
    assert words in text_of(signed_in(new_teacher).post(at("check-in", run), data))
    assert presences() == []


def test_check_in_without_a_seat_is_sent_to_the_coach(run, signed_in, outsider):
    client = signed_in(outsider)
    data = {"code": shown_code(run)}
    assert "You have no seat in this run." in text_of(client.post(at("check-in", run), data))
    assert "Grades that sync" not in text_of(client.get(at("check-in", run)))
    assert presences() == []


def test_check_in_pauses_after_too_many_tries_of_one_person(
    run, signed_in, new_teacher, mentor_teacher
):
    client = signed_in(new_teacher)
    wrong = {"code": shown_code(run, steps_ago=-3)}
    for _ in range(MOST_TRIES):
        assert client.post(at("check-in", run), wrong).status_code == 200
    refused = client.post(at("check-in", run), {"code": shown_code(run)})
    assert (refused.status_code, "Too many tries." in text_of(refused)) == (429, True)
    assert presences() == []
    signed_in(mentor_teacher).post(at("check-in", run), {"code": shown_code(run)})
    assert presences() == [("Max", 60, "code", "Max")]


def test_check_in_lists_ones_own_parts_of_today(run, signed_in, new_teacher, outsider):
    own = signed_in(new_teacher).get(reverse("courses:check-ins"))
    assert [(item.offering, item.part.number) for item in own.context["own"]] == [(run, 1)]
    assert "Nothing today" in text_of(signed_in(outsider).get(reverse("courses:check-ins")))


@pytest.mark.parametrize(
    ("minutes", "words", "offers"),
    [
        (30, "The code counts from", False),
        (0, "", True),
        (-16, "If you were there, ask Cora Coach to mark you.", False),
    ],
)
def test_check_in_is_offered_only_while_the_code_counts(
    run, signed_in, new_teacher, coach, minutes, words, offers
):
    moved(run, minutes=minutes)
    run.coach = coach
    run.save()
    client = signed_in(new_teacher)
    listed = client.get(reverse("courses:check-ins"))
    assert (words in text_of(listed), at("check-in", run) in listed.content.decode()) == (
        True,
        offers,
    )
    page = client.get(at("check-in", run))
    assert (words in text_of(page), "Check me in" in text_of(page)) == (True, offers)


def test_check_in_is_over_once_the_list_is_closed(run, signed_in, new_teacher):
    roster = roster_of(run)
    roster.closed_at = timezone.now() - timedelta(minutes=1)
    roster.save()
    page = signed_in(new_teacher).get(at("check-in", run))
    assert "It is over" in text_of(page)
    assert "Check me in" not in page.content.decode()
