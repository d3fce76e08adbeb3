"""The look book, a session, seats, checks, calendar and record, as a teacher meets them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.images.tests.utils import get_test_image_file

from courses.models import (
    Completion,
    CoursePrerequisite,
    Enrolment,
    Requirement,
    TrainingImage,
)
from profiles.models import SpecialDay, Tool

from .conftest import CHECK, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def that_monday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def nora(new_teacher, signed_in) -> Client:
    return signed_in(new_teacher)


def words_of(response) -> list[str]:
    """What the site said back."""
    return [str(message) for message in response.context["messages"]]


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# ---- the look book ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 30])
def test_look_book_is_paged_in_a_fixed_number_of_queries(
    count, course_of, grade_sync, nora, django_assert_num_queries
):
    for number in range(count):
        course_of(f"Session {number:02}", skills=[grade_sync], format="self-paced")
    nora.get("/look-book/")  # what is remembered between requests
    with django_assert_num_queries(21):
        page = shown(nora, "/look-book/")
    assert page.count('class="card session"') == min(count, 24)


def test_look_book_finds_by_words_and_filters(course_of, grade_sync, nora):
    tool = Tool.objects.create(name="Classroom")
    course_of("Grades by yourself", skills=[grade_sync], format="self-paced", minutes=10)
    course_of("Grades together", skills=[grade_sync], minutes=90)
    quiz = course_of("Quizzes", format="quick-card", level="A2", minutes=10)
    quiz.tools.add(tool)
    quiz.save()

    def titles(query: str) -> list[str]:
        page = shown(nora, f"/look-book/?{query}")
        return [part.split("<")[0] for part in page.split('class="title" href="')[1:]]

    def found(query: str) -> list[str]:
        return [part.split(">")[1] for part in titles(query)]

    assert found("q=grades") == ["Grades by yourself", "Grades together"]
    assert found("q=grades&minutes=20") == ["Grades by yourself"]
    assert found("skill=grade-sync&format=live") == ["Grades together"]
    assert found(f"tool={tool.slug}") == ["Quizzes"]
    assert found("level=A2") == ["Quizzes"]
    assert found("minutes=seven") == ["Grades by yourself", "Grades together", "Quizzes"]
    assert found("q=zebra") == []
    assert "Nothing like that yet" in shown(nora, "/look-book/?q=zebra")


def test_look_book_keeps_its_filters_from_page_to_page(course_of, nora):
    for number in range(26):
        course_of(f"Session {number:02}", format="self-paced")
    page = shown(nora, "/look-book/?format=self-paced&q=session")
    assert "1 to 24 of 26 sessions" in page
    assert 'href="?format=self-paced&amp;q=session&amp;page=2"' in page


def test_look_book_hides_drafts(course_of, nora):
    course_of("Open to all")
    draft = course_of("Not ready yet")
    draft.unpublish()
    page = shown(nora, "/look-book/")
    assert "Open to all" in page
    assert "Not ready yet" not in page
    assert nora.get(draft.url).status_code == 404


def test_look_book_asks_strangers_to_sign_in(course_of):
    course = course_of()
    assert Client().get(course.url)["Location"] == f"/accounts/login/?next={course.url}"


def test_empty_look_book_says_what_will_come(course_of, nora):
    course_of().delete()
    assert "Your coaches are writing." in shown(nora, "/look-book/")


# ---- a session ----------------------------------------------------------------------------------


def test_session_shows_the_version_for_the_readers_room_first(course_of, nora):
    rooms = [
        (
            "rooms",
            {
                "heading": "How it looks in your room",
                "variants": [
                    {"grade_bands": ["pk-2"], "subjects": [], "tools": [], "text": "<p>Small</p>"},
                    {
                        "grade_bands": ["6-8"],
                        "subjects": ["science"],
                        "tools": [],
                        "text": "<p>Labs</p>",
                    },
                ],
            },
        )
    ]
    page = shown(nora, course_of(body=rooms).url)
    assert page.index("Labs") < page.index("See the other versions") < page.index("Small")
    assert "Grades 6 to 8 · Science" in page


def test_session_links_to_what_comes_first(course_of, nora):
    basics = course_of("Basics")
    course = course_of("Advanced")
    course.prerequisites.add(CoursePrerequisite(before=basics, is_required=True))
    course.save()
    page = shown(nora, course.url)
    assert f'First comes <a href="{basics.url}">Basics</a>' in page


def test_session_page_asks_as_many_queries_for_one_run_as_for_many(
    course_of, run_of, nora, django_assert_num_queries
):
    course = course_of()
    run_of(course)
    nora.get(course.url)
    with django_assert_num_queries(33):
        nora.get(course.url)
    for days in range(8, 15):
        run_of(course, in_days=days)
    with django_assert_num_queries(33):
        nora.get(course.url)


# Pillow's temporary file is Wagtail's to close, and it leaves that to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_picture_takes_the_place_of_the_cloth(course_of, nora):
    course = course_of(format="self-paced")
    course.picture = TrainingImage.objects.create(
        title="Our room", file=get_test_image_file(size=(900, 300))
    )
    course.save()
    page = shown(nora, course.url)
    assert '<img alt="" class="swatch"' in page
    assert '<svg class="swatch"' not in page


# ---- seats --------------------------------------------------------------------------------------


def test_seat_is_reserved_waited_for_and_given_back(course_of, run_of, nora, mentor_teacher):
    run = run_of(course_of(), seats=1)
    response = nora.post(f"/runs/{run.pk}/enrol/", follow=True)
    assert response.redirect_chain == [(run.course.url, 302)]
    assert words_of(response) == [
        "Your seat is reserved. If plans change, give it back for the next one."
    ]
    max_ = Client()
    max_.force_login(mentor_teacher.user)
    assert words_of(max_.post(f"/runs/{run.pk}/enrol/", follow=True)) == [
        "It is full, so you wait for a seat. You get the next one that is given back."
    ]
    assert "nobody before you" in shown(max_, run.course.url)
    seat = Enrolment.objects.get(state="seated")
    nora.post(f"/enrolments/{seat.pk}/withdraw/")
    assert Enrolment.objects.get(teacher=mentor_teacher).state == "seated"


def test_offer_that_is_declined_goes_on_to_the_next(course_of, run_of, nora, mentor_teacher):
    run = run_of(course_of(), seats=1, waiting_policy="offer")
    before = Client()
    before.force_login(mentor_teacher.user)
    before.post(f"/runs/{run.pk}/enrol/")
    nora.post(f"/runs/{run.pk}/enrol/")
    before.post(f"/enrolments/{Enrolment.objects.get(state='seated').pk}/withdraw/")
    offered = Enrolment.objects.get(state="offered")
    said = words_of(nora.post(f"/enrolments/{offered.pk}/withdraw/", follow=True))
    assert said[-1] == "Thank you for saying so. The next in line is asked."
    offered.refresh_from_db()
    assert offered.state == "withdrawn"


def test_seats_of_past_and_cancelled_runs_are_refused_in_words(course_of, run_of, nora):
    course = course_of()
    for run in (run_of(course, in_days=-1), run_of(course, is_cancelled=True)):
        response = nora.post(f"/runs/{run.pk}/enrol/", follow=True)
        assert words_of(response) == [
            "That date is gone. Nothing was changed; look for another one."
        ]
    assert not Enrolment.objects.exists()


def test_seat_of_somebody_else_cannot_be_given_back(course_of, run_of, nora, outsider):
    run = run_of(course_of())
    nora.post(f"/runs/{run.pk}/enrol/")
    client = Client()
    client.force_login(outsider.user)
    seat = Enrolment.objects.get()
    assert client.post(f"/enrolments/{seat.pk}/withdraw/").status_code == 404
    seat.refresh_from_db()
    assert seat.state == "seated"


# ---- learning -----------------------------------------------------------------------------------


def test_check_answers_honestly_and_finishes_the_session(course_of, nora, new_teacher):
    course = course_of(format="self-paced", body=[CHECK])
    address = f"/sessions/{course.pk}/check/check-1/"
    wrong = nora.post(address, {"answer": ["0", "1"]}, follow=True)
    assert wrong.redirect_chain == [(f"{course.url}#check-check-1", 302)]
    page = wrong.content.decode()
    assert "Not yet." in page
    assert "Lunch has no grades." in page
    assert not Completion.objects.exists()
    assert "Not yet." not in shown(nora, course.url)  # said once

    right = nora.post(address, {"answer": ["0", "2"]}, follow=True)
    assert "That is right." in right.content.decode()
    assert words_of(right) == [f"You have finished “{course.title}”."]
    done = Completion.objects.get()
    assert (done.teacher, done.course_id, done.ground) == (new_teacher, course.pk, "check")


@pytest.mark.parametrize(
    ("address", "data", "words"),
    [
        ("check-1", {}, "Pick an answer first."),
        ("gone", {"answer": "0"}, "This check has changed meanwhile. Here is the new one."),
    ],
)
def test_check_that_cannot_be_weighed_says_why(course_of, nora, address, data, words):
    course = course_of(format="self-paced", body=[CHECK])
    response = nora.post(f"/sessions/{course.pk}/check/{address}/", data, follow=True)
    assert words_of(response) == [words]


def test_check_of_a_live_session_is_for_those_with_a_seat(course_of, run_of, nora):
    course = course_of(body=[CHECK])
    response = nora.post(f"/sessions/{course.pk}/check/check-1/", {"answer": "0"}, follow=True)
    assert words_of(response) == ["The check is for those who have a seat."]
    assert not Enrolment.objects.exists()


def test_start_begins_once_and_refuses_dated_sessions(course_of, nora):
    alone, live = course_of("Alone", format="self-paced"), course_of("Live")
    for _ in range(2):
        nora.post(f"/sessions/{alone.pk}/start/")
    assert Enrolment.objects.get().course_id == alone.pk
    response = nora.post(f"/sessions/{live.pk}/start/", follow=True)
    assert words_of(response)[-1] == "This one happens on dates: reserve a seat instead."
    assert Enrolment.objects.get().course_id == alone.pk


# ---- calendar and record ------------------------------------------------------------------------


def test_calendar_lists_seats_due_dates_and_special_days_by_week(
    course_of, run_of, nora, term, new_teacher
):
    run = run_of(course_of("Live one"), place="East library")
    nora.post(f"/runs/{run.pk}/enrol/")
    Requirement.objects.create(course=course_of("Required one"), due_date=date(2026, 10, 2))
    SpecialDay.objects.create(
        kind="pd", title="PD day", start_date=date(2026, 9, 25), end_date=date(2026, 9, 25)
    )
    response = nora.get("/calendar/")
    weeks = [week for week in response.context["weeks"] if week.entries]
    assert [(week.monday, [entry.title for entry in week.entries]) for week in weeks] == [
        (date(2026, 9, 21), ["Live one", "PD day"]),
        (date(2026, 9, 28), ["Required one"]),
    ]
    page = response.content.decode()
    assert "Fall semester" in page
    assert "East library" in page


def test_calendar_without_a_term_says_so(nora, course_of):
    course_of()
    page = shown(nora, "/calendar/")
    assert "No term is known around today" in page
    assert "Nothing in it yet" in page


@pytest.mark.parametrize("count", [1, 30])
def test_record_is_paged_in_a_fixed_number_of_queries(
    count, course_of, new_teacher, nora, django_assert_num_queries
):
    for number in range(count):
        Completion.objects.create(
            teacher=new_teacher,
            course=course_of(f"Session {number:02}"),
            title=f"Session {number:02}",
            minutes=30,
            ground="check",
            completed_at=NOW - timedelta(days=number),
        )
    with django_assert_num_queries(14):
        response = nora.get("/record/")
    assert len(response.context["completions"]) == min(count, 25)
    assert len(nora.get("/record/?all=1").context["completions"]) == count


def test_record_shows_ones_own_only(course_of, new_teacher, outsider, signed_in):
    Completion.objects.create(
        teacher=new_teacher, course=course_of(), title="Hers alone", minutes=30, ground="check"
    )
    assert "Hers alone" in shown(signed_in(new_teacher), "/record/")
    assert "Hers alone" not in shown(signed_in(outsider), "/record/")


# ---- when something goes wrong ------------------------------------------------------------------


def test_missing_pages_and_shut_doors_answer_in_our_words(nora):
    missing, shut = nora.get("/nothing-here/"), nora.get(reverse("profiles:year"))
    assert (missing.status_code, shut.status_code) == (404, 403)
    assert "There is nothing here" in missing.content.decode()
    assert "This door is not yours" in shut.content.decode()


def test_form_without_its_token_is_refused_in_our_words(new_teacher):
    client = Client(enforce_csrf_checks=True)
    client.force_login(new_teacher.user)
    response = client.post("/fitting/end/")
    assert response.status_code == 403
    assert "That page was open too long" in response.content.decode()


def test_broken_page_needs_neither_visitor_nor_database(new_teacher, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("made to break")

    monkeypatch.setattr("courses.views.record_of", broken)
    client = Client(raise_request_exception=False)
    client.force_login(new_teacher.user)
    response = client.get("/record/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


@pytest.mark.parametrize("saved", [True, False])
def test_session_is_previewed_by_its_author(course_of, coach, saved, rf):
    body = [("check", {"question": "Which?", "answers": [{"text": "This", "is_right": True}]})]
    course = course_of("A draft", format="self-paced", objectives="Know it.", body=body)
    if not saved:
        course.pk = course.id = None
    request = rf.get("/admin/pages/preview/")
    request.user = coach
    response = course.make_preview_request(request)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Know it." in page
    assert ('<form class="form" method="post" action="/sessions/' in page) is False
