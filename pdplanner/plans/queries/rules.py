"""Which rules the recommender goes by: the district's newest fit, or the documented defaults."""

from __future__ import annotations

import logging

from pdplanner.recommender import PathRules
from pdplanner.recommender.rules import DEFAULT_WEIGHTS, NeedRules

from ..models import RulesFit

logger = logging.getLogger(__name__)


def rules_in_use() -> PathRules:
    """Return the rules with the weights of the newest fit; the defaults before the first one."""
    newest = RulesFit.objects.first()
    if newest is None:
        return PathRules()
    if not {name for name, _ in newest.weights} >= {name for name, _ in DEFAULT_WEIGHTS}:
        # Fitted by another version of the program, which listened to other signals.
        logger.warning("%s knows other signals than these: the defaults are in use", newest)
        return PathRules()
    weights = tuple((name, weight) for name, weight in newest.weights)
    return PathRules(need=NeedRules(weights=weights))
