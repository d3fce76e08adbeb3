"""What a teacher corrects about themselves. Each sends the signal that owes them a new path;
the page that calls it then asks `plans.operations.rebuild_at_once`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from .models import Skill, SkillAnswer, Teacher, Ticket
from .signals import profiles_changed, ticket_use_changed, tickets_changed
from .tickets.repeating import mark_repeated

CAUSE = "corrected"
#: The whole history was switched off or on.
SWITCHED = "history"


class NotYourTicket(Exception):
    """The ticket is somebody else's."""


@transaction.atomic
def answer_skill(*, teacher: Teacher, skill: Skill, answer: str, now: datetime) -> SkillAnswer:
    """Close a skill as "not about me" or "I know this already" (SkillAnswer.Answer)."""
    given, _ = SkillAnswer.objects.update_or_create(
        teacher=teacher,
        skill=skill,
        defaults={"answer": SkillAnswer.Answer(answer), "answered_at": now},
    )
    _tell(teacher)
    return given


@transaction.atomic
def unmute_skill(*, teacher: Teacher, skill: Skill, now: datetime) -> None:
    """Take that answer back."""
    taken_back, _ = SkillAnswer.objects.filter(teacher=teacher, skill=skill).delete()
    if taken_back:
        _tell(teacher)


@transaction.atomic
def hide_ticket(*, teacher: Teacher, ticket: Ticket, now: datetime) -> None:
    """Use this ticket for nothing; only its own teacher may."""
    _correct(teacher, ticket, hidden_at=ticket.hidden_at or now)
    _tell_use(teacher, [ticket.pk], counts=False)


@transaction.atomic
def unhide_ticket(*, teacher: Teacher, ticket: Ticket, now: datetime) -> None:
    """Use the ticket again."""
    _correct(teacher, ticket, hidden_at=None)
    _tell_use(teacher, [ticket.pk], counts=True)


@transaction.atomic
def claim_ticket(*, teacher: Teacher, ticket: Ticket, now: datetime) -> None:
    """Say that a ticket which was taken to be for others was the teacher's own."""
    _correct(teacher, ticket, whose=Ticket.Whose.MINE)
    _tell_use(teacher, [ticket.pk], counts=True)


@transaction.atomic
def set_asking_for_others(*, teacher: Teacher, asks: bool, now: datetime) -> None:
    """Say whether a teacher's tickets are about colleagues, where nobody says whose they are."""
    if Teacher.objects.filter(pk=teacher.pk, asks_for_others=not asks).update(asks_for_others=asks):
        _tell(teacher)
        unsaid = Ticket.objects.filter(teacher=teacher, whose="").values_list("pk", flat=True)
        _tell_use(teacher, list(unsaid), counts=not asks)
        mark_repeated(teachers=[teacher.pk])
    teacher.asks_for_others = asks


@transaction.atomic
def correct_ticket(*, teacher: Teacher, ticket: Ticket, skill: Skill | None, now: datetime) -> None:
    """Say what the ticket was really about; None: about none of the skills there are."""
    _correct(
        teacher,
        ticket,
        skill=skill,
        skill_origin=Ticket.Origin.TEACHER,
        skill_confidence=None,
        sorted_at=now,
    )


@transaction.atomic
def set_ticket_use(*, teacher: Teacher, uses: bool, now: datetime) -> None:
    """Switch the use of the teacher's help-desk history on or off, for everybody's paths."""
    if Teacher.objects.filter(pk=teacher.pk, uses_tickets=not uses).update(uses_tickets=uses):
        _tell(teacher, cause=SWITCHED)
        _tell_use(teacher, None, counts=uses)
    teacher.uses_tickets = uses


def _correct(teacher: Teacher, ticket: Ticket, **fields) -> None:
    if ticket.teacher_id != teacher.pk:
        raise NotYourTicket(f"ticket {ticket.pk} is not of teacher {teacher.pk}")
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(fields))
    mark_repeated(teachers=[teacher.pk])
    tickets_changed.send(sender=Ticket, teacher_ids=[teacher.pk], count=1, cause=CAUSE)


def _tell(teacher: Teacher, *, cause: str = CAUSE) -> None:
    profiles_changed.send(sender=Teacher, teacher_ids=[teacher.pk], cause=cause)


def _tell_use(teacher: Teacher, ticket_ids: list[int] | None, *, counts: bool) -> None:
    ticket_use_changed.send(
        sender=Teacher, teacher_id=teacher.pk, ticket_ids=ticket_ids, counts=counts
    )
