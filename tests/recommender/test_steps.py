from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pdplanner.recommender import (
    CourseFacts,
    GoalFacts,
    PathRules,
    RequirementFacts,
    WhyNot,
    recommend_paths,
    why_not,
)
from tests.recommender.cases import ANN, AS_OF, ASKS, QUIZ, SYNC, ask, facts_of, run

CARDS = tuple(
    CourseFacts(f"card-{n}", f"Card {n}", 20, "quick-card", effects={f"skill-{n}": 0.4})
    for n in range(5)
)
WISHES = GoalFacts("All of it", tuple(f"skill-{n}" for n in range(5)), date(2026, 9, 1))


def path_of(facts, **options):
    return recommend_paths(facts, **options)["ann"]


def test_path_of_a_teacher_without_a_weekly_limit_is_spread():
    facts = facts_of(teachers=[replace(ANN, goals=(WISHES,))], courses=CARDS, tickets=())
    weeks = Counter(step.week_date for step in path_of(facts).steps)
    assert weeks == {AS_OF: 3, date(2026, 10, 5): 2}


def test_path_without_a_weekly_limit_has_room_for_one_long_session():
    day = replace(SYNC, minutes=360, format="live")
    run_ = run("sync-live", date(2026, 10, 7), slot=None, release_time=True, minutes=360)
    facts = facts_of(courses=[replace(day, runs=(run_,))])
    assert [step.minutes for step in path_of(facts).steps] == [360]


@pytest.mark.parametrize("limit", [{"minutes_budget": 60}, {"weekly_minutes": 60}])
def test_run_that_takes_longer_than_its_session_needs_its_own_minutes(limit):
    teacher = replace(ANN, **limit)
    long = run("sync-live", date(2026, 10, 7), minutes=300)
    late = run("sync-live", date(2026, 10, 14), minutes=60)
    live = replace(SYNC, format="live")
    facts = facts_of(teachers=[teacher], courses=[replace(live, runs=(long,))])
    assert path_of(facts).steps == ()
    assert why_not(facts, "ann", "sync-live") == WhyNot(
        "sync-live", "too-long", {"minutes": 300, "limit": 60}
    )
    (step,) = path_of(replace(facts, courses=(replace(live, runs=(long, late)),))).steps
    assert (step.offering, step.minutes) == (late.id, 60)


def test_run_that_is_shorter_than_its_session_takes_no_more_than_it_needs():
    teacher = replace(ANN, minutes_budget=60, weekly_minutes=60)
    short = run("sync-live", date(2026, 10, 7), minutes=30)
    live = replace(SYNC, minutes=120, format="live", runs=(short,))
    quizzes = tuple(replace(one, id=f"q{one.id}", skill="quiz") for one in ASKS)
    facts = facts_of(
        teachers=[teacher],
        courses=[live, replace(QUIZ, minutes=30)],
        tickets=ASKS + quizzes,
    )
    steps = path_of(facts).steps
    assert {step.course: step.minutes for step in steps} == {"quiz-card": 30, "sync-live": 30}


def test_seat_takes_the_minutes_of_its_run():
    seat = run("sync-live", AS_OF + timedelta(days=2), minutes=90)
    teacher = replace(ANN, weekly_minutes=90, enrolled={"sync-live": seat.id})
    quizzes = tuple(replace(one, id=f"q{one.id}", skill="quiz") for one in ASKS)
    facts = facts_of(
        teachers=[teacher], courses=[replace(SYNC, runs=(seat,)), QUIZ], tickets=ASKS + quizzes
    )
    assert [(step.course, step.week_date) for step in path_of(facts).steps] == [
        ("sync-live", AS_OF),
        ("quiz-card", AS_OF + timedelta(days=7)),
    ]


def test_session_that_takes_no_time_needs_a_week_that_is_not_over():
    facts = facts_of(courses=[replace(SYNC, minutes=0)], as_of=date(2026, 10, 3))  # a Saturday
    assert [step.week_date for step in path_of(facts).steps] == [date(2026, 10, 5)]


def test_path_without_a_weekly_limit_has_all_that_is_required_in_time():
    friday = date(2026, 10, 2)
    facts = facts_of(
        courses=CARDS,
        tickets=(),
        requirements=tuple(RequirementFacts(card.id, friday, frozenset({"ann"})) for card in CARDS),
    )
    path = path_of(facts)
    assert [(step.course, step.week_date) for step in path.steps] == [
        (card.id, AS_OF) for card in CARDS
    ]
    assert path.left_out == ()


MONDAY = run("sync-live", date(2026, 10, 5), name="mon", slot="mon-after")
FRIDAY = run("sync-live", date(2026, 10, 9), name="fri", slot="fri-after")
DUE = RequirementFacts("sync-live", date(2026, 10, 7), frozenset({"ann"}))  # the Wednesday between


@pytest.mark.parametrize(
    ("teacher", "first", "due", "offering"),
    [
        (ANN, MONDAY, DUE, "mon"),
        (ANN, replace(MONDAY, seats_left=0), DUE, None),
        (replace(ANN, free_slots=frozenset({"fri-after"})), MONDAY, DUE, None),
        (replace(ANN, accepted=frozenset({"sync-live"})), replace(MONDAY, seats_left=0), DUE, None),
        # A seat that is taken already stays, and what is overdue is better late than never.
        (replace(ANN, enrolled={"sync-live": "fri"}), MONDAY, DUE, "fri"),
        (ANN, replace(MONDAY, seats_left=0), replace(DUE, due_date=date(2026, 9, 25)), "fri"),
    ],
)
def test_required_session_is_in_by_its_due_date_or_left_out(teacher, first, due, offering):
    live = replace(SYNC, format="live", runs=(first, FRIDAY))
    path = path_of(facts_of(teachers=[teacher], courses=[live], requirements=(due,)))
    assert [step.offering for step in path.steps] == ([offering] if offering else [])
    assert path.left_out == (
        () if offering else (WhyNot("sync-live", "no-room", {"due_date": DUE.due_date}),)
    )


@pytest.mark.parametrize(
    ("due_date", "left_out"),
    [
        (date(2026, 11, 6), ()),
        (date(2026, 9, 25), ()),  # overdue: better late than never
        (
            date(2026, 10, 2),
            (WhyNot("sync-live", "covered", {"course": "sync-card", "date": date(2026, 10, 7)}),),
        ),
    ],
)
def test_equivalent_that_was_said_yes_to_stands_for_the_required_session(due_date, left_out):
    card = replace(
        SYNC,
        id="sync-card",
        equivalents=frozenset({"sync-live"}),
        runs=(run("sync-card", date(2026, 10, 7)),),
    )
    facts = facts_of(
        teachers=[replace(ANN, accepted=frozenset({"sync-card"}))],
        courses=[SYNC, card],
        requirements=(RequirementFacts("sync-live", due_date, frozenset({"ann"})),),
    )
    path = path_of(facts)
    assert [step.course for step in path.steps] == ["sync-card"]
    assert path.left_out == left_out
    assert why_not(facts, "ann", "sync-live", path=path) == WhyNot(
        "sync-live", "covered", {"course": "sync-card", "date": date(2026, 10, 7)}
    )


def test_second_session_on_a_skill_must_be_worth_its_own_time():
    again = replace(SYNC, id="sync-again", minutes=300)
    facts = facts_of(courses=[SYNC, again], tickets=ASKS[:1])
    low = (ask(3, minutes_lost=4.0), ask(9, minutes_lost=4.0, days_ago=300))
    both = path_of(replace(facts, tickets=tuple(replace(t, minutes_lost=60.0) for t in ASKS)))
    one = path_of(replace(facts, tickets=low))
    assert {step.course for step in both.steps} == {"sync-live", "sync-again"}
    assert [step.course for step in one.steps] == ["sync-live"]


def test_step_on_the_path_stays_while_it_is_worth_half_of_a_new_one():
    rules = PathRules()
    wish = GoalFacts("A little of it", ("quiz",), date(2026, 9, 1))
    facts = facts_of(teachers=[replace(ANN, goals=(wish,))], tickets=())
    standing = path_of(facts, rules=rules)
    (step,) = standing.steps
    # The bar rises to between once and twice what the step saves.
    bar = replace(rules, fit=replace(rules.fit, worth_minutes=step.value * 1.5))
    assert path_of(facts, rules=bar).steps == ()
    kept = path_of(facts, rules=bar, previous={"ann": standing})
    assert [one.course for one in kept.steps] == ["quiz-card"]
    high = replace(rules, fit=replace(rules.fit, worth_minutes=step.value * 2.5))
    assert path_of(facts, rules=high, previous={"ann": standing}).steps == ()


def test_whole_day_and_a_slot_in_it_do_not_go_together():
    day = date(2026, 10, 7)
    whole = replace(SYNC, format="live", runs=(run("sync-live", day, slot=None),))
    card = replace(QUIZ, format="live", runs=(run("quiz-card", day),))
    quizzes = tuple(replace(one, id=f"q{one.id}", skill="quiz") for one in ASKS[:2])
    path = path_of(facts_of(courses=[whole, card], tickets=ASKS + quizzes))
    assert len(path.steps) == 1
    seat = replace(ANN, enrolled={"quiz-card": card.runs[0].id})
    path = path_of(facts_of(teachers=[seat], courses=[whole, card], tickets=ASKS))
    assert [step.course for step in path.steps] == ["quiz-card"]


def test_seat_that_is_taken_stands_above_the_limits():
    seat = run("sync-live", date(2026, 10, 7), seats=0)
    teacher = replace(ANN, minutes_budget=50, weekly_minutes=30, enrolled={"sync-live": seat.id})
    facts = facts_of(teachers=[teacher], courses=[replace(SYNC, runs=(seat,)), QUIZ])
    path = path_of(facts)
    assert [(step.course, step.offering) for step in path.steps] == [("sync-live", seat.id)]
    assert path.left_out == ()


def test_path_of_who_has_left_is_empty_and_says_so():
    due = RequirementFacts("quiz-card", date(2026, 10, 30), frozenset({"ann"}))
    path = path_of(facts_of(teachers=[replace(ANN, left_date=AS_OF)], requirements=(due,)))
    assert (path.steps, path.nothing_because, path.left_out) == ((), "inactive", ())


def test_empty_path_says_whether_hours_need_or_sessions_are_missing():
    assert path_of(facts_of(tickets=())).nothing_because == "no-need"
    assert path_of(facts_of(courses=[QUIZ])).nothing_because == "nothing-fits"
    for teacher in (
        replace(ANN, minutes_budget=0),
        replace(ANN, weekly_minutes=0),
        replace(ANN, minutes_budget=30),
    ):
        assert path_of(facts_of(teachers=[teacher])).nothing_because == "no-hours"


def test_path_after_the_horizon_is_empty():
    over = replace(facts_of(), as_of=date(2026, 12, 18))
    assert path_of(over).steps == ()


def test_path_tells_the_needs_most_first():
    quizzes = (ask(5, "quiz"),)
    path = path_of(facts_of(tickets=ASKS + quizzes))
    assert list(path.needs) == ["sync", "quiz"]
    assert path.needs["sync"] > path.needs["quiz"] > 0


def test_step_gives_way_to_a_much_better_session_only():
    facts = facts_of(teachers=[replace(ANN, minutes_budget=50)], courses=[SYNC])
    standing = {"ann": path_of(facts)}
    saved = standing["ann"].value
    threshold = PathRules().search.change_threshold_minutes

    def offered(effect):
        rival = replace(SYNC, id="a-rival", effects={"sync": effect})
        path = path_of(replace(facts, courses=(rival, SYNC)), previous=standing)
        alone = path_of(replace(facts, courses=(rival,))).value
        return [step.course for step in path.steps], alone - saved

    courses, gain = offered(0.42)
    assert (courses, 0 < gain < threshold) == (["sync-live"], True)
    courses, gain = offered(0.9)
    assert (courses, gain > threshold) == (["a-rival"], True)


def test_steps_stay_in_their_weeks_when_a_new_need_comes():
    facts = facts_of(teachers=[replace(ANN, weekly_minutes=45)])
    standing = path_of(facts)
    quizzes = tuple(replace(one, id=f"q{one.id}", skill="quiz") for one in ASKS)
    after = path_of(replace(facts, tickets=ASKS + quizzes), previous={"ann": standing})
    assert [(step.course, step.week_date) for step in after.steps] == [
        ("sync-live", AS_OF),
        ("quiz-card", date(2026, 10, 5)),
    ]


def test_run_that_has_gone_by_is_not_kept():
    live = replace(
        SYNC, runs=(run("sync-live", date(2026, 9, 30)), run("sync-live", date(2026, 10, 7)))
    )
    facts = facts_of(courses=[live])
    standing = path_of(facts)
    assert [step.date for step in standing.steps] == [date(2026, 9, 30)]
    later = path_of(replace(facts, as_of=date(2026, 9, 30)), previous={"ann": standing})
    assert [step.date for step in later.steps] == [date(2026, 10, 7)]


@pytest.mark.parametrize(
    ("advice", "order"),
    [
        ({}, ["card-1", "card-2", "card-0"]),  # what would be missed most comes first
        ({"card-1": {"card-0"}}, ["card-2", "card-0", "card-1"]),
        ({"card-1": {"card-2"}, "card-2": {"card-0"}}, ["card-0", "card-2", "card-1"]),
        ({"card-1": {"card-4"}}, ["card-1", "card-2", "card-0"]),  # not on the path
        ({"card-1": {"card-2"}, "card-2": {"card-1"}}, ["card-0", "card-1", "card-2"]),
    ],
)
def test_steps_of_one_week_stand_in_the_order_that_is_advised(advice, order):
    cards = [
        replace(card, minutes=10, advises=frozenset(advice.get(card.id, ()))) for card in CARDS[:3]
    ]
    asks = tuple(
        replace(one, id=f"{n}-{one.id}", skill=f"skill-{n}")
        for n, count in enumerate((1, 5, 3))
        for one in ASKS[:count]
    )
    steps = path_of(facts_of(courses=cards, tickets=asks)).steps
    assert {step.week_date for step in steps} == {AS_OF}
    assert [step.course for step in steps] == order


def test_steps_of_one_week_stand_by_due_date_then_by_what_they_save():
    due = RequirementFacts("card-4", date(2026, 12, 4), frozenset({"ann"}))
    cards = tuple(replace(card, minutes=10) for card in CARDS[:3])
    asks = tuple(
        replace(one, id=f"{n}-{one.id}", skill=f"skill-{n}")
        for n, count in enumerate((1, 5, 3))
        for one in ASKS[:count]
    )
    facts = facts_of(courses=[*cards, CARDS[4]], tickets=asks, requirements=(due,))
    steps = path_of(facts).steps
    assert {step.week_date for step in steps} == {AS_OF}
    assert [step.course for step in steps] == ["card-4", "card-1", "card-2", "card-0"]
