"""The files and columns of OneRoster that are read here. What is not named is never looked at:
no password, no demographics, no phone number."""

from __future__ import annotations

from typing import NamedTuple

from ..choices import Grade


class Columns(NamedTuple):
    """Columns of one file: those whose value is required, and those that may be empty."""

    required: tuple[str, ...]
    optional: tuple[str, ...]


def columns_of(line: str) -> Columns:
    """Return the columns of a line as the specification writes it: a star means required."""
    names = line.split()
    return Columns(
        tuple(name.rstrip("*") for name in names if name.endswith("*")),
        tuple(name for name in names if not name.endswith("*")),
    )


MANIFEST = columns_of("propertyName* value")
FILES = {
    "orgs.csv": columns_of(
        "sourcedId* status dateLastModified name* type* identifier parentSourcedId"
    ),
    "academicSessions.csv": columns_of(
        "sourcedId* status dateLastModified title* type* startDate* endDate* parentSourcedId"
        " schoolYear*"
    ),
    "courses.csv": columns_of(
        "sourcedId* status dateLastModified title* courseCode grades orgSourcedId* subjects"
        " subjectCodes"
    ),
    "classes.csv": columns_of(
        "sourcedId* status dateLastModified title* grades courseSourcedId* classType*"
        " schoolSourcedId* termSourcedIds* subjects subjectCodes"
    ),
    "enrollments.csv": columns_of(
        "sourcedId* status dateLastModified classSourcedId* schoolSourcedId* userSourcedId* role*"
        " beginDate endDate"
    ),
    "roles.csv": columns_of(
        "sourcedId* status dateLastModified userSourcedId* roleType* role* beginDate endDate"
        " orgSourcedId*"
    ),
}
USERS = {
    "1.1": columns_of(
        "sourcedId* status dateLastModified enabledUser* orgSourcedIds* role* username* userIds"
        " givenName* familyName* email grades"
    ),
    "1.2": columns_of(
        "sourcedId* status dateLastModified enabledUser* username* userIds givenName* familyName*"
        " email grades userMasterIdentifier preferredGivenName preferredFamilyName"
        " primaryOrgSourcedId"
    ),
}
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
    if code.isdecimal():
        code = f"{int(code):02d}"
    elif code == "K":
        code = "KG"
    return code if code in Grade.values else None
