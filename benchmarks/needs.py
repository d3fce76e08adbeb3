"""Foretelling who asks about what: ours beside the peers, on public logs and on a made-up one.

`python -m benchmarks.needs` runs what is at hand; `--events FILE --origin DATE --days N` any log
with columns person, topic, cohort, opened_at. Every method is tuned on windows before the origin
and tested once on the days after it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.helpdesks import make_helpdesk
from benchmarks.logs import BadLog, Event, Trial, read_events, read_incidents, trial_at
from benchmarks.peers import PEERS, boosted_forecast
from benchmarks.tables import print_table, write_json
from pdplanner.recommender.baselines import Baseline, foretell_by
from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.rates import foretell_counts
from pdplanner.recommender.rules import NeedRules
from pdplanner.recommender.tuning import tune_weights, window_of
from pdplanner.recommender.yardsticks import (
    Measured,
    bootstrap_mean,
    calibration_error,
    calibration_floor,
    ndcg_by_person,
    poisson_deviance,
)

OURS = "ours"
INCIDENTS = Path(__file__).parents[2] / "shared" / "data" / "tickets" / "incidents.csv"
COLUMNS = (
    "method",
    "ours",
    "ndcg10",
    "low",
    "high",
    "repeats",
    "firsts",
    "deviance",
    "calibration",
    "pooled",
    "chance",
    "seconds",
)
#: Ten years: a date further on may be none.
MOST_DAYS = 3653
Foretell = Callable[[History, int], Floats]


@dataclass(frozen=True)
class Log:
    """A log and the windows it is tested on."""

    title: str
    events: Sequence[Event]
    origins: Sequence[date]
    days: int


def foretell_ours(history: History, days: int) -> Floats:
    """The product's own forecast of counts [P, K], tuned on windows of the history."""
    rules = tune_weights(history, NeedRules(), days)
    return foretell_counts(history, rules, days)


def _peer(peer: Baseline) -> Foretell:
    def foretell(history: History, days: int) -> Floats:
        window = window_of(history, _back(history, days), days)
        return foretell_by(peer, window.history, window.asked, history, days)

    return foretell


def _boosted(history: History, days: int) -> Floats:
    start = _back(history, days)
    starts = sorted({start * 2, start + 7, start}, reverse=True)
    length = -history.day.min() + 1
    windows = [
        window_of(history, one, days if one >= days else start)
        for one in starts
        if one <= 0.75 * length
    ]
    windows = [windows[0], windows[-1]] if len(windows) > 1 else windows
    return boosted_forecast([(w.history, w.asked, w.days) for w in windows], history, days)


def _back(history: History, days: int) -> int:
    """How far back the window to tune on starts: as long as the one foretold, if there is room."""
    return min(days, int((-history.day.min() + 1) / 2))


def methods() -> Mapping[str, Foretell]:
    """Ours and the peers, by name."""
    return {
        OURS: foretell_ours,
        **{peer.name: _peer(peer) for peer in PEERS},
        "LightGBM Poisson, 17 features": _boosted,
    }


@dataclass(frozen=True)
class Comparison:
    """The rows of a log, best ranking first, and how ours stands to the best peer."""

    rows: list[dict[str, object]]
    failed: Mapping[str, str]  # peer -> why; they are in no row
    peer: str
    ratio: Measured  # ours over the best peer's nDCG@10, the same people drawn for both


class NotFinite(ArithmeticError):
    """A forecast of something that is no number."""


class NobodyAsks(ValueError):
    """A window in which no person asks who asked before it: nothing to measure by."""


def compare(log: Log) -> Comparison:
    """The figures of every method; windows are pooled by person. A peer that fails is left out.

    Raises NobodyAsks.
    """
    trials = [trial_at(log.events, origin, log.days) for origin in log.origins]
    if not any(trial.asked.any() for trial in trials):
        last = log.origins[-1] + timedelta(days=log.days - 1)
        raise NobodyAsks(f"nobody who asked before {log.origins[0]} asked again by {last}")
    rows = []
    gains: dict[str, Floats] = {}
    failed: dict[str, str] = {}
    for name, foretell in methods().items():
        started = time.perf_counter()
        try:
            with threadpool_limits(1):  # one core is the rule
                forecasts = [_finite(foretell(trial.history, trial.days)) for trial in trials]
        except Exception as error:
            if name == OURS:
                raise
            failed[name] = f"{type(error).__name__}: {error}"
            continue
        seconds = time.perf_counter() - started
        gains[name] = np.concatenate(
            [ndcg_by_person(m, t.asked) for m, t in zip(forecasts, trials, strict=True)]
        )
        rows.append(_row(name, forecasts, trials, gains[name], seconds))
    order = sorted(gains, key=lambda name: -gains[name].mean())
    rows.sort(key=lambda row: order.index(str(row["method"])))
    best = next(name for name in order if name != OURS)
    return Comparison(rows, failed, best, _ratio(gains[OURS], gains[best]))


def _finite(forecast: Floats) -> Floats:
    if not np.isfinite(forecast).all():
        raise NotFinite("a forecast that is no number")
    return forecast


def _ratio(ours: Floats, peer: Floats) -> Measured:
    """Ours over the peer's; draws in which the peer got nothing right tell of no ratio."""
    random = np.random.default_rng(0)
    drawn = random.integers(len(ours), size=(1000, len(ours)))
    ours_drawn, peer_drawn = ours[drawn].mean(axis=1), peer[drawn].mean(axis=1)
    told = peer_drawn > 0
    if not told.any():
        return Measured(float("nan"), float("nan"), float("nan"))
    low, high = np.quantile(ours_drawn[told] / peer_drawn[told], [0.025, 0.975])
    return Measured(float(ours.mean() / peer.mean()), float(low), float(high))


def _mean(values: Sequence[Floats]) -> float | None:
    """The mean of them all; None where there is nothing."""
    together = np.concatenate(values)
    return float(together.mean()) if len(together) else None


def _row(
    name: str,
    forecasts: Sequence[Floats],
    trials: Sequence[Trial],
    gains: Floats,
    seconds: float,
) -> dict[str, object]:
    pairs = list(zip(forecasts, trials, strict=True))
    repeats, firsts = [], []
    for forecast, trial in pairs:
        before = trial.history.count(np.ones(len(trial.history.day))) > 0
        repeats.append(ndcg_by_person(np.where(before, forecast, 0.0), trial.asked * before))
        firsts.append(ndcg_by_person(np.where(before, 0.0, forecast), trial.asked * ~before))
    people = np.array([len(trial.asked) for trial in trials])
    deviances = np.array([poisson_deviance(m, trial.asked) for m, trial in pairs])
    asks = np.array([trial.asked.sum() for trial in trials])
    misses = np.array([calibration_error(m, trial.asked) for m, trial in pairs])
    floors = np.array([calibration_floor(trial.asked) for trial in trials])
    cells = [
        np.concatenate([one.ravel() for one in kind])
        for kind in zip(*((forecast, trial.asked) for forecast, trial in pairs), strict=True)
    ]
    interval = bootstrap_mean(gains)
    return {
        "method": name,
        "ours": name == OURS,
        "ndcg10": interval.value,
        "low": interval.low,
        "high": interval.high,
        "repeats": _mean(repeats),
        "firsts": _mean(firsts),
        "deviance": float((deviances * people).sum() / people.sum()),
        # The mean of the windows; `pooled` puts their cells into the same ten bins; `chance` is
        # what the true rates themselves would miss, window by window.
        "calibration": float((misses * asks).sum() / asks.sum()),
        "pooled": calibration_error(cells[0][:, None], cells[1][:, None]),
        "chance": float((floors * asks).sum() / asks.sum()),
        "seconds": seconds,
    }


def logs_at_hand() -> list[Log]:
    """The public service desk where it is present, and a made-up small help desk."""
    found = []
    if INCIDENTS.exists():
        for subcategory in (True, False):
            events = read_incidents(INCIDENTS, subcategory=subcategory)
            topics = "category/subcategory" if subcategory else "category"
            title = f"service desk, topic = {topics}"
            found.append(Log(f"{title}, 28 days", events, [date(2016, 3, 28)], 28))
            found.append(Log(f"{title}, 14 days", events, [date(2016, 4, 11)], 14))
    desk = make_helpdesk(seed=20)
    found.append(Log("small help desk, made up, 90 days", desk.events, desk.origins, 90))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for every log, and write the rows as JSON when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", help="CSV with columns person, topic, cohort, opened_at")
    parser.add_argument("--origin", type=date.fromisoformat, help="first day to foretell")
    parser.add_argument("--days", type=_days, default=28, help="days to foretell")
    parser.add_argument("--json", help="write the rows here")
    chosen = parser.parse_args(arguments)
    if chosen.events and chosen.origin is None:
        parser.error("--events needs --origin")
    found: list[dict[str, object]] = []
    failed: list[dict[str, object]] = []
    try:
        logs = [_log_of(chosen)] if chosen.events else logs_at_hand()
        for log in logs:
            compared = compare(log)
            _tell(log, compared)
            found += [{**row, "log": log.title} for row in compared.rows]
            failed += [
                {"method": name, "why": why, "log": log.title}
                for name, why in compared.failed.items()
            ]
    except (BadLog, NobodyAsks) as error:
        parser.error(str(error))
    if chosen.json:
        write_json(chosen.json, {"rows": found, "failed": failed})


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be 1 to {MOST_DAYS}")
    return int(text)


def _log_of(chosen: argparse.Namespace) -> Log:
    events = read_events(chosen.events)
    if not any(event.opened_date < chosen.origin for event in events):
        raise BadLog(f"nothing was asked before {chosen.origin}")
    return Log(Path(chosen.events).name, events, [chosen.origin], chosen.days)


def _tell(log: Log, compared: Comparison) -> None:
    left_out = [{"method": f"{name}: failed, left out"} for name in compared.failed]
    print_table(log.title, COLUMNS, [*compared.rows, *left_out])
    for name, why in compared.failed.items():
        print(f"{name} failed: {why}")
    ratio = compared.ratio
    print(f"ours over {compared.peer}: {ratio.value:.3f} ({ratio.low:.3f} to {ratio.high:.3f})")


if __name__ == "__main__":
    main()
