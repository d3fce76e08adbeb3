from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from profiles.models import Skill, TicketClassifier, Tool
from profiles.tickets.classifier import Classifier, newest_classifier
from profiles.tickets.cold_start import ColdStart, Features, SkillWords, sureness
from profiles.tickets.learned import NONE, Learned, told_by

SYNC, SCREEN, RUBRIC = 11, 22, 33
SKILLS = (
    SkillWords(SYNC, ("Grade sync", "grades not syncing"), ("Scores arrive",), ("Gradebook",)),
    SkillWords(SCREEN, ("Screen sharing", "airplay"), ("Your laptop on the wall",)),
    SkillWords(RUBRIC, ("Rubrics", "scoring guide"), (), ("Gradebook",)),
)


def taught(**changes) -> Learned:
    """Return a model that takes "wall" for sync and "score" for rubrics."""
    values = {
        "words": ("score", "wall"),
        "skills": (SYNC, RUBRIC),
        "idf": np.ones(2, np.float32),
        "weights": np.array([[-1, 1], [1, -1]], np.float32),
        "rest": np.zeros(2, np.float32),
        "of_scores": 1.0,
        "of_words": 5.0,
    }
    return Learned(**values | changes)


def test_cold_start_knows_phrases_tools_and_single_words():
    classifier = Classifier(ColdStart(SKILLS))
    assert not classifier.is_learned
    assert classifier.guesses(["airplay"]) == [(SCREEN, 0.5)]
    # all telling words of a phrase: more than a single word of another
    both = classifier.guesses(["grade", "syncing", "laptop"])
    assert [skill for skill, _ in both] == [SYNC, SCREEN]
    assert both[0][1] > 0.75 > 0.1 > both[1][1]
    # a tool alone speaks for its two skills alike
    assert classifier.guesses(["gradebook"]) == [(SYNC, both_sure(0.8)), (RUBRIC, both_sure(0.8))]
    assert classifier.guesses(["unheard"]) == classifier.guesses([]) == []


def both_sure(score: float) -> float:
    return pytest.approx((1 - 2**-score) / 2)


def test_guesses_of_a_batch_are_those_of_each():
    classifier = Classifier(ColdStart(SKILLS), taught())
    tickets = [["wall"], [], ["airplay", "score"], ["unheard"]]
    assert classifier.guesses_of(tickets, most=2) == [classifier.guesses(one, 2) for one in tickets]
    assert [len(found) for found in classifier.guesses_of(tickets, most=2)] == [2, 0, 2, 0]
    assert classifier.guesses_of([]) == classifier.likeliest([]) == []


def test_what_was_learned_changes_a_guess():
    assert Classifier(ColdStart(SKILLS)).likeliest([["wall"]])[0][0] == SCREEN
    learned = Classifier(ColdStart(SKILLS), taught())
    assert learned.is_learned
    assert learned.likeliest([["wall"]])[0][0] == SYNC
    # what the skill's own words say still counts
    assert learned.likeliest([["wall", "airplay", "screen", "sharing"]])[0][0] != RUBRIC


def test_probabilities_of_what_was_learned_add_up_to_one():
    learned = Classifier(ColdStart(SKILLS), taught())
    assert learned.probabilities([["wall"], ["score"]]).sum(axis=1) == pytest.approx([1, 1])


def test_deleted_skills_are_never_guessed_and_new_ones_by_their_words():
    learned = Classifier(ColdStart(SKILLS[1:]), taught())
    assert {skill for skill, _ in learned.guesses(["wall"])} == {SCREEN, RUBRIC}
    assert learned.guesses(["airplay", "screen", "sharing"], 1)[0][0] == SCREEN


def test_tickets_about_nothing_make_it_less_sure():
    three = {
        "skills": (SYNC, RUBRIC, NONE),
        "weights": np.array([[-1, 1, -1], [1, -1, 0.9]], np.float32),
        "rest": np.zeros(3, np.float32),
    }
    [(skill, sure)] = Classifier(ColdStart(SKILLS), taught(**three)).likeliest([["wall"]])
    assert (skill, sure < 0.7) == (SYNC, True)
    assert Classifier(ColdStart(SKILLS), taught()).likeliest([["wall"]])[0][1] > 0.9


def test_no_skills_at_all_is_no_trouble():
    nothing = Classifier(ColdStart(()))
    assert (nothing.guesses(["wall"]), nothing.likeliest([["wall"]])) == ([], [(0, 0.0)])


def test_sureness_is_share_beside_the_best_other():
    scores = np.array([[2.0, 1.0, 0.0], [1.0, 0.0, 0.0]], np.float32)
    expected = [[0.75 * 2 / 3, 0.5 / 3, 0.0], [0.5, 0.0, 0.0]]
    assert np.allclose(sureness(scores), expected)


def test_phrases_count_when_all_words_are_there():
    features = Features(["cast", "screen"], [("cast", "screen"), ("cast", "my", "screen")])
    bags = features.bags([["screen", "cast", "cast"], [], ["my", "screen"]])
    assert [sorted(part.tolist()) for part in np.split(bags.ids, bags.starts[1:])] == [
        [0, 1, 2, features.of_phrase["cast", "screen"]],
        [0],
        [0, 2],
    ]


def test_category_is_told_by_marks_that_nobody_can_read():
    words, whole, part = told_by("wall", "Screens of Nora", "Big ones")
    assert words == "wall"
    assert whole.startswith("category:")
    assert not {"screens", "nora", "big"} & set((whole + part).casefold().split(":"))
    assert told_by("wall", "screens of nora") == ["wall", whole]
    assert told_by("", "Big ones") != [part] != told_by("", "Screens of Nora", "Others")[1:]
    assert told_by("wall score", "", "Big ones") == ["wall", "score"]


def test_category_counts_beside_the_words():
    mark = told_by("", "Marks")[0]
    weights = np.array([[-1, 1], [-1, 1], [1, -1]], np.float32)
    model = taught(words=(mark, "score", "wall"), idf=np.ones(3, np.float32), weights=weights)
    classifier = Classifier(ColdStart(SKILLS), model)
    asked = [told_by("wall", ""), told_by("wall", "Screens"), told_by("wall score", "Marks")]
    assert [skill for skill, _ in classifier.likeliest(asked)] == [SYNC, SYNC, RUBRIC]


def test_what_was_learned_is_stored_without_pickle():
    content = taught().to_bytes()
    again = Learned.from_bytes(content)
    assert (again.words, again.skills, again.of_scores) == (("score", "wall"), (SYNC, RUBRIC), 1.0)
    assert np.array_equal(again.weights, taught().weights)
    with pytest.raises(ValueError, match="pickle"):
        Learned.from_bytes(_pickled())


def _pickled() -> bytes:
    import io

    stream = io.BytesIO()
    np.savez(stream, words=np.array([object()], dtype=object))
    return stream.getvalue()


def test_newest_classifier_follows_skills_and_what_is_learned(
    grade_sync, screen_sharing, django_assert_max_num_queries
):
    assert newest_classifier().guesses(["airplay"], 1) == [(screen_sharing.pk, 0.5)]
    with django_assert_max_num_queries(12):
        assert newest_classifier() is newest_classifier()
    added = Skill.objects.create(name="Weaving", tool=Tool.objects.get())
    assert newest_classifier().guesses(["weaving"], 1) == [(added.pk, 0.5)]
    held = taught(skills=(grade_sync.pk, screen_sharing.pk))
    for number, parameters in enumerate([taught(words=("a", "b")), held]):
        TicketClassifier.objects.create(
            trained_at=f"2026-10-0{number + 1}T02:00Z", tickets=30, parameters=parameters.to_bytes()
        )
    assert newest_classifier().is_learned
    assert newest_classifier().guesses(["wall"], 1)[0][0] == grade_sync.pk


PROGRAM = """
import sys
import numpy as np
import django
django.setup()
import profiles.tickets.importing, profiles.tickets.learning, profiles.tickets.feeds.syncing
import pdplanner.plans.tasks, profiles.tasks
from profiles.tickets.classifier import Classifier
from profiles.tickets.cold_start import ColdStart, SkillWords
from profiles.tickets.learned import Learned
skills = (SkillWords(1, ("Grade sync",)), SkillWords(2, ("Airplay",)))
weights = np.array([[1, -1]], "f4")
learned = Learned(("wall",), (1, 2), np.ones(1, "f4"), weights, np.zeros(2, "f4"), 1.0, 5.0)
again = Learned.from_bytes(learned.to_bytes())
print(Classifier(ColdStart(skills), again).likeliest([["wall"]])[0][0])
print([name for name in ("sklearn", "scipy", "joblib") if name in sys.modules])
"""


def test_guessing_loads_neither_scikit_learn_nor_scipy():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["1", "[]"]
