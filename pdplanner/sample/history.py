"""What teachers took before today, what they are in the middle of, and the seats ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np

from courses.models import Completion, CoursePage, Enrolment, Offering
from profiles.choices import BAND_OF_GRADE, DayKind
from profiles.models import User

from . import content
from .catalogue import obligations, uid_of
from .content import RunText, SessionText
from .ground import SOURCE, Ground
from .ledger import Event, Ledger
from .people import Person

State = Enrolment.State

#: Sessions that a teacher of plain keenness finishes alone or with a coach in a school year.
ALONE_A_YEAR = 1.4
#: People in a past run, at least and at most.
IN_A_RUN = (6, 16)
#: Of all that a session is for, one run reaches no more than this share.
OF_ALL = 0.15
#: Of those with a seat: who gives it back before, who comes. The rest stay away.
WITHDRAWS, COMES = 0.06, 0.86
#: Who is in the middle of something today.
UNDER_WAY = 0.16
#: The live session that the printed teacher has been to.
ROSAS_RUN = "coding-first"
#: What a teacher of plain keenness has done of a required session, by days until it is due.
DONE_WHEN_DUE, DONE_WHEN_SET = 0.9, 0.1


def suits(person: Person, text: SessionText) -> bool:
    """Whether a session is made for this teacher and the tools are there, or about to be."""
    bands = {BAND_OF_GRADE[grade] for grade in person.row.grades}
    return (
        (not text.grade_bands or bool(bands & set(text.grade_bands)))
        and (not text.subjects or bool(set(person.row.subjects) & set(text.subjects)))
        and set(text.tools) <= person.tools | person.coming
    )


def make_history(
    ground: Ground,
    people: Sequence[Person],
    pages: Mapping[str, CoursePage],
    ahead: Sequence[tuple[Offering, RunText]],
    coaches: Sequence[User],
) -> None:
    """Store two years of runs, finished and started sessions, and the seats taken ahead."""
    ledger = Ledger(pages)
    rosa = next(person for person in people if person.is_rosa)
    others = [person for person in people if person is not rosa]
    _rosas_record(ledger, ground, rosa, coaches[0])
    _past_runs(ledger, ground, others, coaches, rosa)
    _obligations(ledger, ground, others)
    _alone(ledger, ground, others, coaches)
    _under_way(ledger, ground, others)
    _seats_ahead(ledger, ground, others, ahead)
    ledger.store()


# ---- runs that are over ------------------------------------------------------------------------


def _past_runs(
    ledger: Ledger,
    ground: Ground,
    people: Sequence[Person],
    coaches: Sequence[User],
    rosa: Person,
) -> None:
    rng = ground.rng("past runs")
    live = [text for text in content.sessions() if text.is_live]
    dated = [
        (ground.at(day, hour, minute), number, text)
        for number, text in enumerate(live)
        for day, hour, minute in _past_dates(ground, text, rng)
    ]
    busy: set[tuple[str, date]] = set()
    for count, (starts_at, number, text) in enumerate(sorted(dated, key=lambda run: run[:2])):
        run = Offering(
            course=ledger.pages[text.key],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=text.minutes),
            place="Learning center",
            coach=coaches[number % len(coaches)],
            source=SOURCE,
            external_id=f"past-run-{count + 1}",
        )
        run.uid = uid_of(run)
        ledger.runs.append(run)
        free = [
            person
            for person in people
            if _could_take(person, text, starts_at)
            and (person.row.email, starts_at.date()) not in busy
        ]
        size = min(int(rng.integers(*IN_A_RUN)), round(len(free) * OF_ALL))
        if text.key == ROSAS_RUN and text.key not in rosa.completed:
            _come(ledger, rosa, text, run)
        for person in _pick(rng, free, size):
            busy.add((person.row.email, starts_at.date()))
            _sit_in(ledger, rng, person, text, run)


def _past_dates(
    ground: Ground, text: SessionText, rng: np.random.Generator
) -> list[tuple[date, int, int]]:
    """When a live session ran: on PD days and after school, in the years since it is offered."""
    found = []
    for year in ground.years[1:] if text.since == 0 else ground.years:
        until = min(year.lessons_end_date, ground.today - timedelta(days=1))
        pd_days = [
            mark.start_date
            for mark in year.marks
            if mark.kind == DayKind.PD and mark.start_date <= until
        ]
        if pd_days:
            found.append((pd_days[int(rng.integers(len(pd_days)))], int(rng.integers(9, 14)), 0))
        days = ground.school_days(year.start_date, until)
        for _ in range(round(len(days) / 90)):
            found.append((days[int(rng.integers(len(days)))], 15, 30))
    return found


def _sit_in(
    ledger: Ledger, rng: np.random.Generator, person: Person, text: SessionText, run: Offering
) -> None:
    """One teacher in one past run: came, stayed away, or gave the seat back."""
    fate = rng.random()
    if WITHDRAWS <= fate < WITHDRAWS + COMES:
        _come(ledger, person, text, run)
        return
    seated_at = run.starts_at - timedelta(days=int(rng.integers(4, 25)), hours=2)
    seated: Event = (State.SEATED, seated_at, person.row.user)
    if fate < WITHDRAWS:
        ended: Event = (State.WITHDRAWN, seated_at + timedelta(days=2), person.row.user)
    else:
        ended = (State.NO_SHOW, run.ends_at, run.coach)
    ledger.enrol(person, text, [seated, ended], run)


def _come(ledger: Ledger, person: Person, text: SessionText, run: Offering) -> None:
    """One teacher who had a seat and came."""
    seated: Event = (State.SEATED, run.starts_at - timedelta(days=9, hours=2), person.row.user)
    ledger.enrol(person, text, [seated, (State.ATTENDED, run.ends_at, run.coach)], run)
    ledger.complete(person, text, Completion.Ground.ATTENDED, run.ends_at, run.coach, run)


# ---- alone, or with a coach --------------------------------------------------------------------


def _obligations(ledger: Ledger, ground: Ground, people: Sequence[Person]) -> None:
    """Required sessions, done by more people the nearer the date and the keener the school."""
    rng = ground.rng("obligations")
    texts = {text.key: text for text in content.sessions()}
    for obligation in obligations(ground):
        text = texts[obligation.session]
        asked = [
            person
            for person in people
            if (not obligation.kinds or person.kind in obligation.kinds)
            and (
                not obligation.bands
                or {BAND_OF_GRADE[grade] for grade in person.row.grades} & set(obligation.bands)
            )
        ]
        whole = (obligation.due_date - obligation.set_date).days
        gone = min((ground.today - obligation.set_date).days / max(whole, 1), 1.0)
        days = ground.school_days(obligation.set_date, ground.today) or [
            ground.today - timedelta(days=1)
        ]
        share = DONE_WHEN_SET + (DONE_WHEN_DUE - DONE_WHEN_SET) * gone
        for person, chance in zip(asked, rng.random(len(asked)), strict=True):
            if chance < share * min(1.1, 0.72 + 0.28 * person.keenness):
                # Few hurry: most days fall late.
                day = days[int(len(days) * rng.beta(2.0, 1.2))]
                _finish(ledger, ground, rng, person, text, day, coach=None)


def _alone(
    ledger: Ledger, ground: Ground, people: Sequence[Person], coaches: Sequence[User]
) -> None:
    rng = ground.rng("alone")
    required = {obligation.session for obligation in obligations(ground)}
    texts = [text for text in content.sessions() if not text.is_live and text.key not in required]
    for year in ground.years:
        days = ground.school_days(year.start_date, year.lessons_end_date)
        share = len(days) / 180
        for person in people:
            if not days or person.started_date > year.end_date:
                continue
            for place in sorted(
                rng.integers(len(days), size=rng.poisson(ALONE_A_YEAR * share * person.keenness))
            ):
                at = ground.at(days[int(place)], 15, 0)
                open_to = [
                    text
                    for text in texts
                    if (text.since or year is ground.present) and _could_take(person, text, at)
                ]
                if open_to:
                    text = open_to[int(rng.integers(len(open_to)))]
                    coach = coaches[int(rng.integers(len(coaches)))]
                    _finish(ledger, ground, rng, person, text, days[int(place)], coach)


def _finish(
    ledger: Ledger,
    ground: Ground,
    rng: np.random.Generator,
    person: Person,
    text: SessionText,
    day: date,
    coach: User | None,
) -> None:
    """One session started and finished on a day: by its check, or confirmed by a coach."""
    if text.key in person.completed:
        return
    started_at = ground.at(day, int(rng.integers(7, 17)), int(rng.integers(60)))
    at = started_at + timedelta(minutes=text.minutes)
    user = person.row.user
    by_check = text.check_ids and text.format != "coached"
    ledger.enrol(
        person,
        text,
        [(State.STARTED, started_at, user), (State.FINISHED, at, user if by_check else coach)],
        answers=dict.fromkeys(text.check_ids, at.isoformat()) if by_check else {},
    )
    reason = Completion.Ground.CHECK if by_check else Completion.Ground.COACH
    ledger.complete(person, text, reason, at, None if by_check else coach)


def _under_way(ledger: Ledger, ground: Ground, people: Sequence[Person]) -> None:
    """Sessions begun in the last weeks and not finished."""
    rng = ground.rng("under way")
    texts = [text for text in content.sessions() if not text.is_live]
    for person in people:
        if rng.random() < UNDER_WAY * min(person.keenness, 2.0):
            started_at = ground.midnight - timedelta(days=int(rng.integers(1, 25)), hours=8)
            open_to = [text for text in texts if _could_take(person, text, started_at)]
            if open_to:
                text = open_to[int(rng.integers(len(open_to)))]
                ledger.enrol(person, text, [(State.STARTED, started_at, person.row.user)])


# ---- what lies ahead ---------------------------------------------------------------------------


def _seats_ahead(
    ledger: Ledger,
    ground: Ground,
    people: Sequence[Person],
    ahead: Sequence[tuple[Offering, RunText]],
) -> None:
    rng = ground.rng("seats ahead")
    texts = {ledger.pages[text.key].pk: text for text in content.sessions()}
    busy: set[tuple[str, date]] = set()
    going: set[tuple[str, str]] = set()
    for run, wish in ahead:
        ledger.runs.append(run)
        text = texts[run.course_id]
        day = run.starts_at.date()
        free = [
            person
            for person in people
            if _could_take(person, text, run.starts_at)
            and (person.row.email, day) not in busy
            and (person.row.email, text.key) not in going
        ]
        chosen = _pick(rng, free, run.seats - wish.left + wish.waiting)
        asked = sorted(rng.uniform(0.2, 21.0, len(chosen)), reverse=True)
        for number, (person, days) in enumerate(zip(chosen, asked, strict=True)):
            busy.add((person.row.email, day))
            going.add((person.row.email, text.key))
            state = State.SEATED if number < run.seats else State.WAITING
            at = ground.midnight - timedelta(days=float(days))
            ledger.enrol(person, text, [(state, at, person.row.user)], run)


def _could_take(person: Person, text: SessionText, at: datetime) -> bool:
    """Whether the teacher was here, fits, has what comes first and hasn't done it yet."""
    return (
        suits(person, text)
        and text.key not in person.completed
        and person.started_date <= at.date()
        and all(key in person.completed and person.completed[key] < at for key in text.required)
        and not any(key in person.completed for key in text.equivalents)
    )


def _pick(rng: np.random.Generator, people: Sequence[Person], size: int) -> list[Person]:
    """Some of these people, the keen ones rather than the others."""
    size = min(size, len(people))
    if not size:
        return []
    keenness = np.array([person.keenness for person in people]) + 0.05
    chosen = rng.choice(len(people), size=size, replace=False, p=keenness / keenness.sum())
    return [people[number] for number in chosen]


def _rosas_record(ledger: Ledger, ground: Ground, rosa: Person, coach: User) -> None:
    """What the printed teacher has behind her: written by hand, all of it before today."""
    rng = ground.rng("rosa")
    texts = {text.key: text for text in content.sessions()}
    last = ground.school_days(ground.last.start_date, ground.last.lessons_end_date)
    present = ground.school_days(ground.present.start_date, ground.today) or last
    for key, day in (
        ("classroom-first-week", last[20]),
        ("document-camera", last[105]),
        ("digital-citizenship-week", last[130]),
        ("gradebook-first-week", present[min(3, len(present) - 1)]),
        ("who-can-see-my-file", present[len(present) // 4]),
        ("two-step-sign-in", present[len(present) // 2]),
        ("shared-drives-tidy", present[-min(len(present), 15)]),
    ):
        _finish(ledger, ground, rng, rosa, texts[key], day, coach)
