"""How the path search grows: `python -m benchmarks.scale [--quick] [--json FILE]`.

The search alone: 300 teachers against 100 to 10,000 sessions, and 5,000 sessions with 300 to
100,000 teachers: time, memory, plans a second, and the bytes a plan touches against what this
machine's memory moves. Then a state from its facts to paths with reasons, streamed by school
through two Celery processes (benchmarks/state.py).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks import state
from benchmarks.instances import Shape, add_teachers, make_courses
from benchmarks.paths import warm_up
from pdplanner.recommender.rules import SearchRules
from pdplanner.recommender.search import Instance, solve_paths
from pdplanner.recommender.search.workspace import make_room

SCHOOL = 100  # teachers
MEGABYTE = 1e6


@dataclass(frozen=True)
class Row:
    """One size."""

    teachers: int
    courses: int
    candidates: float  # a teacher, mean
    seconds: float  # solving; making the instances is left out
    plans_a_second: float
    memory_megabytes: float  # of the process, at its largest so far
    kilobytes_a_plan: float  # that the search works on


def main(arguments: list[str] | None = None) -> int:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the 100,000 teachers")
    parser.add_argument("--only-state", action="store_true", help="leave out the search alone")
    parser.add_argument("--only-search", action="store_true", help="leave out the state")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args(arguments)
    print(f"machine's load {os.getloadavg()[0]:.1f}")
    many = [300, 3_000, 30_000] if options.quick else [300, 3_000, 30_000, 100_000]
    report: dict[str, object] = {}
    if not options.only_state:
        report |= measure_search(many)
    if not options.only_search:
        report["state"] = [asdict(row) for row in measure_states(many)]
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


def measure_search(many: Sequence[int]) -> dict[str, object]:
    """Measure the search alone and print the table."""
    sizes = [(300, courses) for courses in (100, 500, 2_000, 10_000)]
    sizes += [(teachers, 5_000) for teachers in many]
    print("teachers  sessions  candidates   seconds  plans/s  memory MB  KB/plan")
    rows = []
    for teachers, courses in sizes:
        row = measure(teachers, courses)
        rows.append(row)
        print(
            f"{row.teachers:8,}  {row.courses:8,}  {row.candidates:10.0f}  {row.seconds:8.2f}"
            f"  {row.plans_a_second:7.0f}  {row.memory_megabytes:9.0f}"
            f"  {row.kilobytes_a_plan:7.1f}",
            flush=True,
        )
    # Last of all: its arrays would stand in every row's memory.
    bandwidth = measure_bandwidth()
    share = max(row.kilobytes_a_plan * 1e3 * row.plans_a_second for row in rows) / bandwidth
    print(f"memory moves {bandwidth / 1e9:.1f} GB/s, of which the plans need {share:.2%} at most")
    return {"bytes_a_second": bandwidth, "rows": [asdict(row) for row in rows]}


def measure_states(many: Sequence[int]) -> list[state.Row]:
    """Measure whole states and print the table."""
    print("A state from facts to paths with reasons, by school, two Celery processes")
    print("teachers  sessions  learning s  planning s  ms/teacher  wall s  MB a process  load")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for teachers in many:
            row = state.measure(teachers, 5_000, folder)
            rows.append(row)
            each = (row.learning_seconds + row.planning_seconds) / row.teachers * 1e3
            print(
                f"{row.teachers:8,}  {row.courses:8,}  {row.learning_seconds:10.1f}"
                f"  {row.planning_seconds:10.1f}  {each:10.2f}  {row.wall_seconds:6.0f}"
                f"  {row.megabytes:12.0f}  {row.load:4.1f}",
                flush=True,
            )
    return rows


def measure(teachers: int, courses: int) -> Row:
    """Plan the teachers school by school, and forget each school before the next."""
    shape = Shape(teachers=teachers, courses=courses)
    catalogue = make_courses(shape)
    seconds, candidates, touched = 0.0, 0, 0
    for first in range(0, teachers, SCHOOL):
        school = add_teachers(catalogue, shape, first=first, count=min(SCHOOL, teachers - first))
        if first == 0:
            warm_up(school)
            touched = bytes_of_a_plan(school)
        began = time.perf_counter()
        solve_paths(school, SearchRules())
        seconds += time.perf_counter() - began
        candidates += len(school.candidate_course)
    a_second = teachers / seconds
    return Row(
        teachers=teachers,
        courses=courses,
        candidates=candidates / teachers,
        seconds=seconds,
        plans_a_second=a_second,
        memory_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE,
        kilobytes_a_plan=touched / 1e3,
    )


def bytes_of_a_plan(instance: Instance) -> int:
    """Return the bytes that the search works on for one teacher, at most.

    What is as long as the catalogue is left out: only the teacher's own entries are touched.
    """
    task, drafts, scratch = make_room(instance, 4)
    own = [array for name, array in task._asdict().items() if not name.startswith("number_of")]
    return sum(array.nbytes for part in (own, *drafts, scratch) for array in part)


def measure_bandwidth() -> float:
    """Return the bytes a second that copying a large array reads and writes; best of five."""
    source = np.ones(1 << 25)
    target = np.empty_like(source)
    best = 0.0
    for _ in range(5):
        began = time.perf_counter()
        np.copyto(target, source)
        best = max(best, 2 * source.nbytes / (time.perf_counter() - began))
    return best


if __name__ == "__main__":
    sys.exit(main())
