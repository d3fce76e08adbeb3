"""What finishing a session takes: one explicit rule, kept as data and printed on its page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class RulePart(models.TextChoices):
    """One thing that a rule can ask for."""

    ATTENDED = "attended", "You were there"
    CHECK = "check", "Every quick check is answered right"
    TASK = "task", "Your task is handed in and accepted"
    COACH = "coach", "A coach confirms it"


@dataclass(frozen=True)
class CompletionRule:
    """All of `parts` are needed. `attended_share` is in percent of a run's minutes."""

    parts: tuple[str, ...]
    attended_share: int

    def words_of(self, part: str) -> str:
        """One part as a sentence to the teacher."""
        if part == RulePart.ATTENDED:
            if self.attended_share >= 100:
                return "You were there the whole time, as the coach's roster says."
            return (
                f"You were there for at least {self.attended_share}% of the time, "
                "as the coach's roster says."
            )
        return {
            RulePart.CHECK: "Every quick check is answered right.",
            RulePart.TASK: "You hand in the task, and a coach accepts it.",
            RulePart.COACH: "A coach confirms that you have done it.",
        }[RulePart(part)]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The rule as the session's page prints it."""
        return tuple(self.words_of(part) for part in self.parts)
