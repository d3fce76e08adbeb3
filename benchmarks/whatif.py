"""How long a coach waits for "whom would this reach", beside a full replan.

`python -m benchmarks.whatif [--teachers N …] [--json FILE]`: a draft session and one more run over
made-up districts of 500 sessions. "cold" checks the facts and foretells the needs first; "warm"
asks again on the same ground, as a page does on which a coach changes the draft. The replan is that
of a warm worker, in compiled code, from facts to paths with reasons; so is one teacher's alone.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import NamedTuple, TypeVar

from benchmarks.districts import AS_OF, Size, make_district
from benchmarks.tables import print_table, write_json
from pdplanner.recommender import CourseFacts, Facts, OfferingFacts, PathRules, recommend_paths
from pdplanner.recommender.path import survey
from pdplanner.recommender.search.compiling import is_available
from pdplanner.recommender.whatif import what_if

Answer = TypeVar("Answer")

COLUMNS = ("teachers", "question", "seconds", "CPU s", "of a replan", "reached", "minutes saved")
SEED = 7
COURSES = 500


class Took(NamedTuple):
    """How long something took, in seconds: by the clock, and of the processor."""

    wall: float
    processor: float


def measure(teachers: int, repeats: int) -> list[dict[str, object]]:
    """Rows of one district: the replan, then each question cold and warm (medians)."""
    facts = make_district(SEED, Size(teachers=teachers, courses=COURSES))
    if is_available():
        importlib.import_module("numba")  # whoever has loaded it plans with compiled code
    recommend_paths(make_district(SEED, Size(teachers=5)))  # compiles, or loads what is compiled
    replan, paths = _timed(lambda: recommend_paths(facts), 3 if teachers <= 1_000 else 1)
    one, _ = _timed(lambda: recommend_paths(facts, only=[facts.teachers[0].id]), repeats)
    rules = PathRules()
    ground = survey(facts, rules)
    rows = [_row(teachers, "full replan", replan, replan)]
    rows.append(_row(teachers, "one teacher's replan", one, replan))
    drafts: dict[str, CourseFacts | OfferingFacts] = {
        "draft session": _draft(facts),
        "one more run": _run(facts),
    }
    for name, draft in drafts.items():
        for heat, given in (("cold", None), ("warm", ground)):
            took, reach = _timed(partial(what_if, facts, draft, paths=paths, ground=given), repeats)
            answer = {"reached": len(reach.reached), "minutes saved": reach.minutes}
            rows.append(_row(teachers, f"{name}, {heat}", took, replan) | answer)
    return rows


def _row(teachers: int, question: str, took: Took, replan: Took) -> dict[str, object]:
    return {
        "teachers": teachers,
        "question": question,
        "seconds": took.wall,
        "CPU s": took.processor,
        "of a replan": took.processor / replan.processor,
    }


def _draft(facts: Facts) -> CourseFacts:
    skills = sorted(facts.skills or ())[:2]
    return CourseFacts("draft", "Draft", 30, "coached", effects=dict.fromkeys(skills, 0.4))


def _run(facts: Facts) -> OfferingFacts:
    """A first run, three weeks on and online, of a session for everybody that has none."""
    course = next(
        course
        for course in facts.courses
        if course.runs == () and course.minutes <= 60 and not course.grades | course.subjects
    )
    day = AS_OF.replace(month=11, day=4)
    return OfferingFacts(
        "one-more", course.id, day, day, course.minutes, "wed-after", seats_left=20, online=True
    )


def _timed(work: Callable[[], Answer], repeats: int) -> tuple[Took, Answer]:
    """The median seconds that the work took, and its answer."""
    wall, processor = [], []
    for _ in range(repeats):
        began, used = time.perf_counter(), time.process_time()
        answer = work()
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    return Took(median(wall), median(processor)), answer


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and write the rows where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teachers", type=int, nargs="+", default=[300, 10_000])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args(arguments)
    rows = [row for teachers in options.teachers for row in measure(teachers, options.repeats)]
    print_table("What-if: a draft session and one more run, beside a full replan", COLUMNS, rows)
    print(f"machine's load {os.getloadavg()[0]:.1f}")
    if options.json:
        write_json(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
