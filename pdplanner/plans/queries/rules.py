"""Which rules the recommender goes by: the district's newest fit, or the documented defaults."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from math import isfinite

from pdplanner.recommender import PathRules
from pdplanner.recommender.rules import DEFAULT_WEIGHTS, NeedRules

from ..models import RulesFit

logger = logging.getLogger(__name__)

#: Weights that fits have had since the level is foretold apart, and what stands for "not known".
NEWER_WEIGHTS = {"known share": 1.0, "level": 1.0}


@dataclass(frozen=True, slots=True)
class RulesInUse:
    """The rules, where they come from, and what the coordinator should know of it."""

    rules: PathRules
    fit: RulesFit | None  # None: the documented defaults
    note: str = ""


def rules_in_use() -> PathRules:
    """Return the rules with the weights of the newest fit; the defaults before the first one."""
    return standing_rules().rules


def standing_rules() -> RulesInUse:
    """Return the rules and the fit they come from. A fit that this version of the program can't
    read is left aside; one that only lacks what is newer than it is gone on with."""
    newest = RulesFit.objects.first()
    if newest is None:
        return RulesInUse(PathRules(), None)
    weights = read_weights(newest.weights)
    if weights is None or not weights.keys() >= {name for name, _ in DEFAULT_WEIGHTS}:
        logger.warning("%s knows other signals than these: the defaults are in use", newest)
        return RulesInUse(
            PathRules(),
            None,
            f"Fit no. {newest.number} was made by another version of this program, which listened"
            " to other signals. The documented defaults are in use until you fit again.",
        )
    note = ""
    if missing := NEWER_WEIGHTS.keys() - weights.keys():
        weights |= {name: NEWER_WEIGHTS[name] for name in missing}
        note = (
            f"Fit no. {newest.number} was made by an older version of this program, which did not"
            " fit how many tickets to expect in all. Its order holds; its minutes may be too high"
            " or too low until you fit again."
        )
    return RulesInUse(
        PathRules(need=NeedRules(weights=tuple(sorted(weights.items())))), newest, note
    )


def read_weights(stored: object) -> dict[str, float] | None:
    """Return stored weights by name; None when they are not pairs of a name and a number."""
    weights: dict[str, float] = {}
    for pair in stored if isinstance(stored, list | tuple) else [None]:
        match pair:
            case [str(name), int() | float() as weight] if isfinite(weight):
                weights[name] = weight
            case _:
                return None
    return weights
