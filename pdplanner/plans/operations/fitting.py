"""Fitting the recommender's weights to the district's own history."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from pdplanner.recommender.evaluation import fit_need_rules
from pdplanner.recommender.facts import Facts
from pdplanner.recommender.figures import BackTest, as_plain
from pdplanner.recommender.history import read_history

from ..models import ForecastRun, RulesFit
from ..queries.facts import read_facts
from .owing import owe_all_plans


def fit_rules(
    *, as_of: date, now: datetime, facts: Facts | None = None, run: ForecastRun | None = None
) -> tuple[RulesFit, BackTest] | None:
    """Fit the weights, store them under the next number, and owe everybody a path by them.

    With too little history nothing is stored and the documented defaults stay in use: None. A run
    learns in the same transaction which fit it made, so that it makes no second one.
    """
    facts = facts or read_facts(as_of=as_of)
    rules, back_test = fit_need_rules(facts)
    if back_test is None:
        return None
    with transaction.atomic():
        last = RulesFit.objects.aggregate(last=Max("number"))["last"] or 0
        fit = RulesFit.objects.create(
            number=last + 1,
            as_of_date=as_of,
            fitted_at=now,
            tickets=len(read_history(facts)[0].day),
            weights=rules.weights,
            back_test=as_plain(back_test),
        )
        owe_all_plans(cause="rules", now=now)
        if run is not None:
            run.fit = fit
            run.save(update_fields=["fit"])
    return fit, back_test
