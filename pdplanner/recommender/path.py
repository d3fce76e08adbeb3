"""Picks, orders and dates the steps of every teacher within hours, prerequisites and calendar."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.candidates import (
    BATCH,
    Chances,
    Effects,
    chances_of,
    choose,
    effects_of,
    price_of_time,
    standing_courses,
    tellable_need,
    worth_of,
)
from pdplanner.recommender.eligibility import RULES
from pdplanner.recommender.facts import Facts, Id, Path, TeacherFacts
from pdplanner.recommender.instance import InstanceDraft
from pdplanner.recommender.needs import Needs, foretell_needs, weeks_of
from pdplanner.recommender.rules import PathRules
from pdplanner.recommender.search import solve_paths
from pdplanner.recommender.soundness import check_facts
from pdplanner.recommender.state import State
from pdplanner.recommender.steps import StepWriter
from pdplanner.recommender.tables import Catalogue, Floats, catalogue_of


@dataclass(frozen=True, slots=True)
class Ground:
    """What holds for all teachers alike: the catalogue, its effects, and who needs what."""

    facts: Facts
    rules: PathRules
    catalogue: Catalogue
    needs: Needs
    effects: Effects
    need: Floats  # [T, K], the minutes that can be told, teachers in the order of the facts

    def chances(self, rows: Sequence[int]) -> Chances:
        """What the catalogue could do for the teachers of these rows."""
        return chances_of(
            self.facts,
            self.catalogue,
            [self.facts.teachers[row] for row in rows],
            self.need[list(rows)],
            self.needs.season,
            self.effects,
            self.rules.fit,
        )


def survey(facts: Facts, rules: PathRules, state: State | None = None) -> Ground:
    """Check the facts and work out what holds for all teachers."""
    check_facts(facts)
    if state is None:
        needs = foretell_needs(facts, rules)
    else:
        needs = foretell_needs(facts, rules, state.district, state.heard)
    catalogue = catalogue_of(facts, weeks_of(facts.calendar))
    effects = effects_of(catalogue, needs)
    return Ground(facts, rules, catalogue, needs, effects, tellable_need(needs, rules))


def recommend_paths(
    facts: Facts,
    rules: PathRules | None = None,
    *,
    only: Collection[Id] | None = None,
    previous: Mapping[Id, Path] | None = None,
    state: State | None = None,
) -> dict[Id, Path]:
    """A path for every teacher, or for `only` these, in the order of the facts.

    `previous` are the paths as they stand: steps said yes to stay, others change for a gain only.
    With facts of a part of the schools only, `state` brings what everybody asked (state.py).
    The same facts give the same paths. Raises BadFacts (soundness.py), which names the fact.
    """
    ground = survey(facts, rules or PathRules(), state)
    wanted = None if only is None else set(only)
    rows = [
        row for row, teacher in enumerate(facts.teachers) if wanted is None or teacher.id in wanted
    ]
    return plan_rows(ground, rows, previous or {})


def plan_rows(ground: Ground, rows: Sequence[int], previous: Mapping[Id, Path]) -> dict[Id, Path]:
    """The paths of the teachers in these rows of the facts."""
    facts, rules, catalogue = ground.facts, ground.rules, ground.catalogue
    draft = InstanceDraft(facts, rules.search, catalogue, ground.needs, ground.effects)
    empty_because: list[str] = []
    standing = {
        teacher: frozenset(step.course for step in path.steps) for teacher, path in previous.items()
    }
    writer = StepWriter(facts, rules, catalogue, ground.needs, ground.need, ground.effects)
    for begin in range(0, len(rows), BATCH):
        batch = rows[begin : begin + BATCH]
        teachers = [facts.teachers[row] for row in batch]
        chances = ground.chances(batch)
        stand = standing_courses(teachers, standing)
        chosen = choose(catalogue, teachers, chances, rules.fit, stand)
        chosen[[is_gone(teacher, facts) for teacher in teachers]] = False
        price = price_of_time(catalogue, rules.fit, stand)
        draft.add(teachers, ground.need[batch], chances, chosen, price, previous)
        writer.keep(teachers, chances, chosen)
        for place, teacher in enumerate(teachers):
            empty_because.append(_why_empty(ground, teacher, batch[place], chances, place))
    instance = draft.finish()
    plans = solve_paths(instance, rules.search, share_seats=True)
    nothing: frozenset[Id] = frozenset()
    paths = {}
    for place, row in enumerate(rows):
        teacher = facts.teachers[row]
        stands = standing.get(teacher.id, nothing)
        weekly = instance.weekly[place]
        steps, left_out = writer.write(place, row, plans.steps(place), weekly, stands)
        paths[teacher.id] = Path(
            teacher=teacher.id,
            as_of=facts.as_of,
            steps=steps,
            value=sum((step.value for step in steps), 0.0),
            nothing_because=None if steps else empty_because[place],
            needs=writer.needs_of(row),
            left_out=() if is_gone(teacher, facts) else left_out,
        )
    return paths


def is_gone(teacher: TeacherFacts, facts: Facts) -> bool:
    """Whether the teacher has left by the day of planning."""
    return teacher.left_date is not None and teacher.left_date <= facts.as_of


def _why_empty(
    ground: Ground, teacher: TeacherFacts, row: int, chances: Chances, place: int
) -> str:
    """What to say if no step is found for this teacher."""
    if is_gone(teacher, ground.facts):
        return "inactive"
    if teacher.minutes_budget <= 0 or teacher.weekly_minutes == 0:
        return "no-hours"
    worth = chances.gain[place] >= worth_of(ground.catalogue, ground.rules.fit)
    rules = chances.openness.rule[place]
    if np.any(worth & (rules == RULES.index("too-long"))) and not np.any(worth & (rules == 0)):
        return "no-hours"
    # Even the best session takes away only a share of a need: below that there is nothing to do.
    least = ground.rules.fit.worth_minutes / ground.rules.fit.best_effect
    if not np.any(worth) and float(ground.need[row].max(initial=0.0)) < least:
        return "no-need"
    return "nothing-fits"
