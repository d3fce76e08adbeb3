"""What a rebuild costs beside the recommender: `python -m benchmarks.rebuild`.

A district is written into a database of its own. Reading the facts and storing the plans are
timed in the product, and beside them the very same statements sent by hand over a bare cursor,
with the very same rows. The mark: at most 10 times as long.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from benchmarks.tables import print_table, write_json

MARK = 10.0
ROUNDS = 5


def main() -> None:
    """Measure, print the table, and write JSON where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebuild", description=__doc__)
    parser.add_argument("--teachers", type=int, default=300)
    parser.add_argument("--sessions", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", help="write the figures into this file as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from benchmarks.rows import fill

        fill(teachers=options.teachers, sessions=options.sessions, seed=options.seed)
        figures = measure()
    figures |= {"teachers": options.teachers, "sessions": options.sessions}
    show(figures)
    if options.json:
        write_json(options.json, figures)


class Unmigrated(dict):
    """Tables straight from the models: what is measured is not how they came to be."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> None:
        return None


def prepare(folder: str) -> None:
    """Set up the embedded mode on an empty database in this folder."""
    os.environ["PDPLANNER_DATA"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "pdplanner.settings.embedded"
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.MIGRATION_MODULES = Unmigrated()
    settings.SILENCED_SYSTEM_CHECKS = ["models.W047"]
    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)
    from pdplanner.collector import collect_rarely

    collect_rarely()  # as the work process does


def measure() -> dict[str, Any]:
    """Return the seconds of each part: the fastest of several rounds, taken in turn."""
    rebuild_once()  # imports, caches and first plans of statements are not what is compared
    forget_plans()
    statements = record_statements()
    times: dict[str, list[float]] = {"read": [], "store": [], "recommend": [], "sql": []}
    for _ in range(ROUNDS):
        forget_plans()
        for part, seconds in timed_rebuild().items():
            times[part].append(seconds)
        forget_plans()
        times["sql"].append(seconds_of(lambda: send_by_hand(statements)))
    told: dict[str, Any] = {f"{part}_seconds": min(all_of) for part, all_of in times.items()}
    told["ratio"] = (told["read_seconds"] + told["store_seconds"]) / told["sql_seconds"]
    told["mark"], told["statements"] = MARK, len(statements)
    return told | {"rows_stored": rows_stored(), "load": os.getloadavg()[0]}


def rebuild_once() -> None:
    """Rebuild every plan as the nightly work does."""
    from benchmarks.rows import TODAY
    from pdplanner.plans.operations import rebuild_plans

    rebuild_plans(as_of=TODAY, now=datetime(2026, 10, 12, 16, tzinfo=UTC))


def timed_rebuild() -> dict[str, float]:
    """Rebuild once, and tell the time of reading, of the recommender, and of all the rest."""
    from pdplanner.plans.queries import drafts

    parts = {"read": 0.0, "recommend": 0.0}

    def timing(part: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return real(*arguments, **named)
            finally:
                parts[part] += time.perf_counter() - begun

        return run

    with (
        patch.object(drafts, "read_facts", timing("read", drafts.read_facts)),
        patch.object(drafts, "recommend_paths", timing("recommend", drafts.recommend_paths)),
    ):
        whole = seconds_of(rebuild_once)
    return parts | {"store": whole - sum(parts.values())}


def record_statements() -> list[tuple[str, Any, bool]]:
    """Rebuild once and return every statement that was sent, with its rows."""
    from django.db import connection

    statements: list[tuple[str, Any, bool]] = []

    def note(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        statements.append((sql, params, many))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        rebuild_once()
    return statements


def send_by_hand(statements: list[tuple[str, Any, bool]]) -> None:
    """Send the same statements over a bare cursor, and take every row they return."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as wrapped:
        cursor = wrapped.cursor
        for sql, params, many in statements:
            if sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
                continue
            if many:
                cursor.executemany(sql, params)
            elif params is None:
                cursor.execute(sql)
            else:
                cursor.execute(sql, params)
            if cursor.description is not None:
                cursor.fetchall()


def forget_plans() -> None:
    """Empty the tables of plans, and number their rows from one again."""
    from django.core.management.color import no_style
    from django.db import connection

    from pdplanner.plans.models import Plan, PlanStep, PlanVersion

    tables = [model._meta.db_table for model in (PlanStep, PlanVersion, Plan)]
    connection.ops.execute_sql_flush(
        connection.ops.sql_flush(no_style(), tables, reset_sequences=True)
    )


def rows_stored() -> int:
    """Return how many rows of plans there are."""
    from pdplanner.plans.models import Plan, PlanStep, PlanVersion

    return sum(model.objects.count() for model in (Plan, PlanVersion, PlanStep))


def seconds_of(work: Callable[[], None]) -> float:
    """Return how long the work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    ours = figures["read_seconds"] + figures["store_seconds"]
    print_table(
        f"Rebuilding {figures['teachers']} paths over {figures['sessions']} sessions: "
        f"{figures['statements']} statements, {figures['rows_stored']} rows stored "
        f"(fastest of {ROUNDS} rounds, load {figures['load']:.1f})",
        ["part", "ms", "times plain SQL"],
        [
            {"part": "reading the facts", "ms": round(figures["read_seconds"] * 1000, 1)},
            {"part": "storing the plans", "ms": round(figures["store_seconds"] * 1000, 1)},
            {
                "part": f"both (mark: at most {MARK:.0f})",
                "ms": round(ours * 1000, 1),
                "times plain SQL": round(figures["ratio"], 2),
            },
            {
                "part": "the same statements by hand",
                "ms": round(figures["sql_seconds"] * 1000, 1),
                "times plain SQL": 1.0,
            },
            {"part": "the recommender", "ms": round(figures["recommend_seconds"] * 1000, 1)},
        ],
    )


if __name__ == "__main__":
    main()
