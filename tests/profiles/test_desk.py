from datetime import UTC, datetime

import pytest

from profiles.models import Ticket, TicketCategory, TicketSource
from profiles.signals import tickets_changed

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def source(db):
    return TicketSource.objects.create(name="Desk")


@pytest.fixture
def make(source, new_teacher):
    def ticket(number: int, **fields) -> Ticket:
        defaults = {"teacher": new_teacher, "opened_at": AT, "kind": "break", "category": "Screens"}
        return Ticket.objects.create(source=source, external_id=f"T{number}", **(defaults | fields))

    return ticket


@pytest.fixture
def client(signed_in, coach):
    return signed_in(coach)


@pytest.fixture
def heard():
    said = []

    def hear(sender, teacher_ids, count, cause, **kwargs):
        said.append((teacher_ids, count, cause))

    tickets_changed.connect(hear)
    yield said
    tickets_changed.disconnect(hear)


def fresh(ticket: Ticket) -> tuple:
    ticket.refresh_from_db()
    return (
        ticket.skill.name if ticket.skill else None,
        ticket.skill_origin,
        ticket.kind,
        ticket.sorted_at is not None,
    )


def test_category_page_lists_what_is_unsorted_most_first(client, make, screen_sharing):
    for number in range(3):
        make(number, category="Screens")
    make(3, category="Sound", subcategory="Mixer")
    make(4, category="Sorted", skill=screen_sharing)
    make(5, category="")
    page = client.get("/admin/desk/unsorted/")
    assert [
        (row["category"], row["subcategory"], row["tickets"]) for row in page.context["page"]
    ] == [("Screens", "", 3), ("Sound", "Mixer", 1)]
    assert "5 tickets have no skill yet" in page.content.decode()


def test_category_given_a_skill_sorts_all_its_tickets(
    client, make, source, new_teacher, mentor_teacher, screen_sharing, grade_sync, heard
):
    first, second = make(1), make(2, teacher=mentor_teacher, subcategory="Cart")
    by_teacher = make(3, skill=grade_sync, skill_origin="teacher")
    left = make(4, sorted_at=AT)
    other = make(5, category="Sound")
    client.post(
        "/admin/desk/unsorted/",
        {
            "source": source.pk,
            "category": "Screens",
            "subcategory": "",
            "skill": "screen SHARING",
            "kind": "how-to",
        },
    )
    assert [fresh(ticket) for ticket in (first, second, by_teacher, left, other)] == [
        ("Screen sharing", "category", "how-to", False),
        ("Screen sharing", "category", "how-to", False),
        ("Grade sync", "teacher", "break", False),
        (None, "", "break", True),
        (None, "", "break", False),
    ]
    row = TicketCategory.objects.get()
    assert (row.category, row.skill, row.kind) == ("Screens", screen_sharing, "how-to")
    assert heard == [(sorted([new_teacher.pk, mentor_teacher.pk]), 2, "sorted")]


def test_tickets_are_sorted_one_by_one_or_left(
    client, make, new_teacher, screen_sharing, grade_sync, heard
):
    first, second, third, fourth = (make(number) for number in range(4))
    client.post(
        "/admin/desk/unsorted/tickets/",
        {
            "ticket": [first.pk, second.pk, third.pk, fourth.pk],
            f"skill-{first.pk}": "Screen sharing",
            f"kind-{first.pk}": "how-to",
            f"leave-{second.pk}": "1",
            f"kind-{second.pk}": "outage",
            f"skill-{third.pk}": "No such thing",
            f"kind-{fourth.pk}": "how-to",
        },
    )
    assert [fresh(ticket) for ticket in (first, second, third, fourth)] == [
        ("Screen sharing", "coach", "how-to", True),
        (None, "", "outage", True),
        (None, "", "break", False),
        (None, "", "break", False),
    ]
    assert heard == [([new_teacher.pk, new_teacher.pk], 2, "sorted")]
    page = client.get("/admin/desk/unsorted/tickets/")
    assert [ticket.pk for ticket in page.context["page"]] == [fourth.pk, third.pk]
    assert "There is no skill “No such thing”" in page.content.decode()


def test_sorted_ticket_is_not_sorted_again_by_a_late_page(client, make, screen_sharing, grade_sync):
    ticket = make(1, skill=grade_sync, skill_origin="coach", sorted_at=AT)
    client.post(
        "/admin/desk/unsorted/tickets/",
        {"ticket": [ticket.pk], f"skill-{ticket.pk}": "Screen sharing"},
    )
    assert fresh(ticket)[0] == "Grade sync"


def test_desk_names_nobody_and_links_to_the_help_desk(client, make, new_teacher):
    make(1, address="https://help.example.org/1")
    page = client.get("/admin/desk/unsorted/tickets/").content.decode()
    assert 'href="https://help.example.org/1"' in page
    for word in (new_teacher.given_name, new_teacher.family_name, new_teacher.email, "East"):
        assert word not in page


def test_desk_filters_by_category(client, make, source):
    wanted = make(1, category="A & B")
    make(2)
    page = client.get("/admin/desk/unsorted/tickets/", {"source": source.pk, "category": "A & B"})
    assert [ticket.pk for ticket in page.context["page"]] == [wanted.pk]


@pytest.mark.parametrize("address", ["/admin/desk/unsorted/", "/admin/desk/unsorted/tickets/"])
def test_desk_takes_a_fixed_number_of_queries_and_pages(
    client, make, address, django_assert_max_num_queries
):
    make(0, category="C0")
    client.get(address)
    with django_assert_max_num_queries(40) as one:
        client.get(address)
    for number in range(1, 52):
        make(number, category=f"C{number}")
    with django_assert_max_num_queries(len(one)):
        page = client.get(address)
    assert (len(page.context["page"]), "Page 1 of 2" in page.content.decode()) == (50, True)


@pytest.mark.parametrize("who", ["new_teacher", "leader"])
def test_desk_is_for_coaches_and_coordinators(signed_in, coordinator, make, who, request):
    make(1)
    other = signed_in(request.getfixturevalue(who))
    for address in ("/admin/desk/unsorted/", "/admin/desk/unsorted/tickets/"):
        answer = other.get(address)
        assert (answer.status_code, "T1" in answer.content.decode()) in [(302, False), (403, False)]
    assert signed_in(coordinator).get("/admin/desk/unsorted/").status_code == 200
