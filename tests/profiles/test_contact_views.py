from __future__ import annotations

from datetime import UTC, datetime

import pytest

from profiles.models import Teacher, Ticket, TicketSource

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def client(signed_in, coordinator):
    return signed_in(coordinator)


@pytest.fixture
def ticket(new_teacher, grade_sync):
    return Ticket.objects.create(
        source=TicketSource.objects.create(name="Desk"),
        external_id="77",
        teacher=new_teacher,
        opened_at=NOW,
        kind="how-to",
        skill=grade_sync,
        skill_origin="words",
    )


def asking() -> list[str]:
    return list(Teacher.objects.filter(asks_for_others=True).values_list("given_name", flat=True))


def test_coordinator_says_who_asks_for_others_and_takes_it_back(client, new_teacher):
    assert "Nobody yet" in client.get("/help-desks/contacts/").content.decode()
    page = client.post("/help-desks/contacts/", {"email": "Nora.NEW@example.org"}, follow=True)
    assert "Nora New asks for others from now on." in page.content.decode()
    assert asking() == ["Nora"]
    page = client.post(f"/help-desks/contacts/{new_teacher.pk}/", follow=True).content.decode()
    assert "Nora New’s tickets are their own again." in page
    assert asking() == []


def test_address_of_nobody_is_refused(client, new_teacher):
    for email, error in (
        ("who@elsewhere.org", "No teacher here has this address."),
        ("nora", "Enter a valid email address."),
    ):
        answer = client.post("/help-desks/contacts/", {"email": email})
        assert (answer.status_code, error in answer.content.decode()) == (422, True)
    assert asking() == []


def test_list_pages_with_the_same_queries(client, new_teacher, django_assert_num_queries):
    Teacher.objects.update(asks_for_others=True)
    client.get("/help-desks/contacts/")
    with django_assert_num_queries(7):
        client.get("/help-desks/contacts/")
    Teacher.objects.bulk_create(
        [Teacher(given_name=f"T{number}", asks_for_others=True) for number in range(30)]
    )
    with django_assert_num_queries(7):
        page = client.get("/help-desks/contacts/").content.decode()
    assert "1 to 20 of 31 people" in page


def test_contact_sees_why_a_ticket_does_not_count_and_claims_it(
    client, signed_in, new_teacher, ticket
):
    client.post("/help-desks/contacts/", {"email": new_teacher.email})
    theirs = signed_in(new_teacher.user)
    for address in ("/path/noticed/tickets/", "/path/noticed/"):
        page = theirs.get(address).content.decode()
        assert ("asked for others: not counted as yours" in page, "This was mine" in page) == (
            True,
            True,
        )
    assert Ticket.objects.usable().count() == 0
    page = theirs.post(f"/path/noticed/tickets/{ticket.pk}/use/", {"mine": "1"}, follow=True)
    assert "That ticket counts as yours." in page.content.decode()
    page = theirs.get("/path/noticed/tickets/").content.decode()
    assert ("yours: you said so" in page, "This was mine" in page) == (True, False)
    assert Ticket.objects.usable().get() == ticket


def test_teacher_claims_a_ticket_about_something_shared(signed_in, new_teacher, ticket):
    Ticket.objects.update(whose="shared")
    theirs = signed_in(new_teacher.user)
    page = theirs.get("/path/noticed/").content.decode()
    assert "shared or for others: not counted as yours" in page
    theirs.post(f"/path/noticed/tickets/{ticket.pk}/use/", {"mine": "1"})
    assert Ticket.objects.usable().get().whose == "mine"


def test_nobody_claims_another_s_ticket(signed_in, mentor_teacher, ticket):
    Ticket.objects.update(whose="shared")
    answer = signed_in(mentor_teacher.user).post(
        f"/path/noticed/tickets/{ticket.pk}/use/", {"mine": "1"}
    )
    assert (answer.status_code, Ticket.objects.get().whose) == (404, "shared")
