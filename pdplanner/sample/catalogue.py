"""Tools, skills and the sessions of the look book, with the runs that lie ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.text import slugify

from courses.models import (
    CoursePage,
    CoursePrerequisite,
    CourseSkill,
    Offering,
    Requirement,
)
from courses.operations import look_book
from profiles.choices import DayKind, GradeBand
from profiles.models import School, Skill, Tool, User

from . import content
from .aims import AIMS
from .calendar import FRIDAY, on_or_after
from .content import RunText, SessionText
from .ground import KIND_OF_SCHOOL, SOURCE, Ground

WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4}


@dataclass(frozen=True, slots=True)
class Obligation:
    """A required session, by when, for which kind of school ("" is all), and why."""

    session: str
    due_date: date
    kinds: tuple[str, ...]
    bands: tuple[str, ...]
    note: str
    set_date: date


def make_tools() -> dict[str, Tool]:
    """Return the tools by name."""
    return {
        text.name: Tool.objects.create(
            name=text.name,
            description=text.description,
            aliases="\n".join(text.aliases),
            words="\n".join(text.words),
        )
        for text in content.tools()
    }


def make_skills(tools: Mapping[str, Tool]) -> dict[str, Skill]:
    """Return the skills by name."""
    return {
        text.name: Skill.objects.create(
            name=text.name,
            description=text.description,
            area=text.area,
            tool=tools[text.tool] if text.tool else None,
            aliases="\n".join(text.aliases),
            words="\n".join(text.words),
            digcompedu=text.digcompedu,
            iste=text.iste,
        )
        for text in content.skills()
    }


def make_sessions(
    ground: Ground, skills: Mapping[str, Skill], tools: Mapping[str, Tool], author: User
) -> dict[str, CoursePage]:
    """Return the sessions by key, published under the look book."""
    book = look_book()
    tool_ids = {name: tool.pk for name, tool in tools.items()}
    pages: dict[str, CoursePage] = {}
    for text in content.sessions():
        page = _page(text, ground, tool_ids, author)
        page.tools = [tools[name] for name in text.tools]
        page.taught_skills.set(
            [
                CourseSkill(skill=skills[name], strength=strength, sort_order=number)
                for number, (name, strength) in enumerate(text.skills.items())
            ]
        )
        page.prerequisites.set(
            [
                CoursePrerequisite(before=pages[key], is_required=required, sort_order=number)
                for number, (key, required) in enumerate(
                    [(key, True) for key in text.required] + [(key, False) for key in text.advised]
                )
            ]
        )
        book.add_child(instance=page)
        pages[text.key] = page
    _make_equivalents(pages)
    return pages


def _page(
    text: SessionText, ground: Ground, tool_ids: Mapping[str, int], author: User
) -> CoursePage:
    published = ground.present if text.since == 0 else ground.last
    published_at = ground.at(published.start_date - timedelta(days=9), 10, 0)
    page = CoursePage(
        title=text.title,
        slug=slugify(text.key),
        summary=text.summary,
        objectives="\n".join(text.objectives),
        **AIMS.get(text.key, {}),
        body=content.body_of(text, tool_ids),
        minutes=text.minutes,
        format=text.format,
        completion_rule=list(text.completion_rule),
        task=text.task,
        level=text.level,
        grade_bands=list(text.grade_bands),
        subjects=list(text.subjects),
        source=SOURCE,
        external_id=text.key,
        owner=author,
        live=True,
        first_published_at=published_at,
        last_published_at=published_at,
        latest_revision_created_at=published_at,
    )
    page.translation_key = UUID(content.block_id(text.key))
    return page


def _make_equivalents(pages: Mapping[str, CoursePage]) -> None:
    """Link sessions that teach the same, once for each pair and in both directions."""
    pairs = {
        frozenset((text.key, other)) for text in content.sessions() for other in text.equivalents
    }
    through = CoursePage.equivalents.through
    through.objects.bulk_create(
        through(from_coursepage=pages[one], to_coursepage=pages[other])
        for first, second in sorted(map(sorted, pairs))
        for one, other in ((first, second), (second, first))
    )


def make_runs(
    ground: Ground,
    pages: Mapping[str, CoursePage],
    schools: Mapping[str, School],
    coaches: list[User],
) -> list[tuple[Offering, RunText]]:
    """Return the runs that lie ahead, stored, with what their seats should look like."""
    found = []
    for number, text in enumerate(text for text in content.sessions() if text.is_live):
        for run in text.runs:
            day = day_of_run(run, ground)
            hour, minute = map(int, run.at.split(":"))
            starts_at = ground.at(day, hour, minute)
            offering = Offering(
                course=pages[text.key],
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=text.minutes),
                place=run.place,
                link="" if run.school or run.day == "pd" else "https://meet.example.org/pd",
                school=schools[run.school] if run.school else None,
                coach=coaches[number % len(coaches)],
                seats=run.seats,
                source=SOURCE,
            )
            found.append((offering, run))
    for number, (offering, _) in enumerate(found, start=1):
        offering.external_id = f"run-{number}"
        offering.uid = uid_of(offering)
        _set_rules(offering, number)
    Offering.objects.bulk_create(offering for offering, _ in found)
    return found


def _set_rules(run: Offering, number: int) -> None:
    """Let runs differ in how seats go: most as they come, some by offer or by a coach's word."""
    if number % 5 == 2:
        run.waiting_policy = Offering.WaitingPolicy.OFFER
    elif number % 7 == 3:
        run.waiting_policy = Offering.WaitingPolicy.COACH
    if number % 4 == 1:
        run.seats_min = min(3, run.seats)
        run.decide_by_at = run.starts_at - timedelta(days=2)
    if number % 6 == 4:
        run.cancel_until_at = run.starts_at - timedelta(days=1)


def uid_of(run: Offering) -> UUID:
    """What calendars know a run by: the same in every sample district."""
    return uuid5(NAMESPACE_URL, f"{SOURCE}:{run.external_id}")


def day_of_run(run: RunText, ground: Ground) -> date:
    """The day of a run that lies ahead: never a weekend or a holiday."""
    day = ground.today + timedelta(days=run.in_days)
    if run.day == "pd":
        ahead = [
            mark.start_date
            for year in (ground.year_of(day), ground.year_of(day + timedelta(days=366)))
            for mark in year.marks
            if mark.kind == DayKind.PD and mark.start_date >= day
        ]
        return min(ahead)
    day = on_or_after(day, WEEKDAYS[run.day])
    while ground.year_of(day).is_free(day):
        day += timedelta(days=7)
    return day


def obligations(ground: Ground) -> list[Obligation]:
    """The required sessions: one just past its date, one soon due, one for the new gradebook."""
    friday = on_or_after(ground.today, FRIDAY)
    weeks = timedelta(weeks=1)
    set_date = min(ground.present.start_date, ground.today - timedelta(days=30))
    return [
        Obligation(
            "two-step-sign-in",
            friday - 4 * weeks,
            (),
            (),
            "The district’s insurance asks for it.",
            set_date,
        ),
        Obligation(
            "student-privacy",
            friday + 3 * weeks,
            (),
            (),
            "State law: once in each school year.",
            set_date,
        ),
        Obligation(
            "gradebook-first-week",
            friday + 6 * weeks,
            ("middle", "k8"),
            (GradeBand.G6_8.value,),
            "The new gradebook is the only one from this year on.",
            set_date,
        ),
    ]


def make_requirements(
    ground: Ground, pages: Mapping[str, CoursePage], schools: Mapping[str, School]
) -> None:
    """Store the required sessions."""
    for obligation in obligations(ground):
        row = Requirement.objects.create(
            course=pages[obligation.session],
            due_date=obligation.due_date,
            grade_bands=list(obligation.bands),
            note=obligation.note,
            set_at=ground.at(obligation.set_date, 9, 0),
        )
        row.schools.set(
            school for name, school in schools.items() if KIND_OF_SCHOOL[name] in obligation.kinds
        )
