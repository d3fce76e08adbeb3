"""Keeps plans true: hears what changed below and marks the plans it touches as owed.

A mark is written in the transaction of its cause; the nudge that follows may be lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from courses.signals import catalogue_changed, enrolments_changed, requirements_changed
from profiles.models import Teacher
from profiles.signals import (
    profiles_changed,
    surroundings_changed,
    ticket_use_changed,
    tickets_changed,
)

from .operations import ensure_plans, owe_all_plans, owe_plans, take_back
from .queries import teachers_touched_by
from .queries.kept import mark_changed
from .tasks import rebuild_owed_plans


def _nudge(newly_owed: int) -> None:
    """Hurry the rebuild; a plan that was owed before has had its nudge."""
    if newly_owed:
        rebuild_owed_plans.delay_on_commit()


@receiver(tickets_changed, dispatch_uid="plans hear of tickets")
def hear_of_tickets(sender, teacher_ids: Iterable[int], cause: str, **kwargs) -> None:
    """Tickets were recorded, corrected, hidden or sorted; an id stands once for each of them.

    Those of whoever opted out change nothing, and no path says how many there were.
    """
    counting = Counter(teacher_ids)
    for teacher in Teacher.objects.filter(uses_tickets=False).values_list("pk", flat=True):
        del counting[teacher]
    _nudge(owe_plans(teacher_ids=counting.elements(), cause=cause, now=timezone.now()))


@receiver(ticket_use_changed, dispatch_uid="plans hear whose tickets count")
def hear_of_ticket_use(
    sender, teacher_id: int, ticket_ids: Collection[int] | None, counts: bool, **kwargs
) -> None:
    """A teacher said whether tickets of theirs count: at once, before any rebuild."""
    if not counts:
        take_back(teacher_id=teacher_id, ticket_ids=ticket_ids)
    mark_changed()


@receiver(profiles_changed, dispatch_uid="plans hear of profiles")
@receiver(enrolments_changed, dispatch_uid="plans hear of enrolments")
@receiver(requirements_changed, dispatch_uid="plans hear of requirements")
def hear_of_teachers(sender, teacher_ids: Iterable[int], cause: str, **kwargs) -> None:
    """Something about these teachers changed."""
    _nudge(owe_plans(teacher_ids=set(teacher_ids), cause=cause, now=timezone.now()))


@receiver(surroundings_changed, dispatch_uid="plans hear of surroundings")
def hear_of_surroundings(sender, cause: str, **kwargs) -> None:
    """Skills, tools, roll-outs, terms or special days changed: everybody's path may move."""
    _nudge(owe_all_plans(cause=cause, now=timezone.now()))


@receiver(catalogue_changed, dispatch_uid="plans hear of the catalogue")
def hear_of_catalogue(sender, course_ids: Iterable[int], cause: str, **kwargs) -> None:
    """Sessions were published, changed or taken down, or their runs changed."""
    touched = teachers_touched_by(course_ids)
    _nudge(owe_plans(teacher_ids=touched, cause=cause, now=timezone.now()))


@receiver(post_save, sender=Teacher, dispatch_uid="plans hear of new teachers")
def hear_of_new_teacher(sender, instance: Teacher, created: bool, **kwargs) -> None:
    """A teacher who came by no import is owed a first path as well."""
    if created:
        ensure_plans(teacher_ids=[instance.pk])
