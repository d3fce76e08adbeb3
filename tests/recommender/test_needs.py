from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from pdplanner.recommender.facts import (
    CalendarFacts,
    CourseFacts,
    Facts,
    GoalFacts,
    RequirementFacts,
    Rollout,
    TeacherFacts,
    TicketFacts,
)
from pdplanner.recommender.history import BadMinutes, UnknownTeacher
from pdplanner.recommender.needs import foretell_needs, weeks_of
from pdplanner.recommender.rules import PathRules

AS_OF = date(2026, 9, 28)
CALENDAR = CalendarFacts(date(2026, 9, 28), date(2026, 12, 18))
RULES = PathRules()


def ticket(number, teacher, skill, day, **changes):
    facts = TicketFacts(number, teacher, skill, "how-to", day, minutes_lost=20.0)
    return replace(facts, **changes)


def district(*, teachers, tickets=(), **changes):
    course = CourseFacts("c", "Grade sync", 45, "live", effects={"sync": 0.4})
    facts = Facts(AS_OF, CALENDAR, tuple(teachers), (course,), tuple(tickets))
    return replace(facts, **changes)


def minutes(facts):
    needs = foretell_needs(facts, RULES)
    return {
        (teacher, skill): needs.minutes[row, column]
        for row, teacher in enumerate(needs.teachers)
        for column, skill in enumerate(needs.skills)
    }


ANN, BEN, CAT = (TeacherFacts(name, school="north") for name in ("ann", "ben", "cat"))
ASKS = [ticket(n, "ann", "sync", date(2026, 9, 1 + n)) for n in range(4)]


def test_weeks_of_starts_on_mondays():
    assert weeks_of(CalendarFacts(date(2026, 9, 30), date(2026, 10, 12))) == (
        date(2026, 9, 28),
        date(2026, 10, 5),
        date(2026, 10, 12),
    )


def test_needs_of_an_empty_district_are_zero():
    assert minutes(district(teachers=[ANN, BEN])) == {("ann", "sync"): 0.0, ("ben", "sync"): 0.0}


def test_needs_without_teachers_have_no_rows():
    assert foretell_needs(district(teachers=[]), RULES).minutes.shape == (0, 1)


def test_needs_parts_add_up_and_season_sums_to_one():
    facts = district(
        teachers=[ANN, BEN],
        tickets=ASKS,
        rollouts=(Rollout("t", ("quiz",), "north", date(2026, 10, 5)),),
        requirements=(RequirementFacts("c", date(2026, 11, 1), frozenset({"ben"})),),
    )
    needs = foretell_needs(facts, RULES)
    assert needs.skills == ("quiz", "sync")
    np.testing.assert_allclose(sum(needs.parts.values()), needs.minutes)
    np.testing.assert_allclose(needs.season.sum(axis=1), 1.0)
    assert needs.season.shape == (2, len(weeks_of(CALENDAR)) + 1)


def test_needs_of_the_asker_are_largest_and_colleagues_share_them():
    need = minutes(district(teachers=[ANN, BEN, TeacherFacts("far", school="south")], tickets=ASKS))
    assert need["ann", "sync"] > need["ben", "sync"] > 0


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "access"},
        {"skill": None},
        {"opened_date": date(2026, 9, 29)},
    ],
)
def test_needs_ignore_tickets_that_make_none(change):
    facts = district(teachers=[ANN, BEN], tickets=[replace(ASKS[0], **change)])
    assert set(minutes(facts).values()) == {0.0}


def test_needs_of_an_opted_out_teacher_count_for_nobody():
    quiet = replace(ANN, uses_tickets=False)
    facts = district(teachers=[quiet, BEN], tickets=ASKS)
    assert minutes(facts) == minutes(district(teachers=[quiet, BEN]))


def test_needs_of_a_closed_skill_and_of_a_teacher_who_left_are_zero():
    muted = replace(ANN, muted_skills=frozenset({"sync"}))
    known = replace(BEN, known_skills=frozenset({"sync"}))
    left = replace(CAT, left_date=date(2026, 9, 20))
    assert set(minutes(district(teachers=[muted, known, left], tickets=ASKS)).values()) == {0.0}


def test_needs_grow_by_goals_and_requirements():
    goal = GoalFacts("sync my grades", ("sync",), date(2026, 9, 1))
    facts = district(
        teachers=[replace(ANN, goals=(goal,)), BEN, CAT],
        requirements=(RequirementFacts("c", date(2026, 11, 1), frozenset({"ben"})),),
    )
    need = RULES.need
    assert minutes(facts) == {
        ("ann", "sync"): pytest.approx(need.goal_minutes),
        ("ben", "sync"): pytest.approx(need.requirement_minutes),
        ("cat", "sync"): 0.0,
    }


def test_needs_name_the_ticket_that_cannot_be():
    with pytest.raises(UnknownTeacher, match=r"ticket 7 .*'nobody'"):
        foretell_needs(
            district(teachers=[ANN], tickets=[ticket(7, "nobody", "sync", AS_OF)]), RULES
        )
    with pytest.raises(BadMinutes, match="ticket 8 lost -1"):
        foretell_needs(
            district(teachers=[ANN], tickets=[ticket(8, "ann", "sync", AS_OF, minutes_lost=-1)]),
            RULES,
        )


def test_evidence_cites_own_asks_and_colleagues():
    others = [ticket(f"{t}{n}", t, "sync", date(2026, 9, 5)) for t in ("ann", "cat") for n in "ab"]
    facts = district(teachers=[ANN, BEN, CAT], tickets=[*ASKS, *others])
    needs = foretell_needs(facts, replace(RULES, need=replace(RULES.need, cohort_people=2)))
    asked = needs.evidence.asked("ann", "sync")
    assert asked.tickets == (0, 1, 2, 3, "anna", "annb")
    colleagues = needs.evidence.colleagues("ben", "sync")
    assert (colleagues.cohort, colleagues.name, colleagues.count, colleagues.people) == (
        "school",
        "north",
        8,
        2,
    )
    assert needs.evidence.asked("ben", "sync") is None
