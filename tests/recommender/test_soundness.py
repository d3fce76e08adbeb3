from dataclasses import replace
from datetime import date

import pytest

from pdplanner.recommender import (
    BadFacts,
    CalendarFacts,
    GoalFacts,
    Rollout,
    SpecialDay,
    TicketFacts,
    recommend_paths,
)
from pdplanner.recommender.facts import Answer
from pdplanner.recommender.soundness import (
    CyclicPrerequisites,
    DuplicateId,
    ImpossibleDates,
    ImpossibleEffect,
    ImpossibleMinutes,
    UnknownSkill,
    UnknownSlot,
    UnknownTeacher,
    UnknownWord,
    check_facts,
)
from tests.recommender.cases import ANN, AS_OF, QUIZ, SYNC, ask, facts_of, run

KNOWN = frozenset({"sync", "quiz"})
LIVE = run("sync-live", date(2026, 10, 7))
TERM_ENDS = date(2026, 12, 23)
BACK_TO_FRONT = SpecialDay("holiday", date(2026, 12, 23), date(2026, 12, 21), "Winter break")
BACKWARDS = run("sync-live", date(2026, 10, 7), end_date=date(2026, 10, 6))


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"teachers": (ANN, ANN)}, DuplicateId, "teacher 'ann' occurs twice"),
        ({"courses": (SYNC, SYNC)}, DuplicateId, "course 'sync-live' occurs twice"),
        (
            {"courses": (replace(SYNC, minutes=-5),)},
            ImpossibleMinutes,
            "course 'sync-live' has -5 minutes",
        ),
        (
            {"teachers": (replace(ANN, minutes_budget=-1),)},
            ImpossibleMinutes,
            "teacher 'ann' has -1 minutes",
        ),
        (
            {"courses": (replace(SYNC, effects={"sync": 0.95}),)},
            ImpossibleEffect,
            "course 'sync-live' has effect 0.95 on skill 'sync'",
        ),
        (
            {"courses": (replace(SYNC, effects={"synk": 0.4}),), "skills": KNOWN},
            UnknownSkill,
            "course 'sync-live' names unknown skill 'synk'",
        ),
        (
            {"tickets": (TicketFacts(7, "ann", "synk", "how-to", AS_OF),), "skills": KNOWN},
            UnknownSkill,
            "ticket 7 names unknown skill 'synk'",
        ),
        (
            {
                "teachers": (replace(ANN, goals=(GoalFacts("", ("synk",), AS_OF),)),),
                "skills": KNOWN,
            },
            UnknownSkill,
            "a goal of teacher 'ann' names unknown skill 'synk'",
        ),
        (
            {"teachers": (replace(ANN, muted_skills=frozenset({"synk"})),), "skills": KNOWN},
            UnknownSkill,
            "what teacher 'ann' closed names unknown skill 'synk'",
        ),
        (
            {"teachers": (replace(ANN, known_skills=frozenset({"synk"})),), "skills": KNOWN},
            UnknownSkill,
            "what teacher 'ann' closed names unknown skill 'synk'",
        ),
        (
            {"teachers": (replace(ANN, levels={"synk": "A1"}),), "skills": KNOWN},
            UnknownSkill,
            "a level of teacher 'ann' names unknown skill 'synk'",
        ),
        (
            {"answers": (Answer("ann", "synk", "not-quite", AS_OF),), "skills": KNOWN},
            UnknownSkill,
            "an answer of teacher 'ann' names unknown skill 'synk'",
        ),
        (
            {"answers": (Answer("eve", "sync", "not-quite", AS_OF),)},
            UnknownTeacher,
            "an answer of 2026-09-28 is of unknown teacher 'eve'",
        ),
        (
            {"answers": (Answer("ann", "sync", "so-so", AS_OF),)},
            UnknownWord,
            "an answer of teacher 'ann' has unknown answer 'so-so'",
        ),
        (
            {"teachers": (replace(ANN, levels={"sync": "Z9"}),)},
            UnknownWord,
            "teacher 'ann' has unknown level 'Z9'",
        ),
        (
            {"courses": (replace(SYNC, level="Z9"),)},
            UnknownWord,
            "course 'sync-live' has unknown level 'Z9'",
        ),
        (
            {"teachers": (replace(ANN, support_style="alone"),)},
            UnknownWord,
            "teacher 'ann' has unknown support style 'alone'",
        ),
        (
            {"teachers": (replace(ANN, formats=("radio",)),)},
            UnknownWord,
            "teacher 'ann' has unknown format 'radio'",
        ),
        (
            {"courses": (replace(SYNC, format="radio"),)},
            UnknownWord,
            "course 'sync-live' has unknown format 'radio'",
        ),
        (
            {"teachers": (replace(ANN, minutes_budget=10.5),)},
            ImpossibleMinutes,
            "teacher 'ann' has 10.5 minutes",
        ),
        (
            {"rollouts": (Rollout("board", ("synk",), None, AS_OF),), "skills": KNOWN},
            UnknownSkill,
            "roll-out of tool 'board' names unknown skill 'synk'",
        ),
        (
            {"teachers": (replace(ANN, free_slots=frozenset({"sat-after"})),)},
            UnknownSlot,
            "teacher 'ann' has unknown slot 'sat-after'",
        ),
        (
            {"courses": (replace(SYNC, runs=(BACKWARDS,)),)},
            ImpossibleDates,
            f"run {BACKWARDS.id!r} of course 'sync-live' ends before it starts",
        ),
        (
            {"calendar": CalendarFacts(AS_OF, date(2026, 9, 1))},
            ImpossibleDates,
            "the calendar ends on 2026-09-01, before it starts",
        ),
        (
            {"calendar": CalendarFacts(AS_OF, TERM_ENDS, special_days=(BACK_TO_FRONT,))},
            ImpossibleDates,
            "special day 'Winter break' ends on 2026-12-21, before it starts",
        ),
        ({"tickets": (ask(1), ask(1))}, DuplicateId, "ticket 'ann-sync-1' occurs twice"),
        (
            {"courses": (replace(SYNC, runs=(LIVE, LIVE)),)},
            DuplicateId,
            f"run {LIVE.id!r} occurs twice",
        ),
        (
            {"courses": (replace(SYNC, runs=(replace(LIVE, minutes=-1),)),)},
            ImpossibleMinutes,
            f"run {LIVE.id!r} of course 'sync-live' has -1 minutes",
        ),
        (
            {"courses": (replace(SYNC, runs=(replace(LIVE, slot="noon"),)),)},
            UnknownSlot,
            f"run {LIVE.id!r} of course 'sync-live' has unknown slot 'noon'",
        ),
        (
            {"teachers": (replace(ANN, weekly_minutes=-30),)},
            ImpossibleMinutes,
            "the week of teacher 'ann' has -30 minutes",
        ),
        (
            {"courses": (replace(SYNC, requires=frozenset({"sync-live"})),)},
            CyclicPrerequisites,
            "courses require each other in a circle: sync-live",
        ),
        (
            {
                "courses": (
                    replace(SYNC, requires=frozenset({"quiz-card"})),
                    replace(QUIZ, requires=frozenset({"sync-live"})),
                )
            },
            CyclicPrerequisites,
            "courses require each other in a circle: quiz-card, sync-live",
        ),
    ],
)
def test_facts_that_cannot_be_are_named(changes, error, words):
    with pytest.raises(error, match="^" + words.replace("(", r"\(") + "$"):
        recommend_paths(facts_of(**changes))


@pytest.mark.parametrize(
    "changes", [{"teachers": (ANN, ANN)}, {"teachers": ()}, {"tickets": (ask(1, minutes_lost=-1),)}]
)
def test_every_kind_of_bad_facts_is_caught_as_one(changes):
    with pytest.raises(BadFacts):
        recommend_paths(facts_of(**changes))


def test_prerequisite_that_is_not_offered_is_no_error():
    check_facts(facts_of(courses=(replace(SYNC, requires=frozenset({"gone"})),), skills=KNOWN))
