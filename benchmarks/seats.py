"""Seats when everybody wants one at once, over HTTP: `python -m benchmarks.seats`.

Starts a PostgreSQL of its own (as root too) and, for every race, a scratch database and two web
processes of the site itself. Fifty teachers and more, each with a kept connection, click
“Reserve my seat” in the same run at the same moment; every tenth has a second window open. Then
the same on SQLite; with the lock taken out; with the constraints taken out too, which has to
oversell or the rest proves nothing; and with seats given back, runs resized and a web process
killed again and again. Asked for: nothing oversold, lost or doubled, every refusal a clean answer,
and 0.4 times the rate of a bare `UPDATE … WHERE seats_taken < seats` at an address of the same
site, taken in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.seat_clients import AGAIN, OUT, SEAT, WAIT, Person, all_at_once
from benchmarks.seat_ground import (
    drop_constraints,
    make_people,
    make_runs,
    make_tables,
    verdict,
)
from benchmarks.tables import print_table, write_json

ROOT = Path(__file__).resolve().parent.parent
MARK = 0.4
PROCESSES, THREADS = 2, 8
KILL_AFTER = 40  # answers: by the clock, a slow machine would never answer at all
STRETCH = 10  # requests of a person before the other kind has its turn
CLEAN = {SEAT, WAIT, OUT, AGAIN, "204", "409"}
#: Name, on which database, what is taken out, and what is done.
RACES = {
    "lock on": ("postgresql", (), "race"),
    "lock on, SQLite": ("sqlite", (), "race"),
    "cancels, resizes, kill -9": ("postgresql", (), "mixed"),
    "cancels, resizes, kill -9, SQLite": ("sqlite", (), "mixed"),
    "lock out, constraints on": ("postgresql", ("lock",), "race"),
    "control: both out": ("postgresql", ("lock", "constraints"), "race"),
    "rate": ("postgresql", (), "rate"),
}


# ---- one race, in a process of its own ----------------------------------------------------------


@contextmanager
def web_processes(folder: str) -> Iterator[tuple[int, int]]:
    """Run the site in two processes; give its port and the number of the process above them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "benchmarks.seat_web"]
    command += ["-w", str(PROCESSES), "-k", "gthread", "--threads", str(THREADS)]
    command += ["-b", f"127.0.0.1:{port}", "--keep-alive", "30", "--log-level", "error"]
    command += ["--worker-tmp-dir", folder, "--graceful-timeout", "2"]
    command += ["--preload"]  # whoever takes a killed one's place is ready at once
    with (Path(folder) / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield port, process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The web processes did not come up.")


def race(people: Sequence[Person], runs: Sequence[int]) -> float:
    """Let everybody ask for a seat in every run, run after run; return the seconds."""

    def ask(person: Person) -> None:
        for run in runs:
            person.click(f"/runs/{run}/enrol/", run)

    return all_at_once(people, ask)


def rate(people: Sequence[Person], runs: Sequence[int], bare: Sequence[int]) -> tuple[float, float]:
    """Return requests a second of seats and of the bare UPDATE, each person in an order of their
    own over all the runs; ten requests of each kind in turns, so that what else the machine does
    touches both alike.
    """
    orders = {id(person): _order(person, len(runs)) for person in people}
    begin = 0

    def ask(person: Person) -> None:
        for place in orders[id(person)][begin : begin + STRETCH]:
            person.click(f"/runs/{runs[place]}/enrol/", runs[place])

    def take(person: Person) -> None:
        for place in orders[id(person)][begin : begin + STRETCH]:
            person.click(f"/benchmark/take/{bare[place]}/")

    spent = [0.0, 0.0]
    for begin in range(0, len(runs), STRETCH):
        seconds = all_at_once(people, ask), all_at_once(people, take)
        if begin:  # the first stretch warms up
            spent = [total + more for total, more in zip(spent, seconds, strict=True)]
    asked = len(people) * (len(runs) - STRETCH)
    return asked / spent[0], asked / spent[1]


def _order(person: Person, runs: int) -> list[int]:
    order = list(range(runs))
    random.Random(person.teacher_id).shuffle(order)
    return order


def mixed(people: Sequence[Person], runs: Sequence[int], master: int) -> tuple[float, int, int]:
    """Race while seats are given back, runs resized and web processes killed.

    Returns the seconds, and how many resizes and kills there were.
    """
    done = threading.Event()
    counts: Counter[str] = Counter()
    killer = threading.Thread(target=_kill, args=(master, people, done, counts))
    coach = Person(0, people[0].session_key, people[0].port)
    resizer = threading.Thread(target=_resize, args=(coach, runs, done, counts))
    killer.start()
    resizer.start()
    try:
        seconds = all_at_once(people, lambda person: _come_and_go(person, runs))
    finally:
        done.set()
        killer.join()
        resizer.join()
    return seconds, counts["resizes"], counts["kills"]


def _come_and_go(person: Person, runs: Sequence[int]) -> None:
    """Ask for a seat in every run; every third or so gives it back, and half of those return."""
    from django.db import connection

    from courses.models import Enrolment

    dice = random.Random(person.teacher_id)
    for run in runs:
        person.click(f"/runs/{run}/enrol/", run)
        if dice.random() < 0.35:
            standing = Enrolment.objects.filter(teacher=person.teacher_id, offering=run)
            key = standing.exclude(state__in=Enrolment.ENDED_EARLY).values_list("pk", flat=True)
            person.click(f"/enrolments/{key.get()}/withdraw/", run)
            if dice.random() < 0.5:
                person.click(f"/runs/{run}/enrol/", run)
    connection.close()


def _resize(coach: Person, runs: Sequence[int], done: threading.Event, counts: Counter) -> None:
    dice = random.Random(7)
    while not done.wait(0.02):
        status, _ = coach.post(f"/benchmark/resize/{dice.choice(runs)}/{dice.randint(15, 26)}/")
        counts["resizes"] += status == 204
        coach.answers[str(status)] += 1


def _kill(
    master: int, people: Sequence[Person], done: threading.Event, counts: Counter[str]
) -> None:
    """Kill one of our own web processes after every few answers, with requests under way in it;
    the process above them starts another.
    """
    dice = random.Random(11)
    next_at = KILL_AFTER
    while not done.wait(0.02):
        if sum(len(person.seconds) for person in people) < next_at:
            continue
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if len(children) == PROCESSES:  # one always stands
            os.kill(int(dice.choice(children)), signal.SIGKILL)
            counts["kills"] += 1
            next_at = sum(len(person.seconds) for person in people) + KILL_AFTER


def run_one(name: str, *, requests: int, clients: int) -> dict[str, object]:
    """Return what one race came to; the environment names its database."""
    import django

    django.setup()
    from django.db import connection

    _, out, kind = RACES[name]
    make_tables()
    count = max(2 * STRETCH, requests // clients) if kind == "rate" else max(3, requests // clients)
    signed_in = make_people(clients)
    runs = make_runs(count)
    bare = make_runs(count) if kind == "rate" else []
    if "constraints" in out:
        drop_constraints()
    connection.close()
    folder = os.environ["PDPLANNER_DATA"]
    with web_processes(folder) as (port, master):
        people = [Person(teacher, key, port) for teacher, key in signed_in]
        if kind != "mixed":  # a second window each: the same person, twice at once
            people += [Person(teacher, key, port) for teacher, key in signed_in[::10]]
        row: dict[str, object] = {"race": name}
        if kind == "rate":
            row["rates"] = rate(people, runs, bare)
        elif kind == "mixed":
            seconds, row["resizes"], row["kills"] = mixed(people, runs, master)
        else:
            seconds = race(people, runs)
    answers = sum((person.answers for person in people), Counter())
    again = answers.pop("sent again", 0)
    said = [(p.teacher_id, run, words) for p in people for run, words in p.said.items()]
    found = verdict(runs, said)
    waits = sorted(second for person in people for second in person.seconds)
    return row | {
        "requests": answers.total(),
        "a second": answers.total() / seconds if kind != "rate" else None,
        "p99 ms": 1000 * waits[int(len(waits) * 0.99)],
        "seated": answers[SEAT],
        "waiting": answers[WAIT],
        "try again": answers[AGAIN],
        "not clean": sum(n for words, n in answers.items() if words not in CLEAN),
        "answers": dict(answers),
        "sent again": again,
        "oversold": found.oversold,
        "lost": found.lost,
        "doubled": found.doubled,
        "strayed": found.strayed,
    }


# ---- all of them --------------------------------------------------------------------------------


def run_apart(name: str, arguments: argparse.Namespace, server: str) -> dict:
    """Return what a race came to that ran in a process, a folder and a database of its own."""
    where = RACES[name][0]
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PDPLANNER")}
        environment |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks.seat_settings",
            "PDPLANNER_DATA": folder,
            "PDPLANNER_SECRET_KEY": "race" * 12,
            "PDPLANNER_BENCH_LOCK": "out" if "lock" in RACES[name][1] else "on",
        }
        requests = arguments.requests if where == "postgresql" else arguments.sqlite_requests
        if where == "postgresql":
            environment["PDPLANNER_BENCH_DATABASE"] = new_database(server, name)
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.seats", "--one", name]
        command += ["--requests", str(requests), "--clients", str(arguments.clients)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            log = Path(folder) / "web.log"
            raise RuntimeError(done.stderr + (log.read_text()[-3000:] if log.exists() else ""))
        return json.loads(done.stdout.splitlines()[-1])


def new_database(server: str, name: str) -> str:
    """Return the address of an empty database on this server."""
    import psycopg

    database = "race_" + "".join(letter for letter in name.lower() if letter.isalpha())
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}"')
        connection.execute(f'CREATE DATABASE "{database}"')
    return server.rsplit("/", 1)[0] + "/" + database


def report(rows: dict[str, dict]) -> bool:
    """Print what came of it; return whether everything asked for holds."""
    columns = ["race", "requests", "a second", "p99 ms", "seated", "waiting", "try again"]
    columns += ["sent again", "not clean", "resizes", "kills"]
    columns += ["oversold", "lost", "doubled", "strayed"]
    print_table("Seats", columns, [row for row in rows.values() if "rates" not in row])
    on = [row for row in rows.values() if not RACES[row["race"]][1]]
    holds = all(row[name] == 0 for row in on for name in ("oversold", "lost", "doubled", "strayed"))
    holds &= all(row["not clean"] == 0 for row in on)
    if without := rows.get("lock out, constraints on"):
        holds &= without["oversold"] == without["doubled"] == without["not clean"] == 0
    if pair := rows.get("rate", {}).get("rates"):
        share = pair[0] / pair[1]
        holds &= share >= MARK
        print(
            f"\nSeats {pair[0]:.0f} a second, bare UPDATE {pair[1]:.0f}: "
            f"{share:.2f} times (asked for: {MARK})"
        )
    on_total = {name: sum(row[name] for row in on) for name in ("oversold", "lost", "doubled")}
    control = rows.get("control: both out", {}).get("oversold", 0)
    if "control: both out" in rows:
        holds &= control > 0
    words = " ".join(f"{name} {count}" for name, count in on_total.items())
    print(f"\nlock on: {words}\ncontrol: oversold {control}")
    return holds


def main() -> int:
    """Run the races asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000, help="on PostgreSQL")
    parser.add_argument("--sqlite-requests", type=int, help="on SQLite; a tenth of --requests")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--only", nargs="+", choices=list(RACES), default=list(RACES))
    parser.add_argument("--json", help="also write the rows here")
    parser.add_argument("--one", choices=list(RACES), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        row = run_one(arguments.one, requests=arguments.requests, clients=arguments.clients)
        print(json.dumps(row))
        return 0
    server = os.environ.get("PDPLANNER_TEST_DATABASE_URL")
    if server is None:  # the script runs us again, with a PostgreSQL of our own
        command = [str(ROOT / "tests" / "with-postgres"), sys.executable, "-m", "benchmarks.seats"]
        os.execv(command[0], [*command, *sys.argv[1:]])
    arguments.sqlite_requests = arguments.sqlite_requests or arguments.requests // 10
    rows = {}
    for name in arguments.only:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows[name] = run_apart(name, arguments, server)
        print(f"  {rows[name]}", file=sys.stderr, flush=True)
    holds = report(rows)
    if arguments.json:
        write_json(arguments.json, list(rows.values()))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
