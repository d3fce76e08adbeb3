"""The peers: what others would use to foretell who asks about what. Yardsticks only.

The simple ones (popularity, cohort, own history) live with the product, which shows them too.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from pdplanner.recommender.baselines import (
    BASELINES,
    Baseline,
    cohort_popularity,
    faded_counts,
    foretell_by,
    known_people,
    popularity,
)
from pdplanner.recommender.history import Floats, History
from pdplanner.recommender.yardsticks import ndcg_by_person


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
    if count < 1:
        return counts  # nobody is near
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
    *BASELINES,
    Baseline("EASE", ease, {"ridge": (1.0, 10.0, 100.0, 1000.0), "half_life": (14, 60, 400)}),
    Baseline(
        "TIFU-KNN",
        tifu_knn,
        {"half_life": (30, 400), "neighbours": (100,), "own": (0.2, 0.5, 0.8)},
    ),
    Baseline("item-kNN", item_knn, {"neighbours": (20, 100), "half_life": (14, 60, 400)}),
    Baseline("ALS", als, {"factors": (8, 32), "ridge": (0.1, 10.0), "half_life": (30, 400)}),
    Baseline("BPR", bpr, {"factors": (8, 32), "ridge": (0.01, 0.1)}),
)


#: The feature that tells whether a person ever asked about a topic.
OWN_COLUMN = 3
#: Trees to choose from.
ROUNDS = (60, 120, 240)

# ---- LightGBM: a learner needs a window to learn from before the one to be tuned on ------------


def boosted_forecast(windows: Sequence[tuple[History, Floats, float]], now: History, days: float):
    """LightGBM with a Poisson objective on 17 features; `windows` are the earlier ones, latest
    last, each (history before it, what was asked in it, its days). Popularity where there is
    nothing to learn from."""
    windows = [window for window in windows if window[1][known_people(window[0])].any()]
    if not windows:
        return foretell_by(BASELINES[0], now, np.zeros((now.people, len(now.skills))), now, days)
    choice = (15, 120)
    if len(windows) > 1:
        history, met, length = windows[-1]
        known = known_people(history)
        scores = []
        for leaves in (7, 15):
            model, base = _boost(windows[:-1], leaves, max(ROUNDS))
            for rounds in ROUNDS:
                forecast = _boosted(model, base, rounds, history, length)
                gain = ndcg_by_person(forecast[known], met[known]).mean()
                scores.append((gain, -rounds, -leaves))
        _, rounds, leaves = max(scores)
        choice = (-leaves, -rounds)
    # Learning from the last window alone served it better than from all of them.
    model, base = _boost(windows[-1:], *choice)
    return _boosted(model, base, choice[1], now, days)


def _boost(windows, leaves: int, rounds: int):
    """A model of the log rate a day over a base rate, and that base."""
    import lightgbm

    features, labels, offsets, weights = [], [], [], []
    for history, met, length in windows:
        known = np.flatnonzero(known_people(history))
        rows, label = _features(history.of(known)), met[known].ravel()
        # Of the cells where nothing was or had been asked, one in eight stands for all of them.
        told = (label > 0) | (rows[:, OWN_COLUMN] > 0)
        kept = told | (np.arange(len(label)) * 2654435761 % 2**32 < 2**29)
        features.append(rows[kept])
        labels.append(label[kept])
        offsets.append(np.full(kept.sum(), np.log(length)))
        weights.append(np.where(told[kept], 1.0, 8.0))
    label, weight = np.concatenate(labels), np.concatenate(weights)
    base = np.log((label * weight).sum() / (weight * np.exp(np.concatenate(offsets))).sum())
    data = lightgbm.Dataset(
        np.concatenate(features),
        label,
        weight=weight,
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
    known = np.flatnonzero(known_people(now))
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
