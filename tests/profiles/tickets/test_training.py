from __future__ import annotations

import random

import numpy as np
import pytest

from profiles.tickets import training
from profiles.tickets.classifier import Classifier
from profiles.tickets.cold_start import ColdStart, SkillWords
from profiles.tickets.learned import NONE
from profiles.tickets.training import (
    FOLDS,
    Example,
    Measures,
    calibration_error,
    folds_of,
    measured,
    train,
)

SKILLS = (SkillWords(1, ("Grade sync",)), SkillWords(2, ("Airplay",)), SkillWords(3, ("Rubrics",)))
#: What people here call these things: none of it is a word of the skill.
SLANG = {1: ("transfer", "score"), 2: ("wall", "mirror"), 3: ("criteria", "level"), NONE: ("bus",)}
NOISE = ["room", "class", "morning", "lesson", "student", "week", "help", "page"]


def heard(count: int, skills=(1, 2, 3), seed: int = 0) -> list[Example]:
    """Return tickets in the slang of ten people, a fifth of them about something else."""
    draw = random.Random(seed)
    examples = []
    for number in range(count):
        skill = skills[number % len(skills)]
        told = skill if draw.random() > 0.2 else draw.choice(skills)
        words = {draw.choice(SLANG[told]), *draw.sample(NOISE, 3)}
        examples.append(Example(tuple(sorted(words)), skill, f"person {draw.randrange(10)}"))
    return examples


def test_slang_is_learned_and_measured():
    learned, measures = train(heard(120), SKILLS)
    assert measures is not None
    assert (measures.tickets, measures.top1 > 0.7) == (120, True)
    assert measures.calibration_error < 0.15
    classifier = Classifier(ColdStart(SKILLS), learned)
    assert [skill for skill, _ in classifier.likeliest([["wall"], ["score"], ["level"]])] == [
        2,
        1,
        3,
    ]
    # a skill's own words were learned with the rest
    assert classifier.likeliest([["airplay"]])[0][0] == 2


def test_training_twice_gives_the_same():
    first, again = train(heard(60), SKILLS), train(heard(60), SKILLS)
    assert first[1] == again[1]
    assert np.array_equal(first[0].weights, again[0].weights)


def test_skill_that_nobody_sorted_is_still_guessed_by_its_words():
    learned, _ = train(heard(60, skills=(1, 2)), SKILLS)
    assert Classifier(ColdStart(SKILLS), learned).likeliest([["rubric"]])[0][0] == 3


def test_two_skills_are_enough_and_one_person_is_too_few_to_measure():
    alone = [example._replace(writer="one") for example in heard(30, skills=(1, 2))]
    learned, measures = train(alone, SKILLS[:2])
    assert measures is None
    assert Classifier(ColdStart(SKILLS[:2]), learned).likeliest([["wall"]])[0][0] == 2


def test_tickets_about_nothing_are_guessed_less_surely():
    with_nothing = heard(120, skills=(1, 2, 3, NONE))
    classifier = Classifier(ColdStart(SKILLS), train(with_nothing, SKILLS)[0])
    [(_, about_nothing), (skill, sure)] = classifier.likeliest([["bus"], ["wall"]])
    assert (skill, about_nothing < 0.5 < sure) == (2, True)


def test_folds_keep_a_writer_together_and_are_about_as_large():
    writers = [f"person {number % 12}" for number in range(60)]
    folds = folds_of(writers)
    assert len({(writer, fold) for writer, fold in zip(writers, folds.tolist(), strict=True)}) == 12
    assert sorted(np.bincount(folds).tolist()) == [10, 10, 10, 15, 15]


def test_nobody_is_measured_on_what_was_learned_from_them(monkeypatch):
    """Each guess that is measured comes from a model and from two numbers of other people."""
    examples = heard(60)
    folds = folds_of([example.writer for example in examples])
    fitted, mixed = [], []
    real_fit, real_mix = training._Ground.fitted, training._Ground.mix_of

    def fit(self, places, mix):
        fitted.append({int(fold) for fold in folds[places]})
        return real_fit(self, places, mix)

    def mix_of(self, logits, places):
        mixed.append({int(fold) for fold in folds[places]})
        return real_mix(self, logits, places)

    monkeypatch.setattr(training._Ground, "fitted", fit)
    monkeypatch.setattr(training._Ground, "mix_of", mix_of)
    train(examples, SKILLS)
    everybody = set(range(FOLDS))
    others = [everybody - {fold} for fold in range(FOLDS)]
    assert fitted == mixed == [*others, everybody]


def test_labels_that_mean_nothing_are_measured_as_chance():
    """Were anything leaked, guesses at random labels would be better than one in three."""
    draw = random.Random(5)
    examples = [example._replace(skill=draw.choice((1, 2, 3))) for example in heard(300)]
    _, measures = train(examples, SKILLS)
    assert measures is not None
    assert measures.top1 < 0.45
    assert measures.calibration_error < 0.1
    assert measures.not_sure > 0.8


def test_measures_of_guesses():
    sure = np.array([[0.9, 0.1], [0.6, 0.4], [0.4, 0.3], [0.2, 0.8]], np.float32)
    assert measured(sure, np.array([0, 1, 0, -1])) == Measures(
        tickets=4,
        top1=pytest.approx(2 / 3),
        calibration_error=pytest.approx((0.1 + 0.6 + 0.6 + 0.8) / 4),
        not_sure=0.25,
        right_if_sure=pytest.approx(1 / 3),
    )


def test_calibration_error_is_of_ten_bins_of_equal_count():
    how_sure = np.repeat([0.25, 0.75], 500)
    right = np.concatenate([np.tile([True, False, False, False], 125), np.ones(500, bool)])
    assert calibration_error(how_sure, right) == pytest.approx(0.125)


def test_what_no_person_sorted_teaches_a_little_and_is_not_measured():
    filed = [example._replace(weight=0.3) for example in heard(60, skills=(3,), seed=2)]
    learned, measures = train([*heard(60, skills=(1, 2)), *filed], SKILLS)
    assert measures is not None
    assert measures.tickets == 60
    assert Classifier(ColdStart(SKILLS), learned).likeliest([["criteria"]])[0][0] == 3
