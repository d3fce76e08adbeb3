import pytest

from profiles.imports import Problems
from profiles.tickets.allowed import Keeper, allowed_of
from profiles.tickets.category_names import OFTEN, CategoryColumn, CategoryNames

PEOPLE = ["Nora New", "Grace Page"]
WORDS = Keeper(
    allowed_of(named=["Google Classroom", "Grade sync"], texts=[], people=PEOPLE), PEOPLE
)


def names(**known) -> CategoryNames:
    return CategoryNames(words=WORDS, **known)


@pytest.mark.parametrize(
    "cell",
    [
        "Hardware / Chromebook / Student device / Cracked screen",
        "Interactive Board/Projector (Smartboard, Promethean)",
        "Instructional Technology: Learning Management System (Canvas)",
        "Facilities > HVAC > Too hot / cold",
        "Software::Google Workspace::Docs",
        "Device won't turn on / Not Charging",
        "Accounts & Passwords",
        "My Account",
        "Marks",
        "Forgot your password?",
        "Special Education - IEP",
        "grade_sync__canvas",
        "Chromebook is not charging",
        "Teachers can't print",
        "Network - Wireless Connectivity",
        "New Employee Onboarding",
        "InstructionalTech",
        "HR",
        "55",
        "B",
    ],
)
def test_name_of_a_category_is_kept(cell):
    assert names().kept(cell) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "Mia Johnson in my 3rd period can't open her IEP form",
        "Please call her mother Ana Johnson at 555-1234",
        "Grades don't sync. Mia Johnson is missing",
        "Grades / I can't see the grades of Mia in the gradebook",
        "The screen of the Chromebook of a student in period 3 is cracked",
        "Chromebook " * 12,
        "Password of mjohnson@students.example.org",
        "Student 20391177",
        "Grades\nof Mia",
        "Mia Johnson",
        "Johnson, Mia",
        "JOHNSON",
        "Mia's Chromebook",
        "Zuvetashu's Chromebook",
        "Zuvetashu can't see the grades in the gradebook",
        "Student Mia Johnson",
        "StudentJohnson",
        "Grace Page",
        "Mark",
        "-",
        "N/A",
        "",
    ],
)
def test_text_and_name_of_a_person_are_not_kept(cell):
    assert names().kept(cell) == ""


def test_name_of_words_that_nobody_knows_is_kept_once_it_comes_often():
    told = names()
    assert [told.kept("Skrivare") for _ in range(OFTEN + 1)] == [
        "",
        *[""] * (OFTEN - 2),
        *["Skrivare"] * 2,
    ]
    texts = names()
    assert {texts.kept("Mia can't open her form in period 3") for _ in range(2 * OFTEN)} == {""}


def test_name_that_tickets_hold_or_somebody_gave_a_skill_is_kept():
    told = names(
        given=["My gradebook and I do not talk"], held=["Skrivare", "Call her at 555-1234"]
    )
    cells = ("my gradebook and I do not talk", "skrivare", "Call her at 555-1234")
    assert [told.kept(cell) for cell in cells] == [cells[0], cells[1], ""]


def told_of(cells) -> list[str]:
    column, problems = CategoryColumn(names()), Problems()
    for line, cell in enumerate(cells, start=2):
        column.see(cell, line)
    column.report(problems, "the tickets", "Issue")
    return [str(problem).split(". ")[0] for problem in problems]


def test_column_of_categories_is_let_be():
    assert told_of([f"Category {number % 24}" for number in range(1_000)]) == []
    assert told_of([f"Grades {number}" for number in range(99)] + [""] * 500) == []


def test_column_of_texts_is_refused():
    refused = "error: the tickets, column Issue: "
    nearly = f"{refused}nearly every row says something else here, which categories don't"
    assert told_of([f"Grades {number}" for number in range(100)]) == [nearly]
    assert told_of([f"Grades {number % 2_000}" for number in range(9_000)]) == [nearly]
    assert told_of(["Grades", "I can't find her grades"] * 10) == [
        f"{refused}most cells of this column are texts, not categories"
    ]


def test_single_texts_are_counted_and_their_first_line_is_told():
    assert told_of(["Grades", "", "Mia Johnson", "I can't find her grades"]) == [
        "warning: the tickets, line 4, column Issue: 2 cells are left empty that may be a text or"
        " name somebody, the first on this line"
    ]
    assert told_of(["Grades", "Mia Johnson"])[0].endswith(
        "1 cell is left empty that may be a text or name somebody, the first on this line"
    )
