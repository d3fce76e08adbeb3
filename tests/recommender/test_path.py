"""Rules that hold in every district, looked up in the facts again and not in the code."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import RequirementFacts, recommend_paths
from pdplanner.recommender.tables import days_of

SEEDS = range(6)
SMALL = Size(teachers=40, courses=60, skills=20)


WEDNESDAY = date(2026, 11, 11)


def with_midweek_due_dates(facts):
    """The facts, and four sessions due on a Wednesday, with runs on both sides of it; to one of
    them every other teacher has said yes in another form."""
    live = [course for course in facts.courses if course.runs and not course.requires][:4]
    around = [WEDNESDAY + timedelta(days=days) for days in (-8, -2, 1, 2, 6)]

    def moved(course):
        runs = tuple(
            replace(
                course.runs[0], id=f"{course.id}-{day}", start_date=day, end_date=day, seats_left=3
            )
            for day in around
        )
        return replace(course, minutes=30, runs=runs)

    everybody = frozenset(teacher.id for teacher in facts.teachers)
    same = frozenset({live[0].id})
    form = replace(live[0], id="in-another-form", minutes=20, runs=None, equivalents=same)
    return replace(
        facts,
        teachers=tuple(
            replace(teacher, enrolled={}, accepted=frozenset({form.id} if number % 2 else ()))
            for number, teacher in enumerate(facts.teachers)
        ),
        courses=(*(moved(one) if one in live else one for one in facts.courses), form),
        requirements=(
            *facts.requirements,
            *(RequirementFacts(course.id, WEDNESDAY, everybody) for course in live),
        ),
    )


def with_runs_of_other_lengths(facts):
    """The facts, and runs that take from a third to four times as long as their sessions say."""
    draw = random.Random(7)

    def stretched(course):
        runs = tuple(
            replace(run, minutes=max(5, int(course.minutes * draw.choice((0.34, 0.7, 1, 2, 4)))))
            for run in course.runs
        )
        return replace(course, runs=runs)

    courses = tuple(stretched(c) if c.runs else c for c in facts.courses)
    return replace(facts, courses=courses)


def with_comings_and_goings(facts):
    """The facts, and two thirds of the teachers come or go within the term, on any weekday."""
    return replace(
        facts,
        teachers=tuple(
            replace(
                teacher,
                **{
                    0: {},
                    1: {"left_date": facts.as_of + timedelta(days=1 + number)},
                    2: {"started_date": facts.as_of + timedelta(days=number)},
                }[number % 3],
                enrolled={},
            )
            for number, teacher in enumerate(facts.teachers)
        ),
    )


@pytest.fixture(
    scope="module", params=[*SEEDS, "midweek", "lengths 2", "lengths 3", "comings and goings"]
)
def planned(request):
    if request.param == "comings and goings":
        facts = with_comings_and_goings(make_district(4, SMALL))
    elif str(request.param).startswith("lengths"):
        facts = with_runs_of_other_lengths(make_district(int(request.param[-1]), SMALL))
    elif request.param == "midweek":
        facts = with_midweek_due_dates(make_district(1, replace(SMALL, teachers=14)))
    else:
        facts = make_district(request.param, SMALL)
    return facts, recommend_paths(facts)


def each_step(facts, paths):
    teachers = {teacher.id: teacher for teacher in facts.teachers}
    courses = {course.id: course for course in facts.courses}
    for path in paths.values():
        for step in path.steps:
            yield teachers[path.teacher], path, courses[step.course], step


def twins_of(facts, course):
    said = set(next(c.equivalents for c in facts.courses if c.id == course))
    return said | {c.id for c in facts.courses if course in c.equivalents} - {course}


def run_of(course, step):
    return next(run for run in course.runs if run.id == step.offering)


def test_paths_are_for_every_teacher_and_never_all_empty(planned):
    facts, paths = planned
    assert list(paths) == [teacher.id for teacher in facts.teachers]
    assert sum(bool(path.steps) for path in paths.values()) > len(paths) / 2
    assert all(bool(path.steps) == (path.nothing_because is None) for path in paths.values())


def test_paths_keep_to_the_minutes_of_term_and_week(planned):
    facts, paths = planned
    for _, _, course, step in each_step(facts, paths):
        assert step.minutes == (run_of(course, step) if step.offering else course).minutes
    for teacher in facts.teachers:
        steps = paths[teacher.id].steps
        taken = sum(step.minutes for step in steps if teacher.enrolled.get(step.course))
        assert sum(step.minutes for step in steps) <= max(teacher.minutes_budget, taken)
        weeks = Counter()
        seats = Counter()
        for step in steps:
            weeks[step.week_date] += step.minutes
            seats[step.week_date] += step.minutes if teacher.enrolled.get(step.course) else 0
        if teacher.weekly_minutes is not None:
            assert all(
                minutes <= max(teacher.weekly_minutes, seats[week])
                for week, minutes in weeks.items()
            )


def test_paths_hold_nothing_done_dismissed_or_twice(planned):
    facts, paths = planned
    for teacher, path, course, _ in each_step(facts, paths):
        planned_courses = [step.course for step in path.steps]
        assert planned_courses.count(course.id) == 1
        assert course.id not in teacher.done
        assert course.id not in {dismissal.course for dismissal in teacher.dismissed}
        twins = twins_of(facts, course.id)
        held = teacher.accepted | set(teacher.enrolled)
        assert not twins & set(teacher.done)
        assert not (twins & set(planned_courses)) - held or course.id in held


def test_paths_put_prerequisites_in_earlier_weeks(planned):
    facts, paths = planned
    for teacher, path, course, step in each_step(facts, paths):
        week_of = {other.course: other.week_date for other in path.steps}
        for needed in course.requires:
            done = {needed, *twins_of(facts, needed)} & set(teacher.done)
            assert done or week_of[needed] < step.week_date


def test_paths_take_runs_that_are_ahead_and_free(planned):
    facts, paths = planned
    for teacher, _, course, step in each_step(facts, paths):
        if course.runs is None:
            assert (step.offering, step.date, step.slot) == (None, None, None)
            continue
        run = run_of(course, step)
        assert (step.date, step.slot) == (run.start_date, run.slot)
        assert timedelta() <= run.start_date - step.week_date < timedelta(days=7)
        if teacher.enrolled.get(course.id) == run.id:
            continue
        assert facts.as_of < run.start_date <= facts.calendar.end_date
        assert run.seats_left > 0
        assert run.start_date not in teacher.busy_dates
        pd_day = any(
            special.kind == "pd"
            and special.start_date <= run.start_date <= special.end_date
            and (not special.schools or special.schools & {teacher.school})
            for special in facts.calendar.special_days
        )
        slots = teacher.free_slots
        assert slots is None or run.slot in slots or run.release_time or pd_day
    for path in paths.values():
        runs = [
            run_of(course, step)
            for _, _, course, step in each_step(facts, {path.teacher: path})
            if step.offering
        ]
        slots = [(day, run.slot) for run in runs for day in days_of(run)]
        assert len(slots) == len(set(slots))
        for day, slot in slots:
            assert slot is not None or sum(other == day for other, _ in slots) == 1


def test_paths_hold_nothing_before_a_teacher_comes_or_after_they_go(planned):
    facts, paths = planned
    for teacher, _, course, step in each_step(facts, paths):
        first, end = teacher.started_date or date.min, teacher.left_date or date.max
        if step.offering and teacher.enrolled.get(course.id) != step.offering:
            assert all(first <= day < end for day in days_of(run_of(course, step)))
        elif not step.offering:
            assert first <= step.week_date + timedelta(days=4) and step.week_date < end


def test_paths_promise_no_seat_twice(planned):
    facts, paths = planned
    teachers = {teacher.id: teacher for teacher in facts.teachers}
    promised = Counter(
        step.offering
        for path in paths.values()
        for step in path.steps
        if step.offering and teachers[path.teacher].enrolled.get(step.course) != step.offering
    )
    seats = {run.id: run.seats_left for c in facts.courses for run in c.runs or ()}
    assert all(count <= seats[run] for run, count in promised.items())


def test_paths_hold_only_sessions_meant_for_the_teacher(planned):
    facts, paths = planned
    for teacher, _, course, _ in each_step(facts, paths):
        arriving = {r.tool for r in facts.rollouts if r.school in (None, teacher.school)}
        held = teacher.accepted | set(teacher.enrolled)
        if course.id not in held and teacher.tools:
            assert course.tools <= teacher.tools | arriving
        named = {r.course for r in facts.requirements if teacher.id in r.teachers}
        if course.id not in held | named:
            for asked, has in (
                (course.grades, teacher.grades),
                (course.subjects, teacher.subjects),
                (course.schools, teacher.schools),
            ):
                assert not asked or not has or asked & set(has)


def test_paths_use_no_week_without_school_and_none_that_is_over(planned):
    facts, paths = planned
    for teacher, _, _, step in each_step(facts, paths):
        if teacher.enrolled.get(step.course):
            continue
        friday = step.week_date + timedelta(days=4)
        assert step.week_date.weekday() == 0
        assert facts.as_of < friday
        assert step.week_date not in (date(2026, 12, 21), date(2026, 12, 28))
        assert step.week_date <= facts.calendar.end_date


def test_paths_have_what_is_required_in_time_or_name_it(planned):
    facts, paths = planned
    done = {teacher.id: teacher.done for teacher in facts.teachers}
    held = {teacher.id: teacher.accepted | set(teacher.enrolled) for teacher in facts.teachers}
    for requirement in facts.requirements:
        for teacher in sorted(requirement.teachers):
            path = paths[teacher]
            steps = {step.course: step for step in path.steps}
            twins = {requirement.course, *twins_of(facts, requirement.course)}
            if twins & set(done[teacher]) or path.nothing_because == "inactive":
                continue
            named = {why.course for why in path.left_out}
            covered = any(
                (steps[twin].date or steps[twin].week_date) <= requirement.due_date
                for twin in twins & steps.keys() - {requirement.course}
            )
            if covered and requirement.course not in held[teacher]:
                assert requirement.course not in named
            else:
                assert (requirement.course in steps) != (requirement.course in named)
            if requirement.course in steps:
                step = steps[requirement.course]
                assert (step.date or step.week_date) <= requirement.due_date


def test_paths_keep_what_the_teacher_said_yes_to_or_name_it(planned):
    facts, paths = planned
    for teacher in facts.teachers:
        path = paths[teacher.id]
        if path.nothing_because == "inactive":
            continue
        steps = {step.course: step.offering for step in path.steps}
        named = {why.course for why in path.left_out}
        beyond = {
            course.id
            for course in facts.courses
            for run in course.runs or ()
            if teacher.enrolled.get(course.id) == run.id
            and run.start_date > facts.calendar.end_date
        }
        assert not beyond & (named | set(steps))
        for course in (teacher.accepted | set(teacher.enrolled)) - beyond:
            assert (course in steps) != (course in named)
        for course, offering in teacher.enrolled.items():
            assert course in beyond | named or steps[course] == offering


def test_path_values_add_up_and_fits_are_shares(planned):
    facts, paths = planned
    for _, path, _, step in each_step(facts, paths):
        assert list(step.fit) == ["room", "tools", "format", "level", "time", "place"]
        assert all(0 < share <= 1 for share in step.fit.values())
        assert step.value >= 0
        assert path.value == pytest.approx(sum(other.value for other in path.steps))


def test_paths_are_the_same_for_the_same_facts(planned):
    facts, paths = planned
    assert repr(recommend_paths(facts)) == repr(paths)


def test_path_of_one_teacher_is_the_one_among_many():
    facts = make_district(3, replace(SMALL, seats=10_000))
    together = recommend_paths(facts)
    for teacher in facts.teachers[::5]:
        assert recommend_paths(facts, only=[teacher.id]) == {teacher.id: together[teacher.id]}


@pytest.mark.parametrize("seed", range(30))
def test_path_with_more_hours_loses_nothing_worth_a_word(seed):
    facts = make_district(seed, replace(SMALL, seats=10_000))
    more = replace(
        facts,
        teachers=tuple(
            replace(teacher, minutes_budget=teacher.minutes_budget + 60)
            for teacher in facts.teachers
        ),
    )
    before, after = recommend_paths(facts), recommend_paths(more)
    for teacher in before:
        if before[teacher].left_out == after[teacher].left_out:
            assert after[teacher].value >= 0.995 * before[teacher].value


@pytest.mark.parametrize("seed", SEEDS)
def test_paths_take_no_notice_of_an_opted_out_teachers_tickets(seed):
    facts = make_district(seed, SMALL)
    out = {teacher.id for teacher in facts.teachers if not teacher.uses_tickets}
    kept = tuple(ticket for ticket in facts.tickets if ticket.teacher not in out)
    assert out and len(kept) < len(facts.tickets)
    assert recommend_paths(replace(facts, tickets=kept)) == recommend_paths(facts)


@pytest.mark.parametrize("seed", SEEDS)
def test_paths_stand_when_nothing_happened(seed):
    facts = make_district(seed, SMALL)
    paths = recommend_paths(facts)
    again = recommend_paths(facts, previous=paths)
    for teacher, path in paths.items():
        # A seat that somebody else did not need in the end may add a step; none moves or goes.
        kept = {(step.course, step.week_date, step.offering) for step in again[teacher].steps}
        assert {(step.course, step.week_date, step.offering) for step in path.steps} <= kept
