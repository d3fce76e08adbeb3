"""A teacher sees, takes along and has erased what is held about them; nobody else's."""

from __future__ import annotations

import json

import pytest

from profiles.models import ErasureRequest, Goal, SignalLook, Ticket
from profiles.privacy import record_look

from .conftest import NOW


def test_privacy_page_is_open_and_says_how_long(client, db, settings):
    settings.TICKET_MONTHS = 24
    assert "after 24 months" in client.get("/privacy/").content.decode()
    settings.TICKET_MONTHS = 0
    assert "until you ask" in client.get("/privacy/").content.decode()


def test_my_data_lists_what_is_held_and_who_looked(
    told_much, outsider, add_ticket, coach, signed_in
):
    add_ticket(outsider, 5)
    record_look(
        teacher=told_much, by=coach, what="what was noticed about you", why="You asked.", now=NOW
    )
    record_look(teacher=outsider, by=coach, what="what", why="Otto asked.", now=NOW)
    shown = signed_in(told_much).get("/my-data/")
    counts = {one.title: one.count for one in shown.context["holdings"]}
    assert counts["Your help-desk tickets, as far as they are kept"] == 2
    assert counts["Your goals"] == 1
    page = shown.content.decode()
    assert (str(coach) in page, "You asked." in page, "Otto asked." in page) == (True, True, False)


@pytest.mark.parametrize("many", [1, 30])
def test_my_data_takes_the_same_queries_however_much_is_held(
    many, new_teacher, add_ticket, coach, signed_in, django_assert_num_queries
):
    for number in range(many):
        add_ticket(new_teacher, number)
        record_look(teacher=new_teacher, by=coach, what="it", why="Asked.", now=NOW)
    client = signed_in(new_teacher)
    with django_assert_num_queries(9):
        assert client.get("/my-data/").status_code == 200


def test_download_holds_every_row_and_no_secret(told_much, outsider, add_ticket, signed_in):
    add_ticket(outsider, 5)
    told_much.user.set_password("a very long pass phrase")
    told_much.user.save()
    Ticket.objects.filter(external_id="T-1").update(words="grade sync")
    content = signed_in(told_much).get("/my-data/download/").getvalue().decode()
    held = json.loads(content)["held"]
    tickets = held["Your help-desk tickets, as far as they are kept"]
    assert [row["external_id"] for row in tickets] == ["T-1", "T-2"]
    assert [row["skill"] for row in tickets] == ["Grade sync", "Grade sync"]
    assert [row["words"] for row in tickets] == ["grade sync", ""]
    assert {row["minutes_in_words"] for row in tickets} == {
        "about 15 min of class, usual for its kind"
    }
    assert [(row["words"], row["skills"]) for row in held["Your goals"]] == [
        ("Less marking by hand", ["Grade sync"])
    ]
    assert [row["support_style"] for row in held[ROOM]] == ["Do it with me"]
    assert told_much.user.password not in content
    assert "Outsider" not in content


ROOM = "Your room, your week and how you like to learn"


def test_erasure_is_asked_once_and_can_be_taken_back(told_much, signed_in):
    client = signed_in(told_much)
    client.post("/my-data/erasure/", {"words": "Please."})
    client.post("/my-data/erasure/", {"words": "Please again."})
    assert list(ErasureRequest.objects.values_list("words", "outcome")) == [("Please.", "")]
    client.post("/my-data/erasure/", {"back": "1"})
    assert ErasureRequest.objects.get().outcome == "withdrawn"
    assert Ticket.objects.count() == 2


def test_coordinator_erases_what_can_be_erased(
    told_much, outsider, add_ticket, coordinator, signed_in
):
    others = add_ticket(outsider, 5)
    signed_in(told_much).post("/my-data/erasure/")
    asked = ErasureRequest.objects.get()
    desk = signed_in(coordinator)
    assert "Nora New" in desk.get("/erasure-requests/").content.decode()
    desk.post("/erasure-requests/", {"request": asked.pk, "answer": "erase"})
    told_much.refresh_from_db()
    assert (told_much.support_style, told_much.minutes_a_term, told_much.uses_tickets) == (
        "",
        None,
        False,
    )
    assert list(Ticket.objects.all()) == [others]
    assert not Goal.objects.exists()
    asked.refresh_from_db()
    assert (asked.outcome, asked.closed_by) == ("erased", coordinator)
    assert "no new one of yours is kept" in signed_in(told_much).get("/my-data/").content.decode()


def test_coordinator_who_does_not_erase_says_why(told_much, coordinator, signed_in):
    signed_in(told_much).post("/my-data/erasure/")
    asked = ErasureRequest.objects.get()
    desk = signed_in(coordinator)
    desk.post("/erasure-requests/", {"request": asked.pk, "answer": "decline", "reply": " "})
    asked.refresh_from_db()
    assert asked.closed_at is None
    desk.post("/erasure-requests/", {"request": asked.pk, "answer": "decline", "reply": "Not yet."})
    desk.post("/erasure-requests/", {"request": asked.pk, "answer": "erase"})  # answered already
    asked.refresh_from_db()
    assert (asked.outcome, asked.reply, Ticket.objects.count()) == ("declined", "Not yet.", 2)
    assert "Not yet." in signed_in(told_much).get("/my-data/").content.decode()


def test_looks_are_only_added_to_by_looking(told_much, signed_in):
    signed_in(told_much).get("/my-data/")
    assert not SignalLook.objects.exists()
