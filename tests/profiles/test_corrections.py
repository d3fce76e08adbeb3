from __future__ import annotations

from datetime import UTC, datetime

import pytest

from profiles.corrections import (
    NotYourTicket,
    answer_skill,
    correct_ticket,
    hide_ticket,
    set_ticket_use,
    unhide_ticket,
    unmute_skill,
)
from profiles.models import SkillAnswer, Ticket, TicketSource
from profiles.signals import profiles_changed, tickets_changed

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 16, tzinfo=UTC)


@pytest.fixture
def ticket(new_teacher, grade_sync) -> Ticket:
    return Ticket.objects.create(
        source=TicketSource.objects.create(name="Help desk"),
        external_id="T-1",
        teacher=new_teacher,
        skill=grade_sync,
        skill_origin="words",
        skill_confidence=0.6,
        opened_at=NOW,
        kind="how-to",
    )


@pytest.fixture
def heard():
    """Collect what is sent: (teacher ids, cause)."""
    told = []

    def hear(sender, teacher_ids, cause, **kwargs):
        told.append((list(teacher_ids), cause))

    for signal in (profiles_changed, tickets_changed):
        signal.connect(hear)
    yield told
    for signal in (profiles_changed, tickets_changed):
        signal.disconnect(hear)


def test_skill_is_closed_changed_and_opened_again(new_teacher, grade_sync, heard):
    answer_skill(teacher=new_teacher, skill=grade_sync, answer="not-me", now=NOW)
    answer_skill(teacher=new_teacher, skill=grade_sync, answer="know-it", now=LATER)
    answer = SkillAnswer.objects.get()
    assert (answer.answer, answer.answered_at) == ("know-it", LATER)
    unmute_skill(teacher=new_teacher, skill=grade_sync, now=LATER)
    unmute_skill(teacher=new_teacher, skill=grade_sync, now=LATER)
    assert not SkillAnswer.objects.exists()
    assert heard == [([new_teacher.pk], "corrected")] * 3


def test_skill_answer_that_is_none_of_ours_is_refused(new_teacher, grade_sync, heard):
    with pytest.raises(ValueError, match="bored"):
        answer_skill(teacher=new_teacher, skill=grade_sync, answer="bored", now=NOW)
    assert (SkillAnswer.objects.count(), heard) == (0, [])


def test_ticket_is_hidden_and_shown_again(new_teacher, ticket, heard):
    hide_ticket(teacher=new_teacher, ticket=ticket, now=NOW)
    hide_ticket(teacher=new_teacher, ticket=ticket, now=LATER)
    assert Ticket.objects.get().hidden_at == NOW
    unhide_ticket(teacher=new_teacher, ticket=ticket, now=LATER)
    assert Ticket.objects.get().hidden_at is None
    assert heard == [([new_teacher.pk], "corrected")] * 3


def test_ticket_is_corrected_by_its_teacher(new_teacher, ticket, screen_sharing, heard):
    correct_ticket(teacher=new_teacher, ticket=ticket, skill=screen_sharing, now=LATER)
    corrected = Ticket.objects.get()
    assert (
        corrected.skill,
        corrected.skill_origin,
        corrected.skill_confidence,
        corrected.sorted_at,
    ) == (screen_sharing, "teacher", None, LATER)
    assert heard == [([new_teacher.pk], "corrected")]


def test_ticket_of_somebody_else_is_out_of_reach(outsider, ticket, screen_sharing, heard):
    for correct in (
        lambda: hide_ticket(teacher=outsider, ticket=ticket, now=NOW),
        lambda: unhide_ticket(teacher=outsider, ticket=ticket, now=NOW),
        lambda: correct_ticket(teacher=outsider, ticket=ticket, skill=screen_sharing, now=NOW),
    ):
        with pytest.raises(NotYourTicket):
            correct()
    kept = Ticket.objects.get()
    assert (kept.hidden_at, kept.skill_origin, heard) == (None, "words", [])


def test_ticket_use_is_switched_once(new_teacher, heard):
    set_ticket_use(teacher=new_teacher, uses=False, now=NOW)
    set_ticket_use(teacher=new_teacher, uses=False, now=LATER)
    new_teacher.refresh_from_db()
    assert (new_teacher.uses_tickets, heard) == (False, [([new_teacher.pk], "history")])
