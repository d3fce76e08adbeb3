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
#: The same for texts in ASCII: letters become small, and whatever is in no word a blank.
SMALL_OR_BLANK = b"".join(
    (sign.lower() if (sign := bytes([code])).isalnum() else b" ") for code in range(256)
)
MOST_SINGULARS = 20_000

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


class Reading(NamedTuple):
    """What a ticket's words say: a skill and how sure it is (0 to 1), and a kind.

    No skill when nothing was sure enough; no confidence when there were no words.
    """

    skill: int | None
    confidence: float | None
    kind: TicketKind | None


class Meaning(NamedTuple):
    """What a phrase speaks for: a skill or tool by number, a kind by its place."""

    what: str
    number: int


class Phrase(NamedTuple):
    words: tuple[str, ...]
    all_words: frozenset[str]
    meanings: tuple[Meaning, ...]


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, plurals as singulars, tags left out."""
    plain = text[:MOST_CHARACTERS]
    if "<" in plain:
        plain = TAG.sub(" ", plain)
    if plain.isascii():  # most are, and a million of them take a third of the time this way
        words = plain.encode().translate(SMALL_OR_BLANK).decode().split()
    else:
        words = WORD.findall(plain.casefold())
    return [*map(SINGULARS.__getitem__, words)]


class Singulars(dict[str, str]):
    """Words without their plural s: "grades" and "grade" are one word here."""

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_SINGULARS:
            self.clear()
        is_plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
        self[word] = word[:-1] if is_plural else word
        return self[word]


SINGULARS = Singulars()


class Phrases:
    """Finds phrases in texts, each phrase once."""

    def __init__(self, meanings: Iterable[tuple[str, Meaning]]):
        found: dict[tuple[str, ...], set[Meaning]] = defaultdict(set)
        for text, meaning in meanings:
            if words := tuple(words_of(text)):
                found[words].add(meaning)
        self._by_first: dict[str, list[Phrase]] = {}
        for words, meant in found.items():
            phrase = Phrase(words, frozenset(words), tuple(sorted(meant)))
            self._by_first.setdefault(words[0], []).append(phrase)
        self._firsts = frozenset(self._by_first)

    def weights_in(self, words: list[str]) -> dict[Meaning, float]:
        """Return meaning -> the sum over its phrases found in the words of a text."""
        present = set(words)
        result: dict[Meaning, float] = defaultdict(float)
        for first in sorted(self._firsts & present):  # in order: sums are the same each time
            for phrase in self._by_first[first]:
                if phrase.all_words <= present and (weight := best_weight(phrase.words, words)):
                    for meaning in phrase.meanings:
                        result[meaning] += weight
        return result


def best_weight(phrase: tuple[str, ...], words: list[str]) -> float:
    """Return how much a phrase counts where it counts most; its first word is in the text."""
    if len(phrase) == 1:
        return 1.0
    starts = [place for place, word in enumerate(words) if word == phrase[0]]
    return max(weight_at(phrase, words, start) for start in starts)


def weight_at(phrase: tuple[str, ...], words: list[str], start: int) -> float:
    """Return how much a phrase that begins at this word counts, 0 when it doesn't go on."""
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


class WordReader:
    """Reads tickets with the names, aliases and words of these skills and tools."""

    def __init__(self, *, skills: Iterable[Named], tools: Iterable[Named]):
        skills = list(skills)
        self._kinds = list(KIND_PHRASES)
        self._phrases = Phrases(
            [
                *((name, Meaning("skill", skill.pk)) for skill in skills for name in skill.names),
                *((name, Meaning("tool", tool.pk)) for tool in tools for name in tool.names),
                *(
                    (phrase, Meaning("kind", place))
                    for place, kind in enumerate(self._kinds)
                    for phrase in KIND_PHRASES[kind].split(",")
                ),
            ]
        )
        self._skills_of_tool: dict[int, list[int]] = defaultdict(list)
        for skill in skills:
            if skill.tool is not None:
                self._skills_of_tool[skill.tool].append(skill.pk)

    def read(self, subject: str, body: str) -> Reading:
        """Return the skill and the kind that the words speak for."""
        if not subject and not body:
            return Reading(None, None, None)
        return self.read_words(words_of(subject), words_of(body))

    def read_words(self, subject: list[str], body: list[str]) -> Reading:
        """Return the same where the words are known."""
        skills: dict[int, float] = defaultdict(float)
        kinds: dict[int, float] = defaultdict(float)
        for words, times in ((subject, WEIGHT_OF_SUBJECT), (body, 1.0)):
            for (what, number), weight in self._phrases.weights_in(words).items():
                if what == "skill":
                    skills[number] += times * weight
                elif what == "kind":
                    kinds[number] += times * weight
                else:
                    for skill in self._skills_of_tool[number]:
                        skills[skill] += times * WEIGHT_OF_TOOL
        # The number breaks ties, so that the same text always gives the same answer.
        kind = max(kinds, key=lambda place: (kinds[place], place)) if kinds else None
        return Reading(*decided(skills), self._kinds[kind] if kind is not None else None)


def decided(scores: dict[int, float]) -> tuple[int | None, float]:
    """Return the skill with the highest score and how sure it is; no skill when not enough."""
    if not scores:
        return None, 0.0
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    best, score = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    confidence = round((1 - 2.0**-score) * score / (score + second), 3)
    return best if confidence >= LEAST_SURE and score > second else None, confidence


def kind_named(text: str) -> TicketKind | None:
    """Return the kind that a help desk's own word names."""
    return KIND_NAMES.get(text.casefold().strip())
