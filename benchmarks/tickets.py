"""Bringing tickets in: `python -m benchmarks.tickets [--rows N] [--feed N] [--json FILE]`.

A made-up export of a million tickets, and a help desk in Request Tracker's shape with 200,000,
each against the least that could be done with the same tickets: parsing the CSV with Python's own
reader and a bare `executemany` upsert into the same tables of the same database. Every part runs
in a process of its own, so that each has its own peak of memory. The import checks the whole file
before it writes, reads the words of every ticket, and remembers its place after every 500 rows;
the bare upsert does none of that. Seconds are those of the clock, CPU seconds the process's own
work: other work of the machine changes the first alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.rebuild import prepare
from benchmarks.tables import print_table, write_json

TEACHERS, SKILLS, CATEGORIES = 5_000, 60, 24
CHUNK = 500
START = datetime(2024, 8, 1, 12, 0, tzinfo=UTC)
HEADER = ("number", "email", "opened", "resolved", "category", "subject", "body")
MOST_TIMES, MOST_MEGABYTES = 4.0, 400.0
WORDS = """
please help the class today need before lesson students screen tablet shared link page opened
lost share report folder print slow again room morning period quiz video sound
"""


def main() -> None:
    """Measure every part and print the table; what misses its mark is said, not hidden."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tickets", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the CSV")
    parser.add_argument("--feed", type=int, default=200_000, help="tickets of the help desk")
    parser.add_argument("--json", help="write the figures into this file as well")
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part](Path(options.folder), options)))
        return
    figures = {name: run_part(name, options) for name in PARTS}
    least = figures["parse and bare upsert"]
    for row in figures.values():
        row["times"] = per_row(row, "seconds") / per_row(least, "seconds")
        row["CPU times"] = per_row(row, "CPU seconds") / per_row(least, "CPU seconds")
    rows = [{"part": name, **row} for name, row in figures.items()]
    columns = ["part", "rows", "seconds", "times", "CPU seconds", "CPU times", "peak MB"]
    load = os.getloadavg()[0]
    print_table(f"Tickets, beside the bare upsert (machine's load {load:.1f})", columns, rows)
    for name in MARKED:
        row = figures[name]
        is_met = row["CPU times"] <= MOST_TIMES and row["peak MB"] < MOST_MEGABYTES
        print(
            f"{name}: {row['CPU times']:.2f} times the bare upsert's work a row (mark"
            f" {MOST_TIMES:.0f}), {row['peak MB']:.0f} MB (mark {MOST_MEGABYTES:.0f}):"
            f" {'met' if is_met else 'missed'}"
        )
    if options.json:
        write_json(options.json, figures)


def per_row(row: dict[str, float], what: str) -> float:
    """Return the seconds that a row took."""
    return row[what] / row["rows"]


def run_part(name: str, options: argparse.Namespace) -> dict[str, float]:
    """Measure one part in a fresh process with a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.tickets", "--part", name, "--folder", folder]
        command += ["--rows", str(options.rows), "--feed", str(options.feed)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(done.stdout.splitlines()[-1])


class Watch:
    """Measures from its making on."""

    def __init__(self) -> None:
        self._began, self._began_cpu = time.perf_counter(), time.process_time()

    def figures(self, rows: int) -> dict[str, float]:
        """Return what a part gives back."""
        cpu = time.process_time() - self._began_cpu
        return {
            "rows": rows,
            "seconds": time.perf_counter() - self._began,
            "CPU seconds": cpu,
            "CPU µs a row": cpu / rows * 1e6,
            "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        }


# ---- a district and its tickets -----------------------------------------------------------------


def fill() -> None:
    """Fill the empty database with teachers, skills and a help desk."""
    from profiles.models import District, School, Skill, Teacher, TicketSource

    District.objects.create(name="Measured")
    school = School.objects.create(name="One")
    Teacher.objects.bulk_create(
        [
            Teacher(email=address(n), given_name="T", family_name=str(n), main_school=school)
            for n in range(TEACHERS)
        ]
    )
    Skill.objects.bulk_create([Skill(name=skill_name(n), slug=f"skill-{n}") for n in range(SKILLS)])
    TicketSource.objects.create(name="csv")


def address(number: int) -> str:
    """Return a teacher's address."""
    return f"teacher{number}@measured.example.org"


def skill_name(number: int) -> str:
    """Return two made-up words that no other skill has."""
    return f"mark{chr(97 + number % 26)}{number} sync{number}"


def tickets(count: int, seed: int = 1) -> Iterator[tuple[str, str, datetime, str, str, str]]:
    """Yield number, requester, time of opening, category, subject and text."""
    draw, words = random.Random(seed), WORDS.split()
    for number in range(count):
        subject = " ".join(draw.choices(words, k=6)) + f" {skill_name(draw.randrange(SKILLS))}"
        yield (
            f"T{number}",
            address(draw.randrange(TEACHERS)),
            START + timedelta(seconds=40 * number),
            f"Category {draw.randrange(CATEGORIES)}",
            subject,
            " ".join(draw.choices(words, k=20)),
        )


def write_export(path: Path, count: int) -> None:
    """Write a help desk's export."""
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number, email, opened_at, category, subject, body in tickets(count):
            solved_at = (opened_at + timedelta(hours=5)).isoformat()
            writer.writerow(
                [number, email, opened_at.isoformat(), solved_at, category, subject, body]
            )


# ---- the parts ----------------------------------------------------------------------------------

UPSERT = """
INSERT INTO profiles_ticket (source_id, external_id, teacher_id, opened_at, resolved_at,
    is_reopened, is_repeated, kind, category, subcategory, skill_id, skill_origin,
    skill_confidence, words, minutes_origin, address, whose, imported_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (source_id, external_id) DO UPDATE SET teacher_id = excluded.teacher_id,
    opened_at = excluded.opened_at, resolved_at = excluded.resolved_at,
    is_reopened = excluded.is_reopened, kind = excluded.kind, category = excluded.category,
    skill_id = excluded.skill_id, skill_confidence = excluded.skill_confidence,
    words = excluded.words
"""


def bare(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Parse the CSV with Python's reader and upsert the rows, 500 a transaction: as wide as the
    import's, with a skill and words that nobody had to find."""
    prepare(str(folder / "data"))
    fill()
    write_export(folder / "export.csv", options.rows)
    from django.db import connection, transaction

    from profiles.models import Skill, Teacher, TicketSource

    teachers = dict(Teacher.objects.values_list("email", "pk"))
    source = TicketSource.objects.get().pk
    middle = (False, False, "how-to")
    last = (
        "words",
        0.9,
        "class lesson link page print screen share video",
        "",
        "",
        "",
        START.isoformat(),
    )
    skills = list(Skill.objects.values_list("pk", flat=True))
    watch = Watch()
    with (folder / "export.csv").open(newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        while rows := list(islice(reader, CHUNK)):
            values = [
                (
                    source,
                    row[0],
                    teachers[row[1]],
                    row[2],
                    row[3],
                    *middle,
                    row[4],
                    "",
                    skill,
                    *last,
                )
                for row, skill in zip(rows, cycle(skills))
            ]
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(UPSERT, values)
    return watch.figures(options.rows)


def imported(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Import the same file as `pdplanner import-tickets` does."""
    prepare(str(folder / "data"))
    fill()
    path = folder / "export.csv"
    write_export(path, options.rows)
    from django.core.management import call_command

    from profiles.models import Ticket

    watch = Watch()
    with (folder / "said").open("w") as said:
        call_command("import_tickets", path, stdout=said, stderr=said)
    figures = watch.figures(options.rows)
    assert Ticket.objects.count() == options.rows
    return figures


def served(count: int) -> Any:
    """Return a help desk in RT's shape that finds a page without looking at all its tickets."""
    from tests.profiles.tickets.servers import HeldTicket, Server
    from tests.profiles.tickets.servers.shapes import RtShape

    class Sorted(RtShape):
        """Its tickets never change, so they are put in order once."""

        def __init__(self) -> None:
            self.ordered: list[HeldTicket] = []
            self.keys: list[tuple[datetime, int]] = []

        def select(self, server: Server, query: str) -> list[HeldTicket]:
            if re.search(r"\bid = ", query):
                return super().select(server, query)
            moment = re.search(r"DateTime >=? '([^']+)'", query)
            assert moment is not None
            begin = datetime.fromisoformat(moment[1]).replace(tzinfo=UTC)
            last = re.search(r"id > (\d+)", query)
            first = (
                bisect_right(self.keys, (begin, int(last[1])))
                if last
                else bisect_left(self.keys, (begin, 0))
            )
            return self.ordered[first : first + 100]

    shape = Sorted()
    server = Server(shape)
    for number, (_, email, opened_at, category, subject, body) in enumerate(tickets(count), 1):
        held = HeldTicket(
            number=number,
            requester=email,
            subject=subject,
            body=body,
            category=category,
            opened_at=opened_at,
            updated_at=opened_at,
        )
        server.tickets[number] = held
        shape.ordered.append(held)
        shape.keys.append((opened_at, number))
    return server


def synced(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Read a help desk over the network as `pdplanner sync-tickets` does."""
    return from_help_desk(folder, options.feed, fetches_only=False)


def fetched(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Ask for the same pages and drop them: the help desk's and the network's own time."""
    return from_help_desk(folder, options.feed, fetches_only=True)


def from_help_desk(folder: Path, count: int, *, fetches_only: bool) -> dict[str, float]:
    """Measure a pass over a help desk that lives in another process."""
    program = f"from benchmarks.tickets import serve_for_ever; serve_for_ever({count})"
    server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        place = server.stdout.readline().strip()
        prepare(str(folder / "data"))
        fill()
        from profiles.models import Ticket
        from profiles.seals import Secret
        from profiles.tickets.feeds.setting_up import typed_feed
        from profiles.tickets.feeds.syncing import Sync
        from tests.profiles.tickets.servers.shapes import TOKEN

        feed = typed_feed(name="rt", kind="rt", address=place, account="", queue="")
        sync = Sync(feed, clock=lambda: datetime.now(UTC), token=Secret(TOKEN), is_typed=True)
        watch = Watch()
        if fetches_only:
            read = sync.read_and_drop()
        else:
            sync.run(by_hand=True)
            read = Ticket.objects.count()
        figures = watch.figures(count)
        assert read == count
        return figures
    finally:
        server.terminate()
        server.wait(20)


def serve_for_ever(count: int) -> None:
    """Serve a help desk and say where, until this process is ended."""
    from tests.profiles.tickets.servers import serve

    with serve(served(count)) as server:
        print(server.address, flush=True)
        threading.Event().wait()


PARTS = {
    "parse and bare upsert": bare,
    "import of the CSV": imported,
    "help desk, asked only": fetched,
    "sync of the help desk": synced,
}
MARKED = ("import of the CSV", "sync of the help desk")


if __name__ == "__main__":
    main()
