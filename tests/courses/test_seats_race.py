"""Seats when everybody wants one at the same moment: on PostgreSQL, and on a SQLite file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from courses.models import Enrolment, Offering
from courses.operations import (
    FewerSeatsThanTaken,
    OfferIsGone,
    PartTimes,
    RunClashes,
    accept_offer,
    enrol,
    keep_deadlines,
    seats,
    store_offering,
    withdraw,
)
from profiles.models import Teacher

from .race import NOW, SEATS, broken_promises, set_up, take_part

AT_ONCE = 8


def at_once(jobs) -> list[Exception | None]:
    """Run each job in a thread with a connection of its own; return what each raised."""
    start = Barrier(len(jobs))

    def run(job) -> Exception | None:
        start.wait()
        try:
            job()
        except Exception as error:  # whatever it is, the test wants to see it
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_seats_are_sold_twice(monkeypatch):
    """The control: if this fails, the tests below prove nothing."""
    offering_id = set_up(AT_ONCE)
    positions = iter(range(1, 1000))

    def look_only(offering: Offering) -> int:
        offering.refresh_from_db()
        time.sleep(0.1)  # the others look too before anybody takes
        return next(positions)

    monkeypatch.setattr(seats, "lock", look_only)
    Offering.objects.filter(pk=offering_id).update(seats=1)

    def job(teacher: Teacher):
        run = Offering.objects.get(pk=offering_id)
        return lambda: enrol(teacher=teacher, offering=run, by=None, now=NOW)

    errors = [error for error in at_once([job(t) for t in Teacher.objects.all()]) if error]
    # Only the database's own check stands in the way then, and people are told to try again.
    assert [type(error) for error in errors] == [seats.SeatsAreContended] * (AT_ONCE - 1)
    assert all("offering_not_oversold" in str(error.__cause__) for error in errors)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_everybody_at_once_breaks_no_promise():
    people = 24
    offering_id = set_up(people)
    ids = list(Teacher.objects.values_list("pk", flat=True))

    def job(seed: int):
        return lambda: take_part(offering_id, ids[seed::AT_ONCE], seed)

    assert at_once([job(seed) for seed in range(AT_ONCE)]) == [None] * AT_ONCE
    assert broken_promises(offering_id) == []
    live = Enrolment.objects.exclude(state="withdrawn")
    assert (live.filter(state="seated").count(), live.count()) == (SEATS, people)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_person_at_once_in_many_windows_has_one_place():
    offering_id = set_up(1)
    teacher = Teacher.objects.get()

    def job():
        enrol(teacher=teacher, offering=Offering.objects.get(pk=offering_id), by=None, now=NOW)

    assert at_once([job] * AT_ONCE) == [None] * AT_ONCE
    assert Enrolment.objects.count() == 1
    assert Offering.objects.get().seats_taken == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_fewer_seats_and_a_new_person_at_once_agree():
    offering_id = set_up(AT_ONCE)
    Offering.objects.filter(pk=offering_id).update(seats=AT_ONCE)
    teachers = list(Teacher.objects.all())
    for teacher in teachers[:2]:
        enrol(teacher=teacher, offering=Offering.objects.get(), by=None, now=NOW)
    fewer = Offering.objects.get()
    fewer.seats = 2

    def shrink():
        store_offering(offering=fewer, by=None, now=NOW)

    def job(teacher: Teacher):
        return lambda: enrol(
            teacher=teacher, offering=Offering.objects.get(pk=offering_id), by=None, now=NOW
        )

    errors = [e for e in at_once([shrink, *(job(t) for t in teachers[2:])]) if e]
    assert [type(error) for error in errors] in ([], [FewerSeatsThanTaken])
    assert broken_promises(offering_id) == []


@pytest.mark.sqlite
@pytest.mark.slow
def test_processes_on_one_sqlite_file_break_no_promise(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PDPLANNER")}
    environment = kept | {
        "PDPLANNER_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.courses.race_settings",
    }

    def start(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-W", "ignore", "-m", "tests.courses.race", *arguments]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def said_by(process: subprocess.Popen) -> str:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        return out.strip()

    people = 12
    run = said_by(start("set-up", str(people)))
    # Each process enrols everybody: most of it is the same person in another window.
    racing = [start("take-part", run, str(seed)) for seed in range(3)]
    for process in racing:
        said_by(process)
    said = json.loads(said_by(start("look", run)))
    assert said["broken"] == []
    assert said["rows"] >= people


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_do_not_take_one_room():
    offering_id = set_up(1)
    course = Offering.objects.get(pk=offering_id).course
    starts_at = NOW + timedelta(days=9)

    def book():
        run = Offering(course=course, place="Room 12", seats=5)
        parts = [PartTimes(starts_at, starts_at + timedelta(hours=1))]
        store_offering(offering=run, by=None, now=NOW, parts=parts)

    errors = [error for error in at_once([book] * AT_ONCE) if error]
    assert [type(error) for error in errors] == [RunClashes] * (AT_ONCE - 1)
    assert Offering.objects.filter(place="Room 12").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_offer_taken_and_swept_at_once_has_one_outcome():
    offering_id = set_up(AT_ONCE)
    Offering.objects.filter(pk=offering_id).update(seats=2, waiting_policy="offer", offer_hours=1)
    run = Offering.objects.get(pk=offering_id)
    people = [
        enrol(teacher=teacher, offering=run, by=None, now=NOW) for teacher in Teacher.objects.all()
    ]
    for one in people[:2]:
        withdraw(enrolment=one, by=None, now=NOW)
    offered = list(Enrolment.objects.filter(state="offered").select_related("offering"))
    assert len(offered) == 2
    late = NOW + timedelta(hours=1)

    def take(enrolment: Enrolment):
        # One clock says that it is still in time, the sweep's that it has passed.
        return lambda: accept_offer(enrolment=enrolment, by=None, now=NOW)

    def sweep():
        keep_deadlines(now=late)

    errors = [error for error in at_once([*(take(one) for one in offered), *[sweep] * 3]) if error]
    assert {type(error) for error in errors} <= {OfferIsGone}
    assert broken_promises(offering_id, only_always=True) == []
    held = Enrolment.objects.filter(state__in=("seated", "offered")).count()
    assert held == Offering.objects.get(pk=offering_id).seats_taken == 2


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_process_killed_while_it_promotes_leaves_all_or_nothing(tmp_path):
    """Killed before each write of a promotion in turn; the sweep that follows ends it the same."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PDPLANNER")}
    outcomes = []
    for write in (1, 3, 5, 7, 9, 11):
        environment = kept | {
            "PDPLANNER_DATA": str(tmp_path / str(write)),
            "DJANGO_SETTINGS_MODULE": "tests.courses.race_settings",
        }
        command = [sys.executable, "-W", "ignore", "-m", "tests.courses.race", "kill", str(write)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, -9), done.stderr
        command[-2:] = ["after"]
        after = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        assert after.returncode == 0, after.stderr
        outcomes.append((done.returncode, json.loads(after.stdout)))
    assert [code for code, _ in outcomes].count(-9) >= 4  # it was killed in the middle, not after
    settled = {"broken": [], "seated": SEATS, "promoted": 1, "told": 1}
    assert [said for _, said in outcomes] == [settled] * len(outcomes)
