"""Scarce seats: each run gets a price, so that those go without to whom it matters least.

The prices are the multipliers of the seats (Lagrangian relaxation, subgradient steps; Fisher
1981): runs that too many want get dearer, runs with seats to spare cheaper. What the teachers
would save at these prices, plus the price of all seats, bounds what any sharing can save.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search.instances import ANY, Flags, Floats, Instance, Ints, Step
from pdplanner.recommender.search.planning import Planner

#: Share of the search's rounds that is enough while prices are sought; the whole search follows.
SEEKING = 0.033
#: Share of them that is enough to better a plan when a few seats change.
QUICK = 0.1
#: Times at most that teachers may take what others have left, or have given back since.
PASSES = 8
#: A better plan is one by more than rounding.
LEAST_GAIN = 1e-6


class Noted(NamedTuple):
    """A teacher's plan as it was."""

    plan: list[Step]
    worth: float
    musts: int


class Market:
    """Plans of all teachers, and the seats of the runs they share."""

    def __init__(self, instance: Instance, planner: Planner, rules: SearchRules) -> None:
        self.instance, self.planner, self.rules = instance, planner, rules
        self.seats = instance.run_seats.copy()
        everybody = np.arange(len(instance.budget))
        self._held = _sets(instance.kept_start, instance.kept_run)
        self._musts = [
            required | kept
            for required, kept in zip(
                _sets(instance.required_start, instance.required_course),
                _sets(instance.kept_start, instance.kept_course),
                strict=True,
            )
        ]
        self._course_of_run = np.repeat(
            np.arange(len(instance.minutes)), np.diff(instance.run_start)
        )
        self.plans: list[list[Step]] = [[] for _ in everybody]
        self.worth = np.zeros(len(everybody))
        self._seats: list[list[int]] = [[] for _ in everybody]
        self.replan(everybody, rounds=self.rounds(SEEKING))

    def rounds(self, share: float) -> int:
        """Return this share of the search's rounds."""
        return max(1, int(self.rules.rounds * share))

    def seats_of(self, teacher: int) -> list[int]:
        """Return the runs of which the teacher's plan takes a seat that was not theirs."""
        return self._seats[teacher]

    def give(self, teacher: int, plan: list[Step], worth: float) -> None:
        """Make this the teacher's plan."""
        held = self._held[teacher]
        self.plans[teacher], self.worth[teacher] = plan, worth
        self._seats[teacher] = [s.run for s in plan if s.run != ANY and s.run not in held]

    def musts_in(self, teacher: int) -> int:
        """Return how much of what has to be in is in the teacher's plan."""
        return self.count_musts(teacher, self.plans[teacher])

    def count_musts(self, teacher: int, plan: Sequence[Step]) -> int:
        """Return how much of what has to be in is in a plan for the teacher."""
        return sum(step.course in self._musts[teacher] for step in plan)

    def noted(self, teacher: int) -> Noted:
        """Return the teacher's plan, to compare it with a later one or to put it back."""
        return Noted(self.plans[teacher], float(self.worth[teacher]), self.musts_in(teacher))

    def runs_missed(self, teacher: int) -> list[int]:
        """Return the runs of what has to be in and is not."""
        missing = self._musts[teacher] - {step.course for step in self.plans[teacher]}
        start = self.instance.run_start
        return [
            run for course in sorted(missing) for run in range(start[course], start[course + 1])
        ]

    def can_do_without(self, teacher: int, run: int) -> bool:
        """Return whether the run's course need not be in, or has another run with a seat."""
        course = self._course_of_run[run]
        others = self.planner.seats[self._course_of_run == course]
        return course not in self._musts[teacher] or bool(others.any())

    def wanted(self) -> Ints:
        """Return how many plans want a seat in each run."""
        runs = [run for teacher in range(len(self.plans)) for run in self.seats_of(teacher)]
        return np.bincount(np.array(runs, dtype=np.int64), minlength=len(self.seats))

    def bound(self) -> float:
        """Return what the plans are worth at these prices, with the price of all seats."""
        return float(self.worth.sum() + self.planner.prices @ self.seats)

    def replan(self, teachers: Ints, *, rounds: int) -> None:
        """Better some teachers' plans at the prices and seats of the planner."""
        starts = [self.plans[teacher] for teacher in teachers.tolist()]
        plans, worth = self.planner.plan(teachers, rounds=rounds, starts=starts)
        for teacher, plan, value in zip(teachers.tolist(), plans, worth.tolist(), strict=True):
            self.give(teacher, plan, value)

    def holding(self, runs: Flags) -> Ints:
        """Return the teachers whose plans take a seat in one of these runs."""
        chosen = set(np.flatnonzero(runs).tolist())
        return np.array(
            [t for t, taken in enumerate(self._seats) if not chosen.isdisjoint(taken)],
            dtype=np.int64,
        )

    def able_to_take(self, runs: Flags) -> Ints:
        """Return the teachers that could take one of these runs."""
        instance = self.instance
        courses = np.zeros(len(instance.minutes), dtype=np.int64)
        courses[self._course_of_run[runs]] = 1
        count = np.concatenate([[0], np.cumsum(courses[instance.candidate_course])])
        per_teacher = count[instance.candidate_start[1:]] - count[instance.candidate_start[:-1]]
        return np.flatnonzero(per_teacher)


def share_out(instance: Instance, planner: Planner, rules: SearchRules) -> list[list[Step]]:
    """Return everybody's steps with no run over its seats; the prices stay in the planner."""
    market = Market(instance, planner, rules)
    wish = None if planner.prices.any() else market.worth.copy()
    find_prices(market)
    market.replan(np.arange(len(instance.budget)), rounds=rules.rounds)
    if planner.prices.any() or (market.wanted() > market.seats).any():
        _hand_out(market, wish)
    return market.plans


def find_prices(market: Market) -> float:
    """Set the prices at which few runs are wanted by too many; return the bound they prove.

    It bounds the sum of all plans as far as each was planned best: the search's own gap is on it.
    """
    planner, seats = market.planner, market.seats
    quick = market.rounds(SEEKING)
    steps = [step for plan in market.plans for step in plan]
    usual_gain = float(market.worth.sum()) / max(1, len(steps))
    best_bound, best_prices = market.bound(), planner.prices.copy()
    for turn in range(market.rules.price_rounds):
        excess = market.wanted() - seats
        push = np.clip(excess / np.maximum(1, seats), -1.0, 1.0)
        step = usual_gain * 0.5 / (1.0 + turn / 6.0)
        prices = np.maximum(0.0, planner.prices + step * push)
        if (prices == planner.prices).all():
            break
        _set_prices(market, prices, rounds=quick)
        bound = market.bound()
        if bound < best_bound:
            best_bound, best_prices = bound, prices
    _set_prices(market, best_prices, rounds=quick)
    return market.bound()


def _set_prices(market: Market, prices: Floats, *, rounds: int) -> None:
    """Change the prices, and the plans of those to whom that can make a difference: whoever pays
    a price that changed, and whoever could take what has become cheaper."""
    changed = prices != market.planner.prices
    cheaper = prices < market.planner.prices
    market.planner.prices[:] = prices
    concerned = np.union1d(market.holding(changed), market.able_to_take(cheaper))
    market.replan(concerned, rounds=rounds)


def _hand_out(market: Market, wish: Floats | None) -> None:
    """Keep the seats that were wanted at these prices, most regret first; then use what is left.

    `wish` [T] is what each plan would be worth if all seats were free, by the quick search that
    seeks the prices: whoever has that much is not asked again.
    """
    planner = market.planner
    seats = planner.seats
    is_scarce = market.wanted() > market.seats
    order = np.lexsort(tuple(-part for part in _regret(market, is_scarce))).tolist()
    for teacher in order:
        if any(seats[run] == 0 for run in market.seats_of(teacher)):
            market.replan(np.array([teacher]), rounds=market.rounds(QUICK))
        for run in market.seats_of(teacher):
            seats[run] -= 1
    prices = planner.prices.copy()
    planner.prices[:] = 0.0
    for teacher in range(len(market.plans)):
        paid = sum(float(prices[run]) for run in market.seats_of(teacher))
        market.worth[teacher] += paid
    _make_room_for_musts(market)
    is_news = (prices > 0.0) | is_scarce
    for _ in range(PASSES):
        free_before = seats.copy()
        for teacher in market.able_to_take(is_news & (seats > 0)).tolist():
            if wish is None or market.worth[teacher] < wish[teacher] - LEAST_GAIN:
                _take_what_is_left(market, teacher)
        is_news = seats > free_before
        if not is_news.any():
            break
    planner.prices[:] = prices


def _take_what_is_left(market: Market, teacher: int) -> None:
    """Plan a teacher anew, their own seats and all free ones open; keep the better plan."""
    before = market.noted(teacher)
    _replan_with_own_seats(market, teacher, rounds=market.rounds(QUICK))
    after = market.noted(teacher)
    if (after.musts, after.worth) < (before.musts, before.worth + LEAST_GAIN):
        _put_back(market, teacher, before)


def _replan_with_own_seats(market: Market, teacher: int, *, rounds: int) -> None:
    for run in market.seats_of(teacher):
        market.planner.seats[run] += 1
    market.replan(np.array([teacher]), rounds=rounds)
    for run in market.seats_of(teacher):
        market.planner.seats[run] -= 1


def _put_back(market: Market, teacher: int, before: Noted) -> None:
    """Give a teacher an earlier plan again, and the seats to those it had."""
    seats = market.planner.seats
    for run in market.seats_of(teacher):
        seats[run] += 1
    market.give(teacher, before.plan, before.worth)
    for run in market.seats_of(teacher):
        seats[run] -= 1


def _make_room_for_musts(market: Market) -> None:
    """Seat whoever lacks what is required of them, or what they said yes to, where somebody who
    took the seat can do without it."""
    stuck: set[tuple[int, int]] = set()  # cannot leave this run as the seats stand
    for teacher in range(len(market.plans)):
        for run in market.runs_missed(teacher):
            is_full = market.planner.seats[run] == 0 and market.seats[run] > 0
            if is_full and _make_room(market, teacher, run, stuck):
                stuck.clear()


def _make_room(market: Market, teacher: int, run: int, stuck: set[tuple[int, int]]) -> bool:
    """Plan somebody who has a seat in this full run without it, and the teacher with it; False,
    and all as it was, when that brings in no more of what has to be in."""
    is_this = np.zeros(len(market.seats), dtype=np.bool_)
    is_this[run] = True
    before = market.noted(teacher)
    for other in market.holding(is_this).tolist():
        if other == teacher or (other, run) in stuck:
            continue
        had = market.noted(other)
        if not _leaves(market, other, run):
            stuck.add((other, run))
            continue
        _replan_with_own_seats(market, teacher, rounds=0)
        if market.musts_in(teacher) > before.musts:
            for one in (other, teacher):
                _replan_with_own_seats(market, one, rounds=market.rules.rounds)
            return True
        _put_back(market, teacher, before)
        _put_back(market, other, had)
        return False
    return False


def _leaves(market: Market, teacher: int, run: int) -> bool:
    """Plan a teacher without this run; False when that would cost what has to be in."""
    if not market.can_do_without(teacher, run):
        return False
    seats, before = market.planner.seats, market.noted(teacher)
    for own in market.seats_of(teacher):
        seats[own] += 1
    free, seats[run] = seats[run], 0
    market.replan(np.array([teacher]), rounds=0)
    seats[run] = free
    for own in market.seats_of(teacher):
        seats[own] -= 1
    if market.musts_in(teacher) < before.musts:
        _put_back(market, teacher, before)
        return False
    return True


def _regret(market: Market, is_scarce: Flags) -> tuple[Floats, Floats]:
    """Return what each teacher loses when all scarce runs are closed to them: in worth, and of
    what has to be in."""
    planner = market.planner
    regret, musts = np.zeros(len(market.plans)), np.zeros(len(market.plans))
    asking = market.holding(is_scarce)
    open_seats = planner.seats.copy()
    planner.seats[is_scarce] = 0
    plans, without = planner.plan(
        asking,
        rounds=market.rounds(QUICK),
        starts=[market.plans[teacher] for teacher in asking.tolist()],
    )
    planner.seats[:] = open_seats
    regret[asking] = market.worth[asking] - without
    for teacher, plan in zip(asking.tolist(), plans, strict=True):
        musts[teacher] = market.musts_in(teacher) - market.count_musts(teacher, plan)
    return regret, musts


def _sets(start: Ints, entries: Ints) -> list[set[int]]:
    bounds = zip(start[:-1].tolist(), start[1:].tolist(), strict=True)
    return [set(entries[first:end].tolist()) for first, end in bounds]
