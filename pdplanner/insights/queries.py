"""Who has finished what: by school, by required session, by teacher. Never anybody's tickets.

Everything is worked out from three reads that do not grow with the page: the active teachers in
view, the requirements that stand with their audiences, and the completions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from courses.models import Completion, Requirement
from courses.queries.requirements import audiences_of
from profiles.choices import Role
from profiles.models import School, SchoolYear, Teacher, User
from profiles.queries import roles_of, schools_led_by


@dataclass(frozen=True)
class Since:
    """The stretch of time whose finished sessions are counted."""

    title: str
    start_date: date

    @property
    def start_at(self) -> datetime:
        """Its first moment, in the current time zone."""
        return timezone.make_aware(datetime.combine(self.start_date, time.min))


def since_on(as_of: date) -> Since:
    """Return the school year around the day, or the twelve months before it without one."""
    year = SchoolYear.objects.filter(start_date__lte=as_of, end_date__gte=as_of).first()
    if year:
        return Since(year.title, year.start_date)
    return Since("the last twelve months", as_of - timedelta(days=365))


@dataclass(frozen=True)
class Scope:
    """Whose completion is looked at: schools, and those who stand in no school that is open."""

    schools: QuerySet[School]
    has_schoolless: bool

    def teachers(self) -> QuerySet[Teacher]:
        """Return the active teachers in it."""
        mine = Q(main_school__in=self.schools)
        if self.has_schoolless:
            mine |= ~Q(main_school__is_active=True)
        return Teacher.objects.active().filter(mine)

    def only(self, school: School) -> Scope:
        """Return the part of it that is one school."""
        return Scope(self.schools.filter(pk=school.pk), has_schoolless=False)

    def schoolless(self) -> Scope:
        """Return the part of it that stands in no school."""
        return Scope(self.schools.none(), has_schoolless=self.has_schoolless)


def scope_of(user: User) -> Scope:
    """Return whose completion a user may see: everybody's, or that of the schools they lead."""
    if Role.COORDINATOR in roles_of(user):
        return Scope(School.objects.filter(is_active=True), has_schoolless=True)
    return Scope(schools_led_by(user).filter(is_active=True), has_schoolless=False)


@dataclass(frozen=True)
class SchoolCompletion:
    """One school's row."""

    school: School | None  # None: those who stand in no school
    teachers: int
    finished: int  # sessions, in the stretch
    minutes: int  # of credit, in the stretch
    required: int  # teacher and required session, counted as pairs
    required_done: int

    @property
    def percent(self) -> int | None:
        """Of what is required, done; None when nothing is."""
        return round(100 * self.required_done / self.required) if self.required else None


@dataclass(frozen=True)
class RequiredCompletion:
    """One required session's row."""

    requirement: Requirement
    teachers: int
    done: int
    is_over: bool  # its due date has passed

    @property
    def percent(self) -> int | None:
        """Of the audience, done; None without an audience."""
        return round(100 * self.done / self.teachers) if self.teachers else None


@dataclass(frozen=True)
class Overview:
    """What the completion page shows."""

    since: Since
    schools: list[SchoolCompletion]
    sessions: list[RequiredCompletion]
    teachers: int
    finished: int
    minutes: int
    required: int
    required_done: int


@dataclass(frozen=True)
class Standing:
    """The pairs of teacher and required session that matter, worked out once a request."""

    school_of: dict[int, int | None]  # active teachers in view
    requirements: list[Requirement]
    audiences: dict[int, frozenset[int]]
    done: frozenset[tuple[int, int]]  # (teacher, course)

    def counts_by_school(self) -> tuple[Counter[int | None], Counter[int | None]]:
        """Return how many pairs each school has, and how many of them are done."""
        pairs: Counter[int | None] = Counter()
        done: Counter[int | None] = Counter()
        for requirement in self.requirements:
            for teacher in self.audiences[requirement.pk]:
                pairs[self.school_of[teacher]] += 1
                done[self.school_of[teacher]] += (teacher, requirement.course_id) in self.done
        return pairs, done

    def counts_by_teacher(self, teachers: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Return for each teacher how many sessions are required, and how many of them done."""
        return {
            teacher: (
                len(mine := [r for r in self.requirements if teacher in self.audiences[r.pk]]),
                sum((teacher, r.course_id) in self.done for r in mine),
            )
            for teacher in teachers
        }


def standing(scope: Scope) -> Standing:
    """Return who must take what and who has, for the active teachers in scope."""
    rows = scope.teachers().values_list("pk", "main_school_id", "main_school__is_active")
    school_of = {pk: school if is_open else None for pk, school, is_open in rows}
    standing_now = Requirement.objects.filter(ended_at=None).select_related("course")
    audiences = audiences_of(standing_now)
    requirements = list(standing_now)
    courses = {requirement.course_id for requirement in requirements}
    return Standing(
        school_of=school_of,
        requirements=requirements,
        audiences={
            pk: frozenset(teacher for teacher in audience if teacher in school_of)
            for pk, audience in audiences.items()
        },
        done=frozenset(
            Completion.objects.filter(course__in=courses).values_list("teacher_id", "course_id")
        ),
    )


def finished_by_school(now: Standing, since: Since) -> tuple[Counter, Counter]:
    """Return sessions finished and minutes of credit by school, by the teachers in view."""
    sessions: Counter[int | None] = Counter()
    minutes: Counter[int | None] = Counter()
    rows = (
        Completion.objects.filter(completed_at__gte=since.start_at)
        .order_by()
        .values_list("teacher")
        .annotate(Count("pk"), Sum("minutes"))
    )
    for teacher, count, total in rows:
        if teacher in now.school_of:
            sessions[now.school_of[teacher]] += count
            minutes[now.school_of[teacher]] += total
    return sessions, minutes


def overview(*, scope: Scope, as_of: date) -> Overview:
    """Return completion by school and by required session, in a fixed number of queries."""
    since = since_on(as_of)
    now = standing(scope)
    pairs, done = now.counts_by_school()
    teachers = Counter(now.school_of.values())
    sessions, minutes = finished_by_school(now, since)
    schools: list[School | None] = list(scope.schools.order_by("name", "pk"))
    if teachers[None]:
        schools.append(None)
    rows = [
        SchoolCompletion(
            school=school,
            teachers=teachers[key],
            finished=sessions[key],
            minutes=minutes[key],
            required=pairs[key],
            required_done=done[key],
        )
        for school in schools
        for key in [school.pk if school else None]
    ]
    return Overview(
        since=since,
        schools=rows,
        sessions=[required_row(requirement, now, as_of) for requirement in now.requirements],
        teachers=len(now.school_of),
        finished=sum(row.finished for row in rows),
        minutes=sum(row.minutes for row in rows),
        required=sum(pairs.values()),
        required_done=sum(done.values()),
    )


def required_row(requirement: Requirement, now: Standing, as_of: date) -> RequiredCompletion:
    """Return one required session's row."""
    audience = now.audiences[requirement.pk]
    return RequiredCompletion(
        requirement=requirement,
        teachers=len(audience),
        done=sum((teacher, requirement.course_id) in now.done for teacher in audience),
        is_over=requirement.due_date < as_of,
    )


@dataclass(frozen=True)
class TeacherCompletion:
    """One teacher's row in a drill-down."""

    teacher: Teacher
    finished: int
    minutes: int
    required: int
    required_done: int
    last_at: datetime | None


def people_of(
    teachers: Iterable[Teacher], *, now: Standing, since: Since
) -> list[TeacherCompletion]:
    """Return the rows of these teachers, in their order, with one query more."""
    teachers = list(teachers)
    finished = {
        row["teacher"]: (row["sessions"], row["minutes_sum"], row["last_at"])
        for row in Completion.objects.filter(
            teacher__in=[teacher.pk for teacher in teachers], completed_at__gte=since.start_at
        )
        .order_by()
        .values("teacher")
        .annotate(sessions=Count("pk"), minutes_sum=Sum("minutes"), last_at=Max("completed_at"))
    }
    required = now.counts_by_teacher(teacher.pk for teacher in teachers)
    nothing = (0, 0, None)
    rows = []
    for teacher in teachers:
        sessions, minutes, last_at = finished.get(teacher.pk, nothing)
        total, done = required[teacher.pk]
        rows.append(TeacherCompletion(teacher, sessions, minutes, total, done, last_at))
    return rows


def teachers_in(scope: Scope, *, words: str = "") -> QuerySet[Teacher]:
    """Return the active teachers in scope, by name; `words` narrows by name."""
    teachers = (
        scope.teachers().select_related("main_school").order_by("family_name", "given_name", "pk")
    )
    for word in words.split():
        teachers = teachers.filter(family_name__icontains=word) | teachers.filter(
            given_name__icontains=word
        )
    return teachers


def teachers_of_requirement(
    requirement: Requirement, *, now: Standing, is_done: bool | None
) -> QuerySet[Teacher]:
    """Return a required session's audience in view; `is_done` narrows to the done or the rest."""
    audience = {
        teacher
        for teacher in now.audiences[requirement.pk]
        if is_done is None or ((teacher, requirement.course_id) in now.done) == is_done
    }
    return (
        Teacher.objects.filter(pk__in=audience)
        .select_related("main_school")
        .order_by("main_school__name", "family_name", "given_name", "pk")
    )
