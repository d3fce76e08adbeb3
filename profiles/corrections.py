"""What a teacher corrects about themselves. Each sends the signal that owes them a new path;
the page that calls it then asks `plans.operations.rebuild_at_once`."""

from __future__ import annotations

from datetime import datetime

from .models import Skill, SkillAnswer, Teacher, Ticket


def answer_skill(*, teacher: Teacher, skill: Skill, answer: str, now: datetime) -> SkillAnswer:
    """Close a skill as "not about me" or "I know this already" (SkillAnswer.Answer)."""
    raise NotImplementedError


def unmute_skill(*, teacher: Teacher, skill: Skill, now: datetime) -> None:
    """Take that answer back."""
    raise NotImplementedError


def hide_ticket(*, teacher: Teacher, ticket: Ticket, now: datetime) -> None:
    """Use this ticket for nothing; only its own teacher may."""
    raise NotImplementedError


def unhide_ticket(*, teacher: Teacher, ticket: Ticket, now: datetime) -> None:
    """Use the ticket again."""
    raise NotImplementedError


def correct_ticket(*, teacher: Teacher, ticket: Ticket, skill: Skill | None, now: datetime) -> None:
    """Say what the ticket was really about."""
    raise NotImplementedError


def set_ticket_use(*, teacher: Teacher, uses: bool, now: datetime) -> None:
    """Switch the use of the teacher's help-desk history on or off, for everybody's paths."""
    raise NotImplementedError
