"""Enrolments, their history and completions on their way into the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from courses.models import Completion, CoursePage, Enrolment, EnrolmentEvent, Offering
from courses.operations import fill_in_runs
from profiles.models import User

from .content import SessionText
from .people import Person

#: State, when, by whom.
Event = tuple[str, datetime, User | None]


@dataclass
class Ledger:
    """Rows as the operations of `courses` would have left them, written in bulk at the end."""

    pages: Mapping[str, CoursePage]
    runs: list[Offering] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    events: list[EnrolmentEvent] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)

    def enrol(
        self,
        person: Person,
        text: SessionText,
        history: Sequence[Event],
        run: Offering | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        """Add an enrolment with its whole history, oldest first; in a run it takes its place."""
        state, since_at, _ = history[-1]
        enrolment = Enrolment(
            teacher=person.row,
            course=self.pages[text.key],
            offering=run,
            state=state,
            position=run.next_position if run else None,
            since_at=since_at,
            answers=dict(answers or {}),
        )
        if run:
            run.next_position += 1
            run.seats_taken += state in _HOLDS_A_SEAT
        self.enrolments.append(enrolment)
        self.events.extend(
            EnrolmentEvent(enrolment=enrolment, state=event, happened_at=happened_at, by=by)
            for event, happened_at, by in history
        )

    def complete(
        self,
        person: Person,
        text: SessionText,
        ground: str,
        at: datetime,
        by: User | None = None,
        run: Offering | None = None,
    ) -> None:
        """Add a completion; a session counts once for a teacher."""
        if text.key in person.completed:
            return
        person.completed[text.key] = at
        self.completions.append(
            Completion(
                teacher=person.row,
                course=self.pages[text.key],
                offering=run,
                title=text.title,
                minutes=text.minutes,
                ground=ground,
                completed_at=at,
                marked_by=by,
            )
        )

    def store(self) -> None:
        """Write everything."""
        new = [run for run in self.runs if run.pk is None]
        known = [run for run in self.runs if run.pk is not None]
        Offering.objects.bulk_create(new)
        Offering.objects.bulk_update(known, ["seats_taken", "next_position"])
        fill_in_runs()
        Enrolment.objects.bulk_create(self.enrolments, batch_size=500)
        EnrolmentEvent.objects.bulk_create(self.events, batch_size=500)
        Completion.objects.bulk_create(self.completions, batch_size=500)


_HOLDS_A_SEAT = {
    Enrolment.State.SEATED,
    Enrolment.State.ATTENDED,
    Enrolment.State.NO_SHOW,
}
