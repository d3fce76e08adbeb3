from dataclasses import replace
from datetime import date

import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import CourseFacts
from pdplanner.recommender.unmet import DRAFT_STRENGTH, unmet_need
from pdplanner.recommender.whatif import what_if
from tests.recommender.cases import ANN, ASKS, QUIZ, SYNC, facts_of

BEN = replace(ANN, id="ben", school="south", schools=("south",))


def test_need_that_a_session_teaches_is_not_unmet():
    unmet = unmet_need(facts_of(courses=[SYNC]))
    assert (unmet.needs, unmet.drafts) == ((), ())


def test_need_without_a_session_is_counted_by_skill_and_school():
    quizzes = tuple(replace(one, id=f"q{one.id}", teacher="ben", skill="quiz") for one in ASKS)
    facts = facts_of(teachers=[ANN, BEN], courses=[QUIZ], tickets=ASKS + quizzes)
    needs = {(one.skill, one.school): one.people for one in unmet_need(facts).needs}
    assert needs == {("sync", "north"): 1, ("sync", "south"): 1}
    minutes = [one.minutes for one in unmet_need(facts).needs]
    assert minutes == sorted(minutes, reverse=True)


def test_need_is_unmet_when_the_session_is_shut_or_done():
    for teacher in (
        replace(ANN, grades=("pk-2",)),
        replace(ANN, done={"sync-live": date(2026, 3, 2)}),
        replace(ANN, weekly_minutes=30),
    ):
        facts = facts_of(teachers=[teacher], courses=[replace(SYNC, grades=frozenset({"6-8"}))])
        assert [one.skill for one in unmet_need(facts).needs] == ["sync"]


def test_need_of_those_who_left_is_nobodys():
    gone = replace(ANN, left_date=date(2026, 9, 1))
    assert unmet_need(facts_of(teachers=[gone], courses=[QUIZ])).needs == ()


def test_draft_takes_the_format_that_suits_those_who_need_it():
    for style, best in (("with-me", "coached"), ("point", "quick-card")):
        facts = facts_of(teachers=[replace(ANN, support_style=style)], courses=[QUIZ])
        (idea,) = unmet_need(facts).drafts
        assert (idea.skill, idea.format, idea.strength, idea.people) == (
            "sync",
            best,
            DRAFT_STRENGTH,
            1,
        )


def test_draft_is_as_long_as_sessions_of_its_format_are():
    long = replace(QUIZ, minutes=90)
    facts = facts_of(teachers=[replace(ANN, support_style="point")], courses=[long])
    (idea,) = unmet_need(facts).drafts
    assert (idea.format, idea.length_minutes) == ("quick-card", 90)


def test_draft_reaches_what_asking_about_it_says():
    facts = facts_of(courses=[QUIZ])
    (idea,) = unmet_need(facts).drafts
    draft = CourseFacts(
        "draft", "", idea.length_minutes, idea.format, effects={idea.skill: idea.strength}
    )
    assert idea.minutes == pytest.approx(what_if(facts, draft, paths={}).minutes)


def test_unmet_need_shrinks_when_the_draft_is_published():
    facts = make_district(5, Size(teachers=60, courses=20, skills=20))
    unmet = unmet_need(facts)
    idea = unmet.drafts[0]
    draft = CourseFacts(
        "z-draft", "", idea.length_minutes, idea.format, effects={idea.skill: idea.strength}
    )
    after = unmet_need(replace(facts, courses=(*facts.courses, draft)))
    left = sum(one.minutes for one in after.needs if one.skill == idea.skill)
    assert left < sum(one.minutes for one in unmet.needs if one.skill == idea.skill)
    others = [one for one in unmet.needs if one.skill != idea.skill]
    assert others == [one for one in after.needs if one.skill != idea.skill]
