"""Microsoft School Data Sync, both formats, as our own rows in their shape."""

from __future__ import annotations

from datetime import date

import pytest

from profiles.imports import ImportRefused, Severity
from profiles.models import RosterBase
from profiles.rosters.importing import import_roster, read_roster
from profiles.rosters.shape import RosterSchool, RosterSession, RosterTeacher

from .conftest import NOW

pytestmark = pytest.mark.django_db

V21 = {
    "orgs.csv": """\
sourcedId,name,type,parentSourcedId
d1,Sunfield Schools,district,
s1,East Middle,School,d1
s2,North College,college,d1
dep1,East Science,department,s1
""",
    "academicSessions.csv": """\
sourcedId,title,type,schoolYear,startDate,endDate
y1,2026-27,schoolYear,2026,2026-08-24,2027-06-11
t1,Fall,semester,2026,2026-08-24,2027-01-22
""",
    "courses.csv": """\
sourcedId,orgSourcedId,title,code,schoolYearSourcedId,subject,grade
c1,s1,Life around us,X1,y1,Science,
""",
    "classes.csv": """\
sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId
k1,dep1,Life around us B,t1,c1
k2,s2,Algebra,"y1, t1",
""",
    "enrollments.csv": """\
classSourcedId,userSourcedId,role
k1,u1,teacher
k2,u2,professor
k1,p1,student
k1,p2,Student
k1,u3,teacherAssistant
""",
    "users.csv": """\
sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms
u1,Nora.New@example.org,NORA,NEW,geheim,,,,
u2,omar,Omar,Old,geheim,,omar.old@example.org,,
u3,tess@example.org,Tess,Helper,,,,,
p1,st1@example.org,Stu,Dent,geheim,,,,
p2,st2@example.org,Stella,Dent,geheim,,,,
""",
    "roles.csv": """\
userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate
u1,s2,teacher,y1,,FALSE,2026-08-24,2027-06-11
u1,s1,teacher,y1,,TRUE,2026-08-24,2027-06-11
u2,s2,professor,y1,,TRUE,2026-08-24,2027-06-11
u3,s1,teacherAssistant,y1,,TRUE,2026-08-24,2027-06-11
p1,s1,student,y1,07,TRUE,2026-08-24,2027-06-11
p2,s1,student,y1,7,TRUE,2026-08-24,2027-06-11
""",
}
LEGACY = {
    "School.csv": """\
SIS ID,Name,School Number,Grade Low,Grade High
101,East Middle,901,6,8
102,North High,902,9,12
""",
    "Section.csv": """\
SIS ID,School SIS ID,Section Name,Section Number,Term SIS ID,Term Name,Term StartDate,Term EndDate,Course SIS ID,Course Name,Course Number,Course Description,Course Subject,Periods,Status
k1,101,Life around us,1,T1,Fall,8/24/2026,1/22/2027,c1,Life,L1,,Science,1,Active
k2,102,Algebra 1,2,T1,Fall,8/24/2026,1/22/2027,c2,Algebra,A1,,,2,Active
k3,102,Old German,3,T0,Last fall,8/24/2026,1/22/2027,c3,German,G1,,,2,Inactive
""",  # noqa: E501
    "Teacher.csv": """\
SIS ID,School SIS ID,First Name,Last Name,Username,Password,State ID,Teacher Number,Status,Middle Name,Secondary Email,Title,Qualification
1,101,NORA,NEW,Nora.New@example.org,geheim,,,Active,,,,
1,102,NORA,NEW,Nora.New@example.org,geheim,,,Active,,,,
2,102,Omar,Old,omar,geheim,,,,,omar.old@example.org,,
3,102,Gone,Girl,gone@example.org,,,,Inactive,,,,
""",  # noqa: E501
    "Student.csv": """\
SIS ID,School SIS ID,First Name,Last Name,Username,Password,Grade,Status
1,101,Stu,Dent,st1,geheim,7,Active
2,101,Stella,Dent,st2,geheim,07,Active
""",
    "StudentEnrollment.csv": "Section SIS ID,SIS ID\nk1,1\nk1,2\n",
    "TeacherRoster.csv": "Section SIS ID,SIS ID\nk1,1\nk2,2\nk3,1\n",
}


@pytest.fixture
def export(tmp_path):
    def write(files: dict[str, str], **changes: str | None):
        path = tmp_path / f"export-{len(list(tmp_path.iterdir()))}"
        path.mkdir()
        for name, text in {**files, **{k.replace("_", "."): v for k, v in changes.items()}}.items():
            if text is not None:
                (path / name).write_text(text)
        return path

    return write


def errors(path) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        read_roster(path, now=NOW)
    return [str(p).removeprefix("error: ") for p in caught.value.problems if p.severity == "error"]


def test_v2_1_is_recognised_and_read_whole(export, district):
    roster, problems, _ = read_roster(export(V21), now=NOW)
    assert roster.source == "sds"
    assert roster.schools == (
        RosterSchool("s1", "East Middle", ""),
        RosterSchool("s2", "North College", ""),
    )
    assert roster.years == (RosterSession("y1", "2026-27", date(2026, 8, 24), date(2027, 6, 11)),)
    assert roster.terms == (
        RosterSession("t1", "Fall", date(2026, 8, 24), date(2027, 1, 22), "y1"),
    )
    assert roster.teachers == (
        RosterTeacher(
            ("u1",),
            "nora.new@example.org",
            "Nora",
            "New",
            "s1",
            ("s1", "s2"),
            ("07",),
            ("science",),
        ),
        RosterTeacher(("u2",), "omar.old@example.org", "Omar", "Old", "s2", ("s2",), (), ("math",)),
    )
    assert [str(problem) for problem in problems] == []


def test_v2_1_keeps_nothing_for_changes_and_no_student(export, district):
    roster, problems, content_hash = read_roster(export(V21), now=NOW)
    import_roster(roster=roster, problems=problems, content_hash=content_hash, now=NOW)
    assert roster.kept == {}
    assert not RosterBase.objects.exists()
    assert "Stella" not in repr(roster)


def test_v2_1_names_an_unknown_role_and_a_missing_file(export, district):
    text = V21["enrollments.csv"].replace("professor", "wizard")
    (said,) = errors(export(V21, enrollments_csv=text))
    assert said.startswith("enrollments.csv, line 3, column role: the role is unknown")
    assert "classes.csv: the file is not there" in [
        f"{p.place}: {p.rule}"
        for p in read_roster(export(V21, classes_csv=None), now=NOW)[1]
        if p.severity == Severity.WARNING
    ]


def test_v2_1_needs_its_columns(export, district):
    text = V21["users.csv"].replace("sourcedId,", "id,", 1)
    assert errors(export(V21, users_csv=text))[0] == (
        "users.csv, line 1, column sourcedId: a required column is missing. Add it to the export."
    )


def test_legacy_format_is_recognised_and_read_whole(export, district):
    roster, problems, _ = read_roster(export(LEGACY), now=NOW)
    assert roster.source == "sds-1"
    assert roster.schools == (
        RosterSchool("101", "East Middle", "901"),
        RosterSchool("102", "North High", "902"),
    )
    assert roster.terms == (RosterSession("T1", "Fall", date(2026, 8, 24), date(2027, 1, 22), ""),)
    assert roster.teachers == (
        RosterTeacher(
            ("1",),
            "nora.new@example.org",
            "Nora",
            "New",
            "101",
            ("101", "102"),
            ("07",),
            ("science",),
        ),
        RosterTeacher(
            ("2",),
            "omar.old@example.org",
            "Omar",
            "Old",
            "102",
            ("102",),
            ("09", "10", "11", "12"),
            ("math",),
        ),
    )
    assert [(p.place, p.rule) for p in problems] == [
        ("TeacherRoster.csv, line 4, column Section SIS ID", "no class with this id is in the set"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("8/24/2026,1/22/2027,c1", "24/8/2026,1/22/2027,c1", "the date is not month/day/year"),
        ("8/24/2026,1/22/2027,c1", "2/30/2026,1/22/2027,c1", "the date is not month/day/year"),
        (
            "8/24/2026,1/22/2027,c1",
            "8/24/1026,1/22/2027,c1",
            "the date is not between 1990 and 2100",
        ),
        ("8/24/2026,1/22/2027,c1", "soon,1/22/2027,c1", "the date is not ISO (year-month-day)"),
    ],
)
def test_legacy_dates_are_month_first_as_the_format_says(export, district, old, new, rule):
    text = LEGACY["Section.csv"].replace(old, new)
    assert errors(export(LEGACY, Section_csv=text)) == [
        f"Section.csv, line 2, column Term StartDate: {rule}. Write month/day/year."
    ]


def test_legacy_problem_names_the_column_as_the_file_heads_it(export, district):
    text = LEGACY["Teacher.csv"].replace("2,102,Omar", ",102,Omar")
    assert errors(export(LEGACY, Teacher_csv=text)) == [
        "Teacher.csv, line 4, column SIS ID: a required cell is empty. "
        "Fill it in the source, and export again."
    ]
