"""Required sessions and whom they touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from profiles.models import Teacher

from ..models import Completion, Requirement
from .sessions import live_sessions


@dataclass(frozen=True)
class RequiredSession:
    """One requirement as it stands for one teacher."""

    requirement: Requirement
    completion: Completion | None
    is_late: bool


@dataclass(frozen=True)
class _Room:
    """What an audience is drawn by: where and whom a teacher teaches."""

    school_ids: frozenset[int]
    grade_bands: frozenset[str]
    subjects: frozenset[str]

    def is_in(
        self, school_ids: Iterable[int], grade_bands: Iterable[str], subjects: Iterable[str]
    ) -> bool:
        """Whether it meets all that is marked; what isn't marked doesn't matter."""
        marked = (
            (self.school_ids, frozenset(school_ids)),
            (self.grade_bands, frozenset(grade_bands)),
            (self.subjects, frozenset(subjects)),
        )
        return all(not wanted or have & wanted for have, wanted in marked)


def teachers_matching(
    *, school_ids: Iterable[int] = (), grade_bands: Iterable[str] = (), subjects: Iterable[str] = ()
) -> frozenset[int]:
    """Return the ids of active teachers in the meeting of what is given; nothing given: all."""
    school_ids, grade_bands, subjects = tuple(school_ids), tuple(grade_bands), tuple(subjects)
    return frozenset(
        pk for pk, room in _rooms().items() if room.is_in(school_ids, grade_bands, subjects)
    )


def audience_of(requirement: Requirement) -> frozenset[int]:
    """Return the ids of the active teachers that a requirement touches."""
    return teachers_matching(
        school_ids=requirement.schools.values_list("pk", flat=True),
        grade_bands=requirement.grade_bands,
        subjects=requirement.subjects,
    )


def audiences_of(requirements: Iterable[Requirement]) -> dict[int, frozenset[int]]:
    """Return the audience of each requirement by its id, in a fixed number of queries."""
    requirements = list(requirements)
    schools: dict[int, list[int]] = defaultdict(list)
    marked = Requirement.schools.through.objects.filter(requirement__in=requirements)
    for requirement_id, school_id in marked.values_list("requirement_id", "school_id"):
        schools[requirement_id].append(school_id)
    rooms = _rooms()
    return {
        item.pk: frozenset(
            pk
            for pk, room in rooms.items()
            if room.is_in(schools[item.pk], item.grade_bands, item.subjects)
        )
        for item in requirements
    }


def requirements_on(as_of: date) -> QuerySet[Requirement]:
    """Return the requirements in force on a day, of sessions that can be taken, soonest first."""
    morrow = timezone.make_aware(datetime.combine(as_of + timedelta(days=1), time.min))
    return (
        Requirement.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=morrow),
            set_at__lt=morrow,
            course__in=live_sessions().values("pk"),
        )
        .select_related("course")
        .prefetch_related("schools")
        .order_by("due_date", "pk")
    )


def required_for(teacher: Teacher, as_of: date) -> list[RequiredSession]:
    """Return what a teacher must take as of a day, soonest due first; done ones included."""
    room = _Room(
        school_ids=_with_main(teacher.schools.values_list("pk", flat=True), teacher),
        grade_bands=frozenset(teacher.grade_bands),
        subjects=frozenset(teacher.subjects),
    )
    mine = [
        item
        for item in requirements_on(as_of)
        if room.is_in((s.pk for s in item.schools.all()), item.grade_bands, item.subjects)
    ]
    done = {
        item.course_id: item
        for item in Completion.objects.filter(
            teacher=teacher, course__in=[item.course_id for item in mine]
        )
    }
    return [
        RequiredSession(
            requirement=item,
            completion=done.get(item.course_id),
            is_late=item.course_id not in done and item.due_date < as_of,
        )
        for item in mine
    ]


def _with_main(school_ids: Iterable[int], teacher: Teacher) -> frozenset[int]:
    """Return these schools and the teacher's main one, if there is any."""
    main = [] if teacher.main_school_id is None else [teacher.main_school_id]
    return frozenset([*school_ids, *main])


def _rooms() -> dict[int, _Room]:
    """Return the room of every active teacher, in two queries."""
    schools: dict[int, set[int]] = defaultdict(set)
    memberships = Teacher.schools.through.objects.values_list("teacher_id", "school_id")
    for teacher_id, school_id in memberships:
        schools[teacher_id].add(school_id)
    teachers = Teacher.objects.active().only("grades", "subjects", "main_school_id")
    return {
        teacher.pk: _Room(
            school_ids=_with_main(schools[teacher.pk], teacher),
            grade_bands=frozenset(teacher.grade_bands),
            subjects=frozenset(teacher.subjects),
        )
        for teacher in teachers
    }
