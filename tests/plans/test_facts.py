from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from courses.models import (
    Completion,
    CoursePrerequisite,
    CourseSkill,
    Enrolment,
    EnrolmentEvent,
    Evaluation,
    Requirement,
)
from pdplanner.plans.models import StepAnswer
from pdplanner.plans.queries import read_facts
from pdplanner.plans.queries.catalogue import place_in_week
from pdplanner.plans.queries.drafts import draft_paths
from pdplanner.plans.queries.facts import read_common
from pdplanner.plans.wording import word_reason
from pdplanner.recommender.facts import (
    Answer,
    CalendarFacts,
    CourseFacts,
    Dismissal,
    GoalFacts,
    OfferingFacts,
    RequirementFacts,
    Rollout,
    SpecialDay,
    TeacherFacts,
    TicketFacts,
    Variant,
)
from pdplanner.recommender.needs import foretell_needs
from pdplanner.recommender.rules import PathRules
from profiles.corrections import hide_ticket, unhide_ticket
from profiles.models import Goal, SkillAnswer, Tool, ToolAtSchool
from profiles.models import SpecialDay as SpecialDayRow
from profiles.tickets.repeating import mark_repeated

from .conftest import NOW, TODAY, at

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
QUERIES = 32


def teacher_in(facts, teacher) -> TeacherFacts:
    return next(one for one in facts.teachers if one.id == teacher.pk)


def test_facts_of_a_teacher_hold_what_the_teacher_told(
    new_teacher, east, grade_sync, term, add_session
):
    board = Tool.objects.create(name="Display")
    new_teacher.tools.add(board)
    new_teacher.support_style = "with-me"
    new_teacher.formats = ["live"]
    new_teacher.minutes_a_term = 300
    new_teacher.minutes_a_week = 60
    new_teacher.free_slots, new_teacher.has_stated_slots = ["tue-prep"], True
    new_teacher.started_date = date(2026, 8, 24)
    new_teacher.save()
    goal = Goal.objects.create(teacher=new_teacher, words="Fewer papers", set_at=at(YESTERDAY))
    goal.skills.add(grade_sync)
    SkillAnswer.objects.create(
        teacher=new_teacher, skill=grade_sync, answer="know-it", answered_at=at(YESTERDAY)
    )
    assert teacher_in(read_facts(as_of=TODAY), new_teacher) == TeacherFacts(
        id=new_teacher.pk,
        school=east.pk,
        schools=(east.pk,),
        grades=("6-8",),
        subjects=("science",),
        tools=frozenset({board.pk}),
        support_style="with-me",
        formats=("live",),
        minutes_budget=300,
        minutes_set_aside=300,
        weekly_minutes=60,
        free_slots=frozenset({"tue-prep"}),
        goals=(GoalFacts("Fewer papers", (grade_sync.pk,), YESTERDAY),),
        known_skills=frozenset({grade_sync.pk}),
        started_date=date(2026, 8, 24),
    )


def test_facts_of_a_teacher_who_said_nothing_take_the_district_hours(new_teacher, east, term):
    assert teacher_in(read_facts(as_of=TODAY), new_teacher) == TeacherFacts(
        id=new_teacher.pk,
        school=east.pk,
        schools=(east.pk,),
        grades=("6-8",),
        subjects=("science",),
        minutes_budget=480,
        free_slots=None,
    )


def test_facts_of_a_course_hold_what_its_author_said(
    add_session, add_run, new_teacher, east, grade_sync, screen_sharing
):
    board = Tool.objects.create(name="Display")
    first = add_session("First")
    twin = add_session("Twin")
    course = add_session(
        "Gradebook",
        grade_sync,
        strength="masters",
        minutes=60,
        format="live",
        level="B1",
        grade_bands=["6-8"],
        subjects=["science"],
        body=[
            (
                "rooms",
                {
                    "heading": "Rooms",
                    "variants": [
                        {
                            "grade_bands": ["6-8"],
                            "subjects": ["science"],
                            "tools": [board],
                            "text": "<p>In the lab.</p>",
                        }
                    ],
                },
            )
        ],
    )
    course.taught_skills.add(CourseSkill(skill=screen_sharing, strength="touches"))
    course.prerequisites.add(CoursePrerequisite(before=first, is_required=True))
    course.prerequisites.add(CoursePrerequisite(before=twin, is_required=False))
    course.tools.add(board)
    course.schools.add(east)
    course.equivalents.add(twin)
    course.save()
    run = add_run(course, date(2026, 12, 3), seats=6, school=east)
    facts = read_facts(as_of=TODAY)
    assert next(one for one in facts.courses if one.id == course.pk) == CourseFacts(
        id=course.pk,
        title="Gradebook",
        minutes=60,
        format="live",
        level="B1",
        effects={grade_sync.pk: 0.60, screen_sharing.pk: 0.15},
        grades=frozenset({"6-8"}),
        subjects=frozenset({"science"}),
        schools=frozenset({east.pk}),
        tools=frozenset({board.pk}),
        variants=(Variant(frozenset({"6-8"}), frozenset({"science"}), frozenset({board.pk})),),
        requires=frozenset({first.pk}),
        advises=frozenset({twin.pk}),
        equivalents=frozenset({twin.pk}),
        runs=(
            OfferingFacts(
                id=run.pk,
                course=course.pk,
                start_date=date(2026, 12, 3),
                end_date=date(2026, 12, 3),
                minutes=60,
                slot="thu-after",
                seats_left=6,
                school=east.pk,
            ),
        ),
    )


def test_facts_offer_no_draft_and_no_run_that_is_over_or_called_off(
    add_session, add_run, new_teacher
):
    live = add_session("Live", format="live")
    add_session("Draft", live=False)
    add_run(live, YESTERDAY)
    add_run(live, TODAY, hour=18)
    add_run(live, TOMORROW, is_cancelled=True)
    ahead = add_run(live, TOMORROW)
    facts = read_facts(as_of=TODAY)
    assert [(c.title, [run.id for run in c.runs]) for c in facts.courses] == [("Live", [ahead.pk])]


def test_facts_keep_a_run_under_way_for_who_is_in_it(add_session, add_run, new_teacher, asker):
    course = add_session("Long one", format="live")
    run = add_run(course, YESTERDAY, ends_at=at(TOMORROW, 16))
    Enrolment.objects.create(
        teacher=new_teacher, course=course, offering=run, state="seated", since_at=at(YESTERDAY, 8)
    )
    facts = read_facts(as_of=TODAY)
    mine = teacher_in(facts, new_teacher)
    assert mine.enrolled == {course.pk: run.pk}
    assert mine.busy_dates == {YESTERDAY, TODAY, TOMORROW}
    assert [run.id for c in facts.courses if c.id == course.pk for run in c.runs] == [run.pk]


def test_tickets_are_told_without_what_came_later(new_teacher, add_ticket, grade_sync):
    settled = add_ticket(
        new_teacher,
        grade_sync,
        YESTERDAY,
        first_answered_at=at(YESTERDAY, 11),
        resolved_at=at(YESTERDAY, 12),
    )
    still_open = add_ticket(
        new_teacher,
        grade_sync,
        TODAY,
        first_answered_at=at(TODAY, 11),
        resolved_at=at(TOMORROW, 12),
        is_reopened=True,
    )
    lasting = add_ticket(
        new_teacher,
        grade_sync,
        TODAY - timedelta(days=9),
        first_answered_at=at(TODAY - timedelta(days=9), 11),
        resolved_at=at(TODAY - timedelta(days=5), 12),
    )
    add_ticket(new_teacher, grade_sync, TOMORROW)
    key = grade_sync.pk
    assert read_facts(as_of=TODAY).tickets == (
        TicketFacts(settled.pk, new_teacher.pk, key, "how-to", YESTERDAY, 20, False, True),
        TicketFacts(still_open.pk, new_teacher.pk, key, "how-to", TODAY, None, False, None),
        TicketFacts(
            lasting.pk, new_teacher.pk, key, "how-to", TODAY - timedelta(days=9), 20, False, False
        ),
    )


@pytest.fixture
def asked_again(new_teacher, add_ticket, grade_sync):
    """The later of two tickets; the first was answered and closed the same hour, nine days ago."""
    day = TODAY - timedelta(days=12)
    add = partial(add_ticket, new_teacher, grade_sync)
    add(day, first_answered_at=at(day, 11), resolved_at=at(day, 11))
    again = add(day + timedelta(days=9))
    mark_repeated(teachers=[new_teacher.pk])
    return again


def unsolved_on(day: date) -> list[tuple[bool, bool | None, bool]]:
    tickets = read_facts(as_of=day).tickets
    return [(one.repeated, one.answered_at_first, one.unsolved) for one in tickets]


def test_ticket_that_was_asked_again_counts_as_unsolved_from_that_day_on(asked_again):
    assert unsolved_on(TODAY) == [(True, False, True), (False, None, False)]
    assert unsolved_on(TODAY + timedelta(days=90)) == unsolved_on(TODAY)
    assert unsolved_on(TODAY - timedelta(days=3)) == unsolved_on(TODAY)
    assert unsolved_on(TODAY - timedelta(days=4)) == [(False, True, False)]


def test_ticket_that_was_asked_again_by_a_hidden_one_counts_as_solved(asked_again, new_teacher):
    hide_ticket(teacher=new_teacher, ticket=asked_again, now=NOW)
    assert unsolved_on(TODAY) == [(False, True, False)]
    unhide_ticket(teacher=new_teacher, ticket=asked_again, now=NOW)
    assert unsolved_on(TODAY) == [(True, False, True), (False, None, False)]


def test_ticket_that_was_asked_again_is_told_so_and_raises_the_rate(
    asked_again, new_teacher, grade_sync, add_session, term
):
    add_session("Gradebook sync", grade_sync)

    def rate_and_words() -> tuple[float, str]:
        facts = read_facts(as_of=TODAY)
        needs = foretell_needs(facts, PathRules())
        ((step,),) = [draft.steps for draft in draft_paths(as_of=TODAY).values()]
        told = word_reason(step.reasons[0], as_of=TODAY).text
        return float(needs.rates[0, needs.skills.index(grade_sync.pk)]), told

    rate, words = rate_and_words()
    assert words == (
        "You asked about Grade sync twice since 11 November, again within two weeks of an answer;"
        " the last time, on 20 November, cost about 20 minutes of class."
    )
    hide_ticket(teacher=new_teacher, ticket=asked_again, now=NOW)
    rate_without, words = rate_and_words()
    assert words == (
        "You asked about Grade sync on 11 November; it cost about 20 minutes of class."
    )
    assert rate > rate_without


def test_tickets_that_make_no_need_are_not_read(new_teacher, outsider, add_ticket, grade_sync):
    outsider.uses_tickets = False
    outsider.save()
    add_ticket(outsider, grade_sync, YESTERDAY)
    add_ticket(new_teacher, None, YESTERDAY)
    add_ticket(new_teacher, grade_sync, YESTERDAY, kind="outage")
    add_ticket(new_teacher, grade_sync, YESTERDAY, hidden_at=at(TOMORROW))
    assert read_facts(as_of=TODAY).tickets == ()


def test_late_ticket_of_an_evening_belongs_to_the_districts_day(
    new_teacher, add_ticket, grade_sync
):
    add_ticket(new_teacher, grade_sync, TODAY, opened_at=at(TODAY, 23, 30))
    assert [ticket.opened_date for ticket in read_facts(as_of=TODAY).tickets] == [TODAY]
    assert read_facts(as_of=YESTERDAY).tickets == ()


def test_completions_count_against_the_hours_of_their_term(
    new_teacher, term, add_session, grade_sync
):
    course = add_session("Done", grade_sync, level="B1")
    old = add_session("Long ago")
    later = add_session("Tomorrow")
    for row, day in ((course, YESTERDAY), (old, date(2026, 5, 4)), (later, TOMORROW)):
        Completion.objects.create(
            teacher=new_teacher,
            course=row,
            title=row.title,
            minutes=45,
            ground="check",
            completed_at=at(day),
        )
    mine = teacher_in(read_facts(as_of=TODAY), new_teacher)
    assert mine.done == {course.pk: YESTERDAY, old.pk: date(2026, 5, 4)}
    assert mine.levels == {grade_sync.pk: "B1"}
    assert (mine.minutes_budget, mine.minutes_set_aside) == (480 - 45, None)


def test_hours_set_aside_stay_what_they_are_when_some_are_used(
    district, new_teacher, term, add_session
):
    course = add_session("Done")
    Completion.objects.create(
        teacher=new_teacher,
        course=course,
        title=course.title,
        minutes=45,
        ground="check",
        completed_at=at(YESTERDAY),
    )
    new_teacher.minutes_a_term = 300
    new_teacher.save()
    district.minutes_a_term = 420
    district.save()
    facts = read_facts(as_of=TODAY)
    mine = teacher_in(facts, new_teacher)
    assert (mine.minutes_budget, mine.minutes_set_aside) == (300 - 45, 300)
    assert facts.minutes_a_term == read_common(as_of=TODAY).minutes_a_term == 420


def test_answers_stand_from_their_day_until_undone(new_teacher, term, add_session):
    yes, no, undone, later, past_term = (add_session(title) for title in "abcde")

    def say(course, answer, day, **fields):
        StepAnswer.objects.create(
            teacher=new_teacher, course=course, answer=answer, answered_at=at(day), **fields
        )

    say(yes, "accepted", YESTERDAY)
    say(no, "not-a-fit", YESTERDAY, why="know-it")
    say(undone, "swapped", YESTERDAY, undone_at=at(TOMORROW))
    say(later, "accepted", TOMORROW)
    say(past_term, "not-a-fit", date(2026, 5, 4), why="not-now")
    mine = teacher_in(read_facts(as_of=TODAY), new_teacher)
    assert mine.accepted == {yes.pk}
    assert mine.dismissed == (
        Dismissal(no.pk, "know-it", YESTERDAY),
        Dismissal(undone.pk, "swapped", YESTERDAY),
    )
    tomorrow = teacher_in(read_facts(as_of=TOMORROW), new_teacher)
    assert tomorrow.accepted == {yes.pk, later.pk}
    assert tomorrow.dismissed == (Dismissal(no.pk, "know-it", YESTERDAY),)


def test_enrolments_are_told_as_they_stood(new_teacher, add_session, add_run):
    course = add_session("Course", format="live")
    run = add_run(course, TODAY + timedelta(days=10))
    enrolment = Enrolment.objects.create(
        teacher=new_teacher,
        course=course,
        offering=run,
        state="withdrawn",
        since_at=at(TOMORROW),
    )
    for state, day in (("waiting", date(2026, 11, 18)), ("seated", YESTERDAY)):
        EnrolmentEvent.objects.create(enrolment=enrolment, state=state, happened_at=at(day))

    def told(day):
        mine = teacher_in(read_facts(as_of=day), new_teacher)
        return dict(mine.enrolled), set(mine.accepted), set(mine.busy_dates)

    assert told(date(2026, 11, 17)) == ({}, set(), set())
    assert told(date(2026, 11, 18)) == ({}, {course.pk}, set())
    assert told(TODAY) == ({course.pk: run.pk}, set(), {date(2026, 12, 3)})
    assert told(TOMORROW) == ({}, set(), set())


def test_surroundings_are_told(
    new_teacher, mentor_teacher, outsider, east, term, grade_sync, add_session
):
    day = SpecialDayRow.objects.create(
        kind="report-cards", title="Report cards", start_date=TODAY, end_date=TOMORROW
    )
    day.schools.add(east)
    ToolAtSchool.objects.create(tool=grade_sync.tool, school=east, from_date=TOMORROW)
    course = add_session("Required")
    requirement = Requirement.objects.create(
        course=course, due_date=date(2026, 12, 11), set_at=at(YESTERDAY)
    )
    requirement.schools.add(east)
    Requirement.objects.create(course=course, due_date=date(2027, 1, 8), set_at=at(TOMORROW))
    Requirement.objects.create(
        course=course, due_date=TODAY, set_at=at(YESTERDAY), ended_at=at(TODAY)
    )
    facts = read_facts(as_of=TODAY)
    assert facts.calendar == CalendarFacts(
        TODAY,
        date(2027, 1, 22),
        "Fall semester",
        (SpecialDay("report-cards", TODAY, TOMORROW, "Report cards", frozenset({east.pk})),),
    )
    assert facts.requirements == (
        RequirementFacts(
            course.pk, date(2026, 12, 11), frozenset({new_teacher.pk, mentor_teacher.pk})
        ),
    )
    assert facts.rollouts == (Rollout(grade_sync.tool_id, (grade_sync.pk,), east.pk, TOMORROW),)
    assert facts.skills == {grade_sync.pk}


def test_facts_without_a_term_look_eighteen_weeks_ahead(new_teacher):
    assert read_facts(as_of=TODAY).calendar == CalendarFacts(
        TODAY, TODAY + timedelta(weeks=18, days=-1), ""
    )


def test_teacher_who_left_is_told_with_the_day(new_teacher):
    new_teacher.is_active = False
    new_teacher.left_date = TODAY
    new_teacher.save()
    assert teacher_in(read_facts(as_of=TODAY), new_teacher).left_date == TODAY
    assert teacher_in(read_facts(as_of=YESTERDAY), new_teacher).left_date is None


def test_teacher_who_is_known_to_leave_is_told_with_the_day(new_teacher):
    new_teacher.left_date = TOMORROW
    new_teacher.save()
    facts = read_facts(as_of=TODAY)
    assert teacher_in(facts, new_teacher).left_date == TOMORROW
    assert list(draft_paths(as_of=TODAY)) == [new_teacher.pk]
    assert list(draft_paths(as_of=TOMORROW)) == []


def test_noticed_names_the_roll_out_that_brings_the_need(new_teacher, east, term, grade_sync):
    tool = grade_sync.tool
    ToolAtSchool.objects.create(tool=tool, school=east, from_date=TOMORROW)
    ToolAtSchool.objects.create(tool=tool, school=None, from_date=date(2027, 9, 1))
    (need,) = draft_paths(as_of=TODAY)[new_teacher.pk].noticed
    assert (need["skill"], need["tool_name"], need["rollout_date"]) == (
        grade_sync.pk,
        tool.name,
        TOMORROW.isoformat(),
    )


def test_facts_for_one_teacher_read_the_others_as_colleagues_only(
    new_teacher, mentor_teacher, east, term, grade_sync
):
    goal = Goal.objects.create(teacher=mentor_teacher, words="Mine", set_at=at(YESTERDAY))
    goal.skills.add(grade_sync)
    facts = read_facts(as_of=TODAY, teacher_ids=[new_teacher.pk])
    assert teacher_in(facts, new_teacher) == teacher_in(read_facts(as_of=TODAY), new_teacher)
    assert teacher_in(facts, mentor_teacher) == TeacherFacts(
        id=mentor_teacher.pk,
        school=east.pk,
        schools=(east.pk,),
        grades=("6-8",),
        subjects=("math",),
        started_date=date(2015, 8, 24),
    )


def test_facts_take_the_same_queries_for_one_row_and_for_many(
    django_assert_num_queries, new_teacher, east, term, grade_sync, add_session, add_run, add_ticket
):
    def one_more(number: int) -> None:
        course = add_session(f"Session {number}", grade_sync, format="live")
        add_run(course, TODAY + timedelta(days=number + 1))
        add_ticket(new_teacher, grade_sync, YESTERDAY)
        Requirement.objects.create(course=course, due_date=TOMORROW, set_at=at(YESTERDAY))
        Goal.objects.create(teacher=new_teacher, words=str(number), set_at=at(YESTERDAY))
        SpecialDayRow.objects.create(kind="pd", start_date=TODAY, end_date=TODAY)
        ToolAtSchool.objects.create(tool=grade_sync.tool, from_date=TODAY)

    one_more(0)
    with django_assert_num_queries(QUERIES):
        read_facts(as_of=TODAY)
    for number in range(1, 6):
        one_more(number)
    with django_assert_num_queries(QUERIES):
        read_facts(as_of=TODAY)
    with django_assert_num_queries(QUERIES):
        read_facts(as_of=TODAY, teacher_ids=[new_teacher.pk])


@pytest.mark.parametrize(
    ("day", "begin", "end", "place"),
    [
        (TODAY, (7, 30), (8, 30), ("mon-before", False)),
        (TODAY, (7, 30), (15, 0), (None, True)),  # begins before school and takes the day
        (TODAY, (8, 30), (9, 30), ("mon-prep", False)),
        (TODAY, (14, 29), (15, 29), ("mon-prep", False)),
        (TODAY, (9, 0), (12, 0), (None, True)),
        (TODAY, (14, 30), (17, 0), ("mon-after", False)),
        (TODAY, (18, 0), (19, 0), (None, False)),
        (date(2026, 11, 28), (10, 0), (11, 0), (None, False)),
    ],
)
def test_place_in_week_of_a_run(day, begin, end, place):
    assert place_in_week(at(day, *begin), at(day, *end)) == place


def test_place_in_week_of_a_series_is_none(term):
    assert place_in_week(at(TODAY, 9), at(TODAY + timedelta(days=60), 15)) == (None, True)


def test_run_of_a_series_takes_as_long_as_its_session_says(add_session, add_run, new_teacher):
    course = add_session("Series", format="live", minutes=90)
    add_run(course, TOMORROW, ends_at=at(TODAY + timedelta(days=60), 15))
    (told,) = read_facts(as_of=TODAY).courses
    assert (told.runs[0].minutes, told.runs[0].slot) == (90, None)


def test_circle_backs_say_what_works_and_where_somebody_gets_stuck(
    new_teacher, mentor_teacher, grade_sync, screen_sharing, term, add_session
):
    course = add_session("Gradebook sync", grade_sync)
    course.taught_skills.add(CourseSkill(skill=screen_sharing, strength="touches"))
    course.save()
    for teacher, outcome, day in (
        (new_teacher, "stuck", YESTERDAY),
        (mentor_teacher, "works", TODAY),
    ):
        Evaluation.objects.create(
            teacher=teacher, course=course, moment="later", outcome=outcome, answered_at=at(day)
        )
    unused = add_session("Not used", grade_sync)
    Evaluation.objects.create(
        teacher=new_teacher,
        course=unused,
        moment="later",
        outcome="not-used",
        answered_at=at(TODAY),
    )
    stuck = Answer(new_teacher.pk, grade_sync.pk, "not-quite", YESTERDAY)
    works = Answer(mentor_teacher.pk, grade_sync.pk, "still-working", TODAY)
    assert read_facts(as_of=TODAY).answers == (stuck, works)
    assert read_facts(as_of=TODAY, teacher_ids=[new_teacher.pk]).answers == (stuck,)
    assert read_facts(as_of=YESTERDAY).answers == (stuck,)


def test_getting_stuck_makes_a_need_and_working_takes_some_away(
    asker, grade_sync, term, add_session
):
    course = add_session("Gradebook sync", grade_sync)

    def minutes() -> float:
        needs = foretell_needs(read_facts(as_of=TODAY), PathRules())
        row, column = needs.teachers.index(asker.pk), needs.skills.index(grade_sync.pk)
        return float(needs.minutes[row, column])

    plain = minutes()
    said = Evaluation.objects.create(
        teacher=asker, course=course, moment="later", outcome="stuck", answered_at=at(YESTERDAY)
    )
    stuck = minutes()
    said.outcome = "works"
    said.save()
    assert minutes() < plain < stuck
