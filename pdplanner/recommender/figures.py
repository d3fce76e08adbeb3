"""The figures of an evaluation, as a table to read and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite

from pdplanner.recommender.yardsticks import Measured


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """How one method did in a back-test."""

    method: str
    ours: bool
    ndcg10: Measured
    deviance: Measured
    calibration: Measured


@dataclass(frozen=True, slots=True)
class BackTest:
    """The methods side by side on one stretch of the past."""

    from_date: date
    until_date: date
    tickets: int
    askers: int
    methods: tuple[MethodFigures, ...]  # ours first
    calibration_floor: float  # what chance alone lets the true rates miss


@dataclass(frozen=True, slots=True)
class OnPath:
    """The share of an asker's tickets about a skill that their path taught when it was cut just
    before, or that stands among as many skills by another way to choose them."""

    method: str
    ours: bool
    share: Measured  # the mean over askers


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """What the paths do for one group of teachers."""

    kind: str  # school, tenure or hours
    name: str
    teachers: int
    reached: Measured  # share with at least one step
    minutes_saved: Measured  # a teacher, by their paths
    need_met: Measured  # minutes saved over minutes needed, of all the group
    askers: int  # in the back-test
    ndcg10: Measured | None  # of these askers; None without any


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one evening; None or empty where the history is too short for them."""

    as_of: date
    back_test: BackTest | None
    on_path: tuple[OnPath, ...]  # ours first
    groups: tuple[GroupFigures, ...]
    kept_overnight: Measured | None  # share of yesterday's steps that stand today


def as_document(evaluation: Evaluation) -> dict[str, object]:
    """The figures as plain values that JSON can hold; dates as ISO text, what is no number None."""
    return {name: _plain(value) for name, value in asdict(evaluation).items()}


def as_plain(test: BackTest) -> dict[str, object]:
    """A back-test as plain values that JSON can hold, like those of `as_document`."""
    return {name: _plain(value) for name, value in asdict(test).items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value


def as_text(evaluation: Evaluation) -> str:
    """The figures as tables to read; what stands in brackets holds in 95 of 100 such draws."""
    return "\n".join(
        [
            f"As of {evaluation.as_of}",
            *_back_test_lines(evaluation.back_test),
            *_on_path_lines(evaluation.on_path),
            *_group_lines(evaluation.groups),
            *_overnight_lines(evaluation.kept_overnight),
        ]
    )


def _back_test_lines(test: BackTest | None) -> Iterator[str]:
    if test is None:
        yield "Too little history for a back-test: the documented defaults are in use."
        return
    yield (
        f"Back-test {test.from_date} to {test.until_date}: "
        f"{test.tickets} tickets of {test.askers} people"
    )
    yield f"{'method':<28}{'nDCG@10':>24}{'deviance':>24}{'calibration error':>24}"
    for row in test.methods:
        columns = (row.ndcg10, row.deviance, row.calibration)
        yield f"{row.method:<28}" + "".join(f"{_number(one):>24}" for one in columns)
    yield (
        f"Chance alone lets even the true rates miss {test.calibration_floor:.3f} of so few"
        " tickets in calibration."
    )


def _on_path_lines(shares: tuple[OnPath, ...]) -> Iterator[str]:
    if shares:
        yield "Tickets about what the asker's path taught, beside as many skills chosen by"
    for row in shares:
        yield f"{row.method:<28}{_percent(row.share):>24}"


def _group_lines(groups: tuple[GroupFigures, ...]) -> Iterator[str]:
    yield (
        f"{'group':<36}{'teachers':>9}{'reached':>20}{'minutes saved':>20}"
        f"{'need met':>20}{'nDCG@10':>25}"
    )
    for group in groups:
        saved = group.minutes_saved
        yield (
            f"{group.kind + ': ' + group.name:<36}{group.teachers:>9}{_percent(group.reached):>20}"
            f"{f'{saved.value:.0f} ({saved.low:.0f} to {saved.high:.0f})':>20}"
            f"{_percent(group.need_met):>20}"
            f"{'' if group.ndcg10 is None else _number(group.ndcg10):>25}"
        )


def _overnight_lines(kept: Measured | None) -> Iterator[str]:
    if kept is not None:
        yield f"Steps kept from yesterday to today: {_percent(kept)}"


def _number(one: Measured) -> str:
    return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"


def _percent(one: Measured) -> str:
    return f"{one.value:.0%} ({one.low:.0%} to {one.high:.0%})"
