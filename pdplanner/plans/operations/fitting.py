"""Fitting the recommender's weights to the district's own history."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from pdplanner.recommender.evaluation import fit_need_rules
from pdplanner.recommender.figures import BackTest

from ..models import RulesFit
from ..queries.facts import read_facts
from .owing import owe_all_plans


def fit_rules(*, as_of: date, now: datetime) -> tuple[RulesFit, BackTest] | None:
    """Fit the weights, store them under the next number, and owe everybody a path by them.

    With too little history nothing is stored and the documented defaults stay in use: None.
    """
    rules, back_test = fit_need_rules(read_facts(as_of=as_of))
    if back_test is None:
        return None
    with transaction.atomic():
        last = RulesFit.objects.aggregate(last=Max("number"))["last"] or 0
        fit = RulesFit.objects.create(
            number=last + 1,
            as_of_date=as_of,
            fitted_at=now,
            weights=rules.weights,
            back_test=json.loads(json.dumps(asdict(back_test), default=str)),
        )
        owe_all_plans(cause="rules", now=now)
    return fit, back_test
