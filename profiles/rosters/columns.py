"""Columns of roster files: which are read, under what name, and what their cells may say.

What is not named is never looked at: no password, no demographics, no phone number.
"""

from __future__ import annotations

from typing import NamedTuple

from ..choices import Grade


class Columns(NamedTuple):
    """Columns of one file: those whose value is required, and those that may be empty."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    headings: dict[str, str]  # our name -> how the file heads it

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, by our names."""
        return (*self.required, *self.optional)


def columns_of(text: str) -> Columns:
    """Return the columns of a text as a specification writes it: a star means required.

    `heading=name` reads a column under another name; with spaces in headings, commas part them.
    """
    required: list[str] = []
    optional: list[str] = []
    headings: dict[str, str] = {}
    for item in text.split(",") if "," in text else text.split():
        heading, _, name = item.strip().partition("=")
        bare = heading.removesuffix("*")
        headings[name or bare] = bare
        (required if heading.endswith("*") else optional).append(name or bare)
    return Columns(tuple(required), tuple(optional), headings)


#: Optional columns whose emptiness leaves a teacher with less, and what is done instead.
MISSED_WHEN_EMPTY = {
    ("classes.csv", "grades"): "The course, its students or the title tell the grade instead.",
    ("classes.csv", "subjects"): "The course, its code or the title tell the subject instead.",
    ("courses.csv", "courseCode"): "The title tells the subject instead.",
    ("orgs.csv", "identifier"): "The school stays without its number.",
}

# Names that real exports use for a column, in lower case.
ALIASES = {
    "orgs": "orgSourcedIds",
    "agents": "agentSourcedIds",
    "userid": "userIds",
    "grade": "grades",
    "schoolyearid": "schoolYearSourcedId",
    "datalastmodified": "dateLastModified",
    "prefferedgivenname": "preferredGivenName",
    "prefferedmiddlename": "preferredMiddleName",
    "prefferedfamilyname": "preferredFamilyName",
}

#: Columns that end up on screens and in exports: a formula there would run in a spreadsheet.
SHOWN = {
    "name",
    "title",
    "givenName",
    "familyName",
    "preferredGivenName",
    "preferredFamilyName",
    "identifier",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

ORG_TYPES = {"department", "school", "district", "local", "state", "national"}
SESSION_TYPES = {"gradingperiod", "semester", "schoolyear", "term"}
USER_ROLES = {
    "administrator",
    "aide",
    "guardian",
    "parent",
    "proctor",
    "relative",
    "student",
    "teacher",
}
ENROLMENT_ROLES = {"administrator", "proctor", "student", "teacher"}
ROLES_OF_1_2 = {
    "aide",
    "counselor",
    "districtadministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteadministrator",
    "student",
    "systemadministrator",
    "teacher",
}
BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def listed(cell: str) -> list[str]:
    """Return the items of a list cell, trimmed."""
    return [item for part in cell.split(",") if (item := part.strip())]


def grade_of(text: str) -> str | None:
    """Return the grade code of a cell such as "6", "06" or "k"; None when it names no grade."""
    code = text.strip().upper()
    if code.isdecimal() and len(code) <= 3:
        code = f"{int(code):02d}"
    elif code == "K":
        code = "KG"
    return code if code in Grade.values else None


def boolean_of(text: str) -> bool | None:
    """Return what a true/false cell says, None when it says neither."""
    return BOOLEANS.get(text.casefold())


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula. A lone dash is none."""
    return cell.startswith(FORMULA_STARTS) and len(cell) > 1
