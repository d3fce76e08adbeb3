"""Writes a roster: all of it or nothing, and nothing twice."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from ..imports import Problems, Progress, silent
from ..models import School, SchoolYear, Teacher, TeacherIdentifier, Term
from ..queries import today_in_district
from ..signals import profiles_changed, surroundings_changed
from .departures import departing, let_go, refuse_mass_departure
from .shape import Roster, RosterSchool, RosterSession
from .staff import Staff


@transaction.atomic
def apply_roster(
    *,
    roster: Roster,
    now: datetime,
    problems: Problems,
    confirm_departures: bool = False,
    progress: Progress = silent,
) -> dict[str, int]:
    """Make the database say what the roster says; return what changed, by name.

    Raises ImportRefused when too many teachers would leave. Conflicts that the database alone
    knows of are added to `problems` as warnings.
    """
    if not confirm_departures:
        refuse_mass_departure(roster=roster)
    as_of = today_in_district(now)
    gone, elsewhere, _ = departing(roster=roster)
    if elsewhere:
        hand_over(roster=roster, teachers=elsewhere, problems=problems)
    schools, schools_changed = _apply_schools(roster, problems)
    calendar_changed = _apply_calendar(roster, as_of)
    staff = Staff(roster=roster, schools=schools, leaving=gone, as_of=as_of, problems=problems)
    staff.apply(progress)
    left = let_go(teachers=gone, as_of=as_of)
    if staff.moved:
        profiles_changed.send(sender=Teacher, teacher_ids=sorted(staff.moved), cause="roster")
    if calendar_changed:
        surroundings_changed.send(sender=Term, cause="roster")
    return {
        "teachers": len(roster.teachers),
        "new": staff.created,
        "changed": staff.changed,
        "back": staff.returned,
        "left": left,
        "schools": len(roster.schools),
        "schools changed": schools_changed,
        "terms": len(roster.years) + len(roster.terms),
        "terms changed": calendar_changed,
    }


def hand_over(*, roster: Roster, teachers: list[int], problems: Problems) -> None:
    """Leave teachers whom this roster names no more to the one that does."""
    TeacherIdentifier.objects.filter(source=roster.source, teacher__in=teachers).delete()
    problems.warning(
        roster.people_file,
        f"{len(teachers):,} who are no more in this file stay, because another roster names them",
        "They leave when that one names them no more either.",
    )


class SchoolsElsewhere:
    """Schools made by hand or by a roster of another format: a district that changes its export
    keeps them, and all that was done there."""

    def __init__(self, source: str):
        self._by_identifier: dict[str, School] = {}
        self._by_name: dict[str, School] = {}
        for school in School.objects.exclude(source=source).order_by("is_active", "-pk"):
            self._by_name[school.name.casefold()] = school
            if school.identifier:
                self._by_identifier[school.identifier] = school

    def same_as(self, row: RosterSchool) -> School | None:
        """Return the school of the same number, else of the same name; each only once."""
        school = self._by_identifier.get(row.identifier) if row.identifier else None
        if school is None:
            school = self._by_name.get(row.name.casefold())
            if school is not None and school.identifier and row.identifier:
                return None  # another number: another school of that name
        if school is not None:
            self._by_identifier.pop(school.identifier, None)
            self._by_name.pop(school.name.casefold(), None)
        return school


def _apply_schools(roster: Roster, problems: Problems) -> tuple[dict[str, int], int]:
    """Write the schools; return id in the feed -> primary key, and how many changed."""
    known = {
        school.external_id: school
        for school in School.objects.filter(source=roster.source).exclude(external_id="")
    }
    changed = 0
    elsewhere = SchoolsElsewhere(roster.source)
    for row in roster.schools:
        school = known.get(row.external_id)
        wanted: dict = {"name": row.name, "identifier": row.identifier, "is_active": True}
        if school is None and (school := elsewhere.same_as(row)) is not None:
            known[row.external_id] = school
            wanted |= {"source": roster.source, "external_id": row.external_id}
        if school is None:
            known[row.external_id] = School.objects.create(
                source=roster.source, external_id=row.external_id, **wanted
            )
        elif {name: getattr(school, name) for name in wanted} != wanted:
            School.objects.filter(pk=school.pk).update(**wanted)
        else:
            continue
        changed += 1
    named = {row.external_id for row in roster.schools}
    closed = [school.pk for key, school in known.items() if key not in named and school.is_active]
    if closed:
        # Where another roster has teachers, it is not for this one to close.
        others = Teacher.objects.active().exclude(identifiers=None)
        others = others.exclude(identifiers__source=roster.source)
        held = set(School.objects.filter(teachers__in=others).values_list("pk", flat=True))
        closed = [pk for pk in closed if pk not in held]
    if closed and not named:
        problems.warning(
            roster.people_file,
            "the roster names no school",
            "Schools, and where teachers teach, stay as they are.",
        )
        closed = []
    changed += School.objects.filter(pk__in=closed).update(is_active=False)
    return {key: school.pk for key, school in known.items()}, changed


def _apply_calendar(roster: Roster, as_of: date) -> int:
    """Write years and terms; return how many changed. Past ones that left the feed stay."""
    changed, years = _apply_sessions(SchoolYear, roster, roster.years, {}, as_of)
    more, _ = _apply_sessions(Term, roster, roster.terms, years, as_of)
    return changed + more


def _apply_sessions(
    model: type[SchoolYear] | type[Term],
    roster: Roster,
    sessions: tuple[RosterSession, ...],
    years: dict[str, int],
    as_of: date,
) -> tuple[int, dict[str, int]]:
    known = {
        row.external_id: row
        for row in model.objects.filter(source=roster.source).exclude(external_id="")
    }
    changed = 0
    for session in sessions:
        wanted: dict = {
            "title": session.title,
            "start_date": session.start_date,
            "end_date": session.end_date,
        }
        if model is Term:
            wanted["school_year_id"] = years.get(session.year)
        row = known.get(session.external_id)
        if row is None:
            known[session.external_id] = model.objects.create(
                source=roster.source, external_id=session.external_id, **wanted
            )
        elif {name: getattr(row, name) for name in wanted} != wanted:
            model.objects.filter(pk=row.pk).update(**wanted)
        else:
            continue
        changed += 1
    named = {session.external_id for session in sessions}
    dropped = [row.pk for key, row in known.items() if key not in named and row.end_date >= as_of]
    model.objects.filter(pk__in=dropped).delete()
    return changed + len(dropped), {key: row.pk for key, row in known.items() if key in named}
