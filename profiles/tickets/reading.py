"""Finds what a ticket is about: its skill from words, its kind from phrases. Keeps no text.

How sure: a phrase of n words counts n, a phrase with other words between 0.7 n, double in the
subject. A skill with the sum s is as sure as (1 - 2^-s) times its share among the two best. Below
one half the ticket stays unsorted: a coach sorts it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ..choices import TicketKind

LEAST_SURE = 0.5
WEIGHT_OF_SUBJECT = 2.0
WEIGHT_WITH_GAPS = 0.7
#: A tool's name speaks for each skill of the tool, this much.
WEIGHT_OF_TOOL = 0.8
#: Other words that may stand between the words of a phrase.
WIDEST_GAP = 2
#: A mail thread says what it is about at its start; what follows is quoted.
MOST_CHARACTERS = 20_000

TAG = re.compile(r"<[^<>]{0,500}>")
WORD = re.compile(r"[^\W_]+")

KIND_PHRASES = {
    TicketKind.OUTAGE: (
        "outage, whole school, whole building, everyone is, nobody can, no one can, down for all,"
        " no internet, internet is down, network is down, all classrooms, system down, is down"
    ),
    TicketKind.ACCESS: (
        "password, log in, login, logging in, sign in, locked out, no access, access to,"
        " permission, unlock, account, not authorized, invite, add me, credentials"
    ),
    TicketKind.BREAK: (
        "broken, not working, does not work, doesn t work, won t, stopped working, error, crash,"
        " crashes, frozen, freezes, cracked, fails, failing, black screen, flickers, stuck, missing"
    ),
    TicketKind.REQUEST: (
        "please install, please order, please set up, need a new, need new, would like a,"
        " can we get, can i get, request, purchase, replacement, loan, borrow, quote for"
    ),
    TicketKind.PEDAGOGY: (
        "in my lesson, in class, with my class, for my class, my students to, ideas for, engage,"
        " differentiate, lesson plan, activity, best way to teach, group work, assess, rubric"
    ),
    TicketKind.HOW_TO: (
        "how do i, how do you, how to, how can i, how would i, where do i, where can i, show me,"
        " is there a way, walk me through, can you help me, what is the way, not sure how, teach me"
    ),
}
#: Words that help desks use for a kind.
KIND_NAMES = {
    **{kind.value: kind for kind in TicketKind},
    **{kind.label.casefold(): kind for kind in TicketKind},
    "how to": TicketKind.HOW_TO,
    "howto": TicketKind.HOW_TO,
    "question": TicketKind.HOW_TO,
    "training": TicketKind.HOW_TO,
    "teaching": TicketKind.PEDAGOGY,
    "incident": TicketKind.BREAK,
    "problem": TicketKind.BREAK,
    "broken": TicketKind.BREAK,
    "service request": TicketKind.REQUEST,
    "task": TicketKind.REQUEST,
}


class Named(NamedTuple):
    """A skill or tool as far as reading needs it; `tool` is the skill's tool."""

    pk: int
    names: tuple[str, ...]
    tool: int | None = None


class Guess(NamedTuple):
    """A skill and how sure it is, 0 to 1; no skill when nothing was sure enough."""

    skill: int | None
    confidence: float | None


class Phrase(NamedTuple):
    words: tuple[str, ...]
    meanings: tuple[int, ...]


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, plurals as singulars, tags left out."""
    plain = TAG.sub(" ", text[:MOST_CHARACTERS]).casefold()
    return [singular(word) for word in WORD.findall(plain)]


def singular(word: str) -> str:
    """Return a word without its plural s: "grades" and "grade" are one word here."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


class Phrases:
    """Finds phrases in texts; each phrase means one or more numbers."""

    def __init__(self, meanings: Iterable[tuple[str, int]]):
        found: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for text, meaning in meanings:
            if words := tuple(words_of(text)):
                found[words].add(meaning)
        self._by_first: dict[str, list[Phrase]] = defaultdict(list)
        for words, numbers in found.items():
            self._by_first[words[0]].append(Phrase(words, tuple(sorted(numbers))))

    def weights_in(self, words: list[str]) -> dict[int, float]:
        """Return meaning -> the sum over its phrases found here, each counted once."""
        best: dict[Phrase, float] = {}
        for start, word in enumerate(words):
            for phrase in self._by_first.get(word, ()):
                weight = self._weight_at(phrase.words, words, start)
                if weight > best.get(phrase, 0.0):
                    best[phrase] = weight
        result: dict[int, float] = defaultdict(float)
        for phrase, weight in best.items():
            for meaning in phrase.meanings:
                result[meaning] += weight
        return result

    @staticmethod
    def _weight_at(phrase: tuple[str, ...], words: list[str], start: int) -> float:
        place = start
        has_gaps = False
        for word in phrase[1:]:
            window = words[place + 1 : place + 2 + WIDEST_GAP]
            if word not in window:
                return 0.0
            step = window.index(word) + 1
            has_gaps |= step > 1
            place += step
        return len(phrase) * (WEIGHT_WITH_GAPS if has_gaps else 1.0)


class SkillReader:
    """Reads tickets with the names, aliases and words of these skills and tools."""

    def __init__(self, *, skills: Iterable[Named], tools: Iterable[Named]):
        skills = list(skills)
        self._skills = Phrases((name, skill.pk) for skill in skills for name in skill.names)
        self._tools = Phrases((name, tool.pk) for tool in tools for name in tool.names)
        self._skills_of_tool: dict[int, list[int]] = defaultdict(list)
        for skill in skills:
            if skill.tool is not None:
                self._skills_of_tool[skill.tool].append(skill.pk)

    def guess(self, subject: str, body: str) -> Guess:
        """Return the skill that the words speak for."""
        if not subject and not body:
            return Guess(None, None)
        scores: dict[int, float] = defaultdict(float)
        for text, weight in ((subject, WEIGHT_OF_SUBJECT), (body, 1.0)):
            if not text:
                continue
            words = words_of(text)
            for skill, score in self._skills.weights_in(words).items():
                scores[skill] += weight * score
            for tool in self._tools.weights_in(words):
                for skill in self._skills_of_tool[tool]:
                    scores[skill] += weight * WEIGHT_OF_TOOL
        if not scores:
            return Guess(None, 0.0)
        # The key breaks ties by number, so that the same text always gives the same answer.
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        best, score = ranked[0]
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        confidence = round((1 - 2.0**-score) * score / (score + second), 3)
        # Two skills that score alike share exactly one half: that is no decision.
        return Guess(best if confidence >= LEAST_SURE and score > second else None, confidence)


class KindReader:
    """Tells a ticket's kind from phrases."""

    def __init__(self) -> None:
        kinds = list(KIND_PHRASES)
        self._kinds = kinds
        self._phrases = Phrases(
            (phrase, number)
            for number, kind in enumerate(kinds)
            for phrase in KIND_PHRASES[kind].split(",")
        )

    def kind(self, subject: str, body: str) -> TicketKind | None:
        """Return the kind that most phrases speak for, None when none is found."""
        scores: dict[int, float] = defaultdict(float)
        for text, weight in ((subject, WEIGHT_OF_SUBJECT), (body, 1.0)):
            if text:
                for number, score in self._phrases.weights_in(words_of(text)).items():
                    scores[number] += weight * score
        if not scores:
            return None
        return self._kinds[max(scores, key=lambda number: (scores[number], number))]


def kind_named(text: str) -> TicketKind | None:
    """Return the kind that a help desk's own word names."""
    return KIND_NAMES.get(text.casefold().strip())
