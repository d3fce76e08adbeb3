"""What is known of a teacher before anybody asks, and where from: the fitting asks the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, TextChoices

from .choices import Grade, RoomFact, Slot, Subject
from .models import Skill, Teacher, Ticket, Tool

FROM_ROSTER = "from the roster"
FROM_TEACHER = "you said so"
FROM_ROLL_OUT = "your school uses them"
FROM_TICKETS = "you asked the help desk about them"

#: What each screen of the fitting, in their order, has to know; the rest on it may stay open.
SCREENS: dict[str, tuple[str, ...]] = {
    "room": ("main_school", "grades", "subjects", "tools"),
    "style": ("support_style",),
    "week": ("week",),
    "goals": ("goals",),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing we know of a teacher."""

    name: str  # what it is called in SCREENS
    label: str
    value: str  # as they read it
    origin: str
    screen: str  # where they change it


@dataclass(frozen=True)
class Known:
    """All that is known of a teacher."""

    facts: tuple[Fact, ...]
    not_asked: frozenset[str] = frozenset()  # what there is nothing to choose from

    def unknown_on(self, screen: str) -> tuple[str, ...]:
        """Return what a screen of the fitting still has to ask."""
        known = {fact.name for fact in self.facts} | self.not_asked
        return tuple(name for name in SCREENS[screen] if name not in known)

    @property
    def open_screens(self) -> list[str]:
        """The screens with something to ask, in their order."""
        return [screen for screen in SCREENS if self.unknown_on(screen)]

    @property
    def told_by(self) -> str:
        """The heading above the facts: who told them, as far as it is one and the same."""
        is_roster = {fact.origin for fact in self.facts} == {FROM_ROSTER}
        return "We have this from the roster" if is_roster else "We have this already"


def known_of(teacher: Teacher, *, as_of: date) -> Known:
    """Return what the roster, the roll-outs, the tickets and the teacher have told so far."""
    said = [*_room(teacher, as_of), *_wishes(teacher)]
    facts = tuple(Fact(*one, _screen_of(one[0])) for one in said if one[2])
    return Known(facts, frozenset() if Tool.objects.exists() else frozenset({"tools"}))


Told = tuple[str, str, str, str]  # name, label, value, origin


def _room(teacher: Teacher, as_of: date) -> Iterable[Told]:
    origins = {
        fact: FROM_TEACHER if fact in teacher.said_of_room else FROM_ROSTER for fact in RoomFact
    }
    schools = [school.name for school in teacher.schools.all()]
    main = teacher.main_school
    if main is not None:
        places = [main.name, *(name for name in schools if name != main.name)]
        yield "main_school", "School", ", ".join(places), origins[RoomFact.SCHOOLS]
    yield "grades", "Grades", _labels(teacher.grades, Grade), origins[RoomFact.GRADES]
    yield "subjects", "Subjects", _labels(teacher.subjects, Subject), origins[RoomFact.SUBJECTS]
    tools, told_by = _tools(teacher, as_of)
    yield "tools", "Tools", tools, told_by


def _tools(teacher: Teacher, as_of: date) -> tuple[str, str]:
    """The tools in the room and who told them: the teacher, else roll-outs and tickets."""
    if own := [tool.name for tool in teacher.tools.all()]:
        return ", ".join(own), FROM_TEACHER
    by_origin: Mapping[str, Sequence[str]] = {
        FROM_ROLL_OUT: _rolled_out(teacher, as_of),
        FROM_TICKETS: _asked_about(teacher),
    }
    told = list(dict.fromkeys(name for found in by_origin.values() for name in found))
    return ", ".join(told), ", ".join(origin for origin, found in by_origin.items() if found)


def _rolled_out(teacher: Teacher, as_of: date) -> list[str]:
    here = Q(at_schools__school=None) | Q(at_schools__school__in=teacher.schools.all())
    if teacher.main_school_id is not None:
        here |= Q(at_schools__school=teacher.main_school_id)
    still = Q(at_schools__until_date=None) | Q(at_schools__until_date__gte=as_of)
    return _names_of(Tool.objects.filter(here, still, at_schools__from_date__lte=as_of))


def _asked_about(teacher: Teacher) -> list[str]:
    if not teacher.uses_tickets:
        return []
    asked = Skill.objects.filter(tickets__in=Ticket.objects.visible().filter(teacher=teacher))
    return _names_of(Tool.objects.filter(skills__in=asked))


def _names_of(tools: QuerySet[Tool]) -> list[str]:
    return list(tools.distinct().order_by("name").values_list("name", flat=True))


def _wishes(teacher: Teacher) -> Iterable[Told]:
    """What no feed can tell."""
    yield "support_style", "Help", teacher.get_support_style_display(), FROM_TEACHER
    yield "week", "Your week", ", ".join(_week(teacher)), FROM_TEACHER
    goals = teacher.goals.filter(ended_at=None).values_list("words", flat=True)
    yield "goals", "Goals", " · ".join(goals), FROM_TEACHER


def _week(teacher: Teacher) -> Iterable[str]:
    if teacher.minutes_a_term is not None:
        yield f"{teacher.minutes_a_term / 60:g} hours a term"
    if teacher.minutes_a_week is not None:
        yield f"{teacher.minutes_a_week} minutes a week at most"
    if teacher.has_stated_slots:
        yield f"free {_labels(teacher.free_slots, Slot)}"


def _labels(values: Iterable[str], choices: type[TextChoices]) -> str:
    """Return what values are called, without those that were a choice once and are none now."""
    known = set(choices.values)
    return ", ".join(str(choices(value).label) for value in values if value in known)


def _screen_of(name: str) -> str:
    return next(screen for screen, asked in SCREENS.items() if name in asked)
