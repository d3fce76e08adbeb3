"""Claims on screen, whose they are, and the coaches' list of tasks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from courses.evidence import LARGEST
from courses.models import Claim, Completion, HandIn
from courses.operations import approve_claim, hand_in, send_claim
from courses.queries import record_of
from pdplanner.plans.queries.facts import read_facts

from .test_claims import PDF, SAID


def paper(content: bytes = PDF, name: str = "../../my certificate.PDF") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def form_data(**fields) -> dict:
    return {
        "title": "Summer institute",
        "provider": "State university",
        "held_date": "2026-07-06",
        "hours": "6",
        "rest": "30",
        "link": "",
        "words": "",
    } | fields


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def claim(new_teacher, now) -> Claim:
    return send_claim(
        teacher=new_teacher, said=SAID, evidence=paper(), by=new_teacher.user, now=now
    )


# ---- the teacher's ------------------------------------------------------------------------------


def test_teacher_sends_a_claim_in_and_sees_it_on_the_record(signed_in, new_teacher, coordinator):
    client = signed_in(new_teacher)
    said = client.post(reverse("courses:claim-add"), form_data(file=paper()), follow=True)
    assert "waits for an answer" in text_of(said)
    claim = Claim.objects.get()
    assert (claim.teacher, claim.minutes, claim.evidence_name) == (
        new_teacher,
        390,
        "my certificate.PDF",
    )
    approve_claim(claim=claim, course=None, by=coordinator, now=timezone.now())
    record = record_of(new_teacher, timezone.now())
    assert (record.minutes, [item.pk for item in record.claims]) == (390, [claim.pk])


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"held_date": "2999-01-01"}, "held_date", "It lies ahead."),
        ({"held_date": "2001-01-01"}, "held_date", "It is more than ten years ago."),
        ({"held_date": "2026-02-30"}, "held_date", "Enter a valid date."),
        ({"hours": "0", "rest": "0"}, "hours", "Say how long it took"),
        ({"hours": "101"}, "hours", "less than or equal to 100"),
        ({"file": None}, "file", "Add the certificate, or a link that shows it."),
        ({"file": b"GIF89a"}, "file", "Only a PDF, a PNG or a JPEG can stand as evidence."),
        ({"file": PDF + b"x" * LARGEST}, "file", "larger than 10 MB"),
        ({"link": "javascript:alert(1)"}, "link", "Enter a valid URL."),
        ({"title": ""}, "title", "This field is required."),
    ],
)
def test_claim_that_lacks_something_says_what_and_stores_nothing(
    signed_in, new_teacher, fields, field, words
):
    data = form_data(file=PDF) | fields
    content = data.pop("file")
    files = {"file": paper(content)} if content else {}
    response = signed_in(new_teacher).post(reverse("courses:claim-add"), data | files)
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]
    assert Claim.objects.count() == 0


def test_claim_sent_back_is_changed_and_sent_again_but_not_an_approved_one(
    claim, signed_in, new_teacher, coordinator
):
    office, client = signed_in(coordinator), signed_in(new_teacher)
    address = reverse("courses:claim", args=[claim.pk])
    silent = office.post(reverse("courses:claim-answer", args=[claim.pk]), {"answer": "return"})
    assert "Say why you send it back" in text_of(silent)
    office.post(
        reverse("courses:claim-answer", args=[claim.pk]),
        {"answer": "return", "why": "No hours on it."},
    )
    assert "Sent back: No hours on it." in text_of(client.get(address))
    client.post(address, form_data(hours="5"))
    claim.refresh_from_db()
    assert (claim.state, claim.minutes) == ("sent", 330)
    approve_claim(claim=claim, course=None, by=coordinator, now=timezone.now())
    client.post(address, form_data(hours="50"))
    client.post(reverse("courses:claim-withdraw", args=[claim.pk]))
    claim.refresh_from_db()
    assert (claim.state, claim.minutes) == ("approved", 330)


def test_claim_taken_back_is_off_the_record(claim, signed_in, new_teacher):
    signed_in(new_teacher).post(reverse("courses:claim-withdraw", args=[claim.pk]))
    assert record_of(new_teacher, timezone.now()).claims == ()


def test_evidence_is_its_teachers_and_the_coordinators_alone(
    claim, signed_in, new_teacher, mentor_teacher, coach, leader, coordinator
):
    address = reverse("courses:claim-evidence", args=[claim.pk])
    people = {
        "its teacher": new_teacher,
        "another teacher": mentor_teacher,
        "coach": coach,
        "leader": leader,
        "coordinator": coordinator,
    }
    met = {}
    for who, person in people.items():
        response = signed_in(person).get(address)
        met[who] = response.status_code
        if response.status_code == 200:
            assert b"".join(response.streaming_content) == PDF
            assert response.headers["Content-Type"] == "application/pdf"
            assert response.headers["Content-Disposition"] == (
                'attachment; filename="my certificate.pdf"'
            )
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Content-Security-Policy"] == "sandbox"
    assert met == {
        "its teacher": 200,
        "another teacher": 404,
        "coach": 403,
        "leader": 403,
        "coordinator": 200,
    }
    assert signed_in(new_teacher).get(f"/media/{claim.evidence.name}").status_code == 404


@pytest.mark.parametrize("name", ["claim", "claim-withdraw"])
def test_claims_of_another_teacher_are_not_there(claim, signed_in, mentor_teacher, name):
    client = signed_in(mentor_teacher)
    address = reverse(f"courses:{name}", args=[claim.pk])
    assert client.post(address, form_data(hours="1", link="https://x.example/")).status_code == 404
    claim.refresh_from_db()
    assert (claim.state, claim.minutes) == ("sent", 360)


# ---- the coordinator's --------------------------------------------------------------------------


def test_coordinator_approves_as_equal_to_a_session_and_paths_leave_it_out(
    claim, signed_in, coordinator, new_teacher, course_of
):
    course = course_of("Coding first")
    said = signed_in(coordinator).post(
        reverse("courses:claim-answer", args=[claim.pk]),
        {"answer": "approve", "course": course.pk, "why": ""},
        follow=True,
    )
    assert "Approved. It stands on Nora New" in text_of(said)
    assert Completion.objects.get().ground == "claim"
    today = timezone.localdate()
    (facts,) = read_facts(teacher_ids=[new_teacher.pk], as_of=today).teachers
    assert list(facts.done) == [course.pk]


@pytest.mark.parametrize("rows", [1, 4])
def test_queue_pages_filters_and_asks_a_fixed_number_of_queries(
    rows, signed_in, coordinator, new_teacher, mentor_teacher, django_assert_num_queries, now
):
    for number in range(rows):
        teacher = (new_teacher, mentor_teacher)[number % 2]
        send_claim(
            teacher=teacher,
            said=SAID | {"title": f"Course {number}", "link": "https://x.example/"},
            evidence=None,
            by=None,
            now=now + timedelta(days=number),
        )
    office = signed_in(coordinator)
    with django_assert_num_queries(7):
        page = office.get(reverse("courses:claims")).context["page"]
    assert [claim.title for claim in page] == [f"Course {number}" for number in range(rows)]
    found = office.get(reverse("courses:claims"), {"q": "nora course 0"}).context["page"]
    assert [claim.title for claim in found] == ["Course 0"]
    assert list(office.get(reverse("courses:claims"), {"state": "approved"}).context["page"]) == []


# ---- tasks --------------------------------------------------------------------------------------


@pytest.fixture
def tasked(course_of):
    return course_of(
        "Walk-through", format="coached", completion_rule=["task"], task="Send your plan."
    )


def test_teacher_hands_a_task_in_on_the_sessions_page(tasked, signed_in, new_teacher):
    client = signed_in(new_teacher)
    address = reverse("courses:hand-in", args=[tasked.pk])
    page = text_of(client.get(tasked.url))
    assert "You hand in the task, and a coach accepts it." in page
    assert "Send your plan." in page
    for data, words in (
        ({"words": " ", "link": ""}, "Write a few words or give a link first."),
        ({"words": "", "link": "nowhere"}, "The link is no address"),
    ):
        assert words in text_of(client.post(address, data, follow=True))
    assert HandIn.objects.count() == 0
    said = client.post(address, {"words": "My plan.", "link": ""}, follow=True)
    assert "Handed in. A coach looks at it." in text_of(said)
    assert HandIn.objects.get().words == "My plan."


def test_coach_accepts_a_task_or_sends_it_back_with_a_reason(
    tasked, signed_in, coach, new_teacher, now
):
    task = hand_in(teacher=new_teacher, course=tasked, words="v1", link="", by=None, now=now)
    desk, address = signed_in(coach), reverse("desk:tasks")
    assert [row.pk for row in desk.get(address).context["tasks"]] == [task.pk]
    silent = desk.post(address, {"task": task.pk, "answer": "return"}, follow=True)
    assert "Say what is missing before you send it back." in text_of(silent)
    desk.post(address, {"task": task.pk, "answer": "return", "why": "Too short."})
    assert "Sent back: Too short." in text_of(signed_in(new_teacher).get(tasked.url))
    again = hand_in(teacher=new_teacher, course=tasked, words="v2", link="", by=None, now=now)
    said = desk.post(address, {"task": again.pk, "answer": "accept"}, follow=True)
    assert "Accepted: Nora New and has finished the session." in text_of(said)
    assert Completion.objects.get().ground == "task"
    assert desk.post(address, {"task": "x", "answer": "accept"}).status_code == 404
    found = desk.get(address, {"state": "accepted", "q": "nora"}).context["tasks"]
    assert [row.pk for row in found] == [again.pk]
