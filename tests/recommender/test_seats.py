"""Scarce seats among all teachers: what has to be in comes first, and equivalents give way."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from benchmarks.districts import AS_OF, Size, make_district
from pdplanner.recommender import RequirementFacts, recommend_paths
from tests.recommender.cases import ANN, ASKS, SYNC, ask, facts_of, run

SMALL = Size(teachers=40, courses=60, skills=20)
LIVE = replace(SYNC, format="live", runs=(run("sync-live", date(2026, 10, 7), seats=1),))
BOB = replace(ANN, id="bob")


def crowded_district(seed):
    """A district in which many have said yes to sessions with a seat or two."""
    facts = make_district(seed, replace(SMALL, seats=2))
    draw = random.Random(seed)
    dated = [c for c in facts.courses if any(r.start_date > AS_OF for r in c.runs or ())]
    popular = draw.sample(dated, 4)
    teachers = tuple(
        replace(t, accepted=t.accepted | {draw.choice(popular).id}) for t in facts.teachers
    )
    return replace(facts, teachers=teachers)


def with_seats(facts, seats):
    courses = tuple(
        replace(
            c, runs=None if c.runs is None else tuple(replace(r, seats_left=seats) for r in c.runs)
        )
        for c in facts.courses
    )
    return replace(facts, courses=courses)


@pytest.mark.parametrize("seed", range(12))
def test_session_said_yes_to_is_missing_only_where_others_who_did_have_the_seats(seed):
    facts = crowded_district(seed)
    paths, roomy = recommend_paths(facts), recommend_paths(with_seats(facts, 100))
    left = Counter({r.id: r.seats_left for c in facts.courses for r in c.runs or ()})
    seated = {}
    has_seat = {t.id: set(t.enrolled.values()) for t in facts.teachers}
    for path in paths.values():
        for step in path.steps:
            if step.offering is not None and step.offering not in has_seat[path.teacher]:
                left[step.offering] -= 1
                seated.setdefault(step.offering, set()).add(path.teacher)
    must = {(t.id, course) for t in facts.teachers for course in t.accepted | set(t.enrolled)}
    must |= {(t, r.course) for r in facts.requirements for t in r.teachers}
    checked = 0
    for teacher in facts.teachers:
        planned = {step.course for step in paths[teacher.id].steps}
        for step in roomy[teacher.id].steps:
            if step.course in teacher.accepted - planned and step.offering is not None:
                checked += 1
                assert left[step.offering] == 0
                assert all((t, step.course) in must for t in seated.get(step.offering, ()))
                assert step.course in {why.course for why in paths[teacher.id].left_out}
    assert checked > 0


def test_last_seat_goes_to_whoever_said_yes_not_to_whoever_needs_it_most():
    wanting = tuple(ask(n, teacher="bob", minutes_lost=90.0) for n in range(1, 20))
    ann = replace(ANN, accepted=frozenset({"sync-live"}))
    facts = facts_of(teachers=[ann, BOB], courses=[LIVE], tickets=(*ASKS[:1], *wanting))
    paths = recommend_paths(facts)
    assert [step.course for step in paths["ann"].steps] == ["sync-live"]
    assert paths["bob"].steps == ()


def test_last_seat_goes_to_whoever_it_is_required_of():
    wanting = tuple(ask(n, teacher="bob", minutes_lost=90.0) for n in range(1, 20))
    due = RequirementFacts("sync-live", date(2026, 10, 30), frozenset({"ann"}))
    facts = facts_of(teachers=[ANN, BOB], courses=[LIVE], tickets=wanting, requirements=(due,))
    paths = recommend_paths(facts)
    assert [step.course for step in paths["ann"].steps] == ["sync-live"]


def test_seat_is_left_by_whoever_can_come_another_day():
    runs = (*LIVE.runs, run("sync-live", date(2026, 10, 8), slot="thu-after", seats=1))
    yes = frozenset({"sync-live"})
    ann = replace(ANN, accepted=yes, free_slots=frozenset({"wed-after", "thu-after"}))
    bob = replace(BOB, accepted=yes, free_slots=frozenset({"wed-after"}))
    facts = facts_of(teachers=[ann, bob], courses=[replace(LIVE, runs=runs)])
    for teachers in ([ann, bob], [bob, ann]):
        paths = recommend_paths(replace(facts, teachers=tuple(teachers)))
        assert [step.slot for step in paths["ann"].steps] == ["thu-after"]
        assert [step.slot for step in paths["bob"].steps] == ["wed-after"]


def test_equivalent_takes_the_place_of_a_session_whose_seat_another_needs_more():
    """The better of two equivalents has one seat; who loses it is offered the other."""
    card = replace(
        SYNC,
        id="sync-card",
        format="quick-card",
        effects={"sync": 0.3},
        equivalents=frozenset({"sync-live"}),
    )
    asks = (*ASKS, *(ask(n, teacher="bob", minutes_lost=60.0) for n in range(1, 15)))
    live = replace(LIVE, effects={"sync": 0.6})
    paths = recommend_paths(facts_of(teachers=[ANN, BOB], courses=[live, card], tickets=asks))
    assert [step.course for step in paths["bob"].steps] == ["sync-live"]
    assert [step.course for step in paths["ann"].steps] == ["sync-card"]


def test_session_said_yes_to_is_not_lost_to_another_of_the_same_day():
    day = date(2026, 10, 7)
    whole = replace(
        SYNC, id="a-whole-day", format="live", runs=(run("a-whole-day", day, slot=None),)
    )
    card = replace(SYNC, id="card", format="live", effects={"quiz": 0.4}, runs=(run("card", day),))
    ann = replace(ANN, accepted=frozenset({"card"}))
    path = recommend_paths(facts_of(teachers=[ann], courses=[whole, card]))["ann"]
    assert [step.course for step in path.steps] == ["card"]
    assert path.left_out == ()
