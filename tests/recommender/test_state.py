"""A state planned part by part, as if it had been planned whole."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import PathRules, learn_state, recommend_paths
from pdplanner.recommender.needs import foretell_needs

RULES = PathRules()


def parts_of(facts, schools_a_part=2):
    """The facts of some schools each: their teachers and those teachers' tickets."""
    members, tickets = defaultdict(list), defaultdict(list)
    for teacher in facts.teachers:
        members[int(teacher.school.removeprefix("school-")) // schools_a_part].append(teacher)
    part_of = {teacher.id: part for part, people in members.items() for teacher in people}
    for ticket in facts.tickets:
        tickets[part_of[ticket.teacher]].append(ticket)
    return [
        replace(facts, teachers=tuple(people), tickets=tuple(tickets[part]))
        for part, people in members.items()
    ]


def told(step):
    reasons = [(reason.kind, reason.facts) for reason in step.reasons]
    return step.course, step.week_date, step.offering, reasons


@pytest.fixture(scope="module", params=[1, 2])
def district(request):
    facts = make_district(request.param, Size(teachers=150, courses=60, skills=20, seats=10_000))
    return facts, learn_state(lambda: parts_of(facts), RULES)


def test_state_foretells_each_parts_needs_as_the_whole_would(district):
    facts, state = district
    whole = foretell_needs(facts, RULES)
    row = {teacher: number for number, teacher in enumerate(whole.teachers)}
    for part in parts_of(facts):
        needs = foretell_needs(part, RULES, state.district, state.heard)
        rows = [row[teacher] for teacher in needs.teachers]
        assert needs.skills == whole.skills
        np.testing.assert_allclose(needs.minutes, whole.minutes[rows], rtol=1e-6)
        np.testing.assert_allclose(needs.season, whole.season)


def test_state_cites_for_each_part_what_the_whole_would(district):
    facts, state = district
    whole = foretell_needs(facts, RULES).evidence
    for part in parts_of(facts):
        evidence = foretell_needs(part, RULES, state.district, state.heard).evidence
        for teacher in part.teachers:
            for skill in sorted(facts.skills):
                assert evidence.asked(teacher.id, skill) == whole.asked(teacher.id, skill)
                assert evidence.colleagues(teacher.id, skill) == whole.colleagues(teacher.id, skill)
                assert evidence.peak(teacher.id, skill) == whole.peak(teacher.id, skill)


def test_state_plans_its_parts_as_the_whole_would(district):
    facts, state = district
    whole = recommend_paths(facts)
    apart = {}
    for part in parts_of(facts):
        apart |= recommend_paths(part, state=state)
    for teacher, path in whole.items():
        other = apart[teacher]
        assert list(map(told, other.steps)) == list(map(told, path.steps))
        assert other.value == pytest.approx(path.value, rel=1e-6)
