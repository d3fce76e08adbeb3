"""`recompute-completions`: it says everything first, and takes nothing away by itself."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.models import Completion, CompletionEvent, Enrolment
from courses.operations import confirm_completion, enrol, mark_attendance
from courses.queries.finishing import changes_due


def recompute(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("recompute_completions", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def shifted(course_of, run_of, new_teacher, mentor_teacher, outsider, coach, now):
    """Nora attended but has no completion; Max has one and no longer meets the rule; what Otto
    has is a coach's word."""
    course = course_of("Grades", attended_share=50)
    run = run_of(course, seats=3)
    seats = [
        enrol(teacher=teacher, offering=run, by=None, now=now)
        for teacher in (new_teacher, mentor_teacher, outsider)
    ]
    ids = [seat.pk for seat in seats[:2]]
    mark_attendance(offering=run, present_ids=ids, by=coach, now=run.ends_at)
    confirm_completion(teacher=outsider, course=course, why="Shown.", by=coach, now=now)
    Completion.objects.filter(teacher=new_teacher).delete()
    seats[1].presences.update(minutes=20)
    Enrolment.objects.filter(pk=seats[1].pk).update(state="partly")
    return course


NORA = [
    "Give: Nora New <nora.new@example.org>, “Grades”: "
    "not finished -> finished on 2026-09-21 (the coach marked who came).",
    "  Why: You were there for at least 50% of the time, as the coach's roster says.",
]
MAX = [
    "Take away: Max Mentor <max.mentor@example.org>, “Grades”: "
    "finished on 2026-09-21 (the coach marked who came) -> not finished.",
    "  Why: The rule asks for this, and it is not there: "
    "You were there for at least 50% of the time, as the coach's roster says.",
]


def test_it_explains_every_change_and_makes_none(shifted):
    assert recompute() == [
        *MAX,
        *NORA,
        "1 would be given, 1 would be taken away. Nothing was changed: "
        "add --apply, and --take-away for those.",
    ]
    assert sorted(Completion.objects.values_list("teacher__given_name", flat=True)) == [
        "Max",
        "Otto",
    ]


def test_apply_gives_and_takes_nothing_away_by_itself(shifted):
    assert recompute("--apply") == [
        MAX[0],
        f"{MAX[1]} It stays, without --take-away.",
        *NORA,
        "1 given, 0 taken away, 1 left as they are.",
    ]
    assert Completion.objects.count() == 3


def test_taking_away_on_purpose_leaves_a_line_and_again_there_is_nothing_to_do(shifted, told):
    assert recompute("--apply", "--take-away")[-1] == "1 given, 1 taken away, 0 left as they are."
    assert sorted(Completion.objects.values_list("teacher__given_name", "ground")) == [
        ("Nora", "attended"),
        ("Otto", "coach"),
    ]
    line = CompletionEvent.objects.get(what="taken")
    assert (line.teacher.given_name, line.by) == ("Max", None)
    assert line.why.startswith("Recomputed. The rule asks for this")
    assert sorted(cause for _, _, cause in told[-2:]) == ["finished", "unfinished"]
    assert recompute("--apply", "--take-away") == [
        "Everything counts as its rule says. Nothing to change."
    ]


def test_only_the_sessions_named_are_looked_at(shifted, course_of):
    other = course_of("Other")
    assert recompute("--course", other.slug) == [
        "Everything counts as its rule says. Nothing to change."
    ]
    assert len(recompute("--course", other.slug, "--course", shifted.slug)) == 5
    with pytest.raises(CommandError, match="There is no session called nowhere"):
        recompute("--course", "nowhere")
    with pytest.raises(CommandError, match="give both"):
        recompute("--take-away")


def test_stopped_between_two_changes_the_next_run_finishes_and_stores_nothing_twice(
    shifted, monkeypatch
):
    from courses.management.commands import recompute_completions as command

    done = []

    def stop_after_one(**change):
        if done:
            raise KeyboardInterrupt
        done.append(change)
        return apply(**change)

    apply = command.apply_change
    monkeypatch.setattr(command, "apply_change", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        recompute("--apply", "--take-away")
    monkeypatch.setattr(command, "apply_change", apply)
    assert recompute("--apply", "--take-away")[-1] == "1 given, 0 taken away, 0 left as they are."
    assert list(CompletionEvent.objects.filter(what="taken").values_list("what", flat=True)) == [
        "taken"
    ]


def test_marked_before_minutes_were_kept_the_mark_itself_is_the_word(
    course_of, run_of, new_teacher, now
):
    course = course_of()
    run = run_of(course, starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))
    Enrolment.objects.create(
        teacher=new_teacher, course=course, offering=run, state="attended", since_at=run.ends_at
    )
    (change,) = changes_due(course)
    assert (change.teacher, change.is_given) == (new_teacher, True)


@pytest.mark.parametrize("people", [1, 8])
def test_a_session_is_recomputed_in_as_many_queries_for_one_as_for_many(
    people, course_of, run_of, east, now, django_assert_num_queries
):
    from profiles.models import Teacher

    course = course_of()
    run = run_of(course, seats=50)
    for number in range(people):
        teacher = Teacher.objects.create(given_name=f"T{number}")
        Enrolment.objects.create(
            teacher=teacher, course=course, offering=run, state="attended", since_at=run.ends_at
        )
    with django_assert_num_queries(8):
        assert len(changes_due(course)) == people
