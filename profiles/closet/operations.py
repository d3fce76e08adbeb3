"""Keeping, packing, picking up and letting go of practices. Each owes the teacher a new path."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from ..models import Practice, Skill, Teacher
from ..notices import owe_notices
from ..signals import profiles_changed

State = Practice.State
CAUSE = "closet"


class NotPacked(Exception):
    """The practice is not (any more) one that a colleague can show."""


@transaction.atomic
def keep(*, teacher: Teacher, skill: Skill, words: str, now: datetime) -> Practice:
    """Return a new practice that the teacher keeps doing; said twice, it is the same one."""
    practice, is_new = Practice.objects.get_or_create(
        teacher=teacher,
        skill=skill,
        words=words,
        ended_at=None,
        defaults={"state": State.KEPT, "since_at": now},
    )
    if is_new:
        _tell(teacher)
    return practice


@transaction.atomic
def pack(*, practice: Practice, packs: bool, now: datetime) -> None:
    """Let colleagues see that its teacher can show them this, or take that back."""
    wanted, other = (State.PACKED, State.KEPT) if packs else (State.KEPT, State.PACKED)
    _move(practice, other, wanted, now)


@transaction.atomic
def pick_up(*, teacher: Teacher, practice: Practice, now: datetime) -> Practice:
    """Want to try what a colleague packed; the colleague is told who. Raises NotPacked."""
    offered = (
        Practice.objects.select_related("teacher__user")
        .filter(pk=practice.pk, state=State.PACKED, ended_at=None, teacher__is_active=True)
        .exclude(teacher=teacher)
        .first()
    )
    if offered is None:
        raise NotPacked(practice)
    mine = {"teacher": teacher, "picked_from": offered, "ended_at": None}
    try:
        with transaction.atomic():
            picked = Practice.objects.create(
                **mine,
                skill_id=offered.skill_id,
                words=offered.words,
                state=State.PICKED,
                since_at=now,
            )
    except IntegrityError:  # two clicks: the first one stands
        return Practice.objects.get(**mine)
    if offered.teacher.user is not None:
        owe_notices(
            users=[offered.teacher.user],
            kind="picked-up",
            key=f"picked-up:{picked.pk}",
            facts={"practice": picked.pk},
            now=now,
        )
    _tell(teacher)
    return picked


@transaction.atomic
def adopt(*, practice: Practice, now: datetime) -> None:
    """Say of what was picked up: I do this now."""
    _move(practice, State.PICKED, State.KEPT, now)


@transaction.atomic
def let_go(*, practice: Practice, now: datetime) -> None:
    """Take a practice out of the closet; done twice, it is done."""
    if Practice.objects.filter(pk=practice.pk, ended_at=None).update(ended_at=now):
        _tell(practice.teacher)


def _move(practice: Practice, before: str, after: str, now: datetime) -> None:
    standing = Practice.objects.filter(pk=practice.pk, state=before, ended_at=None)
    if standing.update(state=after, since_at=now):
        _tell(practice.teacher)


def _tell(teacher: Teacher) -> None:
    profiles_changed.send(sender=Teacher, teacher_ids=[teacher.pk], cause=CAUSE)
