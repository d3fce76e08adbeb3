"""A process of its own that can be killed: `python -m tests.plans.rebuilding_program VERB`.

fill     makes the tables (SQLite) and a small district in which everybody is owed a path
rebuild  pays what is owed, one plan a transaction; says “begun” and each on standard output
stream   does the same, some schools at a time, as if the district were a state
tell     prints what is stored as JSON
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

import django

NOW = datetime(2026, 10, 12, 16, tzinfo=UTC)
TEACHERS = 40


def fill() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.rebuild import Unmigrated
    from benchmarks.rows import fill as fill_district
    from pdplanner.plans.operations import owe_plans
    from profiles.models import Teacher

    if connection.vendor == "sqlite":
        settings.MIGRATION_MODULES = Unmigrated()
        call_command("migrate", verbosity=0, run_syncdb=True)
    fill_district(teachers=TEACHERS, sessions=40, seed=3)
    ids = list(Teacher.objects.values_list("pk", flat=True))
    owe_plans(teacher_ids=ids * 3, cause="tickets", now=NOW)


def rebuild() -> None:
    from pdplanner.plans.operations import rebuild_owed, rebuilding

    rebuilding.STORED_AT_ONCE = 1
    real = rebuilding.store_drafts

    def store(pairs, **arguments):
        stored = real(pairs, **arguments)
        print(pairs[0][0].teacher_id, flush=True)  # noqa: T201 (read by the test)
        return stored

    rebuilding.store_drafts = store
    print("begun", flush=True)  # noqa: T201 (read by the test)
    rebuild_owed(now=NOW)


def stream() -> None:
    from pdplanner.plans.operations import sweeping
    from pdplanner.plans.queries import parts

    sweeping.TOGETHER, sweeping.LEASE, parts.PART = 0, timedelta(seconds=-1), 9
    rebuild()


def is_whole(version) -> bool:
    """Whether every step that the version was stored with is there, in order."""
    steps = list(version.steps.all())
    in_order = [step.order for step in steps] == list(range(1, len(steps) + 1))
    adds_up = abs(sum(step.value for step in steps) - version.value) < 0.01 * (len(steps) + 1)
    return in_order and adds_up and bool(steps) != bool(version.nothing_because)


def tell() -> None:
    from pdplanner.plans.models import Plan, PlanVersion

    told = {
        "owed": Plan.objects.exclude(owed_since=None).count(),
        "left_over": [plan.causes for plan in Plan.objects.exclude(causes={})],
        "versions": [
            [version.plan.teacher_id, version.number, version.causes]
            for version in PlanVersion.objects.select_related("plan").order_by("plan__teacher")
        ],
        "torn": [
            version.plan.teacher_id
            for version in PlanVersion.objects.select_related("plan").prefetch_related("steps")
            if not is_whole(version)
        ],
    }
    print(json.dumps(told), flush=True)  # noqa: T201 (read by the test)


if __name__ == "__main__":
    django.setup()
    {"fill": fill, "rebuild": rebuild, "stream": stream, "tell": tell}[sys.argv[1]]()
