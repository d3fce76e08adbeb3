"""The sample district as a whole: made once, on an empty database, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from courses.models import CoursePage
from pdplanner.plans.operations import Rebuilt, rebuild_plans
from pdplanner.plans.operations.fitting import fit_rules
from pdplanner.plans.operations.owing import ensure_plans
from profiles.choices import Role
from profiles.models import District, School, Skill, Teacher, Ticket, Tool
from profiles.queries import today_in_district

from . import catalogue
from .closets import make_closets
from .credit import make_credit
from .elsewhere import make_elsewhere
from .evaluations import make_evaluations
from .ground import Ground
from .history import make_history
from .people import make_staff, make_teachers
from .rollouts import make_rollouts
from .schools import make_district, make_schools, make_years
from .sign_ins import CAST
from .tickets import make_tickets
from .voices import make_voices

#: What an empty district has none of.
OCCUPIED_BY = (Teacher, School, Ticket, CoursePage, Skill, Tool)


class DistrictInUse(Exception):
    """Other people's data is here already: the sample would mix with it."""


@dataclass(frozen=True, slots=True)
class Made:
    """How much the sample district holds."""

    schools: int
    teachers: int
    skills: int
    sessions: int
    tickets: int
    plans: Rebuilt


def is_sample_here() -> bool:
    """Return whether the district is the sample's."""
    return District.objects.filter(is_sample=True).exists()


def make_sample(*, seed: int, now: datetime, say: Callable[[str], None]) -> Made:
    """Fill an empty district and work out every path. Raises DistrictInUse."""
    with transaction.atomic():
        for model in OCCUPIED_BY:
            if model.objects.exists():
                raise DistrictInUse(model._meta.verbose_name_plural)
        ground = _fill(seed, now, say)
    say("Fitting the forecast to its tickets")
    fit_rules(as_of=ground.today, now=now)
    say("Working out the paths")
    plans = rebuild_plans(teacher_ids=None, as_of=ground.today, now=now)
    return Made(
        schools=School.objects.count(),
        teachers=Teacher.objects.count(),
        skills=Skill.objects.count(),
        sessions=CoursePage.objects.count(),
        tickets=Ticket.objects.count(),
        plans=plans,
    )


def _fill(seed: int, now: datetime, say: Callable[[str], None]) -> Ground:
    say("Schools, calendar, people")
    make_district()
    ground = Ground(today=today_in_district(now), seed=seed)
    schools = make_schools()
    make_years(ground, schools)
    tools = catalogue.make_tools()
    skills = catalogue.make_skills(tools)
    make_rollouts(ground, tools, schools)
    staff = make_staff(ground, schools)
    coaches = [user for user in staff.values() if user.staff_roles.filter(role=Role.COACH).exists()]
    people = make_teachers(ground, schools, tools, staff)
    say("The look book")
    author = staff[CAST[1][0]]
    pages = catalogue.make_sessions(ground, skills, tools, author)
    ahead = catalogue.make_runs(ground, pages, schools, coaches)
    catalogue.make_requirements(ground, pages, schools)
    say("Two school years of sessions taken")
    make_history(ground, people, pages, ahead, coaches)
    make_credit(ground, people, pages, coordinator=staff[CAST[2][0]])
    make_elsewhere(ground, people, pages, coaches, staff[CAST[2][0]])
    make_evaluations(ground)
    say("Two school years of tickets")
    make_tickets(ground, people, skills)
    make_voices(ground, people, pages, skills, coaches)
    make_closets(ground, people, skills)
    # Should we be stopped before the paths are worked out, somebody else finds them owed.
    ensure_plans(teacher_ids=[person.row.pk for person in people])
    return ground
