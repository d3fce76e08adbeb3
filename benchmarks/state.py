"""A state planned from its facts, part by part, by two Celery processes.

Each process learns half of the state first (sums only), then plans its half, some schools at a
time, and forgets each part before the next: `benchmarks.scale` runs it and tells the figures.
Seats of a run are split between the processes, and within one between its parts; what a part leaves
is for those after it.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path as File
from typing import Any

from celery import Celery

from benchmarks.districts import HISTORY_DAYS, Size, make_part
from pdplanner.recommender import (
    Facts,
    OfferingFacts,
    Path,
    PathRules,
    State,
    learn_state,
    recommend_paths,
)
from pdplanner.recommender.district import merge_districts
from pdplanner.recommender.heard import merge_heard

#: Teachers planned together: twenty schools.
PART = 500
PROCESSES = 2
SEED = 11
#: Seats that a run has left at most, for each teacher of the state: so that some runs are wanted by
#: too many and most are not, in a small state as in a large one.
SEATS_A_TEACHER = 0.02
#: The days of the first tickets, as history.openings_of would find them: the history is made so.
OPENINGS = (-float(HISTORY_DAYS), -float(HISTORY_DAYS))
FOLDER = "BENCH_STATE_FOLDER"


@dataclass(frozen=True)
class Row:
    """One size of state; making up its facts is left out of all times."""

    teachers: int
    courses: int
    steps: int
    learning_seconds: float  # of processor time, of both processes together
    planning_seconds: float
    wall_seconds: float
    megabytes: float  # of the larger process, at its largest
    load: float  # of the machine


app = Celery("benchmarks.state", set_as_current=False)


def configure(folder: str) -> None:
    """Let tasks and results pass through files in this folder: a broker that needs no server."""
    app.conf.update(
        broker_url="filesystem://",
        broker_transport_options={
            "data_folder_in": f"{folder}/queue",
            "data_folder_out": f"{folder}/queue",
            "control_folder": f"{folder}/control",
        },
        result_backend=f"file://{folder}/results",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
    )


if FOLDER in os.environ:
    configure(os.environ[FOLDER])


@app.task
def learn(size: Mapping[str, int], half: int) -> dict[str, float]:
    """Learn what half of the state asked, and leave the sums in the folder."""
    watch = Watch()
    state = learn_state(lambda: watch.timed(parts_of(Size(**size), half)), PathRules(), OPENINGS)
    learned_file(half).write_bytes(pickle.dumps(state))
    return {"seconds": watch.processor(), "wall": watch.wall(), "made": watch.made}


@app.task
def plan(size: Mapping[str, int], half: int) -> dict[str, float]:
    """Plan half of the state, part by part."""
    importlib.import_module("numba")
    recommend_paths(make_part(SEED, Size(teachers=3, courses=8), 0, 3))  # loads what is compiled
    watch = Watch()
    learned = [pickle.loads(learned_file(number).read_bytes()) for number in range(PROCESSES)]
    state = State(
        merge_districts([one.district for one in learned]),
        merge_heard([one.heard for one in learned]),
    )
    del learned
    taken: Counter[Any] = Counter()
    teachers = steps = 0
    left = len(firsts_of(Size(**size), half))
    for part in watch.timed(parts_of(Size(**size), half)):
        paths = recommend_paths(with_its_seats(part, taken, half, left), state=state)
        left -= 1
        taken.update(seats_taken(part, paths))
        teachers += len(paths)
        steps += sum(len(path.steps) for path in paths.values())
    return {
        "teachers": teachers,
        "steps": steps,
        "seconds": watch.processor(),
        "wall": watch.wall(),
        "made": watch.made,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    }


def size_of(teachers: int, courses: int) -> Size:
    """Return the size of a state of so many teachers and sessions."""
    seats = max(1, round(teachers * SEATS_A_TEACHER))
    return Size(teachers=teachers, courses=courses, skills=200, seats=seats)


def learned_file(half: int) -> File:
    """Return where a half's sums are left."""
    return File(os.environ[FOLDER]) / f"learned-{half}"


def firsts_of(size: Size, half: int) -> range:
    """The numbers of the first teachers of each part of one process."""
    each = min(PART, -(-size.teachers // PROCESSES))
    return range(0, size.teachers, each)[half::PROCESSES]


def parts_of(size: Size, half: int) -> Iterator[Facts]:
    """The parts of one process, made one at a time."""
    each = min(PART, -(-size.teachers // PROCESSES))
    for first in firsts_of(size, half):
        yield make_part(SEED, size, first, min(each, size.teachers - first))


def with_its_seats(part: Facts, taken: Mapping[Any, int], half: int, parts: int) -> Facts:
    """The facts with this part's share of each run's seats: what is left of this process's, by
    the number of its parts that still come."""

    def share(run: OfferingFacts) -> int:
        left = (run.seats_left + half) // PROCESSES - taken.get(run.id, 0)
        return -(-left // parts)

    courses = tuple(
        replace(
            course,
            runs=tuple(replace(run, seats_left=share(run)) for run in course.runs),
        )
        if course.runs
        else course
        for course in part.courses
    )
    return replace(part, courses=courses)


def seats_taken(part: Facts, paths: Mapping[Any, Path]) -> Iterator[Any]:
    """The runs in which a path takes a seat that was not the teacher's."""
    held = {teacher.id: set(teacher.enrolled.values()) for teacher in part.teachers}
    for path in paths.values():
        for step in path.steps:
            if step.offering is not None and step.offering not in held[path.teacher]:
                yield step.offering


class Watch:
    """Processor and wall time since it was made, the making up of facts left out."""

    def __init__(self) -> None:
        self.made = self._made_wall = 0.0
        self._processor, self._wall = time.process_time(), time.perf_counter()

    def timed(self, parts: Iterator[Facts]) -> Iterator[Facts]:
        """Pass the parts on, and leave out the time it takes to make each."""
        while True:
            processor, wall = time.process_time(), time.perf_counter()
            part = next(parts, None)
            self.made += time.process_time() - processor
            self._made_wall += time.perf_counter() - wall
            if part is None:
                return
            yield part

    def processor(self) -> float:
        """Return the seconds of processor time."""
        return time.process_time() - self._processor - self.made

    def wall(self) -> float:
        """Return the seconds by the clock."""
        return time.perf_counter() - self._wall - self._made_wall


def measure(teachers: int, courses: int, folder: str) -> Row:
    """Plan a made-up state in two Celery processes of its own; return the row of figures.

    The folder is for what passes between the processes, the same for every call.
    """
    size = asdict(size_of(teachers, courses))
    for name in ("queue", "control", "results"):
        (File(folder) / name).mkdir(exist_ok=True)
    configure(folder)
    program = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "benchmarks.state"]
    worker = subprocess.Popen(
        [*program, "worker", "-c", str(PROCESSES), "-l", "ERROR", "--without-gossip"],
        env=os.environ | {FOLDER: folder},
        stdout=subprocess.DEVNULL,
    )
    try:
        learned = [learn.delay(size, half) for half in range(PROCESSES)]
        learning = [result.get() for result in learned]
        planned = [plan.delay(size, half) for half in range(PROCESSES)]
        planning = [result.get() for result in planned]
    finally:
        worker.terminate()
        worker.wait()
    done = sum(half["teachers"] for half in planning)
    if done != teachers:
        raise AssertionError(f"{done:.0f} of {teachers} teachers were planned")
    return Row(
        teachers=teachers,
        courses=courses,
        steps=sum(int(half["steps"]) for half in planning),
        learning_seconds=sum(half["seconds"] for half in learning),
        planning_seconds=sum(half["seconds"] for half in planning),
        wall_seconds=max(half["wall"] for half in learning)
        + max(half["wall"] for half in planning),
        megabytes=max(half["megabytes"] for half in planning),
        load=os.getloadavg()[0],
    )
