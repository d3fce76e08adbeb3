"""Whoever was erased stays erased, whatever roster names them next, full or of changes."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from profiles.models import Goal, RosterBase, Teacher, TeacherIdentifier, Ticket, TicketSource
from profiles.privacy import answer_erasure, ask_erasure, holdings_of
from profiles.privacy.held import all_inside
from profiles.tickets.deriving import Requesters

from .conftest import NOW, USERS_1_1
from .test_delta import CHANGED, bring_in, changes, header, teacher

pytestmark = pytest.mark.django_db

HEAD = header(USERS_1_1)
BACK = "{id},active,{when},true,s2,teacher,omar,,Omar,Old,,T2,{email},,,,,\n"


def row(identifier: str = "u2", email: str = "omar.old@example.org", when: str = CHANGED) -> str:
    return HEAD + BACK.format(id=identifier, email=email, when=when)


@pytest.fixture
def erased(folder, district, coordinator) -> Teacher:
    """Omar, of a full roster, who had goals, a ticket and a support style until he asked."""
    bring_in(folder({}))
    omar = teacher("u2")
    Goal.objects.create(teacher=omar, words="Fewer papers")
    add_ticket(omar, "T-1")
    Teacher.objects.filter(pk=omar.pk).update(support_style="with-me", minutes_a_term=90)
    request = ask_erasure(teacher=omar, words="", now=NOW)
    answer_erasure(request=request, by=coordinator, erases=True, reply="", now=NOW)
    return omar


def add_ticket(of: Teacher, number: str) -> Ticket:
    source, _ = TicketSource.objects.get_or_create(name="Help desk")
    return Ticket.objects.create(
        source=source, external_id=number, teacher=of, opened_at=timezone.now(), kind="how-to"
    )


def is_forgotten(omar: Teacher) -> bool:
    """Whether nothing came back, and no ticket would be kept, by address or by id."""
    omar.refresh_from_db()
    requesters = Requesters()
    return (
        (omar.erased_at, omar.support_style, omar.minutes_a_term, omar.uses_tickets)
        == (NOW, "", None, False)
        and not (omar.goals.exists() or omar.tickets.exists())
        and requesters.find(omar.email) is None
        and all(requesters.find(one.external_id) is None for one in omar.identifiers.all())
    )


def test_full_rosters_and_changes_meet_the_erased_row_again(erased, folder):
    before = Teacher.objects.count()
    bring_in(folder({}))
    assert is_forgotten(erased)
    bring_in(changes(folder, users=row()))
    assert is_forgotten(erased)
    moved = row(email="omar.elder@example.org", when="2026-09-16T06:00:00Z")
    bring_in(changes(folder, users=moved))
    assert is_forgotten(erased)
    assert (erased.email, erased.is_active) == ("omar.elder@example.org", True)
    assert Teacher.objects.count() == before


def test_who_left_and_comes_back_is_still_forgotten(erased, folder):
    before = Teacher.objects.count()
    bring_in(changes(folder, users=HEAD + f"u2,tobedeleted,{CHANGED},,,,,,,,,,,,,,,\n"))
    erased.refresh_from_db()
    assert erased.is_active is False
    without = "".join(line for line in USERS_1_1.splitlines(True) if not line.startswith("u2,"))
    bring_in(folder({"users.csv": without}))
    assert "u2" not in {one["sourcedId"] for one in RosterBase.objects.get(file="users").rows}
    bring_in(folder({}))
    assert is_forgotten(erased)
    assert (erased.is_active, Teacher.objects.count()) == (True, before)


def test_new_id_with_the_old_address_is_the_same_person(erased, folder):
    before = Teacher.objects.count()
    bring_in(folder({"users.csv": USERS_1_1.replace("u2,,", "u9,,")}))
    assert is_forgotten(erased)
    assert (Teacher.objects.count(), teacher("u9")) == (before, erased)


@pytest.mark.parametrize("ids", [("u2", "u3"), ("u3", "u2")])
def test_wish_goes_over_when_two_rows_turn_out_to_be_one_person(erased, folder, ids):
    add_ticket(teacher("u3"), "T-2")
    nora = next(line for line in USERS_1_1.splitlines() if line.startswith("u1,"))
    same = "".join(BACK.format(id=one, email="omar.old@example.org", when=CHANGED) for one in ids)
    bring_in(folder({"users.csv": f"{HEAD}{nora}\n{same}"}))
    standing = Teacher.objects.get(is_active=True, identifiers__external_id="u3")
    assert set(standing.identifiers.values_list("external_id", flat=True)) == {"u2", "u3"}
    assert (standing.erased_at, standing.uses_tickets) == (NOW, False)
    assert not Ticket.objects.exists()


def test_ids_that_stay_are_said_and_in_the_download(erased, signed_in):
    client = signed_in(erased)
    (inside,) = all_inside()
    told = json.loads(client.get("/my-data/download/").getvalue())["held"][inside.title]
    assert [(one["file"], one.get("userSourcedId", one["sourcedId"])) for one in told] == [
        ("enrollments", "u2"),
        ("users", "u2"),
    ]
    assert "Omar" not in json.dumps(told)
    assert inside.why_kept in client.get("/my-data/").content.decode()
    holding = holdings_of(erased)[-1]
    assert (holding.title, holding.count, holding.is_erasable) == (inside.title, None, False)
    assert TeacherIdentifier.objects.filter(teacher=erased).count() == 1
