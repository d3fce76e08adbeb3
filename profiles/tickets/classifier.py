"""Guesses the skill of tickets from the words that were kept of them: what was learned from the
coaches' sorting, on top of what the skills' own words say. Plain NumPy: nothing heavy is loaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ..models import Skill, TicketClassifier, Tool
from .allowed import catalogue
from .cold_start import ColdStart, Floats, SkillWords, sureness
from .learned import NONE, Learned

Guess = tuple[int, float]  # the skill's primary key and how likely it is, 0 to 1


class Classifier:
    """Guesses skills; `learned` is None where no coach has sorted anything yet."""

    def __init__(self, cold_start: ColdStart, learned: Learned | None = None):
        self._cold_start = cold_start
        self._learned = learned

    @property
    def is_learned(self) -> bool:
        """Whether it has learned from sorted tickets."""
        return self._learned is not None

    def guesses(self, words: Sequence[str], most: int = 3) -> list[Guess]:
        """Return the likeliest skills of a ticket with these words, likeliest first."""
        return self.guesses_of([words], most)[0]

    def guesses_of(self, tickets: Sequence[Sequence[str]], most: int = 3) -> list[list[Guess]]:
        """Return the likeliest skills of each ticket, likeliest first; none where no word helps."""
        sure = self.probabilities(tickets)
        order = np.argsort(-sure, axis=1, kind="stable")[:, :most]
        skills = self._cold_start.skills
        return [
            [(skills[column], float(row[column])) for column in columns if row[column] > 0]
            for columns, row in zip(order.tolist(), sure, strict=True)
        ]

    def likeliest(self, tickets: Sequence[Sequence[str]]) -> list[Guess]:
        """Return the likeliest skill of each ticket, however likely; the quickest of the three."""
        sure = self.probabilities(tickets)
        if not sure.shape[1]:
            return [(0, 0.0)] * len(tickets)
        best = sure.argmax(axis=1)
        chances = sure[np.arange(len(sure)), best]
        skills = self._cold_start.skills
        return [
            (skills[column], round(chance, 3))
            for column, chance in zip(best.tolist(), chances.tolist(), strict=True)
        ]

    def probabilities(self, tickets: Sequence[Sequence[str]]) -> Floats:
        """Return how likely each skill is for each ticket [N, S], columns as the cold start's."""
        scores = self._cold_start.scores(tickets)
        if self._learned is None or not scores.size:
            return sureness(scores)
        skills = self._cold_start.skills
        if NONE in self._learned.skills:
            skills, scores = (*skills, NONE), np.pad(scores, ((0, 0), (0, 1)))
        sure = self._learned.probabilities(tickets, scores, skills)
        return sure[:, : len(self._cold_start.skills)]


def newest_classifier() -> Classifier:
    """Return what guesses now: a few light queries, and the work of making it only on a change."""
    newest = TicketClassifier.objects.values_list("pk", flat=True).first()
    return _made_of(skills_as_told(), newest)


def skills_as_told() -> tuple[SkillWords, ...]:
    """Return every skill with what it is called and what it and its sessions say."""
    tools = {tool.pk: tuple(tool.names) for tool in Tool.objects.order_by("pk")}
    told: dict[int, list[str]] = defaultdict(list)
    for session in catalogue():
        for skill in session.skills:
            told[skill].append(session.text)
    return tuple(
        SkillWords(
            skill.pk,
            tuple(skill.names),
            (skill.description, *sorted(told[skill.pk])),
            tools[skill.tool_id] if skill.tool_id is not None else (),
        )
        for skill in Skill.objects.order_by("pk")
    )


@lru_cache(maxsize=2)
def _made_of(skills: tuple[SkillWords, ...], newest: int | None) -> Classifier:
    cold_start = ColdStart(skills)
    if newest is None:
        return Classifier(cold_start)
    held = TicketClassifier.objects.values_list("parameters", flat=True).get(pk=newest)
    return Classifier(cold_start, Learned.from_bytes(bytes(held)))
