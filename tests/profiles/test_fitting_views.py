"""The fitting asks what nobody has told, and shows the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from profiles.known import Fact, known_of
from profiles.models import Goal, Skill, Ticket, TicketSource, Tool, ToolAtSchool

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 14, 15, tzinfo=UTC)
TODAY = date(2026, 9, 14)


@pytest.fixture(autouse=True)
def fixed_now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def classroom(db) -> Tool:
    return Tool.objects.create(name="Classroom")


@pytest.fixture
def unknown_teacher(new_teacher):
    """Nobody told anything but the address."""
    new_teacher.main_school, new_teacher.grades, new_teacher.subjects = None, [], []
    new_teacher.save()
    new_teacher.schools.clear()
    return new_teacher


@pytest.fixture
def whole_teacher(new_teacher, classroom):
    """All is known of her, though she was never asked in a fitting."""
    new_teacher.support_style = "steps"
    new_teacher.minutes_a_term, new_teacher.minutes_a_week = 330, 30
    new_teacher.free_slots, new_teacher.has_stated_slots = ["tue-prep"], True
    new_teacher.save()
    new_teacher.tools.add(classroom)
    Goal.objects.create(teacher=new_teacher, words="Less paper")
    return new_teacher


def asked_on(client, screen: str) -> list[str]:
    return list(client.get(f"/fitting/{screen}/").context["form"].fields)


# ---- what is known ------------------------------------------------------------------------------


def test_nothing_is_known_of_somebody_new_and_all_is_asked(unknown_teacher, classroom):
    known = known_of(unknown_teacher, as_of=TODAY)
    assert (known.facts, known.open_screens) == ((), ["room", "style", "week", "goals"])
    assert known.unknown_on("room") == ("main_school", "grades", "subjects", "tools")


def test_roster_tells_school_grades_and_subjects(new_teacher, north, classroom):
    new_teacher.schools.add(north)
    known = known_of(new_teacher, as_of=TODAY)
    assert known.facts == (
        Fact("main_school", "School", "East Middle, North High", "from the roster", "room"),
        Fact("grades", "Grades", "Grade 7", "from the roster", "room"),
        Fact("subjects", "Subjects", "Science", "from the roster", "room"),
    )
    assert (known.unknown_on("room"), known.told_by) == (("tools",), "We have this from the roster")


def test_roll_outs_and_tickets_tell_tools(new_teacher, east, north, classroom, grade_sync):
    docs, old, later, other = (
        Tool.objects.create(name=name) for name in ("Docs", "Old", "Later", "Other")
    )
    ToolAtSchool.objects.create(tool=classroom, school=east, from_date=TODAY)
    ToolAtSchool.objects.create(tool=docs, from_date=date(2020, 1, 1))
    ToolAtSchool.objects.create(tool=old, from_date=date(2020, 1, 1), until_date=date(2026, 9, 13))
    ToolAtSchool.objects.create(tool=later, school=east, from_date=date(2026, 9, 15))
    ToolAtSchool.objects.create(tool=other, school=north, from_date=TODAY)
    fact = known_of(new_teacher, as_of=TODAY).facts[-1]
    assert (fact.value, fact.origin) == ("Classroom, Docs", "your school uses them")
    ticket = Ticket.objects.create(
        source=TicketSource.objects.create(name="Desk"),
        external_id="1",
        teacher=new_teacher,
        opened_at=NOW,
        kind="how-to",
        skill=grade_sync,
    )
    fact = known_of(new_teacher, as_of=TODAY).facts[-1]
    assert (fact.value, fact.origin) == (
        "Classroom, Docs, Gradebook",
        "your school uses them, you asked the help desk about them",
    )
    ticket.hidden_at = NOW
    ticket.save()
    assert known_of(new_teacher, as_of=TODAY).facts[-1].value == "Classroom, Docs"


def test_switched_off_tickets_tell_nothing(new_teacher, grade_sync):
    Ticket.objects.create(
        source=TicketSource.objects.create(name="Desk"),
        external_id="1",
        teacher=new_teacher,
        opened_at=NOW,
        kind="how-to",
        skill=grade_sync,
    )
    assert known_of(new_teacher, as_of=TODAY).unknown_on("room") == ()
    new_teacher.uses_tickets = False
    assert known_of(new_teacher, as_of=TODAY).unknown_on("room") == ("tools",)


def test_own_word_is_told_as_such(whole_teacher):
    whole_teacher.said_of_room = ["schools", "grades", "subjects"]
    known = known_of(whole_teacher, as_of=TODAY)
    assert [(fact.name, fact.value) for fact in known.facts][3:] == [
        ("tools", "Classroom"),
        ("support_style", "Give me the steps"),
        ("week", "5.5 hours a term, 30 minutes a week at most, free Tuesday prep period"),
        ("goals", "Less paper"),
    ]
    assert {fact.origin for fact in known.facts} == {"you said so"}
    assert (known.open_screens, known.told_by) == ([], "We have this already")


# ---- nothing known, a part, all -----------------------------------------------------------------


def test_fitting_asks_four_screens_where_nothing_is_known(
    unknown_teacher, signed_in, east, classroom
):
    client = signed_in(unknown_teacher)
    assert asked_on(client, "room") == ["main_school", "schools", "grades", "subjects", "tools"]
    answers = {
        "room": {
            "main_school": east.pk,
            "grades": ["07", "08"],
            "subjects": ["science"],
            "tools": [classroom.pk],
        },
        "style": {"support_style": "steps", "formats": ["self-paced"]},
        "week": {"hours_a_term": "5.5", "minutes_a_week": "30", "free_slots": ["tue-prep"]},
    }
    following = []
    for screen, answer in answers.items():
        following.append(client.post(f"/fitting/{screen}/", answer)["Location"])
    assert following == ["/fitting/style/", "/fitting/week/", "/fitting/goals/"]
    assert client.post("/fitting/end/")["Location"] == "/path/"
    unknown_teacher.refresh_from_db()
    assert (
        unknown_teacher.main_school,
        unknown_teacher.grades,
        unknown_teacher.said_of_room,
        unknown_teacher.support_style,
        unknown_teacher.formats,
        unknown_teacher.minutes_a_term,
        unknown_teacher.minutes_a_week,
        unknown_teacher.free_slots,
        unknown_teacher.fitted_at,
    ) == (
        east,
        ["07", "08"],
        ["schools", "grades", "subjects"],
        "steps",
        ["self-paced"],
        330,
        30,
        ["tue-prep"],
        NOW,
    )


def test_fitting_asks_only_the_tools_where_the_roster_told_the_rest(
    new_teacher, signed_in, classroom
):
    client = signed_in(new_teacher)
    page = client.get("/fitting/room/")
    assert list(page.context["form"].fields) == ["tools"]
    words = page.content.decode()
    for shown in ("We have this from the roster", "East Middle", "Grade 7", "Science", "1 of 4"):
        assert shown in words
    assert words.count('href="/fitting/room/?change=1"') == 3
    assert client.post("/fitting/room/", {"tools": [classroom.pk]})["Location"] == "/fitting/style/"
    new_teacher.refresh_from_db()
    assert (list(new_teacher.tools.all()), new_teacher.grades, new_teacher.said_of_room) == (
        [classroom],
        ["07"],
        [],  # the roster may go on telling school and grades
    )
    assert "We have this" not in client.get("/fitting/style/").content.decode()  # said once


@pytest.mark.parametrize(("said", "is_said"), [({}, []), ({"subjects": ["math"]}, ["subjects"])])
def test_roster_goes_on_telling_the_room_when_its_question_is_left_open(
    new_teacher, signed_in, said, is_said
):
    new_teacher.subjects = []
    new_teacher.save()
    client = signed_in(new_teacher)
    assert asked_on(client, "room") == ["subjects"]
    assert client.post("/fitting/room/", said)["Location"] == "/fitting/style/"
    new_teacher.refresh_from_db()
    assert (new_teacher.subjects, new_teacher.said_of_room) == (
        said.get("subjects", []),
        is_said,
    )
    assert (new_teacher.main_school.name, new_teacher.grades) == ("East Middle", ["07"])


def test_fitting_leaves_a_known_room_out_and_shows_it_first(new_teacher, signed_in):
    client = signed_in(new_teacher)
    assert client.get("/fitting/")["Location"] == "/fitting/style/"
    page = client.get("/fitting/style/").content.decode()
    assert ("1 of 3" in page, "East Middle" in page) == (True, True)
    client.get("/fitting/week/")
    assert client.get("/fitting/")["Location"] == "/fitting/week/"


def test_what_is_known_is_changed_and_leads_back(new_teacher, signed_in, north):
    client = signed_in(new_teacher)
    client.get("/fitting/style/")
    change = client.get("/fitting/room/?change=1")
    assert change.context["form"].initial == {
        "main_school": new_teacher.main_school_id,
        "schools": [],
        "grades": ["07"],
        "subjects": ["science"],
        "tools": [],
    }
    said = {"main_school": north.pk, "grades": ["10"], "subjects": ["science"]}
    assert client.post("/fitting/room/?change=1", said)["Location"] == "/fitting/"
    assert client.get("/fitting/")["Location"] == "/fitting/style/"
    new_teacher.refresh_from_db()
    assert (new_teacher.main_school, new_teacher.grades, new_teacher.said_of_room) == (
        north,
        ["10"],
        ["schools", "grades"],
    )


def test_last_question_ends_the_fitting(whole_teacher, signed_in):
    whole_teacher.support_style = ""
    whole_teacher.save()
    client = signed_in(whole_teacher)
    page = client.get("/fitting/style/").content.decode()
    assert ("1 of 1" in page, "Show me my path" in page) == (True, True)
    assert client.post("/fitting/style/", {"support_style": "point"})["Location"] == "/path/"
    whole_teacher.refresh_from_db()
    assert (whole_teacher.support_style, whole_teacher.fitted_at) == ("point", NOW)


def test_teacher_of_whom_all_is_known_only_confirms(whole_teacher, signed_in):
    client = signed_in(whole_teacher)
    page = client.get("/fitting/")
    words = page.content.decode()
    assert (page.status_code, "Is this you?" in words) == (200, True)
    for shown in ("East Middle", "Classroom", "Give me the steps", "Less paper"):
        assert shown in words
    assert client.post("/fitting/end/")["Location"] == "/path/"
    whole_teacher.refresh_from_db()
    assert (whole_teacher.fitted_at, whole_teacher.said_of_room) == (NOW, [])


def test_questions_of_the_walk_stay_while_they_are_answered(whole_teacher, signed_in):
    whole_teacher.support_style, whole_teacher.minutes_a_term = "", None
    whole_teacher.minutes_a_week, whole_teacher.has_stated_slots = None, False
    whole_teacher.save()
    client = signed_in(whole_teacher)
    assert client.get("/fitting/")["Location"] == "/fitting/style/"
    following = client.post("/fitting/style/", {"support_style": "point"})["Location"]
    page = client.get(following).content.decode()
    assert (following, "2 of 2" in page) == ("/fitting/week/", True)
    assert 'href="/fitting/style/"' in page  # back


def test_goal_kept_in_the_fitting_leads_back_to_it(new_teacher, signed_in):
    client = signed_in(new_teacher)
    client.get("/fitting/style/")
    client.post("/fitting/goals/", {"words": "Less paper", "save": "1"})
    assert "3 of 3" in client.get("/fitting/goals/").content.decode()


# ---- its edges ----------------------------------------------------------------------------------


def test_fitting_can_be_skipped_whole_and_stores_nothing(new_teacher, signed_in):
    client = signed_in(new_teacher)
    client.post("/fitting/end/")
    new_teacher.refresh_from_db()
    assert (new_teacher.fitted_at, new_teacher.said_of_room, new_teacher.support_style) == (
        NOW,
        [],
        "",
    )
    assert client.get("/")["Location"] == "/path/"


def test_fitting_says_what_is_wrong_and_keeps_what_was_typed(new_teacher, signed_in):
    response = signed_in(new_teacher).post("/fitting/week/", {"hours_a_term": "900"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "less than or equal to 200" in page
    assert 'value="900"' in page
    assert 'aria-invalid="true"' in page
    new_teacher.refresh_from_db()
    assert new_teacher.minutes_a_term is None


@pytest.mark.parametrize("many", [1, 5])
def test_confirming_asks_as_many_queries_for_much_as_for_little(
    whole_teacher, east, signed_in, many, django_assert_num_queries
):
    whole_teacher.tools.clear()
    for number in range(many):
        tool = Tool.objects.create(name=f"Tool {number}")
        ToolAtSchool.objects.create(tool=tool, school=east, from_date=TODAY)
        Skill.objects.create(name=f"Skill {number}", tool=tool)
        Goal.objects.create(teacher=whole_teacher, words=f"Goal {number}")
    client = signed_in(whole_teacher)
    with django_assert_num_queries(12):
        assert client.get("/fitting/").status_code == 200
