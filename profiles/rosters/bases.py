"""What a set of changes builds on: the rows of the sets before it, as far as they are kept."""

from __future__ import annotations

from typing import Any

from ..models import RosterBase, Teacher, TeacherIdentifier
from .columns import boolean_of
from .oneroster import Base
from .tables import Row

#: The files whose rows are about a person, and the column that says about whom.
ABOUT_PEOPLE = {"users": "sourcedId", "roles": "userSourcedId", "enrollments": "userSourcedId"}


def base_of(source: str) -> Base | None:
    """Return the rows that earlier sets left, None when there were none.

    Names and addresses are not in them: they are the teachers' own, and lent for the reading.
    Whoever is no teacher here any more (erased, say) has no row either, and neither has a row that
    is gone and of nobody known: earlier versions kept those of students too.
    """
    stored = dict(RosterBase.objects.filter(source=source).values_list("file", "rows"))
    if not stored:
        return None
    people = {
        identifier: {"email": email, "givenName": given, "familyName": family}
        for identifier, email, given, family in TeacherIdentifier.objects.filter(
            source=source
        ).values_list(
            "external_id", "teacher__email", "teacher__given_name", "teacher__family_name"
        )
    }
    for file, column in ABOUT_PEOPLE.items():
        stored[file] = [
            row for row in stored.get(file, []) if not Row(row).is_gone or row.get(column) in people
        ]
    stored["users"] = [
        row | people.get(row["sourcedId"], {})
        for row in stored["users"]
        if row["sourcedId"] in people or boolean_of(row.get("enabledUser", "")) is False
    ]
    return stored


def keep_base(*, source: str, kept: dict[str, list[dict[str, Any]]]) -> None:
    """Store the rows that the next set of changes builds on, in the place of the last ones."""
    known = dict(RosterBase.objects.filter(source=source).values_list("file", "rows"))
    for file, rows in kept.items():
        if known.get(file) != rows:
            RosterBase.objects.update_or_create(source=source, file=file, defaults={"rows": rows})
    RosterBase.objects.filter(source=source).exclude(file__in=kept).delete()


def rows_about(teacher: Teacher) -> list[dict[str, Any]]:
    """Return what the last roster left behind of one teacher: ids, places, classes.

    It stays when they are erased: a set of changes that could not tell who they are would bring
    them in again, as somebody new whose tickets are kept.
    """
    ids: dict[str, set[str]] = {}
    for source, identifier in teacher.identifiers.values_list("source", "external_id"):
        ids.setdefault(source, set()).add(identifier)
    return [
        {"file": base.file, **row}
        for base in RosterBase.objects.filter(source__in=ids, file__in=ABOUT_PEOPLE).order_by("pk")
        for row in base.rows
        if row.get(ABOUT_PEOPLE[base.file]) in ids[base.source]
    ]
