"""How long a coach waits for "whom would this reach", beside a full replan.

`python -m benchmarks.whatif [--teachers N …] [--json FILE]`: a draft session and one more run over
made-up districts. "cold" checks the facts and foretells the needs first; "warm" asks again on the
same ground, as a page does on which a coach changes the draft.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import TypeVar

from benchmarks.districts import AS_OF, Size, make_district
from benchmarks.tables import print_table, write_json
from pdplanner.recommender import CourseFacts, Facts, OfferingFacts, PathRules, recommend_paths
from pdplanner.recommender.path import survey
from pdplanner.recommender.whatif import what_if

Answer = TypeVar("Answer")

COLUMNS = ("teachers", "question", "seconds", "of a replan", "reached", "minutes saved")
SEED = 7


def measure(teachers: int, repeats: int) -> list[dict[str, object]]:
    """Rows of one district: the replan, then each question cold and warm (medians)."""
    facts = make_district(SEED, Size(teachers=teachers))
    recommend_paths(make_district(SEED, Size(teachers=5)))  # compiles, if anything is compiled
    replan, paths = _timed(lambda: recommend_paths(facts), 3 if teachers <= 1_000 else 1)
    rules = PathRules()
    ground = survey(facts, rules)
    rows: list[dict[str, object]] = [
        {"teachers": teachers, "question": "full replan", "seconds": replan, "of a replan": 1.0}
    ]
    drafts: dict[str, CourseFacts | OfferingFacts] = {
        "draft session": _draft(facts),
        "one more run": _run(facts),
    }
    for name, draft in drafts.items():
        for heat, given in (("cold", None), ("warm", ground)):
            seconds, reach = _timed(
                partial(what_if, facts, draft, paths=paths, ground=given), repeats
            )
            rows.append(
                {
                    "teachers": teachers,
                    "question": f"{name}, {heat}",
                    "seconds": seconds,
                    "of a replan": seconds / replan,
                    "reached": len(reach.reached),
                    "minutes saved": reach.minutes,
                }
            )
    return rows


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


def _timed(work: Callable[[], Answer], repeats: int) -> tuple[float, Answer]:
    """The median wall time of the work, and its answer."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - began)
    return median(seconds), answer


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and write the rows where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teachers", type=int, nargs="+", default=[300, 10_000])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args(arguments)
    rows = [row for teachers in options.teachers for row in measure(teachers, options.repeats)]
    print_table("What-if: a draft session and one more run, beside a full replan", COLUMNS, rows)
    if options.json:
        write_json(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
