"""Every rule for reading a roster, each by rows of its own: what real exports do, and what of it
counts."""

from __future__ import annotations

import pytest

from profiles.imports import ImportRefused
from profiles.models import ImportRun, Teacher
from profiles.rosters.files import RosterFiles
from profiles.rosters.importing import import_roster, read_roster
from profiles.rosters.shape import RosterTeacher

from .conftest import NOW, ROLES, SHARED, USERS_1_1, USERS_1_2

pytestmark = pytest.mark.django_db

CLASSES = SHARED["classes.csv"].split("\n")[0] + "\n"
COURSES = SHARED["courses.csv"].split("\n")[0] + "\n"
NO_STUDENTS = "".join(
    line for line in SHARED["enrollments.csv"].splitlines(keepends=True) if ",student," not in line
)


def teachers(path) -> dict[str, RosterTeacher]:
    return {row.external_ids[0]: row for row in read_roster(path, now=NOW)[0].teachers}


def nora(path) -> RosterTeacher:
    return teachers(path)["u1"]


def notes(path) -> list[tuple[str, str]]:
    return [(p.place, p.rule) for p in read_roster(path, now=NOW)[1]]


def refused(path) -> list[tuple[str, str]]:
    with pytest.raises(ImportRefused) as caught:
        read_roster(path, now=NOW)
    return [(p.place, p.rule) for p in caught.value.problems if p.severity == "error"]


# ---- how files are written ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text.replace(",", " , ", 3),
        lambda text: text.replace("password\n", "password,,\n"),
        lambda text: text.replace("sourcedId", "SOURCEDID").replace("enabledUser", "EnabledUser"),
        lambda text: text.replace("orgSourcedIds", "orgs").replace("userIds", "userId"),
        lambda text: text.replace("grades", "grade").replace("dateLastM", "dataLastM"),
        lambda text: text.replace("agentSourcedIds", "agents"),
        lambda text: (
            text.replace("password\n", "password,ext_room,metadata.x\n")
            .replace(",\n", ",,,\n")
            .replace("-12345\n", "-12345,,\n")
        ),
    ],
)
def test_rule_headers_are_matched_as_exports_write_them(folder, change):
    assert teachers(folder({"users.csv": change(USERS_1_1)})) == teachers(folder({}))


def test_rule_preferred_names_count_even_when_the_header_is_misspelt(folder):
    users = USERS_1_2.replace("preferred", "preffered")
    assert teachers(folder({"users.csv": users}, "1.2"))["u2"].given_name == "Omi"


def test_rule_file_names_are_matched_in_any_case(folder):
    path = folder({})
    (path / "users.csv").rename(path / "Users.CSV")
    assert len(teachers(path)) == 3


def test_rule_a_header_that_stands_twice_is_an_error(folder):
    users = USERS_1_1.replace(",middleName,", ",role,")
    assert refused(folder({"users.csv": users})) == [
        ("users.csv, line 1", "columns 6 and 11 of the header have the same name")
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("classes.csv", "Scheduled", "SCHEDULED"),
        ("orgs.csv", "school,901", "School,901"),
        ("users.csv", "s1,teacher,nora", "s1,Teacher,nora"),
        ("enrollments.csv", "u1,teacher", "u1,TEACHER"),
        ("classes.csv", '"y1, t1"', '" y1 ,t1, "'),
        ("users.csv", "u1,,,true", "u1,,,TRUE"),
        ("users.csv", "u1,,,true", "u1,,,1"),
        ("users.csv", "u1,,,true", "u1,,,Yes"),
    ],
)
def test_rule_words_lists_and_booleans_count_however_written(folder, file, old, new):
    text = {**SHARED, "users.csv": USERS_1_1}[file]
    assert old in text
    assert teachers(folder({file: text.replace(old, new)})) == teachers(folder({}))


@pytest.mark.parametrize("said", ["1/05/2026", "15/06/2026", "5.1.2026", "2026/05/01", "May 1"])
def test_rule_a_date_that_is_not_iso_is_reported_and_not_guessed(folder, said):
    sessions = SHARED["academicSessions.csv"].replace("2026-08-24", said, 1)
    assert refused(folder({"academicSessions.csv": sessions})) == [
        (
            "academicSessions.csv, line 2, column startDate",
            "the date is not ISO (year-month-day)",
        )
    ]


def test_rule_demographics_are_never_opened(folder, monkeypatch):
    opened = []
    open_file = RosterFiles.open

    def spy(self, name):
        opened.append(name)
        return open_file(self, name)

    monkeypatch.setattr(RosterFiles, "open", spy)
    teachers(folder({"demographics.csv": b"\0\xff no file of ours"}))
    assert "demographics.csv" not in opened
    assert set(opened) == {"manifest.csv", "users.csv", *SHARED}


def test_rule_an_import_is_whole_or_not_at_all_and_the_same_twice(folder, district):
    path = folder({})
    roster, problems, content_hash = read_roster(path, now=NOW)
    for _ in "ab":
        counts = import_roster(roster=roster, problems=problems, content_hash=content_hash, now=NOW)
    assert (counts["new"], counts["changed"], Teacher.objects.count()) == (0, 0, 3)
    assert list(ImportRun.objects.values_list("content_hash", flat=True)) == [content_hash] * 2


def test_rule_references_that_lead_nowhere_are_noted_and_the_rest_goes_on(folder):
    path = folder(
        {
            "orgs.csv": SHARED["orgs.csv"] + "dep9,,,Lost,department,9,nowhere\n",
            "enrollments.csv": SHARED["enrollments.csv"] + "e9,,,nowhere,s1,u1,teacher,,,\n",
        }
    )
    assert nora(path) == nora(folder({}))
    said = notes(path)
    assert (
        "orgs.csv, line 6, column parentSourcedId",
        "no organisation with this id is in the set",
    ) in said
    assert (
        "enrollments.csv, line 8, column classSourcedId",
        "no class with this id is in the set",
    ) in said


def test_rule_a_status_in_a_full_set_is_noted(folder):
    users = USERS_1_1.replace("u2,,,1,", "u2,active,2026-09-01T00:00:00Z,1,")
    assert ("users.csv, line 3, column status", "a row of a full set has a status") in notes(
        folder({"users.csv": users})
    )


# ---- who teaches, where, whom and what ----------------------------------------------------------


def test_rule_whoever_teaches_by_role_or_enrolment_is_a_teacher(folder):
    assert set(teachers(folder({}))) == {"u1", "u2", "u3"}  # u3 by the role alone
    enrolled = SHARED["enrollments.csv"] + "e9,,,k1,s1,u4,teacher,,,\n"  # u4 is an administrator
    assert set(teachers(folder({"enrollments.csv": enrolled}))) == {"u1", "u2", "u3", "u4"}
    roles = ROLES + "r9,,,u4,secondary,teacher,,,s2,\n"
    assert set(teachers(folder({"roles.csv": roles}, "1.2"))) == {"u1", "u2", "u3", "u4"}


def test_rule_disabled_and_deleted_users_do_not_teach(folder):
    users = USERS_1_1.replace("u1,,,true", "u1,,,false").replace("u2,,,1", "u2,tobedeleted,,1")
    assert set(teachers(folder({"users.csv": users}))) == {"u3"}


def test_rule_the_school_is_the_primary_one_then_the_primary_role_s_then_any(folder):
    roles = ROLES + "r9,,,u1,primary,teacher,,,s2,\n"
    assert nora(folder({"roles.csv": roles}, "1.2")).main_school == "s1"  # primaryOrgSourcedId
    users = USERS_1_2.replace(",,s1,", ",,,")
    assert nora(folder({"users.csv": users, "roles.csv": roles}, "1.2")).main_school == "s1"
    assert teachers(folder({}, "1.2"))["u2"].main_school == "s2"  # the primary role's
    roles = ROLES.replace("r3,,,u2,primary", "r3,,,u2,secondary")
    assert teachers(folder({"roles.csv": roles}, "1.2"))["u2"].main_school == "s1"


def test_rule_a_department_lies_in_the_school_above_it(folder):
    orgs = SHARED["orgs.csv"] + "dep2,,,Biology,department,,dep1\n"
    users = USERS_1_1.replace('u3,,,TRUE,"s1,s2"', "u3,,,TRUE,dep2")
    assert teachers(folder({"orgs.csv": orgs, "users.csv": users}))["u3"].schools == ("s1",)
    circle = orgs.replace("dep1,,,East Science,department,,s1", "dep1,,,E,department,,dep2")
    assert teachers(folder({"orgs.csv": circle, "users.csv": users}))["u3"].schools == ()


def test_rule_more_than_one_school_is_normal(folder):
    assert teachers(folder({}))["u3"].schools == ("s1", "s2")


def graded(folder, classes: str, courses: str = "", **more):
    """Return Nora's grades and subjects when she teaches just this class of this course."""
    course = courses or "c1,,,y1,Thing,X1,,s1,,\n"
    path = folder(
        {
            "classes.csv": CLASSES + classes,
            "courses.csv": COURSES + course,
            "enrollments.csv": NO_STUDENTS,
            **more,
        }
    )
    row = nora(path)
    return row.grades, row.subjects


ROW = "k1,,,{title},{grades},c1,,scheduled,1,s1,t1,{subjects},{codes},1\n"


def class_row(title="Thing", grades="", subjects="", codes="") -> str:
    return ROW.format(title=title, grades=grades, subjects=subjects, codes=codes)


def test_rule_grades_come_from_the_class_first(folder):
    course = 'c1,,,y1,Thing,X1,"09,10",s1,,\n'
    assert graded(folder, class_row("Thing 6", '"07,08"'), course)[0] == ("07", "08")


def test_rule_grades_come_from_the_course_next(folder):
    course = 'c1,,,y1,Thing,X1,"09,10",s1,,\n'
    assert graded(folder, class_row("Thing 6"), course)[0] == ("09", "10")


def test_rule_grades_come_from_the_students_then(folder):
    more = {"enrollments.csv": SHARED["enrollments.csv"]}
    assert graded(folder, class_row("Thing 6"), **more)[0] == ("07",)


def test_rule_grades_come_from_the_title_then_as_far_as_the_school_has_them(folder):
    assert graded(folder, class_row("Thing 6"))[0] == ("06",)
    assert graded(folder, class_row("MathK"))[0] == ("KG",)
    other = SHARED["enrollments.csv"].replace("e3,,,k1", "e3,,,k9").replace("e4,,,k1", "e4,,,k9")
    classes = class_row("Thing 6") + class_row("Else").replace("k1", "k9", 1)
    path_grades = graded(folder, classes, **{"enrollments.csv": other})[0]
    assert path_grades == ("07",)  # the school has sevenths alone: its span answers


def test_rule_a_level_in_a_title_is_no_grade(folder):
    assert graded(folder, class_row("Algebra 1"))[0] == ()
    assert graded(folder, class_row("Spanish 3"))[0] == ()


def test_rule_subjects_come_from_the_class_first(folder):
    course = "c1,,,y1,Thing,02056,,s1,Science,\n"
    assert graded(folder, class_row("French", subjects="Music"), course)[1] == ("arts",)


def test_rule_subjects_come_from_the_course_next(folder):
    course = "c1,,,y1,Thing,02056,,s1,Science,\n"
    assert graded(folder, class_row("French"), course)[1] == ("science",)


@pytest.mark.parametrize(
    ("code", "subject"),
    [
        ("01001", "ela"),
        ("02056", "math"),
        ("53237", "science"),  # 51 to 73: the same before secondary school
        ("04101", "social"),
        ("05101", "arts"),
        ("06101", "languages"),
        ("24052", "languages"),
        ("08001", "pe"),
        ("10012", "computing"),
        ("12051", "business"),
        ("21009", "engineering"),
    ],
)
def test_rule_subjects_come_from_sced_codes_then(folder, code, subject):
    assert graded(folder, class_row("Thing", codes=code))[1] == (subject,)
    course = f"c1,,,y1,Thing,{code},,s1,,\n"
    assert graded(folder, class_row("Thing"), course)[1] == (subject,)


def test_rule_subjects_come_from_words_of_the_title_last(folder):
    assert graded(folder, class_row("Intro to French"))[1] == ("languages",)
    assert graded(folder, class_row("Thing"))[1] == ()


def test_rule_only_classes_whose_term_runs_count(folder):
    assert nora(folder({})).subjects == ("science",)  # the old homeroom is over
    sessions = SHARED["academicSessions.csv"].replace("2026-06-12", "2026-12-12")
    assert nora(folder({"academicSessions.csv": sessions})).subjects == ("science", "general")


def test_rule_a_teacher_without_a_class_is_kept_and_asked_later(folder):
    path = folder({})
    assert (teachers(path)["u3"].grades, teachers(path)["u3"].subjects) == ((), ())
    assert ("enrollments.csv", "1 of 3 teachers have no class") in notes(path)


def test_rule_rows_of_one_person_are_one_teacher_with_every_id(folder):
    users = USERS_1_1 + (
        "u1b,,,true,s2,teacher,nora2,{FED:9},Nora,New,,T1,NORA.NEW@example.org,,,,,\n"
        "u3b,,,true,s2,teacher,lone2,{fed:3},Lone,Teacher,,T3,,,,,,\n"
    )
    found = teachers(folder({"users.csv": users}))
    assert found["u1"].external_ids == ("u1", "u1b")
    assert found["u1"].schools == ("s1", "s2")
    assert found["u3"].external_ids == ("u3", "u3b")


def test_rule_master_identifiers_that_differ_keep_two_people_apart(folder):
    users = USERS_1_2.replace("Nora.New@example.org,,,,,,,", "same@example.org,,,,,,M1,").replace(
        "omar.old@example.org,,,,,,,", "same@example.org,,,,,,M2,"
    )
    found = teachers(folder({"users.csv": users}, "1.2"))
    assert {key: row.email for key, row in found.items()} == {
        "u1": "same@example.org",
        "u2": "",
        "u3": "",
    }


def test_rule_a_missing_address_is_the_username_at_the_district(folder, district):
    assert teachers(folder({}))["u3"].email == ""
    district.email_domain = "@sunfield.example.org"
    district.save()
    assert teachers(folder({}))["u3"].email == "lone@sunfield.example.org"
