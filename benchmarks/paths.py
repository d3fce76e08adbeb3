"""Paths against proven optima: `python -m benchmarks.paths [--shared-seats] [--instances FILE]`.

Without options: teachers of the generated district (300 x 500), each planned alone by the search
and by OR-Tools CP-SAT, one thread each, in the same run. With `--shared-seats`: what sharing
scarce seats loses against the dual bound. With `--instances FILE`: the answer for that document,
as JSON alone on standard output.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.instances import Shape, make_instance
from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search import Instance, Plans, answer, read_instance, solve_paths
from pdplanner.recommender.search.compiling import is_available
from pdplanner.recommender.search.planning import Planner


@dataclass(frozen=True)
class Row:
    """One teacher, planned by both."""

    teacher: str
    value: float
    optimum: float
    is_proven: bool
    ours_seconds: float
    cp_sat_seconds: float


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark that the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paths", description=__doc__)
    parser.add_argument("--instances", type=Path, help="plan this document; no CP-SAT")
    parser.add_argument("--shared-seats", action="store_true", help="share scarce seats")
    parser.add_argument("--teachers", type=int, default=24, help="sample for CP-SAT")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for CP-SAT a teacher")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args(arguments)
    if options.instances:
        print(json.dumps(answer_file(options.instances)))
        return 0
    shape = Shape(seed=options.seed)
    if options.shared_seats:
        report = share(replace(shape, seats=(2, 8)))
    else:
        report = compare(shape, options.teachers, options.limit)
    report["load"] = os.getloadavg()[0]
    print(f"machine's load {report['load']:.1f}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


def answer_file(path: Path) -> dict[str, Any]:
    """Return the answer to the document: each teacher planned alone."""
    instance = read_instance(json.loads(path.read_text()))
    warm_up(instance)
    plans = solve_paths(instance, SearchRules())
    return {**answer(instance, plans), "seconds": plans.seconds, "cores": 1}


def compare(shape: Shape, sample: int, limit: float) -> dict[str, Any]:
    """Plan all teachers by the search and a sample by CP-SAT; print and return the figures."""
    from benchmarks.exact import solve_exactly

    instance = make_instance(shape)
    began = time.perf_counter()
    warm_up(instance)
    warm_up_seconds = time.perf_counter() - began
    plans = solve_paths(instance, SearchRules())
    each = plans.seconds / len(instance.budget)
    rows = []
    for teacher in np.linspace(0, len(instance.budget) - 1, sample).astype(int).tolist():
        exact = solve_exactly(instance, teacher, limit=limit)
        rows.append(
            Row(
                teacher=str(instance.teacher_ids[teacher]),
                value=float(plans.value[teacher]),
                optimum=exact.value,
                is_proven=exact.is_proven,
                ours_seconds=each,
                cp_sat_seconds=exact.seconds,
            )
        )
        print(
            f"{rows[-1].teacher:>6}  ours {rows[-1].value:9.3f}  CP-SAT {exact.value:9.3f}"
            f"{'' if exact.is_proven else ' (not proven)'}  {exact.seconds:6.2f} s",
            file=sys.stderr,
        )
    report = {"warm_up_seconds": warm_up_seconds, **_figures(rows), "rows": [*map(asdict, rows)]}
    print(f"{len(rows)} of {len(instance.budget)} teachers x {len(instance.minutes)} sessions")
    print(f"CP-SAT proved {report['proven']} optimal in {limit:g} s each, one thread")
    print(f"value over the proven optimum: mean {report['mean']:.5f}, worst {report['worst']:.4f}")
    print(f"value over CP-SAT's best where it proved nothing: {report['unproven_mean']}")
    ours, theirs = report["ours_a_second"], report["cp_sat_a_second"]
    print(f"plans a second: ours {ours:.0f}, CP-SAT {theirs:.4f}")
    print(f"times as many: {report['times']:.0f} (warm-up before that {warm_up_seconds:.1f} s)")
    return report


def share(shape: Shape) -> dict[str, Any]:
    """Share scarce seats among the district's teachers; print and return the loss to the bound."""
    instance = make_instance(shape)
    warm_up(instance)
    rules = SearchRules()
    alone = solve_paths(instance, rules)
    overbooked = int((_wanted(instance, alone) > instance.run_seats).sum())
    shared = solve_paths(instance, rules, share_seats=True)
    over = int((_wanted(instance, shared) > instance.run_seats).sum())
    planner = Planner(instance, threshold=rules.change_threshold_minutes, seed=rules.seed)
    planner.prices[:] = shared.prices
    # Three times the search, lest the bound be too low by what the search leaves.
    _, worth = planner.plan(np.arange(len(instance.budget)), rounds=3 * rules.rounds)
    bound = float(worth.sum() + shared.prices @ instance.run_seats)
    report = {
        "overbooked_runs": overbooked,
        "over_seats_after": over,
        "value": float(shared.value.sum()),
        "bound": bound,
        "loss": 1.0 - float(shared.value.sum()) / bound,
        "seconds": shared.seconds,
    }
    print(f"{overbooked} runs overbooked when each plans alone, {over} after sharing")
    print(f"loss against the dual bound: {report['loss']:.3%}, in {shared.seconds:.1f} s")
    return report


def warm_up(instance: Instance) -> None:
    """Compile, or load what an earlier run has compiled, however few the teachers are."""
    if is_available():
        importlib.import_module("numba")
    Planner(instance, threshold=0.0, seed=1)


def _wanted(instance: Instance, plans: Plans) -> np.ndarray[Any, Any]:
    runs = plans.step_run[plans.step_run >= 0]
    return np.bincount(runs, minlength=len(instance.run_seats))


def _figures(rows: list[Row]) -> dict[str, Any]:
    proven = [row.value / row.optimum for row in rows if row.is_proven and row.optimum > 0]
    others = [row.value / row.optimum for row in rows if not row.is_proven and row.optimum > 0]
    ours = 1.0 / statistics.mean(row.ours_seconds for row in rows)
    cp_sat = 1.0 / statistics.mean(row.cp_sat_seconds for row in rows)
    return {
        "proven": len(proven),
        "mean": statistics.mean(proven) if proven else None,
        "worst": min(proven, default=None),
        "unproven_mean": statistics.mean(others) if others else None,
        "ours_a_second": ours,
        "cp_sat_a_second": cp_sat,
        "times": ours / cp_sat,
    }


if __name__ == "__main__":
    sys.exit(main())
