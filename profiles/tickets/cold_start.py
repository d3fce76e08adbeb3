"""What skills' own words say of a ticket's words, before anything was learned. Plain NumPy.

A phrase (a name, an alias, a word of a skill) counts as many as it has telling words when all of
them are there; a tool's name speaks for each of its skills. A single word out of a phrase, a
description or a session for the skill counts a part of that, less the more skills share it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .reading import WEIGHT_OF_TOOL, words_of
from .word_lists import stop_words, telling

Floats = NDArray[np.float32]

#: A single word counts so much when it stands in a name of the skill, and when only in its texts.
WEIGHT_IN_NAME, WEIGHT_IN_TEXT = 0.4, 0.15
#: All words of a phrase, in whatever order: between what the order and what gaps count.
WEIGHT_OF_SET = 0.85


class SkillWords(NamedTuple):
    """What a skill is called and what is said of it; `tools` are the names of its tool."""

    pk: int
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


class Bags(NamedTuple):
    """Features of many tickets: those of ticket i are ids[starts[i]:starts[i+1]], never none."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]


class Features:
    """Numbers for words, and for phrases whose words are all there. Number 0 is for nothing."""

    def __init__(self, words: Iterable[str], phrases: Iterable[tuple[str, ...]] = ()):
        self.words = sorted(set(words))
        self.of_word = {word: number for number, word in enumerate(self.words, start=1)}
        self.of_phrase: dict[tuple[str, ...], int] = {}
        self._by_word: dict[str, list[tuple[frozenset[str], int]]] = defaultdict(list)
        shared: dict[str, int] = defaultdict(int)
        several = sorted({tuple(sorted(set(phrase))) for phrase in phrases})
        several = [phrase for phrase in several if len(phrase) > 1]
        for phrase in several:
            for word in phrase:
                shared[word] += 1
        for phrase in several:
            number = 1 + len(self.words) + len(self.of_phrase)
            self.of_phrase[phrase] = number
            rarest = min(phrase, key=lambda word: (shared[word], word))
            self._by_word[rarest].append((frozenset(phrase), number))

    def __len__(self) -> int:
        return 1 + len(self.words) + len(self.of_phrase)

    def bags(self, tickets: Sequence[Sequence[str]]) -> Bags:
        """Return the features of these tickets' words."""
        ids: list[int] = []
        starts: list[int] = []
        of_word, by_word = self.of_word, self._by_word
        for words in tickets:
            starts.append(len(ids))
            ids.append(0)
            there = set(words)
            ids.extend(of_word[word] for word in there if word in of_word)
            for word in there:
                for phrase, number in by_word.get(word, ()):
                    if phrase <= there:
                        ids.append(number)
        return Bags(np.array(ids, np.int64), np.array(starts, np.int64))


def summed(weights: Floats, bags: Bags) -> Floats:
    """Return the sums [N, S] of the weights' rows [F, S] over each ticket's features."""
    if not len(bags.starts):
        return np.zeros((0, weights.shape[1]), np.float32)
    return np.add.reduceat(weights[bags.ids], bags.starts, axis=0)


class ColdStart:
    """Scores tickets for these skills by the skills' own words."""

    def __init__(self, skills: Sequence[SkillWords]):
        self.skills = tuple(skill.pk for skill in skills)
        phrases: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
        named: list[set[str]] = []
        told: list[set[str]] = []
        nothing = stop_words()
        for column, skill in enumerate(skills):
            named.append({word for name in skill.names for word in telling(name)})
            told.append({word for text in skill.texts for word in words_of(text)} - nothing)
            told[-1] -= named[-1]
            for names, weight in ((skill.tools, WEIGHT_OF_TOOL), (skill.names, 1.0)):
                for name in names:
                    phrase = tuple(sorted(telling(name)))
                    found = phrases[phrase].get(column, 0.0)
                    phrases[phrase][column] = max(found, weight)
        phrases.pop((), None)
        words = set[str]().union(*named, *told, *phrases)
        self.features = Features(words, phrases)
        self.weights = np.zeros((len(self.features), len(skills)), np.float32)
        self._weigh_words(named, WEIGHT_IN_NAME)
        self._weigh_words(told, WEIGHT_IN_TEXT)
        for phrase, columns in phrases.items():
            for column, weight in columns.items():
                if len(phrase) == 1:
                    row = self.features.of_word[phrase[0]]
                    self.weights[row, column] = max(self.weights[row, column], weight)
                else:
                    row = self.features.of_phrase[phrase]
                    # a tool is one thing, however many words its name has
                    times = len(phrase) * WEIGHT_OF_SET if weight == 1.0 else 1.0
                    self.weights[row, column] = weight * times

    def _weigh_words(self, by_skill: list[set[str]], weight: float) -> None:
        """Give each word its part, less the more skills share it; nothing when most do."""
        shared: dict[str, int] = defaultdict(int)
        for words in by_skill:
            for word in words:
                shared[word] += 1
        most = np.log(max(len(by_skill), 2))
        for column, words in enumerate(by_skill):
            for word in words:
                part = max(0.0, 1.0 - 1.5 * float(np.log(shared[word]) / most))
                row = self.features.of_word[word]
                self.weights[row, column] = max(self.weights[row, column], weight * part)

    def scores(self, tickets: Sequence[Sequence[str]]) -> Floats:
        """Return how much the words of each ticket speak for each skill [N, S], 0 for not."""
        return summed(self.weights, self.features.bags(tickets))


def sureness(scores: Floats) -> Floats:
    """Return how sure scores [N, S] are, 0 to 1: (1 - 2^-score) times the share beside the best of
    the others."""
    if scores.shape[1] < 2:
        return 1 - np.exp2(-scores)
    best = np.partition(scores, -2, axis=1)
    other = np.where(scores == best[:, -1:], best[:, -2:-1], best[:, -1:])
    share = scores / np.maximum(scores + other, 1e-9)
    return ((1 - np.exp2(-scores)) * share).astype(np.float32)
