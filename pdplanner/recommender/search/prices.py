"""Scarce seats: each run gets a price, so that those go without to whom it matters least.

The prices are the multipliers of the seats (Lagrangian relaxation, subgradient steps; Fisher
1981): runs that too many want get dearer, runs with seats to spare cheaper. What the teachers
would save at these prices, plus the price of all seats, bounds what any sharing can save.
"""

from __future__ import annotations

import numpy as np

from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search.instances import ANY, Flags, Floats, Instance, Ints, Step
from pdplanner.recommender.search.planning import Planner

#: Share of the search's rounds that is enough to see who wants what at a price.
QUICK = 0.1
#: Times at most that teachers may take what others have left, or have given back since.
PASSES = 8
#: A better plan is one by more than rounding.
LEAST_GAIN = 1e-6


class Market:
    """Plans of all teachers, and the seats of the runs they share."""

    def __init__(self, instance: Instance, planner: Planner, rules: SearchRules) -> None:
        self.instance, self.planner, self.rules = instance, planner, rules
        self.seats = instance.run_seats.copy()
        everybody = np.arange(len(instance.budget))
        self.plans, self.worth = planner.plan(everybody, rounds=rules.rounds)
        self._held = [
            set(instance.kept_run[first:end].tolist())
            for first, end in zip(instance.kept_start[:-1], instance.kept_start[1:], strict=True)
        ]

    def seats_of(self, teacher: int) -> list[int]:
        """Return the runs of which the teacher's plan takes a seat that was not theirs."""
        return [
            step.run
            for step in self.plans[teacher]
            if step.run != ANY and step.run not in self._held[teacher]
        ]

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
        for teacher, steps in zip(teachers.tolist(), plans, strict=True):
            self.plans[teacher] = steps
        self.worth[teachers] = worth

    def touched(self, runs: Flags) -> Ints:
        """Return the teachers that could take one of these runs."""
        instance = self.instance
        courses = np.zeros(len(instance.minutes), dtype=np.int64)
        owner = np.repeat(np.arange(len(instance.minutes)), np.diff(instance.run_start))
        courses[owner[runs]] = 1
        count = np.concatenate([[0], np.cumsum(courses[instance.candidate_course])])
        per_teacher = count[instance.candidate_start[1:]] - count[instance.candidate_start[:-1]]
        return np.flatnonzero(per_teacher)


def share_out(instance: Instance, planner: Planner, rules: SearchRules) -> list[list[Step]]:
    """Return everybody's steps with no run over its seats; the prices stay in the planner."""
    market = Market(instance, planner, rules)
    if (market.wanted() > market.seats).any() or planner.prices.any():
        find_prices(market)
        _hand_out(market)
    return market.plans


def find_prices(market: Market) -> float:
    """Set the prices at which few runs are wanted by too many; return the bound they prove.

    It bounds the sum of all plans as far as each was planned best: the search's own gap is on it.
    """
    planner, seats = market.planner, market.seats
    quick = max(1, int(market.rules.rounds * QUICK))
    steps = [step for plan in market.plans for step in plan]
    usual_gain = float(market.worth.sum()) / max(1, len(steps))
    best_bound, best_prices = market.bound(), planner.prices.copy()
    for turn in range(market.rules.price_rounds):
        excess = market.wanted() - seats
        push = np.clip(excess / np.maximum(1, seats), -1.0, 1.0)
        step = usual_gain * 0.5 / (1.0 + turn / 6.0)
        prices = np.maximum(0.0, planner.prices + step * push)
        changed = prices != planner.prices
        if not changed.any():
            break
        planner.prices[:] = prices
        market.replan(market.touched(changed), rounds=quick)
        bound = market.bound()
        if bound < best_bound:
            best_bound, best_prices = bound, prices
    planner.prices[:] = best_prices
    # The whole search again: the quick one bounds by too little.
    priced = market.touched(np.ones(len(seats), dtype=np.bool_))
    market.replan(priced, rounds=market.rules.rounds)
    return market.bound()


def _hand_out(market: Market) -> None:
    """Keep the seats that were wanted at these prices, most regret first; then use what is left."""
    planner = market.planner
    seats = planner.seats
    is_scarce = market.wanted() > market.seats
    order = np.argsort(-_regret(market, is_scarce), kind="stable").tolist()
    for teacher in order:
        runs = market.seats_of(teacher)
        if any(seats[run] == 0 for run in runs):
            market.replan(np.array([teacher]), rounds=market.rules.rounds)
            runs = market.seats_of(teacher)
        for run in runs:
            seats[run] -= 1
    prices = planner.prices.copy()
    planner.prices[:] = 0.0
    for teacher in range(len(market.plans)):
        paid = sum(float(prices[run]) for run in market.seats_of(teacher))
        market.worth[teacher] += paid
    is_news = (prices > 0.0) | is_scarce
    for _ in range(PASSES):
        free_before = seats.copy()
        for teacher in market.touched(is_news).tolist():
            _take_what_is_left(market, teacher)
        is_news = seats > free_before
        if not is_news.any():
            break
    planner.prices[:] = prices


def _take_what_is_left(market: Market, teacher: int) -> None:
    """Plan a teacher anew, their own seats and all free ones open; keep the better plan."""
    seats = market.planner.seats
    for run in market.seats_of(teacher):
        seats[run] += 1
    before, worth = market.plans[teacher], market.worth[teacher]
    market.replan(np.array([teacher]), rounds=market.rules.rounds)
    if market.worth[teacher] < worth + LEAST_GAIN:
        market.plans[teacher], market.worth[teacher] = before, worth
    for run in market.seats_of(teacher):
        seats[run] -= 1


def _regret(market: Market, is_scarce: Flags) -> Floats:
    """Return what each teacher loses when all scarce runs are closed to them."""
    planner = market.planner
    regret = np.zeros(len(market.plans))
    asking = np.array(
        [
            teacher
            for teacher in range(len(market.plans))
            if any(is_scarce[run] for run in market.seats_of(teacher))
        ],
        dtype=np.int64,
    )
    open_seats = planner.seats.copy()
    planner.seats[is_scarce] = 0
    _, without = planner.plan(asking, rounds=max(1, int(market.rules.rounds * QUICK)))
    planner.seats[:] = open_seats
    regret[asking] = market.worth[asking] - without
    return regret
