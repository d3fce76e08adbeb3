"""How well needs are foretold here: the fit in use, and what was measured last, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pdplanner.plans.models import ForecastRun, RulesFit
from pdplanner.plans.operations.forecasting import STAGES
from pdplanner.plans.queries.figures import FEWEST_SHOWN, large_enough
from pdplanner.plans.queries.rules import RulesInUse, standing_rules

#: What the methods of a back-test are called on screen.
METHODS = {
    "ours": "This program",
    "popularity, decayed": "What everybody asks most",
    "cohort popularity, shrunk": "What colleagues ask most",
    "own history, decayed": "What the person asked before",
}
KINDS = {"school": "By school", "tenure": "By time with the district", "hours": "By hours"}
GROUPS = {
    "first year": "In their first year",
    "longer": "Longer",
    "unknown": "Not known",
    "part-time": "Under three quarters of the usual hours",
    "full-time": "The usual hours",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A measured figure as it is printed, and between what it lies."""

    value: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One method of the back-test."""

    name: str
    is_ours: bool
    on_path: Cell | None
    ndcg10: Cell | None
    deviance: Cell | None
    calibration: Cell | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of teachers; nothing but its name below five."""

    name: str
    teachers: int | None
    reached: Cell | None
    minutes_saved: Cell | None
    need_met: Cell | None
    ndcg10: Cell | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One evaluation, for the screen."""

    run: ForecastRun
    from_date: date | None
    until_date: date | None
    tickets: int
    askers: int
    floor: Cell | None
    methods: tuple[MethodRow, ...]
    groups: tuple[tuple[str, tuple[GroupRow, ...]], ...]
    kept_overnight: Cell | None

    @property
    def ours(self) -> MethodRow | None:
        """How the program itself did."""
        return next((row for row in self.methods if row.is_ours), None)

    @property
    def best_other(self) -> MethodRow | None:
        """The other method that would have put most on the path."""
        others = [row for row in self.methods if not row.is_ours and row.on_path]
        return max(others, key=lambda row: float(row.on_path.value), default=None)

    @property
    def is_other_better(self) -> bool:
        """Whether that one would have met more than this program."""
        ours, other = self.ours, self.best_other
        if ours is None or ours.on_path is None or other is None:
            return False
        return float(other.on_path.value) > float(ours.on_path.value)


@dataclass(frozen=True, slots=True)
class FitRow:
    """One fit of the past, with what its back-test said of it and of the best other method."""

    fit: RulesFit
    is_in_use: bool
    ndcg10: Cell | None
    deviance: Cell | None
    best_other: Cell | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """All of the page."""

    in_use: RulesInUse
    open: ForecastRun | None
    last: ForecastRun | None  # the newest that is over
    measured: Measured | None
    earlier: list[Measured] = field(default_factory=list)

    @property
    def stage(self) -> str:
        """What the open run is at."""
        return STAGES[min(self.open.stage, len(STAGES) - 1)] if self.open else ""


def read_forecast() -> Forecast:
    """Return what the page tells, in a fixed number of queries."""
    runs = list(ForecastRun.objects.select_related("fit", "by")[:12])
    over = [run for run in runs if not run.is_open]
    measured = [run for run in over if run.figures]
    return Forecast(
        in_use=standing_rules(),
        open=next((run for run in runs if run.is_open), None),
        last=over[0] if over else None,
        measured=measured_in(measured[0]) if measured else None,
        earlier=[measured_in(run) for run in measured[1:]],
    )


def measured_in(run: ForecastRun) -> Measured:
    """Return the figures of a run for the screen, small groups hidden."""
    figures: dict[str, Any] = large_enough(run.figures or {})
    test = figures["back_test"]
    shares = {row["method"]: row["share"] for row in figures["on_path"]}
    return Measured(
        run=run,
        from_date=date.fromisoformat(test["from_date"]) if test else None,
        until_date=date.fromisoformat(test["until_date"]) if test else None,
        tickets=test["tickets"] if test else 0,
        askers=test["askers"] if test else 0,
        floor=cell({"value": test["calibration_floor"]}) if test else None,
        methods=tuple(
            MethodRow(
                name=METHODS.get(row["method"], row["method"]),
                is_ours=row["ours"],
                on_path=hundredths(shares.get(row["method"])),
                ndcg10=cell(row["ndcg10"]),
                deviance=cell(row["deviance"]),
                calibration=cell(row["calibration"]),
            )
            for row in (test["methods"] if test else ())
        ),
        groups=tuple(_groups(figures["groups"])),
        kept_overnight=hundredths(figures["kept_overnight"]),
    )


def _groups(groups: list[dict[str, Any]]) -> Iterator[tuple[str, tuple[GroupRow, ...]]]:
    for kind, title in KINDS.items():
        rows = [group for group in groups if group["kind"] == kind]
        if rows:
            rows.sort(key=lambda group: str(group["name"]) if kind == "school" else "")
            yield title, tuple(map(_group, rows))


def _group(group: dict[str, Any]) -> GroupRow:
    return GroupRow(
        name=GROUPS.get(group["name"], group["name"]),
        teachers=group["teachers"],
        reached=hundredths(group["reached"]),
        minutes_saved=cell(group["minutes_saved"], digits=0),
        need_met=hundredths(group["need_met"]),
        ndcg10=cell(group["ndcg10"]),
    )


def fit_rows(fits: list[RulesFit], in_use: RulesInUse) -> list[FitRow]:
    """Return fits with the figures of their back-tests."""
    return [_fit_row(fit, in_use) for fit in fits]


def _fit_row(fit: RulesFit, in_use: RulesInUse) -> FitRow:
    methods = fit.back_test.get("methods", [])
    ours: dict[str, Any] = next((row for row in methods if row["ours"]), {})
    others = [row["ndcg10"] for row in methods if not row["ours"] and _is_number(row["ndcg10"])]
    return FitRow(
        fit=fit,
        is_in_use=in_use.fit is not None and in_use.fit.pk == fit.pk,
        ndcg10=cell(ours.get("ndcg10")),
        deviance=cell(ours.get("deviance")),
        best_other=cell(max(others, key=lambda one: one["value"], default=None)),
    )


def as_json(forecast: Forecast, fits: list[RulesFit]) -> dict[str, Any]:
    """Return the page as values that JSON can hold, small groups hidden."""
    fit = forecast.in_use.fit
    measured = forecast.measured
    return {
        "in_use": {"fit": fit.number if fit else None, "note": forecast.in_use.note},
        "fewest_shown": FEWEST_SHOWN,
        "measured": None
        if measured is None
        else {
            "fit": measured.run.fit.number if measured.run.fit else None,
            "measured_at": measured.run.finished_at,
            **large_enough(measured.run.figures or {}),
        },
        "fits": [
            {
                "number": one.number,
                "as_of": one.as_of_date,
                "fitted_at": one.fitted_at,
                "tickets": one.tickets,
                "back_test": one.back_test,
                "weights": dict(one.weights),
            }
            for one in fits
        ],
    }


def _is_number(measured: dict[str, Any] | None) -> bool:
    return measured is not None and measured.get("value") is not None


def cell(measured: dict[str, Any] | None, *, digits: int = 2) -> Cell | None:
    """Return a measured figure as it is printed; None where there is none."""
    if measured is None or not _is_number(measured):
        return None
    value = measured["value"]
    return Cell(
        *(
            f"{value if measured.get(name) is None else measured[name]:.{digits}f}"
            for name in ("value", "low", "high")
        )
    )


def hundredths(measured: dict[str, Any] | None) -> Cell | None:
    """Return a share as so many of a hundred."""
    if measured is None or not _is_number(measured):
        return None
    hundred = {name: None if number is None else 100 * number for name, number in measured.items()}
    return cell(hundred, digits=0)
