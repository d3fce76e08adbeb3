"""How hard the solver searches, and how much a change has to bring."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchRules:
    """The weights and limits of the path search."""

    #: Minutes saved that moving or dropping a step of the path as it stands has to bring.
    change_threshold_minutes: float = 5.0
    #: Rounds of the local search after the first local optimum; more is slower and better.
    kicks: int = 40
    #: Rounds in which seat prices are adjusted when seats are shared.
    price_rounds: int = 60
    #: Start of the random numbers; every teacher draws from a series of his own.
    seed: int = 1
