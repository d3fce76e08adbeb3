"""Two school years of help-desk tickets, drawn from rates that are written here.

A teacher's expected asks about a skill on a day = how often this teacher asks at all
x how much of it goes to the skill (own leanings over everybody's weights)
x how busy the day is for such questions (season, calendar, weekday)
+ the launch of a tool at the school. What a finished session taught is asked less afterwards.
Tickets of the other kinds (access, break, outage, request) come on top and make no need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from profiles.choices import DayKind, TicketKind
from profiles.models import Skill, Ticket, TicketCategory, TicketSource

from . import content
from .calendar import Mark
from .content import SkillText
from .ground import Ground
from .people import Person
from .rollouts import rollouts

Floats = NDArray[np.float64]

HELP_DESK = "Sample help desk"
ADDRESS = "https://helpdesk.example.org/tickets/{id}"

#: How-to and pedagogy asks of a plain teacher in a school year, before launches.
ASKS_A_YEAR = 4.2
#: How few skills one teacher's asks go to: smaller is fewer (shape of a gamma around 1).
LEANING = 0.35
#: Asks a user of a new tool adds in its first term, spread over its skills, and how fast they fade.
LAUNCH_ASKS = 1.5
LAUNCH_HALF_LIFE_DAYS = 28
#: Share of the asks that a finished session takes away, by what it does for the skill.
RELIEF = {"touches": 0.1, "teaches": 0.35, "masters": 0.55}
#: Tickets of the other kinds, a teacher and school year.
OTHERS_A_YEAR = 2.6
#: Work days against the mean; Saturday, Sunday, and days without children.
WEEKDAYS = (1.25, 1.1, 1.0, 0.95, 0.7, 0.02, 0.06)
NO_CHILDREN = 0.12
SUMMER = 0.05
#: Busier months, January first.
MONTHS = {
    "start": (1.3, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 3.0, 2.2, 1.0, 0.7, 0.6),
    "spring": (1.0, 1.4, 1.5, 1.5, 1.4, 0.7, 0.3, 0.4, 0.5, 0.7, 0.8, 0.7),
    "december": (0.8, 0.7, 0.7, 0.7, 0.7, 0.5, 0.2, 0.5, 0.8, 1.0, 1.3, 4.0),
    "conferences": (0.5, 1.0, 2.4, 1.0, 0.4, 0.2, 0.1, 0.5, 0.9, 2.2, 2.6, 0.5),
    "grades": (1.1, 0.9, 0.9, 0.9, 0.9, 0.8, 0.1, 0.8, 0.9, 0.9, 0.9, 0.9),
}
#: Mark in the calendar, days before and after it, and how much busier they are, by season.
LIFTS = {
    "grades": ((DayKind.REPORT_CARDS, 12, 1, 3.5),),
    "testing": ((DayKind.TESTING, 12, 0, 7.0),),
    "results": ((DayKind.TESTING, -1, 24, 6.0),),
}
#: Share of tickets, median hours to the first answer and from there to the end, by kind.
ANSWERS = {
    TicketKind.HOW_TO: (3.0, 4.0),
    TicketKind.PEDAGOGY: (7.0, 20.0),
    TicketKind.ACCESS: (1.0, 0.7),
    TicketKind.BREAK: (2.5, 26.0),
    TicketKind.OUTAGE: (0.4, 3.0),
    TicketKind.REQUEST: (9.0, 60.0),
}
REOPENED = 0.07
#: Of how-to tickets whose category tells nothing: the words told, a coach did, the rest is open.
WAITS_DAYS = 24  # what came in since the coaches last sorted
BY_WORDS, BY_COACH = 0.55, 0.4
#: Where the other kinds are filed: category, kind, share, the skill it is about if any.
OTHERS: tuple[tuple[str, TicketKind, float, str], ...] = (
    ("Accounts / Password", TicketKind.ACCESS, 0.2, "Passwords"),
    ("Accounts / Student sign-in", TicketKind.ACCESS, 0.13, "Student sign-in"),
    ("Accounts / Two-step", TicketKind.ACCESS, 0.07, "Two-step sign-in"),
    ("Hardware / Printer", TicketKind.BREAK, 0.12, "Printing"),
    ("Hardware / Display", TicketKind.BREAK, 0.13, "Screen sharing"),
    ("Devices / Chromebook repair", TicketKind.BREAK, 0.14, ""),
    ("Hardware / Sound", TicketKind.BREAK, 0.05, "Sound and microphones"),
    ("Apps / Approval", TicketKind.REQUEST, 0.07, "Choosing an app"),
    ("Requests / Equipment", TicketKind.REQUEST, 0.09, ""),
)
#: Outages: the day, as a share of the school days so far, and who is hit.
OUTAGES = (
    ("Network / Wi-Fi", 0.23, 0.3),
    ("Network / Internet", 0.61, 0.4),
    ("Gradebook / Down", 0.86, 0.3),
)
UNCLEAR = "General / Something else"


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket before it has a number."""

    person: Person
    opened_at: datetime
    kind: TicketKind
    category: str
    skill: str = ""
    origin: str = ""
    confidence: float | None = None
    sorted_at: datetime | None = None
    minutes_lost: int | None = None
    is_reopened: bool | None = None  # None: chance decides


def make_tickets(
    ground: Ground, people: Sequence[Person], skills: Mapping[str, Skill]
) -> list[Ticket]:
    """Return the tickets of both years, stored, with their help desk and its categories."""
    source = TicketSource.objects.create(name=HELP_DESK, address_template=ADDRESS)
    _make_categories(source, skills)
    others = [person for person in people if not person.is_rosa]
    drafts = [
        *_asks(ground, others),
        *_troubles(ground, others),
        *_outages(ground, others),
        *_rosas_tickets(ground, people),
    ]
    drafts.sort(key=lambda draft: (draft.opened_at, draft.person.row.email, draft.category))
    rng = ground.rng("answers")
    rows = [
        _row(draft, source, number, skills, ground, rng)
        for number, draft in enumerate(drafts, start=20001)
    ]
    return Ticket.objects.bulk_create(rows, batch_size=500)


# ---- asks --------------------------------------------------------------------------------------


def _asks(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    rng = ground.rng("asks")
    skills = content.skills()
    days = _days(ground)
    seasons = {skill.season: _busyness(ground, days, skill.season) for skill in skills}
    busy = np.array([seasons[skill.season] for skill in skills])  # [K, D]
    rates = _rates(people, skills, rng)  # [T, K], a school year of plain days
    launch = _launches(ground, people, skills, days)  # [T, K] -> when, how many
    drafts = []
    here = np.array([_here_since(person, days) for person in people])
    for column, skill in enumerate(skills):
        later = np.cumsum(busy[column][::-1])[::-1] / 180.0
        counts = rng.poisson(rates[:, column] * later[here])
        for row in np.flatnonzero(counts):
            share = busy[column, here[row] :]
            chosen = rng.choice(len(share), size=counts[row], p=share / share.sum())
            for day in sorted(chosen + here[row]):
                drafts.append((people[row], days[day], skill))
    for row, column, day in launch.draw(rng, days):
        drafts.append((people[row], days[day], skills[column]))
    asked = [
        _ask(ground, rng, person, day, skill)
        for person, day, skill in drafts
        if not _relieved(person, day, skill, rng)
    ]
    return [draft for draft in asked if draft.opened_at < ground.midnight]


def _days(ground: Ground) -> list[date]:
    """Every day from the start of last year to yesterday."""
    first = ground.last.start_date
    return [first + timedelta(days=number) for number in range((ground.today - first).days)]


def _here_since(person: Person, days: Sequence[date]) -> int:
    return int(
        np.searchsorted(
            np.array(days, dtype="datetime64[D]"), np.datetime64(person.row.started_date)
        ).clip(0, max(len(days) - 1, 0))
    )


def _rates(
    people: Sequence[Person], skills: Sequence[SkillText], rng: np.random.Generator
) -> Floats:
    """Expected asks a school year [T, K]: each teacher's own leanings over everybody's weights."""
    weight = np.array([skill.rate for skill in skills])
    open_to = np.array([[_can_need(person, skill) for skill in skills] for person in people])
    leaning = rng.gamma(LEANING, 1 / LEANING, size=open_to.shape)
    mix = weight * open_to * leaning
    everybody = (weight * open_to).sum(axis=1, keepdims=True)
    asks = np.array([person.asks for person in people])[:, None]
    return np.asarray(ASKS_A_YEAR * asks * mix / np.maximum(everybody, 1e-9))


def _can_need(person: Person, skill: SkillText) -> bool:
    return (
        (not skill.kinds or person.kind in skill.kinds)
        and (not skill.subjects or bool(set(skill.subjects) & {*person.row.subjects, "general"}))
        and (not skill.needs_tool or skill.tool in person.tools)
    )


def _busyness(ground: Ground, days: Sequence[date], season: str) -> Floats:
    """How busy each day is for questions of a season, against a plain school day [D]."""
    months = MONTHS.get(season, (1.0,) * 12)
    base = 0.3 if season in ("testing", "results") else 1.0
    share = np.zeros(len(days))
    for number, day in enumerate(days):
        year = ground.year_of(day)
        share[number] = base * months[day.month - 1] * WEEKDAYS[day.weekday()]
        if not year.is_school_day(day) and day.weekday() < 5:
            share[number] *= SUMMER if day > year.lessons_end_date else NO_CHILDREN
        share[number] *= max((_lift(mark, day, season) for mark in year.marks), default=1.0)
        if season == "rising":
            share[number] *= 0.4 + 1.2 * number / len(days)
    return share


def _lift(mark: Mark, day: date, season: str) -> float:
    for kind, before, after, lift in LIFTS.get(season, ()):
        first = mark.start_date - timedelta(days=before)
        if before < 0:  # only after it is over
            first = mark.end_date + timedelta(days=1)
        if mark.kind == kind and first <= day <= mark.end_date + timedelta(days=after):
            return lift
    return 1.0


@dataclass(frozen=True, slots=True)
class Launches:
    """Who is reached by which new tool's skill from which day: rows of (teacher, skill, day)."""

    cells: tuple[tuple[int, int, int], ...]
    asks: Floats

    def draw(self, rng: np.random.Generator, days: Sequence[date]) -> list[tuple[int, int, int]]:
        """The asks that the launches bring: (teacher, skill, day)."""
        found = []
        scale = LAUNCH_HALF_LIFE_DAYS / np.log(2)
        for (row, column, start), asks in zip(self.cells, self.asks, strict=True):
            for after in rng.exponential(scale, size=rng.poisson(asks)):
                day = start + int(after)
                while day < len(days) and days[day].weekday() > 4:
                    day += 1
                if 0 <= day < len(days):
                    found.append((row, column, day))
        return found


def _launches(
    ground: Ground, people: Sequence[Person], skills: Sequence[SkillText], days: Sequence[date]
) -> Launches:
    cells, asks = [], []
    for rollout in rollouts(ground):
        if not ground.last.start_date <= rollout.from_date < ground.today:
            continue
        start = (rollout.from_date - ground.last.start_date).days
        columns = [number for number, skill in enumerate(skills) if skill.tool == rollout.tool]
        total = sum(skills[column].rate for column in columns)
        for row, person in enumerate(people):
            if rollout.school in (None, person.school) and rollout.tool in person.tools:
                for column in columns:
                    if _can_need(person, skills[column]):
                        cells.append((row, column, start))
                        asks.append(
                            LAUNCH_ASKS * min(person.asks, 2.5) * skills[column].rate / total
                        )
    return Launches(tuple(cells), np.array(asks))


def _relieved(person: Person, day: date, skill: SkillText, rng: np.random.Generator) -> bool:
    """Whether a session finished before took this ask away."""
    kept = 1.0
    for text in content.sessions():
        done_at = person.completed.get(text.key)
        if done_at is not None and skill.name in text.skills and done_at.date() < day:
            kept *= 1 - RELIEF[text.skills[skill.name]]
    return kept < 1.0 and rng.random() > kept


def _ask(
    ground: Ground, rng: np.random.Generator, person: Person, day: date, skill: SkillText
) -> Draft:
    kind = TicketKind.PEDAGOGY if rng.random() < skill.pedagogy else TicketKind.HOW_TO
    opened_at = _time_of_day(ground, day, rng)
    minutes = None
    if rng.random() < 0.65:
        minutes = max(5, int(round(rng.gamma(2.0, skill.minutes / 2.0) / 5) * 5))
    category = skill.category
    if not category or (kind == TicketKind.PEDAGOGY and rng.random() < 0.5):
        category = UNCLEAR
    if _skill_of_category(category) == skill.name:
        return Draft(
            person,
            opened_at,
            kind,
            category,
            skill.name,
            Ticket.Origin.CATEGORY,
            minutes_lost=minutes,
        )
    told = rng.random()
    if told < BY_WORDS:
        sure = round(float(rng.beta(6, 2)), 2)
        return Draft(
            person,
            opened_at,
            kind,
            category,
            skill.name,
            Ticket.Origin.WORDS,
            sure,
            minutes_lost=minutes,
        )
    # The coaches sort what is left once a week; what came in lately waits for them.
    waits = ground.midnight - opened_at < timedelta(days=WAITS_DAYS)
    if told < BY_WORDS + BY_COACH and not waits:
        sorted_at = opened_at + timedelta(days=float(rng.uniform(1, 8)))
        return Draft(
            person,
            opened_at,
            kind,
            category,
            skill.name,
            Ticket.Origin.COACH,
            sorted_at=sorted_at,
            minutes_lost=minutes,
        )
    return Draft(
        person,
        opened_at,
        kind,
        category,
        sorted_at=None if waits else opened_at + timedelta(days=6),
        minutes_lost=minutes,
    )


# ---- the other kinds ---------------------------------------------------------------------------


def _troubles(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    """Access, breakage and requests: no need comes of them."""
    rng = ground.rng("troubles")
    days = ground.school_days(ground.last.start_date, ground.today)
    share = np.array([one[2] for one in OTHERS])
    drafts = []
    for person in people:
        here = [day for day in days if day >= person.row.started_date]
        for _ in range(rng.poisson(OTHERS_A_YEAR * (0.4 + 0.6 * person.asks) * len(here) / 180)):
            day = here[int(rng.integers(len(here)))]
            category, kind, _, skill = OTHERS[int(rng.choice(len(OTHERS), p=share / share.sum()))]
            opened_at = _time_of_day(ground, day, rng)
            lost = (
                int(rng.integers(1, 8) * 5)
                if kind != TicketKind.REQUEST and rng.random() < 0.5
                else None
            )
            drafts.append(
                Draft(
                    person,
                    opened_at,
                    kind,
                    category,
                    skill,
                    Ticket.Origin.CATEGORY if skill else "",
                    sorted_at=None if skill else opened_at,
                    minutes_lost=lost,
                )
            )
    return drafts


def _outages(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    """Days on which the network or the gradebook was down for everybody."""
    rng = ground.rng("outages")
    days = ground.school_days(ground.last.start_date, ground.today)
    drafts = []
    for category, place, hit in OUTAGES:
        day = days[int(len(days) * place)]
        for person in people:
            if person.row.started_date <= day and rng.random() < hit * min(person.asks, 1.0) * 0.5:
                at = ground.at(day, 9, 10) + timedelta(minutes=int(rng.integers(110)))
                drafts.append(
                    Draft(
                        person,
                        at,
                        TicketKind.OUTAGE,
                        category,
                        sorted_at=at,
                        minutes_lost=20,
                        is_reopened=False,
                    )
                )
    return drafts


# ---- by hand -----------------------------------------------------------------------------------


def _rosas_tickets(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    """The printed teacher's tickets: grade sync three times this term, the last one not solved."""
    rosa = next(person for person in people if person.is_rosa)
    last = ground.school_days(ground.last.start_date, ground.last.lessons_end_date)
    present = ground.school_days(ground.present.start_date, ground.today) or last
    lately = present[-70:]

    def day(days: Sequence[date], share: float) -> date:
        return days[min(int(len(days) * share), len(days) - 1)]

    how_to, category = TicketKind.HOW_TO, Ticket.Origin.CATEGORY
    wanted = (
        (day(last, 0.08), 8, "Class set-up online", "Google / Classroom", how_to, 10, False),
        (day(last, 0.55), 13, "Weighted categories", "Gradebook / Calculation", how_to, 15, False),
        (day(last, 0.79), 10, "Who can see my file", "Google / Drive", how_to, 5, False),
        (day(lately, 0.15), 9, "Grade sync", "Gradebook / Sync", how_to, 15, False),
        (
            day(lately, 0.3),
            14,
            "Newcomers on the same text",
            UNCLEAR,
            TicketKind.PEDAGOGY,
            20,
            False,
        ),
        (day(lately, 0.55), 11, "Grade sync", "Gradebook / Sync", how_to, 10, False),
        (day(lately, 0.68), 8, "Passwords", "Accounts / Password", TicketKind.ACCESS, None, False),
        (day(lately, 0.82), 12, "Screen sharing", "Hardware / Display", how_to, 10, False),
        (day(lately, 0.97), 10, "Grade sync", "Gradebook / Sync", how_to, 10, True),
    )
    return [
        Draft(
            rosa,
            ground.at(on, hour, 5 * number),
            kind,
            where,
            skill,
            category
            if _skill_of_category(where) == skill or kind == TicketKind.ACCESS
            else Ticket.Origin.WORDS,
            confidence=None
            if _skill_of_category(where) == skill or kind == TicketKind.ACCESS
            else 0.84,
            minutes_lost=minutes,
            is_reopened=reopened,
        )
        for number, (on, hour, skill, where, kind, minutes, reopened) in enumerate(wanted)
    ]


# ---- rows --------------------------------------------------------------------------------------


def _row(
    draft: Draft,
    source: TicketSource,
    number: int,
    skills: Mapping[str, Skill],
    ground: Ground,
    rng: np.random.Generator,
) -> Ticket:
    category, _, subcategory = draft.category.partition(" / ")
    answer, rest = (float(rng.lognormal(np.log(hours), 0.9)) for hours in ANSWERS[draft.kind])
    answered_at = draft.opened_at + timedelta(hours=answer)
    resolved_at = answered_at + timedelta(hours=rest)
    reopened = rng.random() < REOPENED if draft.is_reopened is None else draft.is_reopened
    if reopened:
        resolved_at += timedelta(days=2)
    need_by = None
    if rng.random() < 0.15:
        need_by = draft.opened_at.date() + timedelta(days=int(rng.integers(1, 6)))
    return Ticket(
        source=source,
        external_id=f"HD-{number}",
        teacher=draft.person.row,
        opened_at=draft.opened_at,
        first_answered_at=answered_at if answered_at < ground.midnight else None,
        resolved_at=resolved_at if resolved_at < ground.midnight else None,
        is_reopened=bool(reopened),
        kind=draft.kind,
        category=category,
        subcategory=subcategory,
        skill=skills[draft.skill] if draft.skill else None,
        skill_origin=draft.origin,
        skill_confidence=draft.confidence,
        minutes_lost=draft.minutes_lost,
        need_by_date=need_by,
        address=ADDRESS.format(id=f"HD-{number}"),
        sorted_at=draft.sorted_at
        if draft.sorted_at and draft.sorted_at < ground.midnight
        else None,
    )


def _time_of_day(ground: Ground, day: date, rng: np.random.Generator) -> datetime:
    """Before the bell, between lessons, after school: most in the morning and after two."""
    minute = rng.normal(8.4 * 60, 60) if rng.random() < 0.55 else rng.normal(14.2 * 60, 75)
    minute = int(np.clip(minute, 6.5 * 60, 20 * 60))
    return ground.at(day, minute // 60, minute % 60)


def _skill_of_category(category: str) -> str:
    """The one skill that a category stands for; "" where it stands for several or for none."""
    found = [skill.name for skill in content.skills() if skill.category == category]
    return found[0] if len(found) == 1 else ""


def _make_categories(source: TicketSource, skills: Mapping[str, Skill]) -> None:
    kinds = {category: kind for category, kind, _, _ in OTHERS}
    names = {skill.category for skill in content.skills() if skill.category}
    names |= set(kinds) | {category for category, _, _ in OUTAGES} | {UNCLEAR}
    rows = []
    for name in sorted(names):
        category, _, subcategory = name.partition(" / ")
        skill = _skill_of_category(name)
        kind = kinds.get(name, TicketKind.OUTAGE if name.startswith("Network") else "")
        rows.append(
            TicketCategory(
                source=source,
                category=category,
                subcategory=subcategory,
                skill=skills[skill] if skill else None,
                # A category that questions use as well says nothing about the kind.
                kind="" if skill or name == UNCLEAR else kind,
            )
        )
    TicketCategory.objects.bulk_create(rows)
