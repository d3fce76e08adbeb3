"""Rules of the need model that must hold in every district."""

import random
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdplanner.recommender import rates
from pdplanner.recommender.district import learn_district, merge_districts
from pdplanner.recommender.facts import (
    Answer,
    CalendarFacts,
    Facts,
    Rollout,
    SpecialDay,
    TeacherFacts,
    TicketFacts,
)
from pdplanner.recommender.history import read_history
from pdplanner.recommender.needs import foretell_needs
from pdplanner.recommender.rules import NeedRules, PathRules
from pdplanner.recommender.seasons import season_index
from pdplanner.recommender.tuning import tune_weights

AS_OF = date(2026, 10, 14)
CALENDAR = CalendarFacts(date(2026, 8, 24), date(2026, 12, 18))
RULES = PathRules()
SKILLS = ("forms", "grades", "quiz", "slides", "sync")


def made_up(seed, *, teachers=9, tickets=40, days=200):
    chance = random.Random(seed)
    people = tuple(
        TeacherFacts(
            f"t{number}",
            school=f"s{chance.randrange(3)}",
            subjects=tuple(chance.sample(("art", "math", "music"), chance.randrange(3))),
            tools=frozenset(chance.sample(("x", "y"), chance.randrange(3))),
        )
        for number in range(teachers)
    )
    asks = tuple(
        TicketFacts(
            number,
            f"t{int(teachers * chance.random() ** 2)}",
            chance.choice(SKILLS[: chance.randrange(1, 6)]),
            "how-to",
            AS_OF - timedelta(days=chance.randrange(days)),
            minutes_lost=20.0,
        )
        for number in range(tickets)
    )
    return Facts(AS_OF, CALENDAR, people, (), asks, skills=frozenset(SKILLS))


def long_made_up(seed, *, days=900, **size):
    """Up to two and a half years of it, so that earlier years foretell, too; with grades, and with
    people who came or went on the way."""
    facts = made_up(seed, days=days, **size)
    chance = random.Random(f"{seed}:people")
    on_the_way = [None, None, *(AS_OF - timedelta(days=chance.randrange(days)) for _ in range(2))]
    return replace(
        facts,
        teachers=tuple(
            replace(
                teacher,
                grades=tuple(chance.sample(("pk-2", "3-5", "6-8"), chance.randrange(3))),
                started_date=chance.choice(on_the_way),
                left_date=chance.choice([None, None, None, *on_the_way]),
            )
            for teacher in facts.teachers
        ),
    )


def rate(facts, teacher, skill, rules=RULES):
    needs = foretell_needs(facts, rules)
    if skill not in needs.skills:
        return 0.0
    return needs.rates[needs.teachers.index(teacher), needs.skills.index(skill)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 39), st.integers(3, 40), st.integers(9, 900))
def test_removing_a_ticket_never_raises_the_rate_of_its_skill(seed, gone, tickets, days):
    facts = long_made_up(seed, tickets=tickets, days=days)
    ticket = facts.tickets[gone % tickets]
    kept = tuple(one for one in facts.tickets if one is not ticket)
    before = rate(facts, ticket.teacher, ticket.skill)
    after = rate(replace(facts, tickets=kept), ticket.teacher, ticket.skill)
    assert after <= before * (1 + 1e-9)


@pytest.mark.parametrize("days", [(897, 699, 196), (831, 797, 53), (700, 640, 2)])
@pytest.mark.parametrize("gone", [0, 1])
def test_first_and_second_to_ask_would_have_no_higher_rate_without_it(days, gone):
    """When the history opens hangs on them: it must not open later for themselves."""
    facts = made_up(1, teachers=2)
    askers = ("t1", "t0", "t0") if gone == 0 else ("t0", "t1", "t0")
    asks = tuple(
        TicketFacts(number, asker, "quiz", "how-to", AS_OF - timedelta(days=ago), minutes_lost=20.0)
        for number, (asker, ago) in enumerate(zip(askers, days, strict=True))
    )
    with_it = replace(facts, tickets=asks)
    without = replace(facts, tickets=tuple(ask for ask in asks if ask.id != gone))
    assert rate(without, "t1", "quiz") <= rate(with_it, "t1", "quiz") * (1 + 1e-9)


FITTED = replace(
    RULES,
    need=replace(
        RULES.need,
        weights=(
            *RULES.need.weights,
            ("steady 400 d", 0.5),
            ("stirred 3 d", 0.4),
            ("known share", 0.8),
            ("trend weeks", 1.0),
            ("level", 1.4),
            *((f"curve 2^{knot}", 0.69 * (-1) ** (knot // 2)) for knot in range(-16, 3, 2)),
        ),
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 39), st.integers(3, 40), st.integers(9, 900))
def test_removing_a_ticket_never_raises_a_rate_with_fitted_levels_and_curves(
    seed, gone, tickets, days
):
    facts = long_made_up(seed, tickets=tickets, days=days)
    ticket = facts.tickets[gone % tickets]
    kept = tuple(one for one in facts.tickets if one is not ticket)
    before = rate(facts, ticket.teacher, ticket.skill, FITTED)
    after = rate(replace(facts, tickets=kept), ticket.teacher, ticket.skill, FITTED)
    assert after <= before * (1 + 1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 39), st.integers(9, 60))
def test_removing_a_ticket_never_raises_a_rate_where_somebody_asks_nearly_daily(seed, gone, days):
    facts = made_up(seed, teachers=2, tickets=40, days=days)
    ticket = facts.tickets[gone]
    kept = tuple(one for one in facts.tickets if one is not ticket)
    before = rate(facts, ticket.teacher, ticket.skill, FITTED)
    after = rate(replace(facts, tickets=kept), ticket.teacher, ticket.skill, FITTED)
    assert after <= before * (1 + 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_needs_are_finite_and_the_same_every_time(seed):
    facts = made_up(seed)
    first, again = foretell_needs(facts, RULES), foretell_needs(facts, RULES)
    assert np.isfinite(first.minutes).all()
    assert (first.minutes >= 0).all()
    assert first.minutes.tobytes() == again.minutes.tobytes()
    np.testing.assert_allclose(sum(first.parts.values()), first.minutes)


def test_rates_in_batches_are_those_of_all_at_once(monkeypatch):
    history, _ = read_history(made_up(3))
    district = learn_district(history)
    whole = rates.foretell_rates(history, district, RULES.need, 60.0).total
    monkeypatch.setattr(rates, "BATCH", 2)
    parts = rates.foretell_rates(history, district, RULES.need, 60.0).total
    np.testing.assert_allclose(parts, whole, rtol=1e-12)


def test_needs_of_one_school_with_the_whole_district_are_those_of_all_at_once():
    facts = made_up(8, tickets=60)
    here = [row for row, teacher in enumerate(facts.teachers) if teacher.school == "s1"]
    people = tuple(facts.teachers[row] for row in here)
    ids = {teacher.id for teacher in people}
    # The same first ask opens the history of both.
    first = min(ticket.opened_date for ticket in facts.tickets)
    people = tuple(replace(teacher, started_date=first) for teacher in people)
    asks = tuple(ticket for ticket in facts.tickets if ticket.teacher in ids)
    early = TicketFacts("early", people[0].id, "sync", "how-to", first, minutes_lost=20.0)
    both = replace(facts, tickets=(*facts.tickets, early))
    whole = foretell_needs(both, RULES)
    history, _ = read_history(both)
    alone = foretell_needs(
        replace(facts, teachers=people, tickets=(*asks, early)), RULES, learn_district(history)
    )
    rest = np.arange(1, len(here))
    np.testing.assert_allclose(alone.rates[rest], whole.rates[here][rest], rtol=1e-9)


def test_districts_merge_school_by_school():
    facts = made_up(8, tickets=60)
    history, _ = read_history(facts)
    whole = learn_district(history)
    parts = []
    for school in ("s0", "s1", "s2"):
        rows = [row for row, teacher in enumerate(facts.teachers) if teacher.school == school]
        parts.append(learn_district(history.of(np.array(rows))))
    merged = merge_districts(parts)
    assert (merged.skills, merged.groups) == (whole.skills, whole.groups)
    sums = ("everybody", "cohorts", "following", "tickets", "group_tickets", "weeks", "months")
    for name in sums:
        np.testing.assert_allclose(getattr(merged, name), getattr(whole, name))
    np.testing.assert_allclose(merged.days.all, whole.days.all)
    np.testing.assert_allclose(merged.group_days.all, whole.group_days.all)
    assert merged.first_day == whole.first_day


def test_own_part_is_there_only_where_the_teacher_asked():
    facts = made_up(5)
    needs = foretell_needs(facts, RULES)
    asked = np.zeros_like(needs.minutes, dtype=bool)
    for ticket in facts.tickets:
        asked[needs.teachers.index(ticket.teacher), needs.skills.index(ticket.skill)] = True
    assert not needs.parts["own"][~asked].any()
    assert (needs.parts["own"][asked] > 0).any()


def test_colleagues_asks_raise_the_need_of_the_same_school_most():
    facts = made_up(1, tickets=0)
    people = tuple(
        replace(t, school="s0" if n < 5 else "s1", subjects=(), tools=frozenset())
        for n, t in enumerate(facts.teachers)
    )
    asks = [
        TicketFacts(f"{n}{k}", f"t{n}", skill, "how-to", AS_OF - timedelta(days=9 + k))
        for n, skill in ((0, "sync"), (1, "sync"), (2, "sync"), (6, "quiz"), (7, "quiz"))
        for k in range(3)
    ]
    needs = foretell_needs(replace(facts, teachers=people, tickets=tuple(asks)), RULES)
    sync = needs.rates[:, needs.skills.index("sync")]
    assert sync[3] > 1.2 * sync[8] > 0


def test_a_tool_taken_away_ends_its_need_at_the_schools_it_leaves():
    facts = made_up(2)
    gone = Rollout("x", ("sync",), "s0", date(2025, 9, 1), until_date=AS_OF)
    needs = foretell_needs(replace(facts, rollouts=(gone,)), RULES)
    minutes = needs.minutes[:, needs.skills.index("sync")]
    left = np.array([teacher.school == "s0" for teacher in facts.teachers])
    assert not minutes[left].any()
    assert minutes[~left].all()


def test_a_launch_ahead_brings_need_before_any_ticket():
    facts = replace(
        made_up(2, tickets=0), rollouts=(Rollout("x", ("quiz",), "s0", date(2026, 10, 26)),)
    )
    needs = foretell_needs(facts, RULES)
    minutes = needs.parts["rollout"][:, needs.skills.index("quiz")]
    assert (minutes > 0).tolist() == [teacher.school == "s0" for teacher in facts.teachers]


def test_answers_raise_and_lower_the_need():
    facts = made_up(4)
    teacher, skill = facts.tickets[0].teacher, facts.tickets[0].skill

    def minutes(kind):
        answers = () if kind is None else (Answer(teacher, skill, kind, AS_OF),)
        needs = foretell_needs(replace(facts, answers=answers), RULES)
        return needs.minutes[needs.teachers.index(teacher), needs.skills.index(skill)]

    plain = minutes(None)
    assert minutes("not-quite") == pytest.approx(plain + RULES.need.not_quite_minutes)
    assert minutes("picked-up") == pytest.approx(plain + RULES.need.picked_up_minutes)
    assert minutes("still-working") == pytest.approx(plain * 0.5)


def test_season_moves_need_to_the_days_before_report_cards_and_off_holidays():
    days = (
        SpecialDay("report-cards", date(2026, 12, 4), date(2026, 12, 4)),
        SpecialDay("holiday", date(2026, 11, 23), date(2026, 11, 29)),
    )
    facts = made_up(6)
    plain = foretell_needs(facts, RULES)
    moved = foretell_needs(replace(facts, calendar=replace(CALENDAR, special_days=days)), RULES)
    week = {date(2026, 8, 24) + timedelta(weeks=n): n for n in range(17)}
    assert not moved.season[:, week[date(2026, 11, 23)]].any()
    before = week[date(2026, 11, 30)]
    assert (moved.season[:, before] > plain.season[:, before]).all()
    assert not moved.season[:, week[date(2026, 9, 7)]].any()  # over already


def test_season_index_follows_the_months_of_earlier_years():
    asks = tuple(
        TicketFacts(n, f"t{n % 9}", "sync", "how-to", AS_OF - timedelta(days=n % 700))
        for n in range(2100)
    )
    busy = tuple(
        TicketFacts(f"b{n}", f"t{n % 9}", "sync", "how-to", date(2025, 11, 1 + n % 30))
        for n in range(600)
    )
    history, _ = read_history(replace(made_up(1), tickets=(*asks, *busy)))
    index = season_index(history, learn_district(history), 40.0)
    sync = history.skills.index("sync")
    assert (index[:, sync] > 1.5).all()
    flat, _ = read_history(replace(made_up(1), tickets=asks))
    np.testing.assert_allclose(season_index(flat, learn_district(flat), 40.0)[:, 0], 1.0, rtol=0.1)


def test_weights_stay_as_they_are_with_too_few_tickets():
    history, _ = read_history(made_up(1))
    assert tune_weights(history, NeedRules(), 28) == NeedRules()


def test_foretelling_loads_neither_scipy_nor_numba():
    code = (
        "import sys, pdplanner.recommender.needs, pdplanner.recommender.tuning; "
        "print([m for m in ('scipy', 'numba', 'django', 'celery') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_newest_answer_counts_and_an_old_one_no_more():
    facts = made_up(4)
    teacher, skill = facts.tickets[0].teacher, facts.tickets[0].skill

    def minutes(*answers):
        told = tuple(
            Answer(teacher, skill, kind, AS_OF - timedelta(days=ago)) for kind, ago in answers
        )
        needs = foretell_needs(replace(facts, answers=told), RULES)
        return needs.minutes[needs.teachers.index(teacher), needs.skills.index(skill)]

    plain = minutes()
    assert minutes(("not-quite", 30), ("still-working", 3)) == pytest.approx(plain * 0.5)
    assert minutes(("still-working", 3), ("not-quite", 30)) == pytest.approx(plain * 0.5)
    assert minutes(("not-quite", RULES.need.said_days)) > plain
    assert minutes(("not-quite", RULES.need.said_days + 1)) == plain


def test_an_answer_moves_nobody_else():
    facts = made_up(4)
    teacher, skill = facts.tickets[0].teacher, facts.tickets[0].skill
    plain = foretell_needs(facts, RULES)
    told = foretell_needs(
        replace(facts, answers=(Answer(teacher, skill, "not-quite", AS_OF),)), RULES
    )
    moved = np.argwhere(told.minutes != plain.minutes).tolist()
    assert moved == [[plain.teachers.index(teacher), plain.skills.index(skill)]]
