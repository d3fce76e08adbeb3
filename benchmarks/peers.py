"""The peers: what others would use to foretell who asks about what. Yardsticks only.

Every peer gives a score for each (person, topic); its settings come from a grid, chosen on the
window before. To be read as a forecast of counts, a score is blended with popularity and scaled,
both chosen by deviance on that same window: the peers get the best they can be given.
"""

from __future__ import annotations

import itertools
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.yardsticks import ndcg_by_person, poisson_deviance

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # implicit warns, and one core is the rule

Score = Callable[..., Floats]
FLOOR = 0.3  # tickets every topic has before anybody asked


@dataclass(frozen=True)
class Peer:
    """A method with the settings to choose from."""

    name: str
    score: Score
    grid: Mapping[str, Sequence[object]]


def foretell_by(peer: Peer, before: History, met: Floats, now: History, days: float) -> Floats:
    """The peer's forecast of counts [P, K] at `now`, tuned on what was asked after `before`."""
    choices = [
        dict(zip(peer.grid, values, strict=True))
        for values in itertools.product(*peer.grid.values())
    ]
    scored = [(peer.score(before, **choice), choice) for choice in choices]
    if not met.any():
        return _blended(peer.score(now, **choices[0]), now, 0.1, _usual(now, days))
    known = _known(before)
    best, choice = max(scored, key=lambda one: ndcg_by_person(one[0][known], met[known]).mean())
    blend, total = _calibrate(best, before, met)
    return _blended(peer.score(now, **choice), now, blend, total)


def _usual(now: History, days: float) -> float:
    return len(now.day) / max(-now.day.min(), 1.0) * days


def _known(history: History) -> Floats:
    return np.bincount(history.person, minlength=history.people) > 0


def _calibrate(score: Floats, before: History, met: Floats) -> tuple[float, float]:
    """The blend with popularity and the tickets a known person that had the least deviance."""
    known = _known(before)
    rate = met.sum() / known.sum()
    fits = []
    for blend in (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0):
        forecast = _blended(score, before, blend, rate)
        fits.append((poisson_deviance(forecast[known], met[known]), blend))
    return min(fits)[1], float(rate)


def _blended(score: Floats, history: History, blend: float, rate: float) -> Floats:
    """Scores and popularity in one, scaled to `rate` tickets a known person."""
    known = _known(history)
    score = np.maximum(score, 0.0)
    score = score / max(score[known].sum(), 1e-12)
    crowd = np.where(known[:, None], popularity(history, half_life=14), 0.0)
    crowd = crowd / max(crowd.sum(), 1e-12)
    return ((1 - blend) * score + blend * crowd) * rate * known.sum()


def faded_counts(history: History, half_life: float) -> Floats:
    """Tickets by person and topic, half after every half-life."""
    return history.count(np.exp2(history.day / half_life))


def popularity(history: History, *, half_life: float) -> Floats:
    """Everybody's shares of the topics, the same for each person."""
    total = faded_counts(history, half_life).sum(axis=0) + FLOOR
    return np.tile(total / total.sum(), (history.people, 1))


def cohort_popularity(history: History, *, half_life: float, strength: float) -> Floats:
    """The shares of the topics among one's cohort, shrunk to everybody's."""
    counts = faded_counts(history, half_life)
    crowd = counts.sum(axis=0) + FLOOR
    crowd = crowd / crowd.sum()
    sums = np.zeros((max(len(history.cohorts.groups), 1), counts.shape[1]))
    np.add.at(sums, history.cohorts.group, counts[history.cohorts.person])
    shares = (sums + strength * crowd) / (sums.sum(axis=1, keepdims=True) + strength)
    score = np.tile(crowd, (history.people, 1))
    score[history.cohorts.person] = shares[history.cohorts.group]
    return score


def own_history(history: History, *, half_life: float, crowd: float) -> Floats:
    """One's own faded counts, with a little popularity to break ties and fill up."""
    return faded_counts(history, half_life) + crowd * popularity(history, half_life=14)


def ease(history: History, *, ridge: float, half_life: float) -> Floats:
    """EASE (Steck 2019): the closed-form item-item ridge regression."""
    counts = np.sqrt(faded_counts(history, half_life))
    inverse = np.linalg.inv(counts.T @ counts + ridge * np.eye(counts.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return counts @ weights


def tifu_knn(history: History, *, half_life: float, neighbours: int, own: float) -> Floats:
    """TIFU-KNN (Hu and others 2020): one's faded frequencies beside those of the nearest."""
    counts = faded_counts(history, half_life)
    length = np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)
    likeness = (counts / length) @ (counts / length).T
    np.fill_diagonal(likeness, -1.0)
    count = min(neighbours, history.people - 1)
    near = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9)
    nearest = np.zeros_like(likeness)
    np.put_along_axis(nearest, near, 1.0, axis=1)
    around = nearest @ shares
    return own * shares + (1 - own) * around / count


def item_knn(history: History, *, neighbours: int, half_life: float) -> Floats:
    """Item-kNN of the implicit library, BM25 weighted."""
    from implicit.nearest_neighbours import BM25Recommender

    counts = _sparse(history, half_life)
    model = BM25Recommender(K=neighbours, num_threads=1)
    _fit(model, counts)
    return np.asarray((counts @ model.similarity).todense())


def als(history: History, *, factors: int, ridge: float, half_life: float) -> Floats:
    """Alternating least squares of the implicit library."""
    from implicit.als import AlternatingLeastSquares

    counts = _sparse(history, half_life)
    model = AlternatingLeastSquares(
        factors=factors, regularization=ridge, alpha=5.0, num_threads=1, random_state=0
    )
    _fit(model, counts)
    return np.asarray(model.user_factors @ model.item_factors.T, dtype=np.float64)


def bpr(history: History, *, factors: int, ridge: float) -> Floats:
    """Bayesian personalised ranking of the implicit library."""
    from implicit.bpr import BayesianPersonalizedRanking

    model = BayesianPersonalizedRanking(
        factors=factors, regularization=ridge, iterations=100, num_threads=1, random_state=0
    )
    _fit(model, _sparse(history, 400))
    logits = np.asarray(model.user_factors @ model.item_factors.T, dtype=np.float64)
    # A ranking score: the softmax keeps its order and makes it a share.
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _sparse(history: History, half_life: float):
    from scipy.sparse import csr_matrix

    return csr_matrix(faded_counts(history, half_life).astype(np.float32))


def _fit(model, counts) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(counts, show_progress=False)


PEERS = (
    Peer("popularity, decayed", popularity, {"half_life": (2, 4, 7, 14, 30, 120)}),
    Peer(
        "cohort popularity, shrunk",
        cohort_popularity,
        {"half_life": (4, 7, 14, 30, 120, 400), "strength": (5.0, 20.0, 50.0, 150.0)},
    ),
    Peer(
        "own history, decayed",
        own_history,
        {"half_life": (7, 14, 30, 60, 120, 400), "crowd": (0.01, 0.3, 1.0, 3.0)},
    ),
    Peer("EASE", ease, {"ridge": (1.0, 10.0, 100.0, 1000.0), "half_life": (14, 60, 400)}),
    Peer(
        "TIFU-KNN",
        tifu_knn,
        {"half_life": (14, 60, 400), "neighbours": (50, 200), "own": (0.2, 0.5, 0.8)},
    ),
    Peer("item-kNN", item_knn, {"neighbours": (20, 100), "half_life": (14, 60, 400)}),
    Peer("ALS", als, {"factors": (8, 32), "ridge": (0.1, 10.0), "half_life": (30, 400)}),
    Peer("BPR", bpr, {"factors": (8, 32), "ridge": (0.01, 0.1)}),
)


#: Trees to choose from.
ROUNDS = (60, 120, 240)

# ---- LightGBM: a learner needs a window to learn from before the one to be tuned on ------------


def boosted_forecast(windows: Sequence[tuple[History, Floats, float]], now: History, days: float):
    """LightGBM with a Poisson objective on 17 features; `windows` are the earlier ones, latest
    last, each (history before it, what was asked in it, its days)."""
    choice = (15, 120)
    if len(windows) > 1:
        earlier, (history, met, length) = windows[:-1], windows[-1]
        known = _known(history)
        scores = []
        for leaves in (7, 31):
            model, base = _boost(earlier, leaves, max(ROUNDS))
            for rounds in ROUNDS:
                forecast = _boosted(model, base, rounds, history, length)
                gain = ndcg_by_person(forecast[known], met[known]).mean()
                scores.append((gain, -rounds, -leaves))
        _, rounds, leaves = max(scores)
        choice = (-leaves, -rounds)
    model, base = _boost(windows, *choice)
    return _boosted(model, base, choice[1], now, days)


def _boost(windows, leaves: int, rounds: int):
    """A model of the log rate a day over a base rate, and that base."""
    import lightgbm

    features, labels, offsets = [], [], []
    for history, met, length in windows:
        known = np.flatnonzero(_known(history))
        features.append(_features(history.of(known)))
        labels.append(met[known].ravel())
        offsets.append(np.full(met[known].size, np.log(length)))
    base = np.log(max(np.concatenate(labels).mean(), 1e-9)) - np.log(windows[-1][2])
    data = lightgbm.Dataset(
        np.concatenate(features),
        np.concatenate(labels),
        init_score=np.concatenate(offsets) + base,
        params={"verbose": -1},
    )
    settings = {
        "objective": "poisson",
        "num_leaves": leaves,
        "learning_rate": 0.05,
        "min_data_in_leaf": 100,
        "num_threads": 1,
        "deterministic": True,
        "verbose": -1,
        "seed": 0,
    }
    return lightgbm.train(settings, data, num_boost_round=rounds), base


def _boosted(model, base: float, rounds: int, now: History, days: float) -> Floats:
    forecast = np.zeros((now.people, len(now.skills)))
    known = np.flatnonzero(_known(now))
    raw = model.predict(_features(now.of(known)), raw_score=True, num_iteration=rounds)
    forecast[known] = np.exp(raw + base).reshape(len(known), -1) * days
    return forecast


def _features(history: History) -> Floats:
    """Seventeen features of every (person, topic), as rows."""
    shape = (history.people, len(history.skills))
    own = [faded_counts(history, half_life) for half_life in (3, 14, 60, 400)]
    last = np.full(shape, 400.0)
    np.minimum.at(last, (history.person, history.skill), -history.day)
    totals = [counts.sum(axis=1) for counts in (own[0], own[1], own[3])]
    wide = [
        *totals,
        last.min(axis=1),
        (own[3] > 0).sum(axis=1),
        np.minimum(1 - history.since, 400.0),
    ]
    crowd = [popularity(history, half_life=half_life) for half_life in (3, 14, 60)]
    cohort = [
        cohort_popularity(history, half_life=half_life, strength=20.0) for half_life in (7, 60)
    ]
    sizes = np.bincount(history.cohorts.group, minlength=max(len(history.cohorts.groups), 1))
    size = np.zeros(history.people)
    size[history.cohorts.person] = sizes[history.cohorts.group]
    columns = [
        *own,
        last,
        *(np.broadcast_to(one[:, None], shape) for one in wide),
        *crowd,
        *cohort,
        np.broadcast_to(size[:, None], shape),
    ]
    return np.stack([column.ravel() for column in columns], axis=1).astype(np.float32)
