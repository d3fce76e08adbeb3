from dataclasses import replace
from datetime import date

import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import (
    CourseFacts,
    GoalFacts,
    RequirementFacts,
    WhyNot,
    fits_of,
    recommend_paths,
    why_not,
)
from pdplanner.recommender.eligibility import RULES
from pdplanner.recommender.questions import UnknownTeacher
from tests.recommender.cases import ANN, AS_OF, ASKS, QUIZ, SYNC, ask, facts_of, run

TWIN = replace(SYNC, id="sync-card", title="Grade sync, short", minutes=60)


def answer(course, facts, path=None):
    return why_not(facts, "ann", course, path=path)


def test_why_not_of_a_step_says_when_it_is():
    assert answer("sync-live", facts_of()) == WhyNot("sync-live", "on-path", {"date": AS_OF})


def test_why_not_of_something_unknown():
    assert answer("nothing", facts_of()) == WhyNot("nothing", "unknown-course", {})


def test_why_not_without_need():
    assert answer("quiz-card", facts_of()) == WhyNot("quiz-card", "no-need", {"minutes": 0.0})


def test_why_not_without_effect_is_no_need():
    plain = CourseFacts("plain", "Welcome", 10, "quick-card")
    facts = facts_of(courses=[SYNC, plain])
    assert answer("plain", facts) == WhyNot("plain", "no-need", {"minutes": 0.0})
    assert [step.course for step in recommend_paths(facts)["ann"].steps] == ["sync-live"]


def test_why_not_names_the_equivalent_that_stands_in():
    twin = replace(TWIN, equivalents=frozenset({"sync-live"}))
    assert answer("sync-card", facts_of(courses=[SYNC, twin])) == WhyNot(
        "sync-card", "covered", {"course": "sync-live", "date": AS_OF}
    )


def test_why_not_names_the_step_that_does_the_work():
    tickets = (ask(3, minutes_lost=1.0), ask(1, "sync", days_ago=300, minutes_lost=1.0))
    strong = replace(SYNC, effects={"sync": 0.94})
    weak = replace(TWIN, effects={"sync": 0.9}, minutes=120)
    facts = facts_of(courses=[strong, weak], tickets=tickets)
    path = recommend_paths(facts)["ann"]
    assert [step.course for step in path.steps] == ["sync-live"]
    assert answer("sync-card", facts, path) == WhyNot(
        "sync-card", "covered", {"course": "sync-live", "date": AS_OF}
    )


def test_why_not_when_the_hours_do_more_elsewhere():
    quiz = replace(QUIZ, minutes=45)
    quizzes = tuple(replace(one, id=f"q{one.id}", skill="quiz") for one in ASKS[:3])
    facts = facts_of(
        teachers=[replace(ANN, minutes_budget=60)], courses=[SYNC, quiz], tickets=ASKS + quizzes
    )
    found = answer("quiz-card", facts)
    assert (found.rule, list(found.facts)) == ("less-helpful", ["minutes"])
    assert found.facts["minutes"] > 1.35


def test_why_not_of_a_required_session_without_room_says_so():
    due = RequirementFacts("quiz-card", date(2026, 10, 2), frozenset({"ann"}))
    day = run("sync-live", date(2026, 10, 1), slot=None, release_time=True, minutes=360)
    facts = facts_of(
        teachers=[replace(ANN, enrolled={"sync-live": day.id})],
        courses=[replace(SYNC, minutes=360, runs=(day,)), QUIZ],
        requirements=(due,),
    )
    expected = WhyNot("quiz-card", "no-room", {"due_date": date(2026, 10, 2)})
    path = recommend_paths(facts)["ann"]
    silent = replace(path, left_out=())
    shut_then = replace(path, left_out=(WhyNot("quiz-card", "missing-tool", {"tool": "pad"}),))
    assert path.left_out == (expected,)
    for standing in (path, None, silent, shut_then):
        assert answer("quiz-card", facts, standing) == expected


def test_why_not_of_a_session_said_yes_to_that_a_path_does_not_know_yet():
    path = recommend_paths(facts_of())["ann"]
    facts = facts_of(teachers=[replace(ANN, accepted=frozenset({"quiz-card"}))])
    found = answer("quiz-card", facts, path)
    assert (found.course, found.rule) == ("quiz-card", "on-path")
    both = replace(ANN, accepted=frozenset({"quiz-card", "sync-live"}), minutes_budget=50)
    silent = replace(path, steps=())
    assert answer("sync-live", facts_of(teachers=[both]), silent) == WhyNot(
        "sync-live", "no-room", {}
    )


def test_why_not_of_a_required_session_offered_too_late_says_so():
    due = RequirementFacts("sync-live", date(2026, 10, 2), frozenset({"ann"}))
    late = replace(SYNC, runs=(run("sync-live", date(2026, 10, 7)),))
    facts = facts_of(courses=[late], requirements=(due,), tickets=())
    assert recommend_paths(facts)["ann"].left_out == (
        WhyNot("sync-live", "no-run", {"due_date": date(2026, 10, 2)}),
    )


def test_why_not_answers_every_course_of_a_district():
    facts = make_district(2, Size(teachers=40, courses=60, skills=20))
    paths = recommend_paths(facts)
    rules = {*RULES[1:], "on-path", "no-need", "covered", "less-helpful", "no-room"}
    seen = set()
    for teacher in facts.teachers[:6]:
        path = paths[teacher.id]
        steps = {step.course for step in path.steps}
        for course in facts.courses:
            why = why_not(facts, teacher.id, course.id, path=path)
            assert why.course == course.id
            assert (why.rule == "on-path") == (course.id in steps)
            seen.add(why.rule)
    assert seen <= rules
    assert {"on-path", "no-need", "missing-tool", "no-run", "done"} <= seen


def test_fits_are_those_of_the_steps_and_most_helpful_first():
    facts = make_district(4, Size(teachers=40, courses=60, skills=20))
    paths = recommend_paths(facts)
    for teacher in facts.teachers[:10]:
        fits = fits_of(facts, teacher.id)
        values = [fit.value for fit in fits.values()]
        assert values == sorted(values, reverse=True)
        for step in paths[teacher.id].steps:
            if step.offering is None:
                assert fits[step.course].fit == step.fit


def test_fits_name_the_goal_that_a_session_serves():
    goal = GoalFacts("Quizzes that mark themselves", ("quiz",), date(2026, 9, 1))
    facts = facts_of(teachers=[replace(ANN, goals=(goal,))], tickets=())
    fits = fits_of(facts, "ann")
    assert list(fits) == ["quiz-card", "sync-live"]
    assert dict(fits["quiz-card"].reason.facts) == {
        "skill": "quiz",
        "words": "Quizzes that mark themselves",
        "since_date": date(2026, 9, 1),
    }
    assert (fits["sync-live"].value, fits["sync-live"].reason) == (0.0, None)


@pytest.mark.parametrize("ask_about", [fits_of, lambda facts, who: why_not(facts, who, "quiz")])
def test_questions_about_a_stranger_raise(ask_about):
    with pytest.raises(UnknownTeacher, match="'eve'"):
        ask_about(facts_of(), "eve")
