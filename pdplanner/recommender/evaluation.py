"""Does it foretell, whom does it reach, does it hold still? Measured on the district's own past.

The back-test stands on a day that has passed, knows what was known then, and is held against what
was asked in the days after; everything it fits, it fits on still earlier days.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

import numpy as np

from pdplanner.recommender.baselines import BASELINES, foretell_by
from pdplanner.recommender.facts import NEED_KINDS, Facts, Id, Path, TeacherFacts
from pdplanner.recommender.history import Floats, History, read_history
from pdplanner.recommender.path import recommend_paths
from pdplanner.recommender.rates import foretell_counts
from pdplanner.recommender.rules import NeedRules, PathRules
from pdplanner.recommender.tuning import Window, tune_weights, window_of
from pdplanner.recommender.yardsticks import (
    Measured,
    bootstrap_mean,
    calibration_error,
    ndcg_by_person,
    poisson_deviance,
)

#: Days foretold in a back-test: four whole weeks, so that weekends don't tell windows apart.
BACK_TEST_DAYS = 28
#: A back-test needs this many times its days of history before it, and this many tickets in all.
LEAST_HISTORY = 1.0
LEAST_TICKETS = 200
#: A first-year teacher has started within these days.
FIRST_YEAR_DAYS = 365
#: Less than this share of the usual hours is part-time.
PART_TIME_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """How one method did in a back-test."""

    method: str
    ours: bool
    ndcg10: Measured
    deviance: float
    calibration: float


@dataclass(frozen=True, slots=True)
class BackTest:
    """The methods side by side on one stretch of the past."""

    from_date: date
    until_date: date
    tickets: int
    askers: int
    methods: tuple[MethodFigures, ...]  # ours first


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """What the paths do for one group of teachers."""

    kind: str  # school, tenure or hours
    name: str
    teachers: int
    reached: float  # share with at least one step
    minutes_saved: float  # a teacher, by their paths
    ndcg10: float | None  # of the back-test's askers; None without any


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one evening; None where the history is too short for them."""

    as_of: date
    back_test: BackTest | None
    on_path: Measured | None  # share of the back-test's tickets about a skill on the asker's path
    groups: tuple[GroupFigures, ...]
    kept_overnight: float | None  # share of yesterday's steps that stand today


def fit_need_rules(
    facts: Facts, rules: NeedRules | None = None
) -> tuple[NeedRules, BackTest | None]:
    """The rules fitted to the district's whole history, and how well the way of fitting did.

    With fewer than LEAST_TICKETS tickets or too few days: the rules as they were, and None.
    """
    rules = rules or NeedRules()
    history, _ = read_history(facts)
    test = _back_test(history, rules)
    if test is None:
        return rules, None
    return tune_weights(history, rules, BACK_TEST_DAYS), test[0]


def evaluate(facts: Facts, rules: PathRules | None = None) -> Evaluation:
    """The figures of the district on the day of the facts."""
    rules = rules or PathRules()
    history, _ = read_history(facts)
    test = _back_test(history, rules.need)
    paths = recommend_paths(facts, rules)
    gains: Mapping[Id, float] = {}
    on_path = None
    if test is not None:
        window, forecast = test[1], test[2]
        askers = np.flatnonzero(window.asked.sum(axis=1) > 0)
        by_person = ndcg_by_person(forecast, window.asked)
        gains = {
            facts.teachers[row].id: float(gain)
            for row, gain in zip(askers.tolist(), by_person, strict=True)
        }
        on_path = _share_on_path(facts, rules)
    return Evaluation(
        as_of=facts.as_of,
        back_test=test[0] if test else None,
        on_path=on_path,
        groups=_groups(facts, paths, gains),
        kept_overnight=_kept_overnight(facts, rules, paths),
    )


def _back_test(history: History, rules: NeedRules) -> tuple[BackTest, Window, Floats] | None:
    length = 1.0 - history.day.min(initial=0.0)
    if len(history.day) < LEAST_TICKETS or length < (1 + LEAST_HISTORY) * BACK_TEST_DAYS:
        return None
    window = window_of(history, BACK_TEST_DAYS, BACK_TEST_DAYS)
    if not window.asked.any():
        return None
    before = window.history
    here = window.here
    back = window_of(before, min(BACK_TEST_DAYS, int(length) // 4), BACK_TEST_DAYS)
    fitted = tune_weights(before, rules, BACK_TEST_DAYS)
    forecast = foretell_counts(before, fitted, BACK_TEST_DAYS)
    figures = [_figures("ours", True, forecast[here], window.asked[here])]
    for baseline in BASELINES:
        other = foretell_by(baseline, back.history, back.asked, before, BACK_TEST_DAYS)
        figures.append(_figures(baseline.name, False, other[here], window.asked[here]))
    found = BackTest(
        from_date=before.origin + timedelta(days=1),
        until_date=history.origin,
        tickets=int(window.asked.sum()),
        askers=int((window.asked.sum(axis=1) > 0).sum()),
        methods=tuple(figures),
    )
    return found, window, forecast


def _figures(method: str, ours: bool, forecast: Floats, asked: Floats) -> MethodFigures:
    return MethodFigures(
        method=method,
        ours=ours,
        ndcg10=bootstrap_mean(ndcg_by_person(forecast, asked)),
        deviance=poisson_deviance(forecast, asked),
        calibration=calibration_error(forecast, asked),
    )


def facts_as_seen(facts: Facts, day: date) -> Facts:
    """The facts as far as they were known on an earlier day, planned to the same end.

    What carries no date (accepted, enrolled, levels, settings) is left out or stays as it is now.
    """
    return replace(
        facts,
        as_of=day,
        calendar=replace(facts.calendar, start_date=min(facts.calendar.start_date, day)),
        teachers=tuple(_as_seen(teacher, day) for teacher in facts.teachers),
        tickets=tuple(ticket for ticket in facts.tickets if ticket.opened_date <= day),
        answers=tuple(answer for answer in facts.answers if answer.on_date <= day),
    )


def _as_seen(teacher: TeacherFacts, day: date) -> TeacherFacts:
    return replace(
        teacher,
        goals=tuple(goal for goal in teacher.goals if goal.since_date <= day),
        done={course: done for course, done in teacher.done.items() if done <= day},
        dismissed=tuple(one for one in teacher.dismissed if one.on_date <= day),
        accepted=frozenset(),
        enrolled={},
    )


def _share_on_path(facts: Facts, rules: PathRules) -> Measured | None:
    """Of the tickets of the last weeks, those about a skill that the asker's path of the day
    before those weeks taught: the mean over askers."""
    day = facts.as_of - timedelta(days=BACK_TEST_DAYS)
    paths = recommend_paths(facts_as_seen(facts, day), rules)
    effects = {course.id: course.effects for course in facts.courses}
    taught = {
        teacher: {skill for step in path.steps for skill in effects[step.course]}
        for teacher, path in paths.items()
    }
    hits: dict[Id, list[bool]] = {}
    for ticket in facts.tickets:
        if ticket.kind in NEED_KINDS and day < ticket.opened_date <= facts.as_of:
            hits.setdefault(ticket.teacher, []).append(
                ticket.skill in taught.get(ticket.teacher, ())
            )
    if not hits:
        return None
    return bootstrap_mean(np.array([np.mean(one) for one in hits.values()]))


def _groups(
    facts: Facts, paths: Mapping[Id, Path], gains: Mapping[Id, float]
) -> tuple[GroupFigures, ...]:
    here = [t for t in facts.teachers if t.left_date is None or t.left_date > facts.as_of]
    budgets = Counter(teacher.minutes_budget for teacher in here)
    usual = max(budgets, key=lambda minutes: (budgets[minutes], minutes), default=0)
    first_year = facts.as_of - timedelta(days=FIRST_YEAR_DAYS)
    kinds: dict[str, Callable[[TeacherFacts], str]] = {
        "school": lambda t: "none" if t.school is None else str(t.school),
        "tenure": lambda t: (
            "unknown"
            if t.started_date is None
            else ("first year" if t.started_date > first_year else "longer")
        ),
        "hours": lambda t: (
            "part-time" if t.minutes_budget < PART_TIME_SHARE * usual else "full-time"
        ),
    }
    found = []
    for kind, name_of in kinds.items():
        members: dict[str, list[TeacherFacts]] = {}
        for teacher in here:
            members.setdefault(name_of(teacher), []).append(teacher)
        for name, teachers in sorted(members.items()):
            found.append(_group(kind, name, teachers, paths, gains))
    return tuple(found)


def _group(
    kind: str,
    name: str,
    teachers: Sequence[TeacherFacts],
    paths: Mapping[Id, Path],
    gains: Mapping[Id, float],
) -> GroupFigures:
    known = [gains[teacher.id] for teacher in teachers if teacher.id in gains]
    return GroupFigures(
        kind=kind,
        name=name,
        teachers=len(teachers),
        reached=float(np.mean([bool(paths[teacher.id].steps) for teacher in teachers])),
        minutes_saved=float(np.mean([paths[teacher.id].value for teacher in teachers])),
        ndcg10=float(np.mean(known)) if known else None,
    )


def _kept_overnight(facts: Facts, rules: PathRules, paths: Mapping[Id, Path]) -> float | None:
    """Of the steps of yesterday's paths, the share that today's paths, cut after them, keep."""
    yesterday = recommend_paths(facts_as_seen(facts, facts.as_of - timedelta(days=1)), rules)
    today = recommend_paths(facts, rules, previous=yesterday)
    kept = steps = 0
    for teacher, path in yesterday.items():
        courses = {step.course for step in today[teacher].steps}
        steps += len(path.steps)
        kept += sum(step.course in courses for step in path.steps)
    return kept / steps if steps else None


def as_document(evaluation: Evaluation) -> dict[str, object]:
    """The figures as plain values that JSON can hold; dates as ISO text."""
    return {name: _plain(value) for name, value in asdict(evaluation).items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def as_text(evaluation: Evaluation) -> str:
    """The figures as a table to read."""
    lines = [f"As of {evaluation.as_of}"]
    test = evaluation.back_test
    if test is None:
        lines.append("Too little history for a back-test: the documented defaults are in use.")
    else:
        lines.append(
            f"Back-test {test.from_date} to {test.until_date}: "
            f"{test.tickets} tickets of {test.askers} people"
        )
        lines.append(
            f"{'method':<28}{'nDCG@10':>9}{'95 % interval':>18}{'deviance':>10}{'calibr.':>9}"
        )
        for row in test.methods:
            interval = f"{row.ndcg10.low:.3f} to {row.ndcg10.high:.3f}"
            lines.append(
                f"{row.method:<28}{row.ndcg10.value:>9.3f}{interval:>18}"
                f"{row.deviance:>10.3f}{row.calibration:>9.3f}"
            )
    if evaluation.on_path is not None:
        share = evaluation.on_path
        lines.append(
            f"Tickets already on the asker's path: {share.value:.0%} "
            f"({share.low:.0%} to {share.high:.0%})"
        )
    lines.append(f"{'group':<36}{'teachers':>9}{'reached':>9}{'saved min':>11}{'nDCG@10':>9}")
    for group in evaluation.groups:
        gain = "" if group.ndcg10 is None else f"{group.ndcg10:.3f}"
        lines.append(
            f"{group.kind + ': ' + group.name:<36}{group.teachers:>9}{group.reached:>9.0%}"
            f"{group.minutes_saved:>11.1f}{gain:>9}"
        )
    if evaluation.kept_overnight is not None:
        lines.append(f"Steps kept from yesterday to today: {evaluation.kept_overnight:.1%}")
    return "\n".join(lines)
