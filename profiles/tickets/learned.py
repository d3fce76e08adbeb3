"""What was learned, as it is stored and used: a weight for each word and skill. Plain NumPy."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from .cold_start import Bags, Features, Floats, summed

#: Stands for no skill: tickets that coaches left, or teachers said are about none.
NONE = 0
NEVER_BENT = (0.0, 1.0)


def told_by(words: str, category: str, subcategory: str = "") -> list[str]:
    """Return what a ticket is guessed by: its words, and marks that stand for its category."""
    return [*words.split(), *_marks(category, subcategory)]


@lru_cache(maxsize=10_000)
def _marks(category: str, subcategory: str) -> tuple[str, ...]:
    """Return a mark for a category and one for its subcategory; no word looks like one, and
    nobody's choice of words can be read in it."""
    if not category:
        return ()
    parts = [category.casefold()] + ([subcategory.casefold()] if subcategory else [])
    whole = ["\n".join(parts[: end + 1]) for end in range(len(parts))]
    return tuple(f"category:{sha256(one.encode()).hexdigest()[:16]}" for one in whole)


@dataclass(frozen=True)
class Learned:
    """A linear model of words and categories' marks, and how much it and the skills' own words
    count.

    logits = of_scores * cold start's scores + of_words * (words' TF-IDF, length 1 @ weights + rest)
    sure = their softmax, bent along the line through the knots (`believed`, `true`)
    """

    words: tuple[str, ...]  # and marks, in the order of the alphabet
    skills: tuple[int, ...]
    idf: Floats  # [V]
    weights: Floats  # [V, S]
    rest: Floats  # [S]
    of_scores: float
    of_words: float
    believed: tuple[float, ...] = NEVER_BENT  # from 0 to 1
    true: tuple[float, ...] = NEVER_BENT

    def probabilities(
        self, tickets: Sequence[Sequence[str]], scores: Floats, skills: tuple[int, ...]
    ) -> Floats:
        """Return how likely each of these skills is for each ticket [N, S']; all 0 where no word
        of it is known. They need not add up to one: each says how often such a guess is right.

        A skill that was deleted since has no column; one that is new stands as low as the lowest,
        but for what its own words say.
        """
        bags = self.bags(tickets)
        sizes = np.diff(bags.starts, append=len(bags.ids))
        is_known = (sizes > 1) | scores.any(axis=1)  # the first feature is nothing
        logits = self.of_scores * scores + self.of_words * self.on(self.logits(bags), skills)
        return bent(softmax(logits), self.believed, self.true) * is_known[:, None]

    def bags(self, tickets: Sequence[Sequence[str]]) -> Bags:
        """Return the known words of these tickets as features."""
        return self._table[0].bags(tickets)

    def logits(self, bags: Bags) -> Floats:
        """Return what the words say of each learned skill [N, S]."""
        _, squares, weighted = self._table
        length = np.sqrt(np.maximum(summed(squares, bags), 1e-9))
        return (summed(weighted, bags) / length + self.rest).astype(np.float32)

    @cached_property
    def _table(self) -> tuple[Features, Floats, Floats]:
        """Words by number, the squares of their IDF and their weights; the first row is nothing."""
        squares = np.concatenate([[0.0], self.idf**2]).astype(np.float32)[:, None]
        none = np.zeros((1, len(self.skills)), np.float32)
        weighted = np.concatenate([none, self.weights * self.idf[:, None]])
        return Features(self.words), squares, weighted

    def on(self, logits: Floats, skills: tuple[int, ...]) -> Floats:
        """Return the logits [N, S] for these skills [N, S']."""
        places = {skill: place for place, skill in enumerate(self.skills)}
        wanted = np.array([places.get(skill, -1) for skill in skills], np.int64)
        lowest = logits.min(axis=1, keepdims=True)
        return np.where(wanted >= 0, logits[:, wanted], lowest)

    def to_bytes(self) -> bytes:
        """Return it as a file of arrays, which no pickle can hide in."""
        stream = io.BytesIO()
        np.savez_compressed(
            stream,
            words=np.array(self.words, dtype=np.str_),
            skills=np.array(self.skills, np.int64),
            idf=self.idf,
            weights=self.weights.astype(np.float16),
            rest=self.rest,
            mix=np.array([self.of_scores, self.of_words]),
            knots=np.array([self.believed, self.true]),
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Learned:
        """Return what `to_bytes` wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            return cls(
                words=tuple(held["words"].tolist()),
                skills=tuple(held["skills"].tolist()),
                idf=held["idf"].astype(np.float32),
                weights=held["weights"].astype(np.float32),
                rest=held["rest"].astype(np.float32),
                of_scores=float(held["mix"][0]),
                of_words=float(held["mix"][1]),
                believed=tuple(held["knots"][0].tolist()),
                true=tuple(held["knots"][1].tolist()),
            )


def softmax(logits: NDArray) -> Floats:
    """Return probabilities [N, S] that sum to one in each row."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (shifted / shifted.sum(axis=1, keepdims=True)).astype(np.float32)


def bent(sure: Floats, believed: Sequence[float], true: Sequence[float]) -> Floats:
    """Return probabilities moved along the line through these knots; their order stays."""
    return np.interp(sure, believed, true).astype(np.float32)
