"""Sets of changes on top of a full set."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from profiles.imports import ImportRefused
from profiles.models import RosterBase, School, Teacher, Term
from profiles.rosters.importing import import_roster, read_roster

from .conftest import MANIFEST, NOW, ROLES, SHARED, USERS_1_1, USERS_1_2

pytestmark = pytest.mark.django_db

CHANGED = "2026-09-15T06:00:00Z"


def manifest(version: str = "1.1", **kinds: str) -> str:
    text = MANIFEST.format(version=version).replace(",bulk", ",absent")
    for name, kind in kinds.items():
        if f"file.{name},absent" in text:
            text = text.replace(f"file.{name},absent", f"file.{name},{kind}")
        else:
            text += f"file.{name},{kind}\n"
    return text


def changes(folder, version: str = "1.1", **files: str):
    """Return a set with these files as changes, and no other file."""
    everything = dict.fromkeys(("users.csv", "roles.csv", *SHARED))
    named = {f"{name}.csv": text for name, text in files.items()}
    kinds = dict.fromkeys(files, "delta")
    return folder({**everything, **named, "manifest.csv": manifest(version, **kinds)}, version)


def header(text: str) -> str:
    return text.split("\n")[0] + "\n"


def bring_in(path, now=NOW, **options) -> list[tuple[str, str]]:
    roster, problems, content_hash = read_roster(path, now=now)
    import_roster(roster=roster, problems=problems, content_hash=content_hash, now=now, **options)
    return [(problem.place, problem.rule) for problem in problems]


def refusal(path) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        read_roster(path, now=NOW)
    return [str(p).removeprefix("error: ") for p in caught.value.problems if p.severity == "error"]


def teacher(identifier: str) -> Teacher:
    return Teacher.objects.get(identifiers__external_id=identifier)


def told() -> dict[str, tuple]:
    return {
        row.identifiers.first().external_id: (
            str(row),
            row.email,
            row.is_active,
            row.grades,
            row.subjects,
            [school.name for school in row.schools.all()],
        )
        for row in Teacher.objects.order_by("pk")
    }


def test_change_of_one_teacher_leaves_the_others(folder, district):
    bring_in(folder({}))
    before = told()
    row = f"u2,active,{CHANGED},true,s2,teacher,omar,,Omar,Elder,,T2,omar.elder@example.org,,,,,\n"
    bring_in(changes(folder, users=header(USERS_1_1) + row))
    after = told()
    assert after.pop("u2") == (
        "Omar Elder",
        "omar.elder@example.org",
        True,
        ["10", "11"],
        ["math"],
        ["North High"],
    )
    before.pop("u2")
    assert after == before


def test_empty_change_changes_nothing(folder, district):
    bring_in(folder({}))
    before = told()
    bring_in(changes(folder, users=header(USERS_1_1)))
    assert told() == before
    assert School.objects.filter(is_active=True).count() == 2
    assert Term.objects.count() == 2


def test_row_tobedeleted_lets_the_teacher_go_and_keeps_the_row(folder, district):
    bring_in(folder({}))
    omar = teacher("u2")
    bring_in(
        changes(folder, users=header(USERS_1_1) + f"u2,tobedeleted,{CHANGED},,,,,,,,,,,,,,,\n")
    )
    omar.refresh_from_db()
    assert (omar.is_active, omar.left_date) == (False, date(2026, 10, 1))
    bring_in(changes(folder, classes=header(SHARED["classes.csv"])))
    omar.refresh_from_db()
    assert omar.is_active is False


def test_disabled_user_goes_and_comes_back_enabled(folder, district):
    bring_in(folder({}))
    row = "u2,active,{when},{enabled},s2,teacher,omar,,Omar,Old,,T2,omar.old@example.org,,,,,\n"
    off = row.format(when=CHANGED, enabled="false")
    bring_in(changes(folder, users=header(USERS_1_1) + off))
    assert teacher("u2").is_active is False
    on = row.format(when="2026-09-16T06:00:00Z", enabled="true")
    bring_in(changes(folder, users=header(USERS_1_1) + on))
    assert (teacher("u2").is_active, teacher("u2").grades) == (True, ["10", "11"])


def test_teacher_gets_and_loses_a_class(folder, district):
    bring_in(folder({}))
    enrolments = header(SHARED["enrollments.csv"])
    bring_in(changes(folder, enrollments=enrolments + f"e9,active,{CHANGED},k2,s2,u1,teacher,,,\n"))
    assert told()["u1"][3:] == (
        ["07", "10", "11"],
        ["science", "math"],
        ["East Middle", "North High"],
    )
    gone = f"e9,tobedeleted,{CHANGED},k2,s2,u1,teacher,,,\n"
    bring_in(changes(folder, enrollments=enrolments + gone))
    assert told()["u1"][3:] == (["07"], ["science"], ["East Middle"])


def test_grades_counted_from_students_outlast_a_change_without_them(folder, district):
    bring_in(folder({}))
    renamed = f"k1,active,{CHANGED},Science Lab,,c1,,scheduled,12,dep1,t1,,,1\n"
    bring_in(changes(folder, classes=header(SHARED["classes.csv"]) + renamed))
    assert told()["u1"][3] == ["07"]


def test_school_and_term_change_by_delta(folder, district):
    bring_in(folder({}))
    orgs = header(SHARED["orgs.csv"]) + f"s2,active,{CHANGED},North Academy,school,902,d1\n"
    sessions = header(SHARED["academicSessions.csv"]) + (
        f"t1,active,{CHANGED},Autumn,semester,2026-08-24,2027-01-29,y1,2027\n"
        f"t2,active,{CHANGED},Spring,semester,2027-02-01,2027-06-11,y1,2027\n"
    )
    bring_in(changes(folder, orgs=orgs, academicSessions=sessions))
    assert [school.name for school in School.objects.all()] == ["East Middle", "North Academy"]
    assert [term.title for term in Term.objects.all()] == ["Last spring", "Autumn", "Spring"]


def test_changes_of_1_2_come_by_roles_too(folder, district):
    bring_in(folder({}, "1.2"))
    roles = header(ROLES) + f"r9,active,{CHANGED},u3,secondary,teacher,,,s2,\n"
    bring_in(changes(folder, "1.2", roles=roles))
    assert told()["u3"][5] == ["East Middle", "North High"]
    users = header(USERS_1_2) + (
        f"u9,active,{CHANGED},true,nina,,Nina,Newcomer,,T9,nina@example.org,,,,,,,,,,s2,\n"
    )
    roles = header(ROLES) + f"r10,active,{CHANGED},u9,primary,teacher,,,s2,\n"
    bring_in(changes(folder, "1.2", users=users, roles=roles), now=NOW + timedelta(days=1))
    assert told()["u9"][:3] == ("Nina Newcomer", "nina@example.org", True)
    assert teacher("u9").started_date == date(2026, 10, 2)


def test_older_change_than_the_last_is_left_out(folder, district):
    bring_in(folder({}))
    row = "u2,active,{when},true,s2,teacher,omar,,{name},Old,,T2,omar.old@example.org,,,,,\n"
    bring_in(changes(folder, users=header(USERS_1_1) + row.format(when="2026-09-20", name="Omar2")))
    said = bring_in(
        changes(folder, users=header(USERS_1_1) + row.format(when="2026-09-19", name="Omar1"))
    )
    assert str(teacher("u2")) == "Omar2 Old"
    assert (
        "users.csv, line 2, column dateLastModified",
        "the change is older than what is here already",
    ) in said


def test_changes_without_a_full_set_before_are_refused(folder, district):
    assert refusal(changes(folder, users=header(USERS_1_1))) == [
        "manifest.csv: users.csv holds only changes (delta), and no full set was brought in "
        "before. Import a full set (bulk) first."
    ]


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (f"u2,,{CHANGED},true,s2,teacher,o,,O,O,,T,o@example.org,,,,,", "status", "no status"),
        ("u2,active,,true,s2,teacher,o,,O,O,,T,o@example.org,,,,,", "dateLastModified", "say when"),
        (
            "u2,active,yesterday,true,s2,teacher,o,,O,O,,T,o@example.org,,,,,",
            "dateLastModified",
            "the time is not ISO 8601",
        ),
        (
            f"u2,perhaps,{CHANGED},true,s2,teacher,o,,O,O,,T,o@example.org,,,,,",
            "status",
            "the status is unknown",
        ),
    ],
)
def test_row_of_changes_says_status_and_time(folder, district, row, column, rule):
    bring_in(folder({}))
    (said,) = refusal(changes(folder, users=header(USERS_1_1) + row + "\n"))
    assert said.startswith(f"users.csv, line 2, column {column}: ")
    assert rule in said


def test_changes_that_let_too_many_go_ask_for_a_yes(folder, district):
    bring_in(folder({}))
    rows = "".join(f"u{n},tobedeleted,{CHANGED},,,,,,,,,,,,,,,\n" for n in (2, 3))
    path = changes(folder, users=header(USERS_1_1) + rows)
    with pytest.raises(ImportRefused):
        bring_in(path)
    assert Teacher.objects.active().count() == 3
    bring_in(path, confirm_departures=True)
    assert Teacher.objects.active().count() == 1


def test_base_holds_neither_students_nor_names_nor_addresses(folder, district):
    bring_in(folder({}))
    words = repr(list(RosterBase.objects.values())).lower()
    for word in ("'p1'", "stella", "stu'", "nora", "example.org", "geheim"):
        assert word not in words, word
    assert {row["sourcedId"] for row in RosterBase.objects.get(file="enrollments").rows} == {
        "e1",
        "e2",
        "e5",
    }


GONE_USERS = header(USERS_1_1) + "".join(
    f"{one},tobedeleted,{CHANGED},,,,,,,,,,,,,,,\n" for one in ("u2", "p1", "kanary-1")
)
GONE_ENROLMENTS = header(SHARED["enrollments.csv"]) + "".join(
    f"{one},tobedeleted,{CHANGED},k1,s1,{whose},,,,\n"
    for one, whose in (("e1", ""), ("e3", "p1"), ("kanary-e1", "kanary-1"))
)
KEPT_OF_GONE = {
    "users": [{"sourcedId": "u2", "status": "tobedeleted", "dateLastModified": CHANGED}],
    "enrollments": [
        {
            "sourcedId": "e1",
            "status": "tobedeleted",
            "dateLastModified": CHANGED,
            "userSourcedId": "u1",
        }
    ],
}


def gone_in_base() -> dict[str, list]:
    return {
        base.file: [row for row in base.rows if row.get("status") == "tobedeleted"]
        for base in RosterBase.objects.filter(file__in=KEPT_OF_GONE)
    }


def test_rows_that_go_are_kept_of_teachers_alone(folder, district):
    bring_in(folder({}))
    bring_in(changes(folder, users=GONE_USERS, enrollments=GONE_ENROLMENTS))
    assert gone_in_base() == KEPT_OF_GONE
    bring_in(changes(folder, classes=header(SHARED["classes.csv"])))
    assert gone_in_base() == KEPT_OF_GONE
    back = "e1,active,2026-09-14T06:00:00Z,k1,s1,u1,teacher,,,\n"
    bring_in(changes(folder, enrollments=header(SHARED["enrollments.csv"]) + back))
    assert gone_in_base() == KEPT_OF_GONE


@pytest.mark.parametrize("is_full", [True, False])
def test_rows_that_earlier_versions_kept_of_students_go_with_the_next_set(
    folder, district, is_full
):
    bring_in(folder({}))
    bring_in(changes(folder, users=GONE_USERS, enrollments=GONE_ENROLMENTS))
    for base in RosterBase.objects.filter(file__in=KEPT_OF_GONE):
        student = {"sourcedId": "kanary-1", "status": "toBeDeleted", "dateLastModified": CHANGED}
        base.rows.append(student)
        base.save()
    bring_in(folder({}) if is_full else changes(folder, users=header(USERS_1_1)))
    assert "kanary" not in repr(list(RosterBase.objects.values()))
    assert gone_in_base() == ({file: [] for file in KEPT_OF_GONE} if is_full else KEPT_OF_GONE)


def test_erased_teacher_does_not_come_back_by_a_change_of_others(folder, district):
    bring_in(folder({}))
    teacher("u2").delete()
    bring_in(changes(folder, users=header(USERS_1_1)))
    assert set(told()) == {"u1", "u3"}


def test_dry_run_of_changes_leaves_the_base(folder, district):
    bring_in(folder({}))
    before = list(RosterBase.objects.order_by("pk").values())
    row = f"u2,tobedeleted,{CHANGED},,,,,,,,,,,,,,,\n"
    bring_in(changes(folder, users=header(USERS_1_1) + row), is_dry=True)
    assert list(RosterBase.objects.order_by("pk").values()) == before


def test_full_set_after_changes_counts_anew(folder, district):
    bring_in(folder({}))
    enrolments = header(SHARED["enrollments.csv"])
    bring_in(changes(folder, enrollments=enrolments + f"e9,active,{CHANGED},k2,s2,u1,teacher,,,\n"))
    bring_in(folder({}))
    assert told()["u1"][3:] == (["07"], ["science"], ["East Middle"])
