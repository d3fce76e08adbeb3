"""The front door: what importing it loads, and how the answer holds still."""

import os
import subprocess
import sys

HEAVY = ("django", "wagtail", "celery", "scipy", "numba", "ortools", "courses", "profiles")
PROGRAM = """
import sys
from datetime import date
from pdplanner.recommender import (
    CalendarFacts, CourseFacts, Facts, TeacherFacts, TicketFacts, fits_of, recommend_paths, why_not
)
day = date(2026, 9, 28)
facts = Facts(
    day,
    CalendarFacts(day, date(2026, 12, 18)),
    (TeacherFacts("ann"),),
    (CourseFacts("sync", "Grade sync", 45, "self-paced", effects={"sync": 0.4}),),
    (TicketFacts(1, "ann", "sync", "how-to", date(2026, 9, 21)),),
)
%s
print(sorted({name.partition(".")[0] for name in sys.modules} & set(%r)))
"""


def loaded(work):
    """Which heavy packages a fresh interpreter holds after this work."""
    program = PROGRAM % (work, HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_importing_the_recommender_loads_nothing_heavy():
    assert loaded("") == "[]"


def test_what_a_page_asks_loads_nothing_heavy():
    assert loaded('fits_of(facts, "ann"); why_not(facts, "ann", "gone")') == "[]"


def test_planning_loads_no_django():
    assert "django" not in loaded("recommend_paths(facts)")


def test_same_facts_give_the_same_bytes_in_every_process():
    program = (
        "from benchmarks.districts import Size, make_district\n"
        "from pdplanner.recommender import recommend_paths\n"
        "facts = make_district(4, Size(teachers=10, courses=40, skills=12))\n"
        "print(repr(recommend_paths(facts)))\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 1000
