"""Two school years of help-desk tickets as rows, with the help desk and its categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from profiles.choices import TicketKind
from profiles.models import (
    FeedRun,
    Skill,
    Ticket,
    TicketCategory,
    TicketFeed,
    TicketSource,
)
from profiles.tickets.repeating import mark_repeated

from . import content
from .asks import asks_of
from .drafts import UNCLEAR, Draft, skill_of_category
from .ground import Ground
from .kept_words import kept_words, words_by_skill
from .people import Person
from .troubles import OTHERS, OUTAGES, outages_of, troubles_of

HELP_DESK = "Sample help desk"
ADDRESS = "https://helpdesk.example.org/tickets/{id}"

#: Median hours to the first answer and from there to the end, by kind.
ANSWERS = {
    TicketKind.HOW_TO: (3.0, 4.0),
    TicketKind.PEDAGOGY: (7.0, 20.0),
    TicketKind.ACCESS: (1.0, 0.7),
    TicketKind.BREAK: (2.5, 26.0),
    TicketKind.OUTAGE: (0.4, 3.0),
    TicketKind.REQUEST: (9.0, 60.0),
}
#: Share of tickets that were not settled by the first answer, and that name a day.
REOPENED, NEEDED_BY = 0.07, 0.15


def make_tickets(
    ground: Ground, people: Sequence[Person], skills: Mapping[str, Skill]
) -> list[Ticket]:
    """Return the tickets of both years, stored, with their help desk and its categories."""
    source = TicketSource.objects.create(name=HELP_DESK, address_template=ADDRESS)
    _make_categories(source, skills)
    others = [person for person in people if not person.is_rosa]
    drafts = [
        *asks_of(ground, others),
        *troubles_of(ground, others),
        *outages_of(ground, others),
        *_rosas_tickets(ground, people),
    ]
    drafts.sort(key=lambda draft: (draft.opened_at, draft.person.row.email, draft.category))
    rng, rng_of_words, words = ground.rng("answers"), ground.rng("kept words"), words_by_skill()
    rows = [
        _row(draft, source, number, skills, ground, rng)
        for number, draft in enumerate(drafts, start=20001)
    ]
    for row, draft in zip(rows, drafts, strict=True):
        row.words = kept_words(draft, words, rng_of_words)
    contact = others[-1].row  # one school's tech contact
    contact.asks_for_others = True
    contact.save(update_fields=["asks_for_others"])
    _make_feed(ground, source, len(rows))
    tickets = Ticket.objects.bulk_create(rows, batch_size=500)
    mark_repeated(teachers=[person.row.pk for person in people])
    return tickets


def _make_feed(ground: Ground, source: TicketSource, tickets: int) -> None:
    """The help desk as one that was read over the network; switched off, for there is none."""
    end = ground.at(ground.today, 0, 0)
    feed = TicketFeed.objects.create(
        source=source,
        kind=TicketFeed.Kind.RT,
        address="https://helpdesk.example.org",
        queue="Teaching and technology",
        set_up_at=end - timedelta(days=2),
        good_at=end,
    )
    for days, new, changed in ((2, tickets - 9, 0), (1, 6, 4), (0, 3, 7)):
        at = end - timedelta(days=days)
        counts = {"pages": new // 100 + 1, "read": new + changed, "matched": new + changed}
        FeedRun.objects.create(
            feed=feed,
            started_at=at - timedelta(minutes=1),
            finished_at=at,
            counts=counts | {"new": new, "changed": changed},
        )


# ---- by hand -----------------------------------------------------------------------------------


def _rosas_tickets(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    """The printed teacher's tickets: grade sync three times this term, the last one not solved."""
    rosa = next(person for person in people if person.is_rosa)
    last = ground.school_days(ground.last.start_date, ground.last.lessons_end_date)
    present = ground.school_days(ground.present.start_date, ground.today) or last
    lately = present[-70:]

    def day(days: Sequence[date], share: float) -> date:
        return days[min(int(len(days) * share), len(days) - 1)]

    how_to, teaching, access = TicketKind.HOW_TO, TicketKind.PEDAGOGY, TicketKind.ACCESS
    newcomers, sync = "Newcomers on the same text", "Gradebook / Sync"
    wanted = (
        (day(last, 0.08), 8, "Class set-up online", "Google / Classroom", how_to, 10),
        (day(last, 0.55), 13, "Weighted categories", "Gradebook / Calculation", how_to, 15),
        (day(last, 0.79), 10, "Who can see my file", "Google / Drive", how_to, 5),
        (day(lately, 0.15), 9, "Grade sync", sync, how_to, 15),
        (day(lately, 0.3), 14, newcomers, UNCLEAR, teaching, 20),
        (day(lately, 0.55), 11, "Grade sync", sync, how_to, 10),
        (day(lately, 0.68), 8, "Passwords", "Accounts / Password", access, None),
        (day(lately, 0.82), 12, "Screen sharing", "Hardware / Display", how_to, 10),
        (day(lately, 0.97), 10, "Grade sync", sync, how_to, 10),
    )
    drafts = []
    for number, (on, hour, skill, category, kind, minutes) in enumerate(wanted):
        told = skill_of_category(category) == skill
        drafts.append(
            Draft(
                person=rosa,
                opened_at=ground.at(on, hour, 5 * number),
                kind=kind,
                category=category,
                skill=skill,
                origin=Ticket.Origin.CATEGORY if told else Ticket.Origin.WORDS,
                confidence=None if told else 0.84,
                minutes_lost=minutes,
                is_reopened=number == len(wanted) - 1,
            )
        )
    return drafts


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
    sorted_at = draft.sorted_at
    need_by = None
    if rng.random() < NEEDED_BY:
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
        minutes_origin=_minutes_origin(draft, number),
        need_by_date=need_by,
        address=ADDRESS.format(id=f"HD-{number}"),
        whose=_whose(draft, number),
        sorted_at=sorted_at if sorted_at and sorted_at < ground.midnight else None,
    )


def _whose(draft: Draft, number: int) -> str:
    """Some devices that broke, and one password, were the library's or a cart's."""
    is_device = draft.kind == TicketKind.BREAK and draft.category.startswith("Hardware")
    is_rosas = draft.person.is_rosa and draft.kind == TicketKind.ACCESS
    shared = is_rosas or (is_device and number % 5 == 0)
    return str(Ticket.Whose.SHARED) if shared else ""


def _minutes_origin(draft: Draft, number: int) -> str:
    """Every third loss stood in the words alone."""
    if draft.minutes_lost is None:
        return ""
    origins = Ticket.MinutesOrigin
    return str(origins.FIELD if number % 3 else origins.WORDS)


def _make_categories(source: TicketSource, skills: Mapping[str, Skill]) -> None:
    kinds = {category: kind for category, kind, _, _ in OTHERS}
    kinds |= {category: TicketKind.OUTAGE for category, _, _ in OUTAGES}
    names = {skill.category for skill in content.skills() if skill.category}
    names |= set(kinds) | {UNCLEAR}
    rows = []
    for name in sorted(names):
        category, _, subcategory = name.partition(" / ")
        skill = skill_of_category(name)
        rows.append(
            TicketCategory(
                source=source,
                category=category,
                subcategory=subcategory,
                skill=skills[skill] if skill else None,
                # A category that questions use as well says nothing about the kind.
                kind="" if skill else kinds.get(name, ""),
            )
        )
    TicketCategory.objects.bulk_create(rows)
