"""Many people at one run at once, and what must hold afterwards.

Run as a module it is one of several processes on one SQLite file: see test_seats_race.py.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 9, 14, 15, 0, tzinfo=UTC)
SEATS = 5


def set_up(people: int) -> int:
    """Make teachers and a run that is too small for them; return the run's id."""
    from courses.models import CoursePage, Offering
    from courses.operations import look_book
    from profiles.models import Teacher

    Teacher.objects.bulk_create(
        Teacher(given_name=f"T{number}", email=f"t{number}@example.org") for number in range(people)
    )
    page = look_book().add_child(
        instance=CoursePage(title="Popular", summary="Yes.", minutes=30, format="live")
    )
    starts_at = NOW + timedelta(days=7)
    return Offering.objects.create(
        course=page, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), seats=SEATS
    ).pk


def take_part(offering_id: int, teacher_ids: list[int], seed: int) -> None:
    """Enrol each with a double click; every third or so withdraws and comes back."""
    from courses.models import Offering
    from courses.operations import enrol, withdraw
    from profiles.models import Teacher

    dice = random.Random(seed)
    for pk in dice.sample(teacher_ids, len(teacher_ids)):
        teacher = Teacher.objects.get(pk=pk)
        for _ in range(2):
            enrolment = enrol(
                teacher=teacher, offering=Offering.objects.get(pk=offering_id), by=None, now=NOW
            )
        if dice.random() < 0.35:
            withdraw(enrolment=enrolment, by=None, now=NOW)
            enrol(teacher=teacher, offering=Offering.objects.get(pk=offering_id), by=None, now=NOW)


def broken_promises(offering_id: int, *, only_always: bool = False) -> list[str]:
    """Return which of the promises about seats do not hold; none is what is wanted.

    `only_always`: leave out those that hold only where seats go on by themselves and at once.
    """
    from courses.models import Enrolment, EnrolmentEvent, Offering

    offering = Offering.objects.get(pk=offering_id)
    rows = list(Enrolment.objects.filter(offering=offering).prefetch_related("events"))
    held = [row for row in rows if row.state in ("seated", "offered")]
    waiting = [row for row in rows if row.state == "waiting"]
    standing = [row.teacher_id for row in (*held, *waiting)]
    promises = {
        "no more people than seats": len(held) <= offering.seats,
        "seats taken are counted right": offering.seats_taken == len(held),
        "everybody stands there once": len(standing) == len(set(standing)),
        "the history ends where things stand": all(
            list(row.events.all())[-1].state == row.state for row in rows
        ),
        "the history replays to the seats shown": replayed(offering_id) == len(held),
    }
    if not only_always:
        # Who gave the seat back and did not come again is out of it, and not lost.
        gone = {row.teacher_id for row in rows if row.state == "withdrawn"} - set(standing)
        promoted = list(
            EnrolmentEvent.objects.filter(enrolment__offering=offering, state="seated", why__gt="")
            .order_by("id")
            .values_list("enrolment__position", flat=True)
        )
        promises |= {
            "nobody waits while a seat is free": not waiting or len(held) == offering.seats,
            "who came first moves up first": promoted == sorted(promoted),
            "everybody who waits came after every seat was given": all(
                place.position < other.position for place in held for other in waiting
            ),
            "nobody is lost": len(standing) == len({row.teacher_id for row in rows} - gone),
        }
    return [promise for promise, holds in promises.items() if not holds]


def replayed(offering_id: int) -> int:
    """Return the seats held as the lines of the history give them, read from the first on."""
    from courses.models import EnrolmentEvent

    stands: dict[int, str] = {}
    lines = EnrolmentEvent.objects.filter(enrolment__offering=offering_id).order_by("id")
    for enrolment, state in lines.values_list("enrolment_id", "state"):
        stands[enrolment] = state
    return sum(state in ("seated", "offered") for state in stands.values())


def promote_and_die(write: int) -> None:
    """Give a seat back while others wait; be killed before the write of this number."""
    import os
    import signal

    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection

    from courses.models import Enrolment, Offering
    from courses.operations import enrol, withdraw
    from profiles.models import Teacher

    call_command("migrate", run_syncdb=True, verbosity=0)
    offering = Offering.objects.get(pk=set_up(SEATS + 2))
    for teacher in Teacher.objects.order_by("pk"):
        teacher.user = get_user_model().objects.create(email=teacher.email)
        teacher.save()
        enrol(teacher=teacher, offering=offering, by=None, now=NOW)
    writes = 0

    def count(execute, sql, params, many, context):
        nonlocal writes
        writes += sql.split()[0] in {"UPDATE", "INSERT", "DELETE"}
        if writes == write:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        first = Enrolment.objects.order_by("position")[0]
        withdraw(enrolment=first, by=None, now=NOW)


def finish_promotion() -> dict:
    """Do what was killed once more, let the sweep come twice, and return how it stands."""
    from courses.models import Enrolment, EnrolmentEvent, Offering
    from courses.operations import keep_deadlines, withdraw
    from profiles.models import Notice

    first = Enrolment.objects.order_by("position")[0]
    withdraw(enrolment=first, by=None, now=NOW)
    for _ in range(2):
        keep_deadlines(now=NOW)
    return {
        "broken": broken_promises(Offering.objects.get().pk),
        "seated": Enrolment.objects.filter(state="seated").count(),
        "promoted": EnrolmentEvent.objects.filter(state="seated", why__gt="").count(),
        "told": Notice.objects.filter(kind="seat-free").count(),
    }


def main(verb: str, *arguments: str) -> None:
    """Be one process of the race."""
    import django

    django.setup()
    from profiles.models import Teacher

    if verb == "set-up":
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, verbosity=0)
        print(set_up(int(arguments[0])))  # noqa: T201
    elif verb == "kill":
        promote_and_die(int(arguments[0]))
    elif verb == "after":
        print(json.dumps(finish_promotion()))  # noqa: T201
    elif verb == "take-part":
        offering_id, seed = int(arguments[0]), int(arguments[1])
        take_part(offering_id, list(Teacher.objects.values_list("pk", flat=True)), seed)
    else:
        from courses.models import Enrolment

        states = Enrolment.objects.values_list("state", flat=True)
        said = {"broken": broken_promises(int(arguments[0])), "rows": len(states)}
        print(json.dumps(said))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
