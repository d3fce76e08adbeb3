from dataclasses import replace
from datetime import date, timedelta

import pytest

from pdplanner.recommender import (
    CourseFacts,
    Dismissal,
    RequirementFacts,
    Rollout,
    SpecialDay,
    WhyNot,
    recommend_paths,
    why_not,
)
from tests.recommender.cases import ANN, AS_OF, ASKS, CALENDAR, QUIZ, SYNC, facts_of, run

WEDNESDAY = date(2026, 10, 7)
LIVE = replace(SYNC, format="live", runs=(run("sync-live", WEDNESDAY),))
PAST = run("sync-live", date(2026, 9, 23), name="past")
FIRST = CourseFacts("first", "First steps", 30, "self-paced")


WEEK_OFF = SpecialDay("holiday", date(2026, 11, 9), date(2026, 11, 13), "Fall break")


def shut(teacher=ANN, course=SYNC, others=(), **changes):
    return why_not(
        facts_of(teachers=[teacher], courses=[course, *others], **changes), "ann", "sync-live"
    )


@pytest.mark.parametrize(
    ("teacher", "course", "rule", "facts"),
    [
        (
            replace(ANN, done={"sync-live": date(2026, 5, 4)}),
            SYNC,
            "done",
            {"date": date(2026, 5, 4)},
        ),
        (
            replace(ANN, done={"sync-old": date(2026, 5, 4)}),
            replace(SYNC, equivalents=frozenset({"sync-old"})),
            "equivalent-done",
            {"course": "sync-old", "date": date(2026, 5, 4)},
        ),
        (
            replace(ANN, enrolled={"sync-live": "past"}),
            replace(LIVE, runs=(PAST, run("sync-live", WEDNESDAY))),
            "enrolled",
            {"date": date(2026, 9, 23)},
        ),
        (
            replace(ANN, enrolled={"sync-live": "gone"}),
            LIVE,
            "enrolled",
            {},
        ),
        (
            replace(ANN, dismissed=(Dismissal("sync-live", "not my tool", date(2026, 9, 1)),)),
            SYNC,
            "dismissed",
            {"reason": "not my tool", "date": date(2026, 9, 1)},
        ),
        (
            ANN,
            replace(SYNC, schools=frozenset({"south"})),
            "not-your-school",
            {"schools": ("south",)},
        ),
        (
            replace(ANN, grades=("3-5",)),
            replace(SYNC, grades=frozenset({"9-12", "6-8"})),
            "not-your-grades",
            {"grades": ("6-8", "9-12")},
        ),
        (
            replace(ANN, subjects=("art",)),
            replace(SYNC, subjects=frozenset({"math"})),
            "not-your-subjects",
            {"subjects": ("math",)},
        ),
        (
            replace(ANN, tools=frozenset({"slides"})),
            replace(SYNC, tools=frozenset({"slides", "gradebook"})),
            "missing-tool",
            {"tool": "gradebook"},
        ),
        (replace(ANN, weekly_minutes=30), SYNC, "too-long", {"minutes": 45, "limit": 30}),
        (replace(ANN, minutes_budget=40), SYNC, "too-long", {"minutes": 45, "limit": 40}),
        (ANN, replace(LIVE, runs=()), "no-run", {}),
        (
            ANN,
            replace(LIVE, runs=(run("sync-live", date(2026, 11, 11), slot=None),)),
            "no-school",  # a week off
            {"date": date(2026, 11, 11)},
        ),
        (
            replace(ANN, left_date=WEDNESDAY),
            replace(LIVE, runs=(run("sync-live", date(2026, 10, 9)),)),
            "no-school",
            {"date": date(2026, 10, 9)},
        ),
        (
            replace(ANN, left_date=date(2026, 10, 8)),
            replace(
                LIVE, runs=(run("sync-live", WEDNESDAY, slot=None, end_date=date(2026, 10, 8)),)
            ),
            "no-school",
            {"date": WEDNESDAY},
        ),
        (
            replace(ANN, started_date=date(2026, 10, 8)),
            LIVE,
            "no-school",
            {"date": WEDNESDAY},
        ),
        (ANN, replace(LIVE, runs=(run("sync-live", AS_OF),)), "no-run", {}),
        (ANN, replace(LIVE, runs=(run("sync-live", date(2026, 12, 19)),)), "no-run", {}),
        (
            ANN,
            replace(LIVE, runs=(run("sync-live", WEDNESDAY, seats=0),)),
            "no-seat",
            {"date": WEDNESDAY},
        ),
        (
            replace(ANN, free_slots=frozenset({"mon-prep"})),
            LIVE,
            "no-free-slot",
            {"date": WEDNESDAY},
        ),
        (
            replace(ANN, busy_dates=frozenset({WEDNESDAY})),
            LIVE,
            "no-free-slot",
            {"date": WEDNESDAY},
        ),
        (
            ANN,
            replace(SYNC, requires=frozenset({"gone"})),
            "missing-prerequisite",
            {"course": "gone"},
        ),
    ],
)
def test_course_is_shut_out_by_the_first_rule(teacher, course, rule, facts):
    calendar = replace(CALENDAR, special_days=(WEEK_OFF,))
    assert shut(teacher, course, calendar=calendar) == WhyNot("sync-live", rule, facts)


@pytest.mark.parametrize(
    ("teacher", "course"),
    [
        # Whoever states nothing is not kept out by what others must have.
        (ANN, replace(SYNC, grades=frozenset({"9-12"}), subjects=frozenset({"math"}))),
        (ANN, replace(SYNC, tools=frozenset({"gradebook"}))),
        (replace(ANN, school=None, schools=()), replace(SYNC, schools=frozenset({"south"}))),
        # A yes, or a seat, counts for more than who a session is meant for.
        (
            replace(ANN, grades=("3-5",), accepted=frozenset({"sync-live"})),
            replace(SYNC, grades=frozenset({"9-12"})),
        ),
        (
            replace(ANN, enrolled={"sync-live": "mine"}),
            replace(LIVE, runs=(run("sync-live", WEDNESDAY, seats=0, name="mine"),)),
        ),
        # Class time with a substitute, and a PD day, need no free slot.
        (
            replace(ANN, free_slots=frozenset({"mon-prep"})),
            replace(LIVE, runs=(run("sync-live", WEDNESDAY, slot=None, release_time=True),)),
        ),
        (
            replace(ANN, free_slots=frozenset({"mon-prep"})),
            replace(LIVE, runs=(run("sync-live", date(2026, 10, 14)),)),
        ),
        # Whoever leaves on Thursday, or started on Wednesday, is here on Wednesday.
        (replace(ANN, left_date=date(2026, 10, 8)), LIVE),
        (replace(ANN, started_date=WEDNESDAY), LIVE),
        # A Saturday of a week with school.
        (ANN, replace(LIVE, runs=(run("sync-live", date(2026, 10, 10), slot=None),))),
        # No slots named: any will do, an evening too.
        (ANN, replace(LIVE, runs=(run("sync-live", WEDNESDAY, slot=None),))),
        (
            replace(ANN, done={"first": date(2025, 3, 3)}),
            replace(SYNC, requires=frozenset({"first"})),
        ),
        (
            replace(ANN, tools=frozenset({"slides"})),
            replace(SYNC, tools=frozenset({"board"})),
        ),
    ],
)
def test_course_is_open(teacher, course):
    facts = facts_of(
        teachers=[teacher],
        courses=[course],
        calendar=replace(
            CALENDAR, special_days=(SpecialDay("pd", date(2026, 10, 14), date(2026, 10, 14)),)
        ),
        rollouts=(Rollout("board", (), "north", date(2026, 11, 2)),),
    )
    path = recommend_paths(facts)["ann"]
    assert [step.course for step in path.steps] == ["sync-live"]


def test_tool_taken_away_is_missing():
    gone = Rollout("gradebook", (), "north", date(2025, 8, 1), until_date=date(2026, 6, 30))
    teacher = replace(ANN, tools=frozenset({"gradebook"}))
    course = replace(SYNC, tools=frozenset({"gradebook"}))
    assert shut(teacher, course, rollouts=(gone,)) == WhyNot(
        "sync-live", "missing-tool", {"tool": "gradebook"}
    )


@pytest.mark.parametrize("still_from", [date(2024, 8, 1), date(2025, 12, 1)])
def test_tool_taken_away_at_one_school_is_here_while_another_has_it(still_from):
    rollouts = (
        Rollout("gradebook", (), "north", still_from),
        Rollout("gradebook", (), "south", date(2025, 8, 1), until_date=date(2026, 6, 30)),
    )
    teacher = replace(ANN, schools=("north", "south"), tools=frozenset({"gradebook"}))
    course = replace(SYNC, tools=frozenset({"gradebook"}))
    facts = facts_of(teachers=[teacher], courses=[course], rollouts=rollouts)
    (step,) = recommend_paths(facts)["ann"].steps
    assert (step.course, step.fit["tools"]) == ("sync-live", 1.0)


def test_seat_in_a_run_that_is_over_is_not_left_out():
    teacher = replace(ANN, enrolled={"sync-live": "past"})
    twin = replace(SYNC, id="sync-alone", equivalents=frozenset({"sync-live"}))
    facts = facts_of(teachers=[teacher], courses=[replace(LIVE, runs=(PAST,)), twin])
    path = recommend_paths(facts)["ann"]
    assert (path.steps, path.left_out) == ((), ())
    assert why_not(facts, "ann", "sync-alone") == WhyNot("sync-alone", "enrolled", {})


def test_requirement_opens_a_session_meant_for_others():
    course = replace(SYNC, grades=frozenset({"9-12"}))
    facts = facts_of(
        teachers=[replace(ANN, grades=("3-5",))],
        courses=[course],
        requirements=(RequirementFacts("sync-live", date(2026, 11, 2), frozenset({"ann"})),),
    )
    step = recommend_paths(facts)["ann"].steps[0]
    assert (step.course, step.fit["room"]) == ("sync-live", 0.7)


def test_prerequisite_shuts_out_when_it_is_shut_out_itself():
    middle = replace(FIRST, id="middle", requires=frozenset({"first"}))
    course = replace(SYNC, requires=frozenset({"middle"}))
    teacher = replace(ANN, dismissed=(Dismissal("first", "", date(2026, 9, 1)),))
    assert shut(teacher, course, [FIRST, middle]) == WhyNot(
        "sync-live", "missing-prerequisite", {"course": "middle"}
    )


def test_prerequisite_counts_as_done_by_its_equivalent():
    course = replace(SYNC, requires=frozenset({"first"}))
    first = replace(FIRST, equivalents=frozenset({"old"}))
    teacher = replace(ANN, done={"old": AS_OF - timedelta(days=300)})
    path = recommend_paths(facts_of(teachers=[teacher], courses=[course, first]))["ann"]
    assert [step.course for step in path.steps] == ["sync-live"]


def test_run_of_several_days_takes_them_all():
    monday = run(
        "sync-live", date(2026, 10, 5), slot=None, release_time=True, end_date=date(2026, 10, 7)
    )
    course = replace(LIVE, runs=(monday,))
    other = replace(QUIZ, format="live", runs=(run("quiz-card", date(2026, 10, 6)),))
    quizzes = tuple(replace(one, id=f"q{one.id}", skill="quiz") for one in ASKS)
    facts = facts_of(
        teachers=[replace(ANN, enrolled={"sync-live": monday.id})],
        courses=[course, other],
        tickets=ASKS + quizzes,
    )
    assert [step.course for step in recommend_paths(facts)["ann"].steps] == ["sync-live"]
