"""The scratch database of a race: teachers who are signed in, runs, and what stands afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

SEATS = 20
CONSTRAINTS = (
    ("courses_offering", "offering_not_oversold"),
    ("courses_enrolment", "position_once"),
)
INDEXES = ("enrolled_once_in_a_run", "position_once")


@dataclass(frozen=True)
class Verdict:
    """What a race left: more people than seats, answers that don't hold, people twice, and runs
    whose history doesn't replay to the seats shown.
    """

    oversold: int
    lost: int
    doubled: int
    strayed: int


def make_tables() -> None:
    """Make every table from the models, and what a site needs to serve."""
    from django.core.management import call_command

    from profiles.models import District

    call_command("migrate", run_syncdb=True, verbosity=0)
    District.objects.create(name="Race")


def make_people(count: int) -> list[tuple[int, str]]:
    """Return (teacher, key of a signed-in session) of new teachers."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from profiles.choices import Role
    from profiles.models import School, Teacher
    from profiles.operations import add_person

    sessions = import_module(settings.SESSION_ENGINE)
    school = School.objects.create(name="Race school")
    people = []
    for number in range(count):
        user = add_person(
            email=f"racer{number}@example.org",
            role=Role.TEACHER,
            schools=(school,),
            first_name="Racer",
            last_name=str(number),
        )
        session = sessions.SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        people.append((Teacher.objects.get(user=user).pk, session.session_key))
    return people


def make_runs(count: int) -> list[int]:
    """Return new runs of twenty seats, a week ahead."""
    from django.utils import timezone

    from courses.models import CoursePage, Offering
    from courses.operations import fill_in_runs, look_book

    book = look_book()
    page = CoursePage.objects.first() or book.add_child(
        instance=CoursePage(title="Popular", summary="Yes.", minutes=30, format="live")
    )
    starts_at = timezone.now() + timedelta(days=7)
    runs = Offering.objects.bulk_create(
        Offering(
            course=page, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), seats=SEATS
        )
        for _ in range(count)
    )
    fill_in_runs()
    return [run.pk for run in runs]


def drop_constraints() -> None:
    """Take out what the database refuses by itself about seats (PostgreSQL)."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table, name in CONSTRAINTS:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
        for name in INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def verdict(runs: Sequence[int], said: Sequence[tuple[int, int, str]]) -> Verdict:
    """Return how the runs stand against what people were told last: (teacher, run, words)."""
    from collections import Counter, defaultdict

    from courses.models import Enrolment, EnrolmentEvent, Offering

    held: dict[int, int] = Counter()
    waiting: dict[int, int] = Counter()
    stands: dict[tuple[int, int], list[str]] = defaultdict(list)
    for teacher, run, state in Enrolment.objects.filter(offering__in=runs).values_list(
        "teacher_id", "offering_id", "state"
    ):
        if state in ("seated", "waiting"):
            stands[teacher, run].append(state)
        held[run] += state == "seated"
        waiting[run] += state == "waiting"

    replayed: dict[int, dict[int, str]] = defaultdict(dict)
    lines = EnrolmentEvent.objects.filter(enrolment__offering__in=runs).order_by("id")
    for run, enrolment, state in lines.values_list(
        "enrolment__offering_id", "enrolment_id", "state"
    ):
        replayed[run][enrolment] = state

    oversold = strayed = 0
    for run, seats, taken in Offering.objects.filter(pk__in=runs).values_list(
        "pk", "seats", "seats_taken"
    ):
        oversold += max(0, held[run] - seats)
        by_history = sum(state == "seated" for state in replayed[run].values())
        stranded = waiting[run] > 0 and held[run] < seats
        strayed += not (by_history == held[run] == taken) or stranded
    wanted = {"seat": (["seated"],), "wait": (["waiting"], ["seated"]), "out": ([],)}
    return Verdict(
        oversold=oversold,
        lost=sum(
            stands[teacher, run] not in wanted[words]
            for teacher, run, words in said
            if words in wanted and len(stands[teacher, run]) < 2
        ),
        doubled=sum(len(states) - 1 for states in stands.values() if len(states) > 1),
        strayed=strayed,
    )
