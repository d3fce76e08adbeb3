from dataclasses import replace
from datetime import date

import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import CourseFacts, PathRules, RequirementFacts, recommend_paths
from pdplanner.recommender.path import survey
from pdplanner.recommender.soundness import ImpossibleEffect
from pdplanner.recommender.whatif import UnknownCourse, clash, what_if
from tests.recommender.cases import ANN, AS_OF, ASKS, QUIZ, SYNC, facts_of, run

DRAFT = CourseFacts("draft", "A new one", 30, "self-paced", effects={"sync": 0.4})
BEN = replace(ANN, id="ben")
WEDNESDAY = date(2026, 10, 7)


def asked(facts, draft, paths=None):
    return what_if(facts, draft, paths=recommend_paths(facts) if paths is None else paths)


def test_draft_saves_what_it_would_save_once_published():
    """The promise is kept by a replan with the draft in the catalogue."""
    facts = facts_of(courses=[QUIZ])
    reach = asked(facts, DRAFT)
    published = recommend_paths(replace(facts, courses=(QUIZ, DRAFT)))["ann"]
    (step,) = published.steps
    (one,) = reach.reached
    assert (one.teacher, one.fit, one.instead_of) == ("ann", step.fit, ())
    assert one.minutes == pytest.approx(step.value)
    assert sum(one.because.values()) == pytest.approx(one.minutes)
    assert (reach.minutes, reach.seats, reach.shut_out) == (one.minutes, None, {})


def test_draft_counts_only_what_the_path_leaves():
    facts = facts_of(courses=[SYNC])
    alone = asked(facts, DRAFT, paths={}).minutes
    assert 0 < asked(facts, DRAFT).minutes < alone


def test_draft_takes_the_place_of_what_saves_less():
    facts = facts_of(teachers=[replace(ANN, minutes_budget=50)], courses=[SYNC])
    paths = recommend_paths(facts)
    better = replace(DRAFT, minutes=20, effects={"sync": 0.9})
    (one,) = asked(facts, better).reached
    assert one.instead_of == ("sync-live",)
    published = recommend_paths(replace(facts, courses=(SYNC, better)))
    assert one.minutes == pytest.approx(published["ann"].value - paths["ann"].value)


def test_draft_never_displaces_what_the_teacher_said_yes_to_or_must_take():
    due = RequirementFacts("sync-live", date(2026, 11, 2), frozenset({"ann"}))
    better = replace(DRAFT, minutes=20, effects={"sync": 0.9})
    short = replace(ANN, minutes_budget=50)
    for facts in (
        facts_of(teachers=[replace(short, accepted=frozenset({"sync-live"}))], courses=[SYNC]),
        facts_of(teachers=[short], courses=[SYNC], requirements=(due,)),
    ):
        reach = asked(facts, better)
        assert (reach.reached, reach.shut_out) == ((), {"less-helpful": 1})


def test_draft_says_which_rules_shut_out_how_many():
    facts = facts_of(
        teachers=[
            replace(ANN, grades=("6-8",)),
            replace(BEN, grades=("pk-2",)),
            replace(ANN, id="cat", grades=("pk-2",)),
            replace(ANN, id="dan", left_date=date(2026, 9, 1)),
            replace(ANN, id="eve"),
        ],
        courses=[QUIZ],
    )
    reach = asked(facts, replace(DRAFT, grades=frozenset({"6-8"})))
    assert [one.teacher for one in reach.reached] == ["ann"]
    assert reach.shut_out == {"no-need": 1, "not-your-grades": 2}


def test_draft_waits_for_a_week_with_room():
    tight = replace(ANN, weekly_minutes=45)
    facts = facts_of(teachers=[tight], courses=[SYNC])
    dated = replace(DRAFT, format="live", runs=(run("draft", date(2026, 9, 30)),))
    assert asked(facts, dated).shut_out == {"less-helpful": 1}
    assert len(asked(facts, DRAFT).reached) == 1


QUIZZES = tuple(replace(one, id=f"q{one.id}", skill="quiz") for one in ASKS)
LIVE = replace(DRAFT, minutes=45, format="live", effects={"quiz": 0.6})
FULL, ROOMY = date(2026, 9, 30), date(2026, 10, 14)


def promised_and_kept(facts, draft):
    """Minutes of what-if for each teacher, and what a replan with the draft brings them."""
    paths = recommend_paths(facts)
    published = recommend_paths(replace(facts, courses=(*facts.courses, draft)), previous=paths)
    promised = {one.teacher: one.minutes for one in asked(facts, draft, paths).reached}
    kept = {
        teacher: path.value - paths[teacher].value
        for teacher, path in published.items()
        if any(step.course == draft.id for step in path.steps)
    }
    return promised, kept


def test_draft_goes_into_the_run_that_has_room():
    tight = replace(ANN, weekly_minutes=45)
    facts = facts_of(teachers=[tight], courses=[SYNC], tickets=ASKS + QUIZZES)
    assert recommend_paths(facts)["ann"].steps[0].week_date == AS_OF
    runs = (run("draft", FULL, name="d1"), run("draft", ROOMY, name="d2"))
    promised, kept = promised_and_kept(facts, replace(LIVE, effects={"quiz": 0.3}, runs=runs))
    assert kept == {"ann": pytest.approx(promised["ann"])}
    assert asked(facts, replace(LIVE, effects={"quiz": 0.3}, runs=runs[:1])).reached == ()


def test_draft_of_which_a_run_clashes_with_a_better_step_is_less_helpful():
    live = replace(SYNC, format="live", runs=(run("sync-live", FULL, name="l1"),))
    facts = facts_of(courses=[live], tickets=ASKS + QUIZZES)
    weak = replace(LIVE, effects={"quiz": 0.15}, runs=(run("draft", FULL, name="d1"),))
    reach = asked(facts, weak)
    assert (reach.reached, reach.shut_out) == ((), {"less-helpful": 1})
    assert promised_and_kept(facts, weak) == ({}, {})
    elsewhere = replace(weak, runs=(*weak.runs, run("draft", ROOMY, name="d2")))
    promised, kept = promised_and_kept(facts, elsewhere)
    assert kept == {"ann": pytest.approx(promised["ann"])}


def test_draft_takes_the_place_of_a_clashing_step_that_saves_less():
    live = replace(SYNC, format="live", runs=(run("sync-live", FULL, name="l1"),))
    facts = facts_of(courses=[live], tickets=ASKS[:2] + QUIZZES)
    draft = replace(LIVE, effects={"quiz": 0.9}, runs=(run("draft", FULL, name="d1"),))
    (one,) = asked(facts, draft).reached
    assert one.instead_of == ("sync-live",)
    promised, kept = promised_and_kept(facts, draft)
    assert kept == {"ann": pytest.approx(promised["ann"])}
    held = replace(ANN, accepted=frozenset({"sync-live"}))
    facts = replace(facts, teachers=(held,))
    assert asked(facts, draft).shut_out == {"less-helpful": 1}


def test_draft_takes_the_place_of_its_equivalent():
    facts = facts_of(courses=[SYNC])
    better = replace(DRAFT, effects={"sync": 0.9}, equivalents=frozenset({"sync-live"}))
    (one,) = asked(facts, better).reached
    assert one.instead_of == ("sync-live",)
    promised, kept = promised_and_kept(facts, better)
    assert kept == {"ann": pytest.approx(promised["ann"])}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, True),
        ({}, {"slot": "wed-prep"}, False),
        ({}, {"slot": None}, True),
        ({}, {"start_date": ROOMY, "end_date": ROOMY}, False),
        ({}, {"slot": "wed-prep", "dates": (FULL, ROOMY)}, True),
        ({"dates": (FULL, WEDNESDAY)}, {"dates": (ROOMY,)}, False),
    ],
)
def test_runs_clash_that_share_a_slot_of_a_day_or_take_whole_days(one, other, expected):
    plain = run("sync-live", FULL)
    found = [
        clash(replace(plain, **a), replace(plain, **b)) for a, b in ((one, other), (other, one))
    ]
    assert found == [expected, expected]


def test_draft_that_requires_another_reaches_those_who_have_it():
    draft = replace(DRAFT, requires=frozenset({"quiz-card"}))
    done = replace(ANN, done={"quiz-card": date(2026, 3, 2)})
    assert len(asked(facts_of(teachers=[done], courses=[QUIZ]), draft).reached) == 1
    assert asked(facts_of(courses=[QUIZ]), draft).shut_out == {"less-helpful": 1}


def test_one_more_run_reaches_those_whom_the_runs_so_far_do_not():
    live = replace(SYNC, format="live", runs=(run("sync-live", WEDNESDAY),))
    early = replace(ANN, free_slots=frozenset({"thu-before"}))
    bens = tuple(replace(one, id=f"ben{one.id}", teacher="ben") for one in ASKS)
    facts = facts_of(teachers=[early, BEN], courses=[live], tickets=ASKS + bens)
    more = run("sync-live", date(2026, 10, 8), slot="thu-before", seats=1)
    reach = asked(facts, more)
    assert [one.teacher for one in reach.reached] == ["ann"]
    assert (reach.seats, reach.shut_out) == (1, {"on-path": 1})
    assert reach.minutes == reach.reached[0].minutes


def test_seats_go_to_those_it_helps_most():
    bens = tuple(replace(one, id=f"ben{one.id}", teacher="ben") for one in ASKS[:3])
    facts = facts_of(teachers=[ANN, BEN], courses=[QUIZ], tickets=ASKS + bens)
    one_seat = replace(DRAFT, runs=(run("draft", WEDNESDAY, seats=1),))
    reach = asked(facts, one_seat)
    assert [one.teacher for one in reach.reached] == ["ann", "ben"]
    assert reach.minutes == reach.reached[0].minutes


def test_what_if_changes_no_path():
    facts = make_district(1, Size(teachers=40, courses=60, skills=20))
    paths = recommend_paths(facts)
    before = repr(paths)
    ground = survey(facts, PathRules())
    draft = replace(DRAFT, effects={"skill-001": 0.4})
    assert what_if(facts, draft, paths=paths, ground=ground) == what_if(facts, draft, paths=paths)
    assert repr(paths) == before


def test_what_if_of_bad_drafts_raises():
    with pytest.raises(UnknownCourse, match="'gone'"):
        asked(facts_of(), run("gone", WEDNESDAY))
    with pytest.raises(ImpossibleEffect, match="'draft'"):
        asked(facts_of(), replace(DRAFT, effects={"sync": 1.0}))
