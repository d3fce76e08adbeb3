"""Fits and measurings of the forecast: owed by a row, done by the worker, their figures kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from pdplanner.recommender import BadFacts
from pdplanner.recommender.evaluation import evaluate
from pdplanner.recommender.figures import Evaluation, as_document
from profiles.models import Teacher, User
from profiles.queries import the_district, today_in_district

from ..models import DailyRun, ForecastRun
from ..queries.facts import read_facts
from ..queries.figures import with_school_names
from ..queries.rules import standing_rules
from .fitting import fit_rules
from .rebuilding import TOGETHER

logger = logging.getLogger(__name__)

What, State = ForecastRun.What, ForecastRun.State
OPEN = Q(state__in=[State.OWED, State.AT_WORK])
#: What a run does one after the other, in words for whoever waits for it.
STAGES = ("Waiting for its turn", "Reading the history", "Fitting the weights", "Measuring")
#: A run that comes no further for so long was killed, and is taken up again, so often at the most.
LEASE = timedelta(hours=2)
MOST_TRIES = 3
#: The forecast is measured by itself once a week, at this hour of a Sunday in the district, where
#: there are no more teachers than are worked out together: for a state it takes hours.
NIGHT_HOUR = 3
#: Measurings that are kept besides those that made a fit.
KEPT = 60


def ask_forecast(*, what: str, by: User | None, now: datetime) -> ForecastRun:
    """Owe a fit or a measuring; return the one that is open already when there is one."""
    try:
        with transaction.atomic():
            return ForecastRun.objects.create(what=what, by=by, asked_at=now)
    except IntegrityError:
        return ForecastRun.objects.filter(OPEN).first() or ask_forecast(what=what, by=by, now=now)


def keep_figures(found: Evaluation, *, fit, now: datetime) -> ForecastRun:
    """Keep the figures of an evaluation that is over."""
    return ForecastRun.objects.create(
        what=What.MEASURE,
        state=State.DONE,
        asked_at=now,
        started_at=now,
        finished_at=now,
        as_of_date=found.as_of,
        fit=fit,
        figures=as_document(found),
    )


def owe_weekly_measuring(*, now: datetime) -> bool:
    """Owe this week's measuring, once; return whether this call did."""
    local = now.astimezone(the_district().zone) - timedelta(hours=NIGHT_HOUR)
    sunday = local.date() - timedelta(days=(local.weekday() + 1) % 7)
    with transaction.atomic():
        _, is_new = DailyRun.objects.get_or_create(name="weekly measuring", date=sunday)
        if is_new and 0 < Teacher.objects.active().count() <= TOGETHER:
            ask_forecast(what=What.MEASURE, by=None, now=now)
            _forget_old()
            return True
    return False


def _forget_old() -> None:
    old = ForecastRun.objects.filter(what=What.MEASURE).exclude(OPEN)
    ForecastRun.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT:])).delete()


def pay_forecast(*, clock: Callable[[], datetime]) -> ForecastRun | None:
    """Do the run that is owed, or whose worker was killed; return it, None without one."""
    now = clock()
    run = _taken(now)
    if run is None:
        return None
    try:
        _work_out(run, as_of=today_in_district(now), clock=clock)
    except Exception as error:
        # Facts that cannot be won't get better by trying again.
        run.refresh_from_db()
        is_over = isinstance(error, BadFacts) or run.tries >= MOST_TRIES
        run.state = State.FAILED if is_over else State.OWED
        logger.exception("%s came to nothing, try %d", run.get_what_display(), run.tries)
    run.finished_at = None if run.state == State.OWED else clock()
    run.save()
    return run


def _taken(now: datetime) -> ForecastRun | None:
    """Take the open run, unless another worker is at it."""
    is_free = Q(state=State.OWED) | Q(state=State.AT_WORK, started_at__lt=now - LEASE)
    run = ForecastRun.objects.filter(is_free).first()
    if run is None:
        return None
    if run.tries >= MOST_TRIES:  # it kills its worker every time
        ForecastRun.objects.filter(pk=run.pk).update(state=State.FAILED, finished_at=now)
        return None
    taken = ForecastRun.objects.filter(is_free, pk=run.pk, tries=run.tries).update(
        state=State.AT_WORK, started_at=now, tries=F("tries") + 1
    )
    run.refresh_from_db()
    return run if taken else None


def _work_out(run: ForecastRun, *, as_of: date, clock: Callable[[], datetime]) -> None:
    """Fit, when that is asked and not done yet, and measure what is in use."""
    _note(run, 1, clock())
    run.as_of_date = as_of
    facts = read_facts(as_of=as_of)
    run.state = State.DONE
    if run.what == What.FIT and run.fit is None:
        _note(run, 2, clock())
        if fit_rules(as_of=as_of, now=clock(), facts=facts, run=run) is None:
            run.state = State.TOO_LITTLE
    _note(run, 3, clock())
    standing = standing_rules()
    run.fit = standing.fit
    run.figures = as_document(with_school_names(evaluate(facts, standing.rules)))


def _note(run: ForecastRun, stage: int, now: datetime) -> None:
    """Write down how far the run is, and that somebody is at it."""
    run.stage, run.started_at = stage, now
    ForecastRun.objects.filter(pk=run.pk).update(stage=stage, started_at=now)
