"""What hangs in a teacher's closet, and what colleagues have packed."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from ..models import Practice, Teacher

State = Practice.State


def practices_of(teacher: Teacher) -> QuerySet[Practice]:
    """Return what the teacher keeps, packs and wants to try, with who showed or picked it up."""
    return (
        Practice.objects.filter(teacher=teacher, ended_at=None)
        .select_related("skill", "picked_from__teacher__main_school")
        .annotate(wanted_by=Count("picked_up", filter=Q(picked_up__ended_at=None)))
        .order_by("-since_at", "-pk")
    )


def packed_for(teacher: Teacher, *, words: str = "") -> QuerySet[Practice]:
    """Return what colleagues can show, those of the own school first, newest first.

    What the teacher has picked up already is left out, and whatever they said they know or is
    not about them.
    """
    found = (
        Practice.objects.filter(state=State.PACKED, ended_at=None, teacher__is_active=True)
        .exclude(teacher=teacher)
        .exclude(
            pk__in=Practice.objects.filter(
                teacher=teacher, ended_at=None, picked_from__isnull=False
            ).values("picked_from")
        )
        .exclude(skill__in=teacher.skill_answers.values("skill"))
        .select_related("skill", "teacher__main_school")
        .annotate(
            is_far=Case(
                When(teacher__main_school=teacher.main_school_id, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        )
        .order_by("is_far", "-since_at", "-pk")
    )
    for word in words.split():
        found = found.filter(Q(words__icontains=word) | Q(skill__name__icontains=word))
    return found
