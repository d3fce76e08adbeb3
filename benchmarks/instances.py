"""Made-up planning instances: the same numbers in, the same instance out.

Strengths and fits are chosen so that every effect of a session on a teacher is a whole number of
units on the logarithmic scale: -log((1 - r) ** f) = UNIT * a whole number. An exact solver in
whole numbers then sees the very instance that the others see, not a rounded one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.search import Instance

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

UNIT = 0.04
#: Touches, teaches, masters: r = 1 - exp(-4 UNIT n), which is 0.15, 0.38 and 0.62.
STRENGTHS = 1.0 - np.exp(-4 * UNIT * np.array([1, 3, 6]))
#: A fit comes in quarters, so that it leaves whole units.
FITS = np.array([0.25, 0.5, 0.75, 1.0])
FIT_SHARES = (0.15, 0.3, 0.35, 0.2)
SLOTS = 15


@dataclass(frozen=True)
class Shape:
    """How many of everything, and how tight."""

    teachers: int = 300
    courses: int = 500
    weeks: int = 18
    seed: int = 1
    skills: int | None = None  # None: one for eight courses, but at least 40
    open_share: float = 0.35  # of the relevant courses, those that suit a teacher at all
    live_share: float = 0.45
    requires_share: float = 0.2
    needs: tuple[int, int] = (8, 20)  # skills a teacher needs
    minutes: tuple[int, ...] = (20, 30, 45, 60, 90)
    budgets: tuple[int, ...] = (180, 240, 300, 360, 480)
    weekly: tuple[int, ...] = (45, 60, 90, 120)
    seats: tuple[int, int] = (4, 30)
    required_share: float = 0.25  # of the teachers


def make_instance(shape: Shape) -> Instance:
    """Return a district's courses with all its teachers."""
    return add_teachers(make_courses(shape), shape, first=0, count=shape.teachers)


def make_courses(shape: Shape) -> Instance:
    """Return the catalogue and the season, with no teachers yet."""
    draw = np.random.default_rng([shape.seed, 0])
    count = shape.courses
    skills = shape.skills or max(40, count // 8)
    weeks = np.arange(shape.weeks + 1)
    season = np.full((skills, shape.weeks + 1), 0.5 / (shape.weeks + 1))
    peaks = draw.uniform(0, shape.weeks + 1, skills)
    bump = np.exp(-0.5 * ((weeks - peaks[:, None]) / draw.uniform(1, 4, skills)[:, None]) ** 2)
    season += 0.5 * bump / bump.sum(axis=1, keepdims=True)

    popularity = draw.dirichlet(np.full(skills, 0.8))
    taught = [
        np.sort(draw.choice(skills, size=size, replace=False, p=_floor(popularity)))
        for size in draw.choice([1, 2, 3, 4], size=count, p=[0.35, 0.35, 0.2, 0.1])
    ]
    requires = _requires(draw, taught, shape.requires_share)
    is_live = draw.random(count) < shape.live_share
    runs = [
        int(n) if live else 0 for live, n in zip(is_live, draw.integers(0, 6, count), strict=True)
    ]
    total = sum(runs)
    minutes = draw.choice(np.array(shape.minutes, dtype=np.int64), size=count)
    return Instance(
        weeks=shape.weeks,
        skill_ids=tuple(f"s{number}" for number in range(skills)),
        season=season,
        course_ids=tuple(f"c{number}" for number in range(count)),
        minutes=minutes,
        any_week=~is_live,
        effect_start=_starts([len(row) for row in taught]),
        effect_skill=np.concatenate(taught).astype(np.int64),
        effect_strength=draw.choice(STRENGTHS, size=sum(map(len, taught)), p=[0.4, 0.4, 0.2]),
        requires_start=_starts([len(row) for row in requires]),
        requires_course=np.array([c for row in requires for c in row], dtype=np.int64),
        rival_start=np.zeros(count + 1, dtype=np.int64),
        rival_course=np.zeros(0, dtype=np.int64),
        clashes=np.zeros((0, 2), dtype=np.int64),
        run_start=_starts(runs),
        run_week=draw.integers(0, shape.weeks, total),
        run_slot=draw.integers(0, SLOTS, total),
        run_minutes=np.repeat(minutes, runs),
        run_seats=draw.integers(shape.seats[0], shape.seats[1] + 1, total),
        **_no_teachers(shape.weeks),
    )


def add_teachers(catalogue: Instance, shape: Shape, *, first: int, count: int) -> Instance:
    """Return the catalogue with the teachers `first` to `first + count - 1` of the shape."""
    draw = np.random.default_rng([shape.seed, 1, first])
    skills = len(catalogue.skill_ids)
    courses = len(catalogue.course_ids)
    popularity = _floor(draw.dirichlet(np.full(skills, 0.5)))
    weekly = np.repeat(
        draw.choice(np.array(shape.weekly, dtype=np.int64), size=(count, 1)), shape.weeks, axis=1
    )
    weekly[draw.random(weekly.shape) < 0.1] = 0
    columns = _Columns()
    by_skill = np.argsort(catalogue.effect_skill, kind="stable")
    course_by_skill = np.repeat(np.arange(courses), np.diff(catalogue.effect_start))[by_skill]
    skill_start = np.searchsorted(catalogue.effect_skill[by_skill], np.arange(skills + 1))
    for _ in range(count):
        wanted = min(skills, int(draw.integers(shape.needs[0], shape.needs[1] + 1)))
        need = np.sort(draw.choice(skills, size=wanted, replace=False, p=popularity))
        relevant = np.unique(
            np.concatenate([course_by_skill[skill_start[k] : skill_start[k + 1]] for k in need])
        )
        suits = relevant[draw.random(len(relevant)) < shape.open_share]
        rows = [_entries(catalogue.requires_start, catalogue.requires_course, c) for c in suits]
        before = [needed for row in rows for needed in row if draw.random() < 0.8]
        # Some that teach nothing needed, as in any catalogue.
        idle = draw.integers(0, courses, 10)
        open_to = np.unique(np.concatenate([suits, np.array(before, dtype=np.int64), idle]))
        must = open_to[draw.random(len(open_to)) < shape.required_share / len(open_to)]
        columns.slots.append(np.sort(draw.choice(SLOTS, draw.integers(3, 9), replace=False)))
        columns.needs.append(need)
        columns.minutes.append(draw.gamma(0.8, 60.0, wanted))
        columns.candidates.append(open_to)
        columns.fits.append(draw.choice(FITS, len(open_to), p=FIT_SHARES))
        columns.done.append(np.sort(draw.choice(open_to, min(3, len(open_to)), replace=False)))
        columns.required.append(must)
        columns.due.append(draw.integers(shape.weeks // 3, shape.weeks, len(must)))
    return replace(
        catalogue,
        teacher_ids=tuple(f"t{number}" for number in range(first, first + count)),
        budget=draw.choice(np.array(shape.budgets, dtype=np.int64), size=count),
        weekly=weekly,
        slot_start=_starts([len(row) for row in columns.slots]),
        slot_number=_flat(columns.slots),
        need_start=_starts([len(row) for row in columns.needs]),
        need_skill=_flat(columns.needs),
        need_minutes=np.concatenate(columns.minutes),
        candidate_start=_starts([len(row) for row in columns.candidates]),
        candidate_course=_flat(columns.candidates),
        candidate_fit=np.concatenate(columns.fits),
        candidate_worth=np.zeros(sum(map(len, columns.candidates))),
        done_start=_starts([len(row) for row in columns.done]),
        done_course=_flat(columns.done),
        required_start=_starts([len(row) for row in columns.required]),
        required_course=_flat(columns.required),
        required_by_week=_flat(columns.due),
        required_by_run=catalogue.run_start[_flat(columns.required) + 1] - 1,
        kept_start=np.zeros(count + 1, dtype=np.int64),
        previous_start=np.zeros(count + 1, dtype=np.int64),
    )


@dataclass
class _Columns:
    """The teachers' rows, one array a teacher."""

    slots: list[Ints] = field(default_factory=list)
    needs: list[Ints] = field(default_factory=list)
    minutes: list[Floats] = field(default_factory=list)
    candidates: list[Ints] = field(default_factory=list)
    fits: list[Floats] = field(default_factory=list)
    done: list[Ints] = field(default_factory=list)
    required: list[Ints] = field(default_factory=list)
    due: list[Ints] = field(default_factory=list)


def _no_teachers(weeks: int) -> dict[str, Any]:
    empty = np.zeros(0, dtype=np.int64)
    lists = ("slot", "need", "candidate", "done", "required", "kept", "previous")
    return {
        "teacher_ids": (),
        "budget": empty,
        "weekly": np.zeros((0, weeks), dtype=np.int64),
        **{f"{name}_start": np.zeros(1, dtype=np.int64) for name in lists},
        **dict.fromkeys(
            (
                "slot_number",
                "need_skill",
                "candidate_course",
                "done_course",
                "required_course",
                "required_by_week",
                "required_by_run",
                "kept_course",
                "kept_run",
                "previous_course",
                "previous_week",
                "previous_run",
            ),
            empty,
        ),
        "need_minutes": np.zeros(0),
        "candidate_fit": np.zeros(0),
        "candidate_worth": np.zeros(0),
    }


def _requires(draw: np.random.Generator, taught: list[Ints], share: float) -> list[list[int]]:
    """Return for each course the earlier ones it requires, most of them on one of its skills."""
    earlier: dict[int, list[int]] = {}
    requires: list[list[int]] = []
    for course, skills in enumerate(taught):
        pool = sorted({c for skill in skills.tolist() for c in earlier.get(skill, ())})
        wanted = int(draw.choice([1, 2], p=[0.8, 0.2])) if draw.random() < share else 0
        chosen: Any = draw.choice(pool, min(wanted, len(pool)), replace=False) if pool else []
        requires.append(sorted(int(c) for c in chosen))
        for skill in skills.tolist():
            earlier.setdefault(skill, []).append(course)
    return requires


def _floor(shares: Floats) -> Floats:
    """Return the shares with none at nought, so that any number of skills can be drawn."""
    raised = shares + 1e-3 / len(shares)
    return raised / raised.sum()


def _starts(sizes: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)


def _flat(rows: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *rows]).astype(np.int64)


def _entries(start: Ints, entries: Ints, item: int) -> list[int]:
    found: list[int] = entries[start[item] : start[item + 1]].tolist()
    return found
