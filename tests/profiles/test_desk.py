from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from profiles.corrections import correct_ticket
from profiles.models import Ticket, TicketCategory, TicketClassifier, TicketSource
from profiles.signals import tickets_changed
from profiles.tickets.queries import learned_last

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
            f"answer-{second.pk}": "none",
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


LIST = "/admin/desk/unsorted/tickets/"
GUESSED = "/admin/desk/unsorted/guessed/"
UNDO = "/admin/desk/unsorted/undo/"


def test_slip_shows_kept_words_and_likely_skills(client, make, screen_sharing, grade_sync):
    make(1, words="airplay cast mirror screen", kind="how-to", subcategory="Cart")
    make(2, words=" ".join(f"word{number}" for number in range(40)))
    page = client.get(LIST)
    second, first = page.context["slips"]  # the newest first
    assert first.guesses[0].name == "Screen sharing"
    assert all(5 <= guess.percent <= 100 for guess in first.guesses)
    assert len(first.guesses) <= 3
    assert (first.words, first.more_words) == (["airplay", "cast", "mirror", "screen"], 0)
    assert (len(second.words), second.more_words, second.guesses) == (30, 10, [])
    words = page.content.decode()
    for shown in ("<li>airplay</li>", "and 10 more", "1 Sep 2026", "Screens / Cart", "How-to"):
        assert shown in words
    best = first.guesses[0]
    assert f"Screen sharing, {best.percent} %" in words


def test_pressed_guess_is_the_answer_and_a_typed_skill_counts_without_one(
    client, make, screen_sharing, grade_sync
):
    first, second, third, fourth = (make(number) for number in range(4))
    client.post(
        LIST,
        {
            "ticket": [first.pk, second.pk, third.pk, fourth.pk],
            f"answer-{first.pk}": str(grade_sync.pk),
            f"skill-{first.pk}": "Screen sharing",  # left over: the button counts
            f"answer-{second.pk}": "",
            f"skill-{second.pk}": "screen sharing",
            f"answer-{third.pk}": "999999",  # no skill
            f"answer-{fourth.pk}": "",
        },
    )
    assert [fresh(ticket)[0] for ticket in (first, second, third, fourth)] == [
        "Grade sync",
        "Screen sharing",
        None,
        None,
    ]
    assert [ticket.sorted_at is None for ticket in Ticket.objects.order_by("pk")] == [
        False,
        False,
        True,
        True,
    ]


def test_last_save_is_undone_once_but_not_what_was_said_since(
    client, signed_in, coordinator, make, screen_sharing, grade_sync, heard
):
    kept, corrected, read = make(1), make(2), make(3, skill=grade_sync, skill_origin="words")
    Ticket.objects.filter(pk=read.pk).update(skill_confidence=0.6)
    pressed = {f"answer-{ticket.pk}": str(screen_sharing.pk) for ticket in (kept, corrected, read)}
    kinds = {f"kind-{kept.pk}": "how-to"}
    client.post(LIST, {"ticket": [kept.pk, corrected.pk, read.pk], **pressed, **kinds})
    assert "3 tickets sorted just now." in client.get(LIST).content.decode()
    correct_ticket(teacher=corrected.teacher, ticket=corrected, skill=grade_sync, now=AT)
    signed_in(coordinator).post(UNDO)  # not theirs
    assert fresh(kept) == ("Screen sharing", "coach", "how-to", True)
    del heard[:]
    assert client.post(UNDO, {"back": "guessed"})["Location"] == f"{GUESSED}#tickets"
    client.post(UNDO)
    assert [fresh(ticket) for ticket in (kept, corrected, read)] == [
        (None, "", "break", False),
        ("Grade sync", "teacher", "break", True),
        ("Grade sync", "words", "break", False),
    ]
    assert read.skill_confidence == 0.6
    assert [(count, cause) for _, count, cause in heard] == [(2, "sorted")]
    assert "sorted just now" not in client.get(LIST).content.decode()


def test_undo_of_a_skill_that_is_gone_leaves_its_ticket_unsorted(
    client, make, screen_sharing, grade_sync
):
    ticket = make(1, skill=grade_sync, skill_origin="words", skill_confidence=0.6)
    client.post(GUESSED, {"ticket": [ticket.pk], f"answer-{ticket.pk}": str(screen_sharing.pk)})
    grade_sync.delete()
    client.post(UNDO)
    assert fresh(ticket) == (None, "", "break", False)


def test_undo_is_not_offered_an_hour_later(client, make, screen_sharing, monkeypatch):
    ticket = make(1)
    client.post(LIST, {"ticket": [ticket.pk], f"answer-{ticket.pk}": "none"})
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "sorted just now" not in client.get(LIST).content.decode()


def test_what_was_read_from_words_is_listed_least_sure_first_and_corrected(
    client, make, screen_sharing, grade_sync, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: AT)
    sure = make(1, skill=grade_sync, skill_origin="learned", skill_confidence=0.9)
    unsure = make(2, skill=grade_sync, skill_origin="words", skill_confidence=0.55)
    make(3, skill=grade_sync, skill_origin="category")
    make(4, skill=grade_sync, skill_origin="coach", sorted_at=AT)
    make(5)
    old = datetime(2025, 1, 1, tzinfo=UTC)
    make(6, skill=grade_sync, skill_origin="words", skill_confidence=0.5, opened_at=old)
    page = client.get(GUESSED)
    assert [slip.ticket for slip in page.context["slips"]] == [unsure, sure]
    assert "now Grade sync" in page.content.decode()
    said = {f"answer-{unsure.pk}": str(screen_sharing.pk), f"answer-{sure.pk}": "none"}
    client.post(GUESSED, {"ticket": [unsure.pk, sure.pk], **said})
    assert [fresh(ticket)[:2] for ticket in (unsure, sure)] == [
        ("Screen sharing", "coach"),
        (None, ""),
    ]
    assert client.get(GUESSED).context["slips"] == []


def test_hidden_tickets_and_those_of_who_opted_out_are_on_no_desk(
    client, make, mentor_teacher, grade_sync
):
    read = {"skill": grade_sync, "skill_origin": "words", "skill_confidence": 0.5}
    mentor_teacher.uses_tickets = False
    mentor_teacher.save()
    for number, more in enumerate(({}, read)):
        make(number, hidden_at=AT, opened_at=timezone.now(), **more)
        make(number + 10, teacher=mentor_teacher, opened_at=timezone.now(), **more)
    for address in ("/admin/desk/unsorted/", LIST, GUESSED):
        assert list(client.get(address).context["page"]) == []
    # Nor does a page that was opened before sort them.
    before = list(Ticket.objects.order_by("pk").values())
    every = [row["id"] for row in before]
    client.post(LIST, {"ticket": every, **{f"answer-{pk}": "none" for pk in every}})
    assert list(Ticket.objects.order_by("pk").values()) == before


def test_numbers_that_no_ticket_and_no_help_desk_can_have_are_passed_over(client, make):
    huge = "9" * 30
    make(1)
    assert client.post(LIST, {"ticket": [huge], f"answer-{huge}": "none"}).status_code == 302
    for source in ("abc", huge):
        assert client.post("/admin/desk/unsorted/", {"source": source}).status_code == 404
        assert client.get(LIST, {"source": source}).status_code == 200
    assert Ticket.objects.filter(sorted_at=None).count() == 1


@pytest.mark.parametrize(
    ("measures", "words"),
    [
        (
            {"top1": 0.834, "not_sure": 0.29, "ground": "x"},
            "from 412 sorted tickets: right for 83 of 100, sure enough for 71 of 100.",
        ),
        ({"ground": "x"}, "from 412 sorted tickets. It learns again tonight"),
    ],
)
def test_desk_says_what_was_learned_last(client, make, measures, words):
    make(1)
    assert "Nothing is learned yet" in client.get(LIST).content.decode()
    TicketClassifier.objects.create(trained_at=AT, tickets=1, parameters=b"", measures={})
    learned = TicketClassifier.objects.create(
        trained_at=AT, tickets=412, parameters=b"", measures=measures
    )
    assert learned_last() == (
        AT,
        412,
        *((83, 71) if "top1" in learned.measures else (None, None)),
    )
    assert words in render_to_string("profiles/desk/learned.html", {"learned": learned_last()})


@pytest.mark.parametrize("address", ["/admin/desk/unsorted/", LIST, GUESSED])
def test_desk_takes_a_fixed_number_of_queries_and_pages(
    client, make, address, screen_sharing, django_assert_max_num_queries
):
    read = {"skill_origin": "words", "skill": screen_sharing, "skill_confidence": 0.5}
    more = {"opened_at": timezone.now(), "words": "airplay cast"} | (
        read if address == GUESSED else {}
    )
    make(0, category="C0", **more)
    client.get(address)
    with django_assert_max_num_queries(40) as one:
        client.get(address)
    for number in range(1, 52):
        make(number, category=f"C{number}", **more)
    with django_assert_max_num_queries(len(one)):
        page = client.get(address)
    assert (len(page.context["page"]), "Page 1 of 2" in page.content.decode()) == (50, True)


@pytest.mark.parametrize("who", ["new_teacher", "leader"])
def test_desk_is_for_coaches_and_coordinators(signed_in, coordinator, make, who, request):
    make(1)
    other = signed_in(request.getfixturevalue(who))
    assert other.post(UNDO).status_code in (302, 403)
    for address in ("/admin/desk/unsorted/", LIST, GUESSED):
        answer = other.get(address)
        assert (answer.status_code, "T1" in answer.content.decode()) in [(302, False), (403, False)]
    assert signed_in(coordinator).get("/admin/desk/unsorted/").status_code == 200
