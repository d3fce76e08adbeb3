"""Rosters that stand side by side, a list for each kind of school, and one that follows another."""

from __future__ import annotations

import pytest

from profiles.imports import ImportRefused
from profiles.models import School, Teacher, TeacherIdentifier
from profiles.rosters.formats import Wanted
from profiles.rosters.importing import import_roster, read_roster

from .conftest import NOW

pytestmark = pytest.mark.django_db

HEAD = "id,email,first name,last name,school\n"
YOUNG = [f"{n},y{n}@example.org,Yara,Young{n},East\n" for n in range(8)]
OLD = [f"{n},o{n}@example.org,Olga,Old{n},North\n" for n in range(8)]
MOVED = "900,y0@example.org,Yara,Young0,North\n"
STAYS = "1 who are no more in this file stay, because another roster names them"


@pytest.fixture
def bring_in(tmp_path, district):
    def bring(name: str, rows: list[str]) -> list[str]:
        path = tmp_path / "list.csv"
        path.write_text(HEAD + "".join(rows))
        roster, problems, content_hash = read_roster(path, now=NOW, wanted=Wanted(name=name))
        import_roster(roster=roster, problems=problems, content_hash=content_hash, now=NOW)
        return [problem.rule for problem in problems]

    return bring


def mover() -> Teacher:
    return Teacher.objects.get(email="y0@example.org")


def sources(teacher: Teacher) -> list[str]:
    return sorted(teacher.identifiers.values_list("source", flat=True))


@pytest.mark.parametrize("order", [1, -1])
def test_teacher_who_moves_between_two_lists_stays_until_both_let_go(bring_in, order):
    bring_in("Elementary", YOUNG)
    bring_in("Secondary", OLD)
    steps = [("Secondary", [*OLD, MOVED]), ("Elementary", YOUNG[1:])]
    said = [bring_in(*step) for step in steps[::order]]
    assert [rule for rules in said for rule in rules] == ([STAYS] if order == 1 else [])
    assert (mover().is_active, mover().left_date) == (True, None)
    assert [school.name for school in mover().schools.all()] == ["North"]
    assert Teacher.objects.active().count() == len(YOUNG) + len(OLD)
    bring_in("Elementary", YOUNG[1:])
    assert mover().is_active
    bring_in("Secondary", OLD)
    assert mover().is_active is False


def test_teacher_of_two_lists_stays_when_one_of_them_lets_go(bring_in):
    """The list that still names them came in before, and stands."""
    bring_in("Secondary", [*OLD, MOVED])
    bring_in("Elementary", YOUNG)
    assert sources(mover()) == ["table:Elementary", "table:Secondary"]
    assert bring_in("Elementary", YOUNG[1:]) == [STAYS]
    assert (mover().is_active, sources(mover())) == (True, ["table:Secondary"])


def test_list_that_follows_another_lets_go_whom_it_lacks(bring_in):
    """The same teachers under another name: the list from before speaks for nobody any more."""
    bring_in("Last year", YOUNG)
    bring_in("This year", YOUNG)
    assert bring_in("This year", YOUNG[1:]) == []
    assert mover().is_active is False
    assert sources(mover()) == ["table:Last year", "table:This year"]


def test_last_of_those_a_former_list_knew_goes_too(bring_in):
    bring_in("Last year", [YOUNG[0], "77,left@example.org,Lea,Left,East\n"])
    bring_in("Last year", [YOUNG[0]])
    bring_in("This year", YOUNG)
    assert bring_in("This year", YOUNG[1:]) == []
    assert mover().is_active is False


def test_those_whom_another_list_names_are_no_mass_departure(bring_in):
    bring_in("Elementary", YOUNG)
    bring_in("Secondary", OLD)
    moved = [row.replace("East", "North").replace(",y", "99,y", 1) for row in YOUNG[:4]]
    bring_in("Secondary", [*OLD, *moved])
    bring_in("Elementary", YOUNG[4:])
    assert Teacher.objects.active().count() == len(YOUNG) + len(OLD)
    with pytest.raises(ImportRefused):
        bring_in("Elementary", YOUNG[6:])
    assert TeacherIdentifier.objects.filter(source="table:Elementary").count() == 4


def test_school_of_another_list_s_teachers_is_not_closed(bring_in):
    bring_in("Secondary", OLD)
    visiting = YOUNG[0].replace("East", "North")
    bring_in("Elementary", [*YOUNG[1:], visiting])
    bring_in("Elementary", YOUNG)
    bring_in("Elementary", [row.replace("East", "West") for row in YOUNG])
    assert sorted(School.objects.values_list("name", "is_active")) == [
        ("East", False),
        ("North", True),
        ("West", True),
    ]
