"""What a path saves one teacher, step by step and skill by skill (the V of the method)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.tables import Floats, Ints


@dataclass(frozen=True, slots=True)
class Savings:
    """S steps in order, K skills: `by_skill` adds up to the value of the whole path."""

    by_skill: Floats  # [S, K], minutes each step saves, given the steps before it
    alone: Floats  # [S], minutes lost if the one step were left out


def savings_of(need: Floats, season: Floats, weeks: Ints, leaves: Floats) -> Savings:
    """The savings of steps in `weeks` [S]; `leaves` [S, K] is what each leaves of a need, (0, 1].

    V = sum over skills and weeks of need_k * season_kw * (1 - product of `leaves` of the steps of
    earlier weeks); need [K] in minutes, season [K, W + 1] in shares.
    """
    remaining = np.ones(season.shape)
    by_skill = np.zeros(leaves.shape)
    for step, week in enumerate(weeks.tolist()):
        later = slice(week + 1, None)
        mass = (season[:, later] * remaining[:, later]).sum(axis=1)
        by_skill[step] = need * mass * (1.0 - leaves[step])
        remaining[:, later] *= leaves[step][:, None]
    after = _after(season * remaining)
    regained = need * after[:, weeks + 1].T * (1.0 / leaves - 1.0)
    return Savings(by_skill, regained.sum(axis=1))


def _after(left: Floats) -> Floats:
    """[K, W + 2]: what is left for the weeks from each one on; nothing after the last bin."""
    after = np.zeros((left.shape[0], left.shape[1] + 1))
    after[:, :-1] = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
    return after
