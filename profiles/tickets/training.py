"""Learns skills from sorted tickets: TF-IDF and a linear model beside the skills' own words, with
what it says of itself measured on tickets that it had not seen.

The words of skills, each name and text a small document of its own, stand beside the tickets, so
that a skill nobody sorted yet is known as well. How much the linear model and the skills' own words
count (two numbers), and how sure that makes it (isotonic regression through bins), is fitted last,
on guesses for tickets of people whose tickets it had not seen: so 70 % sure means right in 7 of 10.
Only the worker calls this: scikit-learn is loaded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .cold_start import ColdStart, Features, Floats, SkillWords
from .learned import NEVER_BENT, NONE, Learned, bent, softmax
from .reading import LEAST_SURE, words_of
from .word_lists import stop_words

#: How little the weights are held back, and what a name or a text of a skill counts as a ticket.
LOOSENESS, WEIGHT_OF_NAME, WEIGHT_OF_TEXT = 0.5, 1.0, 0.5
FOLDS = 5
#: What the skills' words and the linear model count before tickets say so, and how many tickets'
#: word that is worth.
USUAL_MIX, HOLD = (1.0, 5.0), 1.0
BINS = 10
#: How sure guesses are is bent through so many bins at the most, of so many tickets at the least,
#: each as if so many more had been right as often as believed.
MOST_KNOTS, TICKETS_A_KNOT, HOLD_OF_KNOT = 15, 20, 5.0


class Example(NamedTuple):
    """A sorted ticket: its words, its skill (NONE: about no skill), and who wrote it.

    One that no person sorted weighs less than 1, and nothing is measured on it.
    """

    words: tuple[str, ...]
    skill: int
    writer: int | str
    weight: float = 1.0


class Measures(NamedTuple):
    """How guesses did on tickets that were not learned from; shares from 0 to 1."""

    tickets: int
    top1: float  # the likeliest skill was the right one, of tickets with a skill
    calibration_error: float  # mean distance between how sure and how often right, in ten bins
    not_sure: float  # went to the sorting desk
    right_if_sure: float | None  # of those that did not


def train(
    examples: Sequence[Example], skills: Sequence[SkillWords]
) -> tuple[Learned, Measures | None]:
    """Return what was learned, and how it does on unseen people's tickets (None: too few)."""
    ground = _Ground(examples, skills)
    folds = folds_of([example.writer for example in examples])
    said = ground.weights == 1.0
    if len(set(folds[said].tolist())) < 2:
        return ground.fitted(np.arange(len(examples)), USUAL_MIX), None
    unseen = np.zeros((len(examples), len(ground.labels)), np.float32)
    for fold in range(FOLDS):
        held = np.flatnonzero((folds == fold) & said)
        if len(held):
            model = ground.fitted(np.flatnonzero(folds != fold), USUAL_MIX)
            asked = [examples[place].words for place in held.tolist()]
            unseen[held] = model.logits(model.bags(asked))
    # These numbers are measured on tickets that they were not fitted on, either.
    sure = np.zeros_like(unseen)
    for fold in range(FOLDS):
        there, rest = (folds == fold) & said, (folds != fold) & said
        if there.any():
            mix = ground.mix_of(unseen, rest)
            knots = ground.knots_of(unseen, mix, rest)
            sure[there] = bent(ground.mixed(unseen, mix, there), *knots)
    mix = ground.mix_of(unseen, said)
    knots = ground.knots_of(unseen, mix, said)
    columns = [place for place, label in enumerate(ground.labels) if label != NONE]
    measures = measured(sure[said][:, columns], _among(ground.targets[said], columns))
    learned = ground.fitted(np.arange(len(examples)), mix)
    return replace(learned, believed=knots[0], true=knots[1]), measures


def measured(sure: Floats, targets: NDArray[np.int64]) -> Measures:
    """Return how guesses [N, S] did; targets are columns, -1 for about none of them."""
    best = sure.argmax(axis=1)
    how_sure = sure[np.arange(len(sure)), best].astype(np.float64)
    right = best == targets
    decided = how_sure >= LEAST_SURE
    has_skill = targets >= 0
    return Measures(
        tickets=len(sure),
        top1=float(right[has_skill].mean()) if has_skill.any() else 0.0,
        calibration_error=calibration_error(how_sure, right),
        not_sure=float(1 - decided.mean()),
        right_if_sure=float(right[decided].mean()) if decided.any() else None,
    )


def calibration_error(how_sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the mean distance between how sure and how often right, in bins of equal count."""
    order = np.argsort(how_sure, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    gaps = [len(part) * abs(how_sure[part].mean() - right[part].mean()) for part in bins]
    return float(sum(gaps) / len(order))


def folds_of(writers: Sequence[int | str]) -> NDArray[np.int64]:
    """Return a fold for each ticket: all of one writer in one fold, folds about as large."""
    counts: dict[int | str, int] = defaultdict(int)
    for writer in writers:
        counts[writer] += 1
    sizes = [0] * FOLDS
    fold_of: dict[int | str, int] = {}
    for writer in sorted(counts, key=lambda one: (-counts[one], str(one))):
        fold_of[writer] = sizes.index(min(sizes))
        sizes[fold_of[writer]] += counts[writer]
    return np.array([fold_of[writer] for writer in writers], np.int64)


def _among(targets: NDArray[np.int64], columns: Sequence[int]) -> NDArray[np.int64]:
    places = {column: place for place, column in enumerate(columns)}
    return np.array([places.get(target, -1) for target in targets.tolist()], np.int64)


class _Ground:
    """Tickets and skills' own words as numbers, made once for all folds."""

    def __init__(self, examples: Sequence[Example], skills: Sequence[SkillWords]):
        from scipy import sparse  # only where something is learned: takes long to load

        cold_start = ColdStart(skills)
        self.labels = [skill.pk for skill in skills]
        if any(example.skill == NONE for example in examples):
            self.labels.append(NONE)
        self._place = {label: place for place, label in enumerate(self.labels)}
        self.targets = np.array([self._place[example.skill] for example in examples], np.int64)
        self.weights = np.array([example.weight for example in examples], np.float64)
        own = [
            (tuple(words_of(text)), self._place[skill.pk], weight)
            for skill in skills
            for texts, weight in ((skill.names, WEIGHT_OF_NAME), (skill.texts, WEIGHT_OF_TEXT))
            for text in texts
        ]
        documents = [example.words for example in examples] + [words for words, _, _ in own]
        nothing = stop_words()
        said = {word for words in documents for word in words}
        self._features = Features(said - nothing)
        bags = self._features.bags(documents)
        ends = np.append(bags.starts, len(bags.ids))
        counts = (np.ones(len(bags.ids), np.float64), bags.ids, ends)
        self._table = sparse.csr_array(counts, shape=(len(documents), len(self._features)))
        self._table = self._table[:, 1:].tocsr()  # the first feature is there for no words at all
        self._own_targets = np.array([place for _, place, _ in own], np.int64)
        self._own_weights = np.array([weight for _, _, weight in own])
        scores = cold_start.scores([example.words for example in examples])
        self.scores = np.zeros((len(examples), len(self.labels)), np.float32)
        self.scores[:, : scores.shape[1]] = scores

    def fitted(self, places: NDArray[np.int64], mix: tuple[float, float]) -> Learned:
        """Return the linear model of these tickets and of all the skills' own words."""
        from sklearn.preprocessing import normalize
        from sklearn.svm import LinearSVC

        own = len(self.targets) + np.arange(len(self._own_targets))
        table = self._table[np.concatenate([places, own])]
        seen = np.bincount(table.indices, minlength=table.shape[1])
        idf = np.log((1 + table.shape[0]) / (1 + seen)) + 1.0
        table = normalize(table.multiply(idf[None, :]).tocsr())
        table.indices, table.indptr = (
            part.astype(np.int32) for part in (table.indices, table.indptr)
        )
        model = LinearSVC(C=LOOSENESS, random_state=0)  # one skill against all others, for each
        model.fit(
            table,
            np.concatenate([self.targets[places], self._own_targets]),
            sample_weight=np.concatenate([self.weights[places], self._own_weights]),
        )
        lines, rests = model.coef_.T, model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one line between two
            lines, rests = np.hstack([-lines, lines]), np.array([-rests[0], rests[0]])
        weights = np.zeros((len(idf), len(self.labels)), np.float32)
        rest = np.full(len(self.labels), rests.min(), np.float32)
        weights[:, model.classes_], rest[model.classes_] = lines, rests
        return Learned(
            words=tuple(self._features.words),
            skills=tuple(self.labels),
            idf=idf.astype(np.float32),
            weights=weights,
            rest=rest,
            of_scores=mix[0],
            of_words=mix[1],
        )

    def mixed(self, logits: Floats, mix: tuple[float, float], places: NDArray[np.bool_]) -> Floats:
        """Return probabilities of these tickets, the two parts counting as in `mix`."""
        return softmax(mix[0] * self.scores[places] + mix[1] * logits[places])

    def mix_of(self, logits: Floats, places: NDArray[np.bool_]) -> tuple[float, float]:
        """Return how much the two parts count so that these tickets' skills are likeliest.

        Newton's method; the logarithm of a softmax is concave in both numbers.
        """
        parts = np.stack([self.scores[places], logits[places]], axis=2).astype(np.float64)
        targets = self.targets[places]
        told = parts[np.arange(len(targets)), targets]  # [N, 2]
        mix = usual = np.array(USUAL_MIX)
        for _ in range(50):
            sure = softmax(parts @ mix).astype(np.float64)
            mean = np.einsum("ns,nsp->np", sure, parts)
            slope = (told - mean).sum(axis=0) - HOLD * (mix - usual)
            spread = np.einsum("ns,nsp,nsq->npq", sure, parts, parts)
            spread -= np.einsum("np,nq->npq", mean, mean)
            curve = spread.sum(axis=0) + HOLD * np.eye(2)
            step = np.linalg.solve(curve, slope)
            mix = np.maximum(mix + np.clip(step, -1, 1), 0.0)
            if np.abs(step).max() < 1e-6:
                break
        return float(mix[0]), float(mix[1])

    def knots_of(
        self, logits: Floats, mix: tuple[float, float], places: NDArray[np.bool_]
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return how sure the likeliest guesses of these tickets are beside how often they are
        right, as a line that only rises."""
        from sklearn.isotonic import IsotonicRegression

        chances = self.mixed(logits, mix, places)
        how_sure = chances.max(axis=1).astype(np.float64)
        right = chances.argmax(axis=1) == self.targets[places]
        count = min(MOST_KNOTS, len(how_sure) // TICKETS_A_KNOT)
        if count < 2:
            return NEVER_BENT, NEVER_BENT
        bins = np.array_split(np.argsort(how_sure, kind="stable"), count)
        believed = np.array([how_sure[part].mean() for part in bins])
        sizes = np.array([len(part) for part in bins])
        hits = np.array([right[part].sum() for part in bins])
        true = (hits + HOLD_OF_KNOT * believed) / (sizes + HOLD_OF_KNOT)
        true = IsotonicRegression(y_min=0, y_max=1).fit_transform(
            believed, true, sample_weight=sizes
        )
        # Beyond the last bin nothing is known to be right more often.
        return (0.0, *believed.tolist(), 1.0), (0.0, *true.tolist(), float(true[-1]))
