"""My path and what we noticed, as their teacher meets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.models import CoursePage, Enrolment
from pdplanner.plans.models import CoachRequest, Plan, StepAnswer
from pdplanner.plans.operations import AnswerRefused, owe_plans, rebuild_plans, rebuilding
from pdplanner.plans.templatetags.paths import in_short, tape
from pdplanner.recommender import BadFacts
from profiles.models import Skill, SkillAnswer, Term, Ticket
from profiles.privacy import ask_erasure
from profiles.signals import tickets_changed

from .conftest import NOW, TODAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def that_monday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def fitted(asker):
    """Nora with a path of one step."""
    rebuild_plans(as_of=TODAY, now=NOW)
    return asker


def first_step(teacher):
    return Plan.objects.get(teacher=teacher).current.steps.first()


def words_of(response) -> list[str]:
    """What the site said back."""
    return [str(message) for message in response.context["messages"]]


# ---- My path ------------------------------------------------------------------------------------


def test_path_shows_the_next_step_with_its_reasons(fitted, signed_in):
    page = signed_in(fitted).get("/path/").content.decode()
    for words in (
        "Your path, cut to fit",
        "1 session, 45 min of the 8 h you set aside.",
        "You asked about <b>Grade sync</b> <b>3 times</b> since <b>4 September</b>",
        "Start now",
        "Fits your room",
    ):
        assert words in page


@pytest.mark.parametrize("steps", [1, 12])
def test_path_asks_no_more_queries_for_twelve_steps_than_for_one(
    steps, new_teacher, term, add_session, add_ticket, signed_in, django_assert_num_queries
):
    for number in range(steps):
        skill = Skill.objects.create(name=f"Skill {number}")
        add_session(f"Session {number}", skill, minutes=20)
        for days in (5, 20, 40):
            add_ticket(new_teacher, skill, TODAY - timedelta(days=days))
    rebuild_plans(as_of=TODAY, now=NOW)
    client = signed_in(new_teacher)
    with django_assert_num_queries(11):
        response = client.get("/path/")
    assert len(response.context["path"].steps) == steps


def test_path_without_a_term_says_how_far_it_looks(fitted, signed_in):
    Term.objects.all().delete()
    rebuild_plans(as_of=TODAY, now=NOW)
    page = signed_in(fitted).get("/path/").content.decode()
    assert "No term is known around today, so we looked ahead to" in page


def test_path_that_is_owed_says_so_and_then_that_it_is_ready(fitted, signed_in):
    client = signed_in(fitted)
    owe_plans(teacher_ids=[fitted.pk], cause="tickets", now=NOW)
    assert "your path is being cut again" in client.get("/path/").content.decode()
    rebuild_plans(as_of=TODAY, now=NOW)
    asked = client.get("/path/", headers={"HX-Request": "true", "HX-Target": "owed"})
    assert "Your new path is ready." in asked.content.decode()
    assert "Your new path is ready." not in client.get("/path/").content.decode()


def test_path_before_the_first_one_says_what_will_come(new_teacher, signed_in):
    page = signed_in(new_teacher).get("/path/").content.decode()
    assert "Your path is being cut" in page
    assert "Look again" in page


def test_nothing_to_recommend_is_an_answer_with_one_thing_to_do(new_teacher, term, book, signed_in):
    rebuild_plans(as_of=TODAY, now=NOW)
    page = signed_in(new_teacher).get("/path/").content.decode()
    assert "Nothing to alter today" in page
    assert "Set a goal" in page


def test_later_step_opens_by_its_address(
    new_teacher, term, grade_sync, screen_sharing, add_session, add_ticket, signed_in
):
    for skill in (grade_sync, screen_sharing):
        add_session(f"About {skill}", skill, minutes=20)
        for days in (5, 20, 40):
            add_ticket(new_teacher, skill, TODAY - timedelta(days=days))
    rebuild_plans(as_of=TODAY, now=NOW)
    client = signed_in(new_teacher)
    closed = client.get("/path/")
    _, later = closed.context["path"].steps
    address = f"{reverse('plans:path')}{later.course.pk}/swap/"
    assert address not in closed.content.decode()
    assert address in client.get(f"/path/?step={later.course.pk}").content.decode()
    assert address not in client.get("/path/?step=no-number").content.decode()


# ---- answers ------------------------------------------------------------------------------------


def test_answers_act_say_what_came_of_it_and_lead_back(fitted, signed_in):
    client = signed_in(fitted)
    course = first_step(fitted).course
    said = {}
    for verb, data in {
        "accept": {},
        "ask": {"words": "In my prep period, please."},
        "not-a-fit": {"why": "not-now", "words": ""},
        "undo": {},
        "swap": {},
    }.items():
        response = client.post(f"/path/{course.pk}/{verb}/", data, follow=True)
        assert response.redirect_chain == [("/path/", 302)]
        said[verb] = words_of(response)
    title = course.title
    assert said == {
        "accept": [f"“{title}” stays on your path."],
        "ask": [f"A coach knows that you would like to walk through “{title}” together."],
        "not-a-fit": [f"“{title}” is off your path. You can undo that at any time."],
        "undo": [f"Taken back: “{title}” may come onto your path again."],
        "swap": [f"“{title}” is out. You can undo that below."],
    }
    assert StepAnswer.objects.get(undone_at=None).answer == "swapped"
    assert CoachRequest.objects.get().words == "In my prep period, please."


def test_not_a_fit_without_a_reason_changes_nothing(fitted, signed_in):
    response = signed_in(fitted).post(
        f"/path/{first_step(fitted).course_id}/not-a-fit/", {}, follow=True
    )
    assert words_of(response) == ["Pick a reason first; nothing was changed."]
    assert not StepAnswer.objects.exists()


def test_refused_answers_are_told_in_words(fitted, signed_in, monkeypatch):
    def refuse(**kwargs):
        raise AnswerRefused("You have finished it already.")

    monkeypatch.setattr("pdplanner.plans.operations.swap_step", refuse)
    response = signed_in(fitted).post(f"/path/{first_step(fitted).course_id}/swap/", follow=True)
    assert words_of(response) == ["You have finished it already."]


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/look-book/", "/look-book/"),
        ("https://elsewhere.example.org/", "/path/"),
        ("//elsewhere.example.org/", "/path/"),
        ("", "/path/"),
    ],
)
def test_answers_lead_back_to_pages_of_ours_only(fitted, signed_in, asked, led):
    course = first_step(fitted).course_id
    response = signed_in(fitted).post(f"/path/{course}/accept/", {"next": asked})
    assert response["Location"] == led


def test_reserved_step_offers_to_give_the_seat_back(
    new_teacher, term, grade_sync, add_session, add_run, add_ticket, signed_in
):
    course = add_session("Gradebook live", grade_sync, format="live")
    run = add_run(course, TODAY + timedelta(days=10))
    for days in (5, 20):
        add_ticket(new_teacher, grade_sync, TODAY - timedelta(days=days))
    rebuild_plans(as_of=TODAY, now=NOW)
    client = signed_in(new_teacher)
    page = client.get("/path/").content.decode()
    assert "Reserve my seat" in page
    assert f"{run.seats} seats left" in page
    client.post(f"/runs/{run.pk}/enrol/", {"next": "/path/"})
    page = client.get("/path/").content.decode()
    assert "you have a seat" in page
    assert "Give my seat back" in page
    enrolment = Enrolment.objects.get()
    assert client.post(f"/enrolments/{enrolment.pk}/withdraw/", {"next": "/path/"})["Location"] == (
        "/path/"
    )


def test_offered_seat_says_until_when_it_is_kept(
    new_teacher, term, grade_sync, add_session, add_run, add_ticket, signed_in
):
    course = add_session("Gradebook live", grade_sync, format="live")
    run = add_run(course, TODAY + timedelta(days=10))
    for days in (5, 20):
        add_ticket(new_teacher, grade_sync, TODAY - timedelta(days=days))
    Enrolment.objects.create(
        teacher=new_teacher,
        course=course,
        offering=run,
        state="offered",
        offered_until_at=at(TODAY + timedelta(days=2), 17, 30),
    )
    rebuild_plans(as_of=TODAY, now=NOW)
    page = signed_in(new_teacher).get("/path/").content.decode()
    assert (
        '<span class="chip need">a seat is yours until '
        '<time datetime="2026-11-25">Wed 25 Nov</time>, 5:30 pm</span>' in page
    )
    assert "Take the seat" in page


# ---- what we noticed ----------------------------------------------------------------------------


def test_noticed_shows_every_ticket_with_its_date_and_origin(fitted, signed_in):
    page = signed_in(fitted).get("/path/noticed/").content.decode()
    for words in (
        "Grade sync",
        "4 September",
        "6 October",
        "17 November",
        "20 min of class, said in the help desk",
    ):
        assert words in page
    assert "closed, not solved" not in page
    Ticket.objects.filter(teacher=fitted).update(resolved_at=NOW, is_repeated=True)
    page = signed_in(fitted).get("/path/noticed/").content.decode()
    assert page.count("closed, not solved") == page.count("min of class, ") > 0


def test_skill_is_muted_and_heard_again(fitted, signed_in, grade_sync):
    client = signed_in(fitted)
    client.post(f"/path/noticed/skills/{grade_sync.pk}/", {"answer": "not-me"})
    assert SkillAnswer.objects.get().answer == "not-me"
    assert Plan.objects.get().current.nothing_because == "no-need"  # rebuilt at once
    page = client.get("/path/noticed/").content.decode()
    assert "not about you" in page
    client.post(f"/path/noticed/skills/{grade_sync.pk}/", {"answer": ""})
    assert not SkillAnswer.objects.exists()
    assert first_step(fitted).course.title == "Gradebook sync without double entry"


def test_ticket_is_hidden_and_counted_again(fitted, signed_in):
    client = signed_in(fitted)
    ticket = Ticket.objects.first()
    client.post(f"/path/noticed/tickets/{ticket.pk}/use/", {"hide": "1"})
    ticket.refresh_from_db()
    assert ticket.hidden_at == NOW
    client.post(f"/path/noticed/tickets/{ticket.pk}/use/", {"show": "1"})
    ticket.refresh_from_db()
    assert ticket.hidden_at is None


def test_ticket_is_corrected_by_its_teacher(fitted, signed_in, screen_sharing):
    ticket = Ticket.objects.first()
    response = signed_in(fitted).post(
        f"/path/noticed/tickets/{ticket.pk}/", {"skill": screen_sharing.pk}, follow=True
    )
    ticket.refresh_from_db()
    assert (ticket.skill, ticket.skill_origin) == (screen_sharing, "teacher")
    assert words_of(response) == ["Corrected. Your path counts it that way from now on."]


def test_ticket_says_which_words_were_kept_of_it(fitted, signed_in):
    ticket = Ticket.objects.first()
    address = f"/path/noticed/tickets/{ticket.pk}/"
    assert b"Words kept" not in signed_in(fitted).get(address).content
    Ticket.objects.filter(pk=ticket.pk).update(words="grade sync")
    assert b"Words kept of it: grade sync." in signed_in(fitted).get(address).content


def test_tickets_of_others_are_not_there(fitted, outsider, signed_in):
    client = signed_in(outsider)
    ticket = Ticket.objects.first()
    assert client.get(f"/path/noticed/tickets/{ticket.pk}/").status_code == 404
    assert client.post(f"/path/noticed/tickets/{ticket.pk}/", {"skill": ""}).status_code == 404
    assert client.post(f"/path/noticed/tickets/{ticket.pk}/use/", {"hide": "1"}).status_code == 404
    assert list(client.get("/path/noticed/tickets/").context["page"]) == []


@pytest.mark.parametrize("count", [1, 30])
def test_tickets_are_paged_in_a_fixed_number_of_queries(
    count, new_teacher, grade_sync, add_ticket, signed_in, django_assert_num_queries
):
    for _ in range(count):
        add_ticket(new_teacher, grade_sync, TODAY)
    client = signed_in(new_teacher)
    with django_assert_num_queries(7):
        response = client.get("/path/noticed/tickets/")
    assert len(response.context["page"]) == min(count, 25)


@pytest.mark.parametrize("count", [1, 12])
def test_noticed_is_paged_in_a_fixed_number_of_queries(
    count, new_teacher, term, book, add_ticket, signed_in, django_assert_num_queries
):
    for number in range(count):
        add_ticket(new_teacher, Skill.objects.create(name=f"Skill {number}"), TODAY)
    rebuild_plans(as_of=TODAY, now=NOW)
    client = signed_in(new_teacher)
    with django_assert_num_queries(9):
        response = client.get("/path/noticed/")
    assert len(response.context["page"]) == min(count, 10)


# ---- words for the tape -------------------------------------------------------------------------


def test_tape_says_each_part_in_words_in_its_order():
    assert tape({"time": 0.6, "room": 1.0, "tools": 0.85, "place": 0.3}) == [
        {"name": "your room", "percent": 100, "word": "fully"},
        {"name": "your tools", "percent": 85, "word": "well"},
        {"name": "your week", "percent": 60, "word": "partly"},
        {"name": "the place", "percent": 30, "word": "a little"},
    ]


def test_reason_in_short_is_its_first_half():
    assert in_short("You asked thrice; the last time cost 10 minutes.") == "You asked thrice"
    assert in_short("It is required of you.") == "It is required of you"


# ---- one's word on whose tickets count ----------------------------------------------------------


#: What the pages say of Nora's own asks.
ASKED = {
    "/path/": ("You asked about", "3 asks"),
    "/path/noticed/": ("You asked about", "3 asks"),
    "coach": ("Asked the help desk",),
}


def asks_told(teacher, coach, signed_in) -> set[str]:
    """The pages that tell of the teacher's own asks."""
    request, _ = CoachRequest.objects.get_or_create(
        teacher=teacher, course=CoursePage.objects.first(), defaults={"asked_at": NOW}
    )
    pages = {page: signed_in(teacher).get(page) for page in ("/path/", "/path/noticed/")}
    pages["coach"] = signed_in(coach).get(reverse("coach-asker", args=[request.pk]))
    return {
        page
        for page, response in pages.items()
        if any(words in response.content.decode() for words in ASKED[page])
    }


def test_history_is_switched_off_and_on_at_once_on_every_page(fitted, coach, signed_in):
    assert asks_told(fitted, coach, signed_in) == {"/path/", "/path/noticed/", "coach"}
    response = signed_in(fitted).post("/settings/ticket-use/", follow=True)
    assert response.redirect_chain == [("/settings/", 302)]
    assert words_of(response) == [
        "Your help-desk history is switched off. It counts for nobody's path now."
    ]
    assert asks_told(fitted, coach, signed_in) == set()
    plan = Plan.objects.get(teacher=fitted)
    assert plan.wanted == plan.built  # it was cut anew, and waits for no sweep
    response = signed_in(fitted).post(
        "/settings/ticket-use/", {"uses": "yes", "next": "/path/noticed/"}, follow=True
    )
    assert response.redirect_chain == [("/path/noticed/", 302)]
    assert words_of(response) == ["Your help-desk history counts again."]
    assert asks_told(fitted, coach, signed_in) == {"/path/", "/path/noticed/", "coach"}


@pytest.mark.parametrize("by", ["switching off", "hiding", "erasing"])
def test_asks_taken_back_are_told_nowhere_even_when_no_path_can_be_cut(
    fitted, coach, coordinator, signed_in, monkeypatch, by
):
    assert asks_told(fitted, coach, signed_in) == {"/path/", "/path/noticed/", "coach"}

    def impossible(**kwargs):
        raise BadFacts("a slip in the catalogue")

    monkeypatch.setattr(rebuilding, "draft_paths", impossible)
    if by == "switching off":
        signed_in(fitted).post("/settings/ticket-use/")
    elif by == "hiding":
        for ticket in fitted.tickets.all():
            signed_in(fitted).post(f"/path/noticed/tickets/{ticket.pk}/use/", {"hide": "1"})
    else:
        asked = ask_erasure(teacher=fitted, words="", now=NOW)
        signed_in(coordinator).post("/erasure-requests/", {"request": asked.pk, "answer": "erase"})
    assert asks_told(fitted, coach, signed_in) == set()
    plan = Plan.objects.get(teacher=fitted)
    assert plan.wanted > plan.built


def test_tickets_of_whoever_switched_off_change_no_path(fitted, signed_in):
    signed_in(fitted).post("/settings/ticket-use/")
    before = Plan.objects.get(teacher=fitted)
    tickets_changed.send(sender=None, teacher_ids=[fitted.pk] * 3, count=3, cause="tickets")
    after = Plan.objects.get(teacher=fitted)
    assert (after.wanted, after.causes) == (before.wanted, {})
