"""Every reason is turned back into the facts it cites."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import (
    NEED_KINDS,
    CalendarFacts,
    GoalFacts,
    Reason,
    RequirementFacts,
    Rollout,
    SpecialDay,
    TeacherFacts,
    Variant,
    fits_of,
    recommend_paths,
)
from pdplanner.recommender.facts import Answer
from pdplanner.recommender.reasons import ORDER
from tests.recommender.cases import ANN, AS_OF, ASKS, CALENDAR, QUIZ, SYNC, ask, facts_of, run

NEED = ("required", "asked", "said", "rollout", "goal", "season", "cohort", "prepares", "accepted")


def answers_in(facts):
    """What every third teacher said of some skill two weeks ago, each answer as often."""
    skills, day = sorted(facts.skills), facts.as_of - timedelta(days=14)
    kinds = ("not-quite", "picked-up", "still-working")
    return tuple(
        Answer(teacher.id, skills[number % len(skills)], kinds[number // 3 % 3], day)
        for number, teacher in enumerate(facts.teachers)
        if number % 3 == 0
    )


class District:
    """A made-up district, and the plain ways to count in it."""

    def __init__(self, seed):
        made = make_district(seed, Size(teachers=60, courses=80, skills=12))
        later = replace(made.rollouts[0], school=None, from_date=date(2027, 6, 1))
        self.facts = replace(made, answers=answers_in(made), rollouts=(*made.rollouts, later))
        self.paths = recommend_paths(self.facts)
        self.teachers = {teacher.id: teacher for teacher in self.facts.teachers}
        self.courses = {course.id: course for course in self.facts.courses}

    def each(self, *kinds):
        """Teacher, path, step and reason, for each reason of these kinds."""
        for path in self.paths.values():
            for step in path.steps:
                for reason in step.reasons:
                    if reason.kind in kinds or not kinds:
                        yield self.teachers[path.teacher], path, step, reason

    def tickets(self, skill, since, until):
        """What may be told of a skill's tickets, both days included."""
        return [
            ticket
            for ticket in self.facts.tickets
            if ticket.skill == skill
            and ticket.kind in NEED_KINDS
            and since <= ticket.opened_date <= until
            and self.teachers[ticket.teacher].uses_tickets
        ]


@pytest.fixture(scope="module", params=range(4))
def district(request):
    return District(request.param)


def test_reasons_of_every_kind_occur():
    kinds = Counter(r.kind for seed in range(4) for *_, r in District(seed).each())
    assert set(kinds) == set(ORDER)


def test_reasons_are_one_to_three_with_a_date_and_need_first(district):
    for path in district.paths.values():
        for step in path.steps:
            assert 1 <= len(step.reasons) <= 3
            facts = [fact for reason in step.reasons for fact in reason.facts.values()]
            assert any(isinstance(fact, date) for fact in facts)
            places = [ORDER.index(reason.kind) for reason in step.reasons]
            assert places == sorted(places)
            assert step.reasons[0].kind in NEED


def test_asked_reasons_count_own_tickets_only(district):
    for teacher, _, step, reason in district.each("asked"):
        assert teacher.uses_tickets
        skill = reason.facts["skill"]
        assert skill in district.courses[step.course].effects
        since = district.facts.as_of - timedelta(days=365)
        own = [
            ticket
            for ticket in district.tickets(skill, since, district.facts.as_of)
            if ticket.teacher == teacher.id
        ]
        own.sort(key=lambda ticket: ticket.opened_date)
        last = [ticket for ticket in own if ticket.opened_date == own[-1].opened_date]
        assert reason.facts == {
            "skill": skill,
            "count": len(own),
            "since_date": own[0].opened_date,
            "last_date": own[-1].opened_date,
            "last_minutes": last[-1].minutes_lost,
            "unsolved": last[-1].reopened or last[-1].answered_at_first is False,
            "repeated": False,
            "tickets": tuple(ticket.id for ticket in own),
        }


def belongs(teacher, facts):
    """Whether the teacher is of the cohort that a reason cites."""
    groups = {
        "school": (teacher.school, *teacher.schools),
        "subject": teacher.subjects,
        "grade": teacher.grades,
        "tool": teacher.tools,
        "district": (None,),
    }
    return facts["name"] in groups[facts["cohort"]]


def test_cohort_reasons_count_at_least_five_colleagues(district):
    for teacher, _, step, reason in district.each("cohort"):
        facts = reason.facts
        assert facts["skill"] in district.courses[step.course].effects
        assert belongs(teacher, facts)
        asks = [
            ticket.teacher
            for ticket in district.tickets(facts["skill"], facts["since_date"], facts["until_date"])
            if ticket.teacher != teacher.id and belongs(district.teachers[ticket.teacher], facts)
        ]
        assert (len(asks), len(set(asks))) == (facts["count"], facts["people"])
        assert facts["people"] >= 5
        assert facts["until_date"] == district.facts.as_of


def test_season_reasons_count_last_years_days(district):
    for _, _, step, reason in district.each("season"):
        facts = reason.facts
        assert facts["skill"] in district.courses[step.course].effects
        assert district.facts.as_of < facts["date"] <= district.facts.calendar.end_date
        if facts["event"] == "month":
            first = facts["date"].replace(year=facts["date"].year - 1)
            last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        else:
            special = next(
                day
                for day in district.facts.calendar.special_days
                if (day.kind, day.title, day.start_date)
                == (facts["event"], facts["title"], facts["date"])
            )
            first = special.start_date - timedelta(weeks=52, days=14)
            last = special.end_date - timedelta(weeks=52)
        year = district.tickets(
            facts["skill"], district.facts.as_of - timedelta(days=377), district.facts.as_of
        )
        inside = [ticket for ticket in year if first <= ticket.opened_date <= last]
        assert facts["share"] == len(inside) / len(year)
        assert len({ticket.teacher for ticket in inside}) >= 5
        assert facts["share"] >= 1.5 * ((last - first).days + 1) / 378


def asks_ahead(rollout, facts):
    """What a roll-out brings day by day over the horizon, of one ask on its first day."""
    until = rollout.until_date or date.max
    days = (facts.as_of + timedelta(days=number) for number in range(1, 400))
    return sum(
        2 ** ((rollout.from_date - day).days / 28)
        for day in days
        if rollout.from_date <= day < until and day < facts.calendar.end_date + timedelta(days=56)
    )


def test_other_reasons_cite_what_the_facts_say(district):
    requirements = district.facts.requirements
    for teacher, path, step, reason in district.each():
        facts, course = reason.facts, district.courses[step.course]
        if reason.kind == "goal":
            goal = GoalFacts(facts["words"], (facts["skill"],), facts["since_date"])
            assert goal in teacher.goals and facts["skill"] in course.effects
        elif reason.kind == "said":
            said = Answer(teacher.id, facts["skill"], facts["answer"], facts["date"])
            assert said in district.facts.answers and said.kind != "still-working"
            assert facts["skill"] in course.effects
        elif reason.kind == "rollout":
            assert facts["skill"] in course.effects
            reaching = [
                one
                for one in district.facts.rollouts
                if facts["skill"] in one.skills and one.school in (None, teacher.school)
            ]
            one = max(reaching, key=lambda rollout: asks_ahead(rollout, district.facts))
            assert facts == {"skill": facts["skill"], "tool": one.tool, "date": one.from_date}
        elif reason.kind == "required":
            assert facts == {
                "due_date": min(
                    one.due_date
                    for one in requirements
                    if one.course == step.course and teacher.id in one.teachers
                )
            }
        elif reason.kind == "prepares":
            later = next(one for one in path.steps if one.course == facts["for_course"])
            assert step.course in district.courses[later.course].requires
            assert facts["date"] == (later.date or later.week_date) > step.week_date
        elif reason.kind == "accepted":
            assert step.course in teacher.accepted | set(teacher.enrolled)
        elif reason.kind == "variant":
            assert any(facts.values())
            assert any(
                set(facts["grades"]) == one.grades & set(teacher.grades)
                and set(facts["subjects"]) == one.subjects & set(teacher.subjects)
                and set(facts["tools"]) == one.tools & teacher.tools
                for one in course.variants
            )
        elif reason.kind == "style":
            assert facts == {"support_style": teacher.support_style, "format": course.format}
        elif reason.kind == "when":
            assert facts == {"date": step.date or step.week_date, "slot": step.slot}


def test_reasons_stand_for_no_more_than_the_step_saves(district):
    for _, _, step, reason in district.each("asked", "cohort", "goal", "rollout"):
        # An own ask is told even where it adds nothing to what colleagues' asks foretell.
        assert (reason.minutes > 0) or (reason.kind == "asked" and reason.minutes == 0)
        assert reason.minutes <= step.value + 1e-9


def test_fits_give_reasons_that_stand_for_minutes(district):
    teacher = next(one for one in district.teachers.values() if district.paths[one.id].steps)
    for fit in fits_of(district.facts, teacher.id).values():
        if fit.reason is not None:
            assert 0 <= fit.reason.minutes <= fit.value + 1e-9


def reasons_of(facts, teacher="ann"):
    return {step.course: step.reasons for step in recommend_paths(facts)[teacher].steps}


def colleagues(count, *, skill="sync", days_ago=20, school="north"):
    people = [TeacherFacts(f"p{n}", school=school, schools=(school,)) for n in range(count)]
    asks = [ask(n, skill, one.id, days_ago=days_ago + n) for one in people for n in range(8)]
    return people, tuple(asks)


def test_asked_reason_says_when_the_first_answer_did_not_settle_it():
    tickets = (*ASKS, ask(1, minutes_lost=10.0, answered_at_first=False))
    (reason,) = reasons_of(facts_of(tickets=tickets))["sync-live"]
    assert (reason.kind, dict(reason.facts)) == (
        "asked",
        {
            "skill": "sync",
            "count": 7,
            "since_date": date(2026, 9, 21),
            "last_date": date(2026, 9, 27),
            "last_minutes": 10.0,
            "unsolved": True,
            "repeated": False,
            "tickets": tuple(f"ann-sync-{n}" for n in (7, 6, 5, 4, 3, 2, 1)),
        },
    )


def test_asked_reason_says_when_an_answer_did_not_hold():
    for changes, said in (
        ({"repeated": True}, {"unsolved": True, "repeated": True}),
        ({"reopened": True}, {"unsolved": True, "repeated": False}),
    ):
        (last,) = reasons_of(facts_of(tickets=(*ASKS, ask(1, **changes))))["sync-live"]
        assert {key: last.facts[key] for key in said} == said
    (earlier,) = reasons_of(facts_of(tickets=(*ASKS, ask(9, repeated=True))))["sync-live"]
    assert (earlier.facts["unsolved"], earlier.facts["repeated"]) == (False, True)


def test_need_of_few_colleagues_is_neither_told_nor_acted_on():
    people, asks = colleagues(4)
    facts = facts_of(teachers=[ANN, *people], tickets=asks)
    path = recommend_paths(facts)["ann"]
    assert (path.steps, path.nothing_because, path.needs) == ((), "no-need", {})
    assert fits_of(facts, "ann")["sync-live"].reason is None


def test_need_of_five_colleagues_is_told_by_the_nearest_cohort():
    people, asks = colleagues(5)
    far, far_asks = colleagues(1, school="south", days_ago=25)
    far = [replace(one, id="far") for one in far]
    far_asks = tuple(replace(one, id=f"far-{one.id}", teacher="far") for one in far_asks)
    facts = facts_of(teachers=[ANN, *people, *far], tickets=asks + far_asks)
    (reason,) = reasons_of(facts)["sync-live"]
    assert (reason.kind, dict(reason.facts)) == (
        "cohort",
        {
            "skill": "sync",
            "cohort": "school",
            "name": "north",
            "count": 40,
            "people": 5,
            "since_date": AS_OF - timedelta(days=90),
            "until_date": AS_OF,
        },
    )


def test_need_of_colleagues_from_two_schools_is_told_of_the_district():
    near, asks = colleagues(3)
    far, far_asks = colleagues(3, school="south")
    far = [replace(one, id=f"far-{one.id}") for one in far]
    far_asks = tuple(
        replace(one, id=f"far-{one.id}", teacher=f"far-{one.teacher}") for one in far_asks
    )
    facts = facts_of(teachers=[ANN, *near, *far], tickets=asks + far_asks)
    (reason,) = reasons_of(facts)["sync-live"]
    cited = [reason.facts[key] for key in ("cohort", "name", "count", "people")]
    assert cited == ["district", None, 48, 6]


@pytest.mark.parametrize(
    ("needs_tool", "cohort"), [(True, ("tool", "gradebook")), (False, ("district", None))]
)
def test_colleagues_who_use_a_tool_are_cited_where_the_skill_has_to_do_with_it(needs_tool, cohort):
    near, asks = colleagues(3)
    far, far_asks = colleagues(3, school="south")
    far = [replace(one, id=f"far-{one.id}") for one in far]
    far_asks = tuple(
        replace(one, id=f"far-{one.id}", teacher=f"far-{one.teacher}") for one in far_asks
    )
    tools = frozenset({"gradebook"})
    people = [replace(one, tools=tools) for one in (ANN, *near, *far)]
    course = replace(SYNC, tools=tools) if needs_tool else SYNC
    facts = facts_of(teachers=people, tickets=asks + far_asks, courses=(course,))
    reason = reasons_of(facts)["sync-live"][0]
    assert (reason.facts["cohort"], reason.facts["name"]) == cohort


def test_opted_out_teacher_is_told_of_colleagues_only():
    people, asks = colleagues(6)
    teacher = replace(ANN, uses_tickets=False)
    facts = facts_of(teachers=[teacher, *people], tickets=ASKS + asks)
    assert [reason.kind for reason in reasons_of(facts)["sync-live"]] == ["cohort"]


def test_season_reason_cites_the_event_ahead():
    people, asks = colleagues(8, days_ago=291)  # early December a year ago
    calendar = replace(
        CALENDAR,
        special_days=(
            SpecialDay("report-cards", date(2026, 12, 11), date(2026, 12, 11), "Report cards"),
        ),
    )
    facts = facts_of(teachers=[ANN, *people], tickets=ASKS + asks, calendar=calendar)
    season = next(r for r in reasons_of(facts)["sync-live"] if r.kind == "season")
    assert dict(season.facts) == {
        "skill": "sync",
        "event": "report-cards",
        "title": "Report cards",
        "date": date(2026, 12, 11),
        "share": 64 / 70,
    }


def test_required_session_without_need_is_in_by_its_due_date():
    due = RequirementFacts("quiz-card", date(2026, 10, 30), frozenset({"ann"}))
    (step,) = recommend_paths(facts_of(tickets=(), requirements=(due,)))["ann"].steps
    assert (step.course, step.value, step.reasons) == (
        "quiz-card",
        0.0,
        (Reason("required", {"due_date": date(2026, 10, 30)}),),
    )
    assert step.week_date <= date(2026, 10, 30)


def test_step_said_yes_to_without_need_says_at_least_when():
    teacher = replace(ANN, accepted=frozenset({"quiz-card"}))
    (step,) = recommend_paths(facts_of(teachers=[teacher], tickets=()))["ann"].steps
    assert step.reasons == (
        Reason("accepted", {}),
        Reason("when", {"date": step.week_date, "slot": None}),
    )


def test_step_that_opens_another_says_which_and_when():
    course = replace(SYNC, requires=frozenset({"quiz-card"}))
    reasons = reasons_of(facts_of(courses=[course, QUIZ]))
    assert list(reasons) == ["quiz-card", "sync-live"]
    assert reasons["quiz-card"] == (
        Reason("prepares", {"for_course": "sync-live", "date": date(2026, 10, 5)}),
    )


def test_rollout_reason_comes_before_any_ticket():
    rollout = Rollout("board", ("quiz",), "north", date(2026, 10, 12))
    reasons = reasons_of(facts_of(tickets=(), rollouts=(rollout,)))
    assert [(r.kind, dict(r.facts)) for r in reasons["quiz-card"]] == [
        ("rollout", {"skill": "quiz", "tool": "board", "date": date(2026, 10, 12)})
    ]


@pytest.mark.parametrize(
    "other",
    [
        Rollout("board", ("quiz",), "south", date(2027, 4, 1)),  # long after the horizon
        Rollout("board", ("quiz",), None, date(2027, 2, 1)),  # its last days: next to nothing
        Rollout("board", ("quiz",), "south", date(2026, 3, 2)),  # asked about long ago
        Rollout("board", ("quiz",), "south", date(2026, 11, 2), until_date=date(2026, 11, 9)),
        Rollout("board", ("quiz",), "west", date(2026, 10, 5)),  # no school of hers
        Rollout("board", ("sync",), "north", date(2026, 10, 5)),  # brings another skill
    ],
)
def test_rollout_reason_cites_the_one_that_brings_most(other):
    one = Rollout("board", ("quiz",), "north", date(2026, 10, 12))
    teacher = replace(ANN, schools=("north", "south"))
    for rollouts in ((one, other), (other, one)):
        facts = facts_of(teachers=[teacher], courses=[QUIZ], tickets=(), rollouts=rollouts)
        assert [(r.kind, dict(r.facts)) for r in reasons_of(facts)["quiz-card"]] == [
            ("rollout", {"skill": "quiz", "tool": "board", "date": date(2026, 10, 12)})
        ]


def test_fit_reason_names_the_version_style_and_slot():
    teacher = replace(
        ANN,
        grades=("6-8",),
        tools=frozenset({"gradebook", "slides"}),
        support_style="with-me",
        free_slots=frozenset({"wed-after"}),
    )
    course = replace(
        SYNC,
        format="coached",
        variants=(
            Variant(grades=frozenset({"9-12"})),
            Variant(grades=frozenset({"6-8"}), tools=frozenset({"gradebook"})),
        ),
        runs=(run("sync-live", date(2026, 10, 7)),),
    )
    (step,) = recommend_paths(facts_of(teachers=[teacher], courses=[course]))["ann"].steps
    assert [(r.kind, dict(r.facts)) for r in step.reasons[1:]] == [
        ("variant", {"grades": ("6-8",), "subjects": (), "tools": ("gradebook",)}),
        ("style", {"support_style": "with-me", "format": "coached"}),
    ]


def test_calendar_of_less_than_a_week_still_gives_a_reasoned_path():
    facts = facts_of(calendar=CalendarFacts(AS_OF, AS_OF + timedelta(days=3)))
    path = recommend_paths(facts)["ann"]
    assert [step.course for step in path.steps] == ["sync-live"]
    assert path.steps[0].week_date == AS_OF
