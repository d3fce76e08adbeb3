"""Does it foretell, whom does it reach, does it hold still? Measured on the district's own past.

The back-test stands on a day that has passed, knows what was known then, and is held against what
was asked in the days after; everything it fits, it fits on still earlier days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pdplanner.recommender.baselines import BASELINES, foretell_by
from pdplanner.recommender.facts import Facts, Id, Path, TeacherFacts
from pdplanner.recommender.figures import (
    BackTest,
    Evaluation,
    GroupFigures,
    MethodFigures,
    OnPath,
    as_document,
    as_text,
)
from pdplanner.recommender.history import Floats, History, read_history
from pdplanner.recommender.path import recommend_paths
from pdplanner.recommender.rates import foretell_counts
from pdplanner.recommender.rules import DEFAULT_WEIGHTS, NeedRules, PathRules
from pdplanner.recommender.tuning import Window, tune_weights, window_of
from pdplanner.recommender.yardsticks import (
    Measured,
    bootstrap_mean,
    bootstrap_ratio,
    calibration_floor,
    calibration_measured,
    deviance_by_person,
    ndcg_by_person,
)

__all__ = ["BACK_TEST_DAYS", "as_document", "as_text", "evaluate", "fit_need_rules"]

#: Days foretold in a back-test: four whole weeks, so that weekends don't tell windows apart.
BACK_TEST_DAYS = 28
#: A back-test needs this many times its days of history before it, and this many tickets in all.
LEAST_HISTORY = 1.0
LEAST_TICKETS = 200
#: A first-year teacher has started within these days.
FIRST_YEAR_DAYS = 365
#: Less than this share of the hours that the district sets aside is part-time.
PART_TIME_SHARE = 0.75
#: What our own method is called beside the others.
OURS = "ours"


@dataclass(frozen=True, slots=True)
class _Trial:
    """A back-test with what it stood on; forecasts are counts [P, K] by method."""

    figures: BackTest
    window: Window
    fitted: NeedRules  # on what lies before the window
    forecasts: Mapping[str, Floats]


def fit_need_rules(
    facts: Facts, rules: NeedRules | None = None
) -> tuple[NeedRules, BackTest | None]:
    """The rules fitted to the district's whole history, and how well the way of fitting did.

    With fewer than LEAST_TICKETS tickets or too few days: the rules as they were, and None.
    """
    rules = rules or NeedRules()
    history, _ = read_history(facts)
    trial = _back_test(history, rules)
    if trial is None:
        return rules, None
    return tune_weights(history, rules, BACK_TEST_DAYS), trial.figures


def evaluate(facts: Facts, rules: PathRules | None = None) -> Evaluation:
    """The figures of the district on the day of the facts."""
    rules = rules or PathRules()
    history, _ = read_history(facts)
    trial = _back_test(history, rules.need)
    paths = recommend_paths(facts, rules)
    return Evaluation(
        as_of=facts.as_of,
        back_test=trial.figures if trial else None,
        on_path=_shares_on_path(facts, rules, trial) if trial else (),
        groups=_groups(facts, paths, _gains(facts, trial) if trial else {}),
        kept_overnight=_kept_overnight(facts, rules, paths),
    )


def _gains(facts: Facts, trial: _Trial) -> Mapping[Id, float]:
    """The nDCG@10 of each who asked in the back-test's window."""
    asked = trial.window.asked
    askers = np.flatnonzero(asked.sum(axis=1) > 0)
    by_person = ndcg_by_person(trial.forecasts[OURS], asked)
    return {
        facts.teachers[row].id: float(gain)
        for row, gain in zip(askers.tolist(), by_person, strict=True)
    }


def _back_test(history: History, rules: NeedRules) -> _Trial | None:
    # A fit that is in use has seen the window: fitting starts where it would have before any.
    rules = replace(rules, weights=DEFAULT_WEIGHTS)
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
    forecasts = {OURS: foretell_counts(before, fitted, BACK_TEST_DAYS)}
    for baseline in BASELINES:
        forecasts[baseline.name] = foretell_by(
            baseline, back.history, back.asked, before, BACK_TEST_DAYS
        )
    figures = BackTest(
        from_date=before.origin + timedelta(days=1),
        until_date=history.origin,
        tickets=int(window.asked.sum()),
        askers=int((window.asked.sum(axis=1) > 0).sum()),
        methods=tuple(
            _figures(method, forecast[here], window.asked[here])
            for method, forecast in forecasts.items()
        ),
        calibration_floor=calibration_floor(window.asked[here]),
    )
    return _Trial(figures, window, fitted, forecasts)


def _figures(method: str, forecast: Floats, asked: Floats) -> MethodFigures:
    return MethodFigures(
        method=method,
        ours=method == OURS,
        ndcg10=bootstrap_mean(ndcg_by_person(forecast, asked)),
        deviance=bootstrap_mean(deviance_by_person(forecast, asked)),
        calibration=calibration_measured(forecast, asked),
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


def _shares_on_path(facts: Facts, rules: PathRules, trial: _Trial) -> tuple[OnPath, ...]:
    """Of the tickets of the last weeks, those about a skill that the asker's path of the day
    before those weeks taught; beside them those about as many skills, of all that are taught, as
    each other method would have chosen for that asker."""
    day = facts.as_of - timedelta(days=BACK_TEST_DAYS)
    paths = recommend_paths(facts_as_seen(facts, day), replace(rules, need=trial.fitted))
    window = trial.window
    effects = {course.id: course.effects for course in facts.courses}
    column = {skill: place for place, skill in enumerate(window.history.skills)}
    taught = np.zeros(len(column), dtype=bool)
    taught[[column[skill] for one in effects.values() for skill in one]] = True
    on_path = np.zeros_like(window.asked, dtype=bool)
    for row, teacher in enumerate(facts.teachers):
        for step in paths[teacher.id].steps:
            on_path[row, [column[skill] for skill in effects[step.course]]] = True
    askers = window.asked.sum(axis=1) > 0
    if not askers.any():
        return ()
    asked, chosen = window.asked[askers], on_path[askers]
    found = [_on_path(OURS, asked, chosen)]
    for method, forecast in trial.forecasts.items():
        if method == OURS:
            continue
        ranks = np.argsort(
            np.argsort(np.where(taught, -forecast[askers], np.inf), axis=1, kind="stable"), axis=1
        )
        found.append(_on_path(method, asked, ranks < chosen.sum(axis=1, keepdims=True)))
    return tuple(found)


def _on_path(method: str, asked: Floats, chosen: NDArray[np.bool_]) -> OnPath:
    shares = (asked * chosen).sum(axis=1) / asked.sum(axis=1)
    return OnPath(method, method == OURS, bootstrap_mean(shares))


def _groups(
    facts: Facts, paths: Mapping[Id, Path], gains: Mapping[Id, float]
) -> tuple[GroupFigures, ...]:
    here = [t for t in facts.teachers if t.left_date is None or t.left_date > facts.as_of]
    part_time = PART_TIME_SHARE * facts.minutes_a_term
    first_year = facts.as_of - timedelta(days=FIRST_YEAR_DAYS)
    kinds: dict[str, Callable[[TeacherFacts], str]] = {
        "school": lambda t: "none" if t.school is None else str(t.school),
        "tenure": lambda t: (
            "unknown"
            if t.started_date is None
            else ("first year" if t.started_date > first_year else "longer")
        ),
        # What is set aside, not what is left: hours that were used make nobody part-time.
        "hours": lambda t: (
            "full-time"
            if t.minutes_set_aside is None or t.minutes_set_aside >= part_time
            else "part-time"
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
    theirs = [paths[teacher.id] for teacher in teachers]
    saved = np.array([path.value for path in theirs])
    known = [gains[teacher.id] for teacher in teachers if teacher.id in gains]
    return GroupFigures(
        kind=kind,
        name=name,
        teachers=len(teachers),
        reached=bootstrap_mean(np.array([float(bool(path.steps)) for path in theirs])),
        minutes_saved=bootstrap_mean(saved),
        need_met=bootstrap_ratio(saved, np.array([sum(path.needs.values()) for path in theirs])),
        askers=len(known),
        ndcg10=bootstrap_mean(np.array(known)) if known else None,
    )


def _kept_overnight(facts: Facts, rules: PathRules, paths: Mapping[Id, Path]) -> Measured | None:
    """Of the steps of yesterday's paths, the share that today's paths, cut after them, keep."""
    yesterday = recommend_paths(facts_as_seen(facts, facts.as_of - timedelta(days=1)), rules)
    today = recommend_paths(facts, rules, previous=yesterday)
    kept, steps = [], []
    for teacher, path in yesterday.items():
        courses = {step.course for step in today[teacher].steps}
        steps.append(float(len(path.steps)))
        kept.append(float(sum(step.course in courses for step in path.steps)))
    return bootstrap_ratio(np.array(kept), np.array(steps)) if any(steps) else None
