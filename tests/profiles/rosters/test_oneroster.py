from dataclasses import replace
from datetime import date

import pytest

from profiles.imports import ImportRefused, Severity
from profiles.rosters.importing import read_roster
from profiles.rosters.shape import RosterSchool, RosterSession, RosterTeacher

from .conftest import NOW, SHARED, USERS_1_1, USERS_1_2, files_of, zipped

pytestmark = pytest.mark.django_db


def roster_of(path):
    return read_roster(path, now=NOW)[0]


def errors(path) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        read_roster(path, now=NOW)
    return [str(p).removeprefix("error: ") for p in caught.value.problems if p.severity == "error"]


def warnings(path) -> list[tuple[str, str]]:
    _, problems, _ = read_roster(path, now=NOW)
    return [(p.place, p.rule) for p in problems if p.severity == Severity.WARNING]


NORA = RosterTeacher(
    external_ids=("u1",),
    email="nora.new@example.org",
    given_name="Nora",
    family_name="New",
    main_school="s1",
    schools=("s1",),
    grades=("07",),
    subjects=("science",),
)
OMAR = RosterTeacher(
    external_ids=("u2",),
    email="omar.old@example.org",
    given_name="Omar",
    family_name="Old",
    main_school="s2",
    schools=("s2",),
    grades=("10", "11"),
    subjects=("math",),
)
LONE = RosterTeacher(
    external_ids=("u3",),
    email="",
    given_name="Lone",
    family_name="Teacher",
    main_school="s1",
    schools=("s1", "s2"),
    grades=(),
    subjects=(),
)


def test_roster_of_1_1_is_read_whole(folder):
    roster = roster_of(folder({}))
    assert roster.schools == (
        RosterSchool("s1", "East Middle", "901"),
        RosterSchool("s2", "North High", "902"),
    )
    assert roster.years == (RosterSession("y1", "2026-27", date(2026, 8, 24), date(2027, 6, 11)),)
    assert roster.terms == (
        RosterSession("t1", "Fall", date(2026, 8, 24), date(2027, 1, 22), "y1"),
        RosterSession("t0", "Last spring", date(2026, 1, 26), date(2026, 6, 12), ""),
    )
    assert roster.teachers == (NORA, OMAR, LONE)


def test_roster_of_1_2_is_read_whole(folder):
    omi = RosterTeacher(
        external_ids=("u2",),
        email="omar.old@example.org",
        given_name="Omi",
        family_name="Old",
        main_school="s2",
        schools=("s2", "s1"),
        grades=("10", "11"),
        subjects=("math",),
    )
    lone = RosterTeacher(("u3",), "", "Lone", "Teacher", "s1", ("s1",), (), ())
    assert roster_of(folder({}, "1.2")).teachers == (NORA, omi, lone)


def test_roster_from_a_zip_reads_the_same_whatever_the_case_of_names(tmp_path, folder):
    path = tmp_path / "r.zip"
    files = {f"export/{name.upper()}": text for name, text in files_of("1.1").items()}
    path.write_bytes(zipped(files | {"__MACOSX/._users.csv": b"x"}))
    assert roster_of(path) == roster_of(folder({}))


def test_roster_reads_headers_in_any_case_by_alias_and_order(folder):
    users = USERS_1_1.replace("orgSourcedIds", "Orgs").replace("userIds", "USERID")
    users = users.replace("grades,password", "grade,password")
    assert roster_of(folder({"users.csv": users})).teachers == (NORA, OMAR, LONE)


def test_roster_warns_and_goes_on(folder):
    path = folder(
        {
            "courses.csv": None,
            "enrollments.csv": SHARED["enrollments.csv"]
            + "e7,,,k9,s1,u1,teacher,,,\ne8,,,k1,s1,p9,student,,,\n",
            "orgs.csv": SHARED["orgs.csv"] + "dep2,,,Lost,department,,s9\nx,,,Odd,college,,\n",
        }
    )
    assert warnings(path) == [
        ("orgs.csv, line 5, column identifier", "the cell is empty"),
        ("orgs.csv, line 6, column identifier", "the cell is empty"),
        ("orgs.csv, line 7, column identifier", "the cell is empty"),
        ("orgs.csv, line 7, column type", "the type is unknown"),
        ("orgs.csv, line 6, column parentSourcedId", "no organisation with this id is in the set"),
        ("courses.csv", "the file is not there"),
        ("classes.csv, line 2, column grades", "the cell is empty"),
        ("classes.csv, line 4, column grades", "the cell is empty"),
        ("classes.csv, line 2, column subjects", "the cell is empty"),
        ("classes.csv, line 4, column subjects", "the cell is empty"),
        ("classes.csv, line 2, column courseSourcedId", "no course with this id is in the set"),
        ("classes.csv, line 3, column courseSourcedId", "no course with this id is in the set"),
        ("classes.csv, line 4, column courseSourcedId", "no course with this id is in the set"),
        ("users.csv, line 4, column email", "a teacher has no email address"),
        ("enrollments.csv, line 8, column classSourcedId", "no class with this id is in the set"),
        ("enrollments.csv, line 9, column userSourcedId", "no user with this id is in the set"),
        ("enrollments.csv", "1 of 3 teachers have no class"),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "users.csv",
            ",role,",
            ",rolle,",
            "users.csv, line 1, column role: a required column is missing. Add it to the export.",
        ),
        (
            "users.csv",
            ",middleName,",
            ",Role,",
            "users.csv, line 1: columns 6 and 11 of the header have the same name. Leave one of "
            "the two out of the export: nobody can tell which one counts.",
        ),
        (
            "users.csv",
            ",middleName,",
            ",grade,",
            "users.csv, line 1, column grades: the column stands twice in the header. Leave one "
            "of the two out of the export: nobody can tell which one counts.",
        ),
        (
            "users.csv",
            "s1,administrator,",
            "s1,principal,",
            "users.csv, line 5, column role: the role is unknown. Use one of administrator, "
            "aide, guardian, parent, proctor, relative, student, teacher.",
        ),
        (
            "users.csv",
            "u2,,,1,",
            "u2,,,perhaps,",
            "users.csv, line 3, column enabledUser: the cell is neither true nor false. "
            "Write true or false.",
        ),
        (
            "users.csv",
            "u2,,,1,",
            "u1,,,1,",
            "users.csv, line 3, column sourcedId: the sourcedId stands twice in this file. "
            "Leave one row out.",
        ),
        (
            "users.csv",
            "Omar,Old",
            ",Old",
            "users.csv, line 3, column givenName: a required cell is empty. "
            "Fill it in the source, and export again.",
        ),
        (
            "enrollments.csv",
            "2026-08-24,2027",
            "8/24/2026,2027",
            "enrollments.csv, line 2, column beginDate: the date is not ISO (year-month-day). "
            "Write it as year-month-day, such as 2026-08-24.",
        ),
        (
            "academicSessions.csv",
            "2027-06-11",
            "2027-02-29",
            "academicSessions.csv, line 2, column endDate: the date does not exist. "
            "Write it as year-month-day, such as 2026-08-24.",
        ),
        (
            "academicSessions.csv",
            "2027-06-11",
            "0027-06-11",
            "academicSessions.csv, line 2, column endDate: the date is not between 1990 and "
            "2100. Write it as year-month-day, such as 2026-08-24.",
        ),
        (
            "academicSessions.csv",
            "2027-06-11",
            "2026-08-24",
            "academicSessions.csv, line 2, column endDate: the session ends before it has begun."
            " Correct one of the two dates.",
        ),
        (
            "orgs.csv",
            "s1,,,East Middle",
            "s1,,now,East Middle",
            "orgs.csv, line 3, column dateLastModified: the time is not ISO 8601. "
            "Leave it empty in a full set.",
        ),
        (
            "enrollments.csv",
            "p1,student",
            "p1,pupil",
            "enrollments.csv, line 4, column role: the role is unknown. "
            "Use one of administrator, proctor, student, teacher.",
        ),
        (
            "manifest.csv",
            "file.users,bulk",
            "file.users,delta",
            "manifest.csv: users.csv holds only changes (delta), and no full set was brought in "
            "before. Import a full set (bulk) first.",
        ),
        (
            "manifest.csv",
            "oneroster.version,1.1",
            "oneroster.version,2.0",
            "manifest.csv: oneroster.version is neither 1.1 nor 1.2. "
            "Export OneRoster 1.1 or 1.2 CSV.",
        ),
    ],
)
def test_roster_is_refused_with_place_and_remedy(folder, name, old, new, expected):
    text = files_of("1.1")[name]
    assert old in text
    assert errors(folder({name: text.replace(old, new, 1)})) == [expected]


@pytest.mark.parametrize(
    "name", ["orgs.csv", "academicSessions.csv", "classes.csv", "enrollments.csv", "users.csv"]
)
def test_roster_without_a_required_file_is_refused(folder, name):
    assert f"{name}: a required file is missing. Add it to the export." in errors(
        folder({name: None})
    )


@pytest.mark.parametrize(
    "name", ["orgs.csv", "academicSessions.csv", "classes.csv", "enrollments.csv", "users.csv"]
)
def test_roster_with_only_a_header_in_a_required_file_is_refused(folder, name):
    header = files_of("1.1")[name].split("\n")[0] + "\n"
    assert f"{name}: the file has only a header. Export it with its rows." in errors(
        folder({name: header})
    )


def test_roster_of_1_2_needs_its_roles(folder):
    assert errors(folder({"roles.csv": None}, "1.2")) == [
        "roles.csv: a required file is missing. Add it to the export."
    ]


def test_roster_without_manifest_is_refused_and_says_so_of_school_data_sync(folder):
    assert errors(folder({"manifest.csv": None}))[0].startswith(
        "manifest.csv: the file is missing. It says which version this is"
    )


def test_roster_without_teachers_is_refused(folder):
    users = "\n".join(line for line in USERS_1_1.split("\n") if ",teacher," not in line)
    enrolments = SHARED["enrollments.csv"].replace(",teacher,true", ",student,")
    assert errors(folder({"users.csv": users, "enrollments.csv": enrolments})) == [
        "users.csv: the roster names no teacher. Export the staff with the students."
    ]


def test_roster_takes_whoever_is_enrolled_as_teacher_and_only_the_enabled(folder):
    users = USERS_1_1.replace("u2,,,1,", "u2,,,false,")
    enrolments = SHARED["enrollments.csv"] + "e9,,,k1,s1,u4,teacher,false,,\n"
    teachers = roster_of(folder({"users.csv": users, "enrollments.csv": enrolments})).teachers
    assert [teacher.email for teacher in teachers] == [
        "nora.new@example.org",
        "",
        "lena@example.org",
    ]


def test_rows_to_be_deleted_are_gone(folder):
    users = USERS_1_1.replace("u2,,,1,", "u2,tobedeleted,2026-09-01T00:00:00Z,1,")
    assert roster_of(folder({"users.csv": users})).teachers == (NORA, LONE)


def test_one_person_with_many_rows_is_one_teacher_with_all_ids(folder):
    users = USERS_1_2 + (
        # the same master identifier; the same address; the same id of one type
        "u5,,,true,nora2,,Nora,New,,T5,,,,,,,,,,,s2,\n"
        "u6,,,true,omar2,,Omar,Old,,T6,OMAR.OLD@example.org,,,,,,,,,,,\n"
        "u7,,,true,lone2,{FED:3},Lone,Teacher,,T7,,,,,,,,,,,,\n"
        "u8,,,true,twin,{FED:1},Tara,Twin,,T8,tara@example.org,,,,,,,,,,,\n"
    )
    users = users.replace(",T1,Nora.New@example.org,,,,,,,", ",T1,Nora.New@example.org,,,,,,M1,")
    users = users.replace("Nora,New,,T5,,,,,,,", "Nora,New,,T5,,,,,,,M1")
    roles = files_of("1.2")["roles.csv"] + "".join(
        f"r{n},,,u{n},primary,teacher,,,s2,\n" for n in (15, 16, 17, 18)
    ).replace("u1", "u")
    teachers = roster_of(folder({"users.csv": users, "roles.csv": roles}, "1.2")).teachers
    assert [teacher.external_ids for teacher in teachers] == [
        ("u1", "u5"),
        ("u2", "u6"),
        ("u3", "u7"),
        ("u8",),
    ]


def test_enrolment_that_has_ended_no_longer_counts(folder):
    """An enrolment's end is exclusive: on that day the class is another's."""
    enrolments = SHARED["enrollments.csv"].replace(
        "e2,,,k2,s2,u2,teacher,true,,", "e2,,,k2,s2,u1,teacher,true,,2026-10-01"
    )
    assert roster_of(folder({"enrollments.csv": enrolments})).teachers[0] == NORA
    path = folder({"enrollments.csv": enrolments.replace("2026-10-01", "2026-10-02")})
    both = replace(
        NORA, schools=("s1", "s2"), grades=("07", "10", "11"), subjects=("science", "math")
    )
    assert roster_of(path).teachers[0] == both


def test_classes_of_the_last_year_count_when_nothing_runs(folder):
    sessions = SHARED["academicSessions.csv"].replace("2026-08-24,2027", "2025-08-24,2026")
    enrolments = SHARED["enrollments.csv"].replace("2026-08-24,2027-01-23", ",")
    path = folder({"academicSessions.csv": sessions, "enrollments.csv": enrolments})
    nora = roster_of(path).teachers[0]
    assert (nora.grades, nora.subjects) == (("07",), ("science", "general"))
    assert warnings(path)[-1] == (
        "enrollments.csv",
        "2 of 3 teachers have no class that is still running",
    )


def test_missing_address_is_made_of_the_district_s_domain(folder, district):
    district.email_domain = "sunfield.example.org"
    district.save()
    assert roster_of(folder({})).teachers[2].email == "lone@sunfield.example.org"


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda: b"PK\x03\x04 not much", "the file is no zip, or a broken one"),
        (lambda: b"", "the file is no zip, or a broken one"),
        (lambda: zipped(files_of("1.1"))[:-200], "the file is no zip, or a broken one"),
        (
            lambda: zipped({"../users.csv": "x"}),
            "it holds a file that points outside the zip",
        ),
        (
            lambda: zipped({"users.csv": b"0" * 20_000_000}),
            "a file in it grows more than any roster does when unpacked",
        ),
        (
            lambda: zipped({"a/users.csv": "x", "b/Users.csv": "y"}),
            "two files in it have the same name",
        ),
        (
            lambda: zipped({f"{n}.csv": "x" for n in range(1001)}),
            "it holds 1,001 files",
        ),
    ],
)
def test_zip_that_is_broken_or_a_trap_is_refused(tmp_path, make, rule):
    path = tmp_path / "r.zip"
    path.write_bytes(make())
    with pytest.raises(ImportRefused) as caught:
        read_roster(path, now=NOW)
    assert [problem.rule for problem in caught.value.problems] == [rule]


def test_zip_damaged_inside_a_file_is_refused(tmp_path):
    data = bytearray(zipped(files_of("1.1")))
    start = data.index(b"users.csv") + 60
    data[start : start + 40] = bytes(40)
    path = tmp_path / "r.zip"
    path.write_bytes(bytes(data))
    assert any("users.csv" in line for line in errors(path))


def test_zip_ten_times_too_large_is_refused(tmp_path, settings):
    settings.IMPORT_MAX_BYTES = 100
    path = tmp_path / "r.zip"
    path.write_bytes(zipped({"users.csv": "x,y\n" * 2000}))
    assert errors(path) == [
        "the zip: its files have 0 MB together, more than the 0 MB allowed. "
        "Leave files out that are no part of the roster."
    ]
    path.write_bytes(b"x" * 4001)
    assert errors(path) == [
        "the file: the file has 0 MB, more than the 0 MB allowed. "
        "Export fewer rows or columns, and import the parts one after the other."
    ]


def test_problems_never_quote_a_cell(folder):
    """A shifted row puts names where roles and dates stand: they stay out of the report."""
    enrolments = SHARED["enrollments.csv"] + "e7,,,k1,s1,p1,Kanary Bird,,Kanary Bird,Kanary Bird\n"
    assert not any("Kanary" in line for line in errors(folder({"enrollments.csv": enrolments})))
