"""Writes a roster: all of it or nothing, and nothing twice."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from ..imports import ImportRefused, Problems, Progress, silent
from ..models import School, SchoolYear, Teacher, TeacherIdentifier, Term, User
from ..queries import today_in_district
from ..signals import profiles_changed, surroundings_changed
from .shape import Roster, RosterSchool, RosterSession
from .staff import Staff

#: A file that would make a larger share of the active teachers inactive needs a person's yes.
LARGEST_DEPARTURE = 0.15


def departing(*, roster: Roster) -> tuple[list[int], int]:
    """Return the ids of rostered active teachers who are not in the file, and how many there
    are in all."""
    named = {identifier for teacher in roster.teachers for identifier in teacher.external_ids}
    addresses = {teacher.email for teacher in roster.teachers if teacher.email}
    kept: set[int] = set()
    active: dict[int, str] = {}
    for pk, email, identifier in TeacherIdentifier.objects.filter(
        source=roster.source, teacher__is_active=True
    ).values_list("teacher_id", "teacher__email", "external_id"):
        active[pk] = email
        if identifier in named:
            kept.add(pk)
    gone = sorted(pk for pk, email in active.items() if pk not in kept and email not in addresses)
    return gone, len(active)


def refuse_mass_departure(*, roster: Roster) -> None:
    """Raise ImportRefused when too many teachers would leave at once. One may always leave."""
    if claim := mass_departure(roster=roster):
        raise ImportRefused.because(
            roster.people_file,
            claim,
            "More than 15 % at once is more often a broken export than the truth. If they have "
            "left, import with --allow-inactive.",
        )


def mass_departure(*, roster: Roster) -> str:
    """Return what somebody must confirm before so many teachers leave, "" when it is few."""
    gone, active = departing(roster=roster)
    if len(gone) > 1 and len(gone) > LARGEST_DEPARTURE * active:
        return f"{len(gone)} of {active} active teachers are not in this file"
    return ""


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
    gone, _ = departing(roster=roster)
    schools, schools_changed = _apply_schools(roster, problems)
    calendar_changed = _apply_calendar(roster, as_of)
    staff = Staff(roster=roster, schools=schools, as_of=as_of, problems=problems)
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


def let_go(*, teachers: list[int], as_of: date) -> int:
    """Make teachers inactive and end their sessions; return how many. Their history stays.

    Whoever also holds a granted role (a coach, say) keeps the account for that.
    """
    if not teachers:
        return 0
    left = Teacher.objects.filter(pk__in=teachers, is_active=True)
    users = [pk for pk in left.values_list("user_id", flat=True) if pk is not None]
    count = left.update(is_active=False, left_date=as_of)
    User.objects.filter(pk__in=users, staff_roles=None, is_superuser=False).update(is_active=False)
    sign_out(users=users)
    return count


def sign_out(*, users: list[int]) -> None:
    """End every session of these users."""
    if not users:
        return
    wanted = {str(pk) for pk in users}
    ended = [
        session.pk
        for session in Session.objects.iterator()
        if str(session.get_decoded().get(SESSION_KEY)) in wanted
    ]
    for start in range(0, len(ended), 500):
        Session.objects.filter(pk__in=ended[start : start + 500]).delete()
