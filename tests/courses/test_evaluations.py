"""How it went: asked once, kept for nobody, shown from five people on."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from courses.models import (
    Completion,
    Enrolment,
    Evaluation,
    EvaluationTotal,
    EvaluationWords,
)
from courses.operations.evaluations import (
    AnswerIsKept,
    AnswerMissing,
    QuestionIsClosed,
    answer_evaluation,
    ask_evaluations,
    count_evaluations,
    skip_evaluation,
)
from courses.queries.evaluations import asked_of, results_of, run_counts, runs_seen_by
from courses.questions import LEVELS, OF_MOMENT, questions_of
from profiles.models import Notice, Teacher

from .conftest import NOW

DAY = timedelta(days=1)
LIST_QUERIES = 15
GOOD = {moment: {q.key: q.answers[0][0] for q in OF_MOMENT[moment]} for moment in OF_MOMENT}
CLOSE, LATER = GOOD["close"], GOOD["later"]


@pytest.fixture(autouse=True)
def that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def people(east):
    """Return a function: so many teachers who are nobody in particular."""

    def make(count: int) -> list[Teacher]:
        first = Teacher.objects.count()
        return Teacher.objects.bulk_create(
            Teacher(given_name="T", family_name=f"No {first + number}", main_school=east)
            for number in range(count)
        )

    return make


@pytest.fixture
def said(people):
    """Return a function: evaluations that people have answered two days ago."""

    def say(course, count: int, *, offering=None, moment="close", answers=None, **fields):
        fields = {"asked_at": NOW - 3 * DAY, "answered_at": NOW - 2 * DAY} | fields
        return Evaluation.objects.bulk_create(
            Evaluation(
                teacher=teacher,
                course=course,
                offering=offering,
                moment=moment,
                answers=dict(answers or GOOD[moment]),
                **fields,
            )
            for teacher in people(count)
        )

    return say


@pytest.fixture
def asked(new_teacher, course_of) -> Evaluation:
    """Nora is asked about a session."""
    return Evaluation.objects.create(
        teacher=new_teacher, course=course_of(), moment="close", asked_at=NOW - DAY
    )


def came(teacher, run, state="attended"):
    return Enrolment.objects.create(
        teacher=teacher, course=run.course, offering=run, state=state, since_at=run.ends_at
    )


def finished(teacher, course, at, **fields):
    return Completion.objects.create(
        teacher=teacher,
        course=course,
        title=course.title,
        minutes=30,
        completed_at=at,
        **{"ground": "check"} | fields,
    )


# ---- asking -------------------------------------------------------------------------------------


def test_five_levels_are_asked_and_every_aim_is_a_field_of_the_session(course_of):
    course = course_of()
    questions = [*OF_MOMENT["close"], *OF_MOMENT["later"]]
    assert {question.level for question in questions} == set(LEVELS) == {1, 2, 3, 4, 5}
    assert {hasattr(course, q.aim) for q in questions if q.aim} == {True}
    assert len({q.key for q in questions}) == len(questions)


def test_whoever_came_is_asked_once_and_nobody_else(
    new_teacher, mentor_teacher, outsider, course_of, run_of
):
    run = run_of(course_of(), in_days=-1)
    came(new_teacher, run)
    came(mentor_teacher, run, "no-show")
    came(outsider, run, "partly")
    assert ask_evaluations(now=NOW) == 2
    assert ask_evaluations(now=NOW + timedelta(hours=1)) == 0
    assert set(Evaluation.objects.values_list("teacher", "offering", "moment")) == {
        (new_teacher.pk, run.pk, "close"),
        (outsider.pk, run.pk, "close"),
    }


def test_nobody_is_asked_before_the_end_nor_long_after(new_teacher, course_of, run_of):
    came(new_teacher, run_of(course_of("Under way"), in_days=-0.01))
    came(new_teacher, run_of(course_of("Long gone"), in_days=-15))
    finished(new_teacher, course_of("Long done"), NOW - 15 * DAY)
    finished(new_teacher, course_of("Elsewhere"), NOW - DAY, ground="claim")
    assert ask_evaluations(now=NOW) == 0


def test_finishing_alone_asks_and_finishing_after_the_run_does_not_ask_again(
    new_teacher, mentor_teacher, course_of, run_of
):
    run = run_of(course_of("Live"), in_days=-1)
    came(new_teacher, run)
    finished(new_teacher, run.course, NOW - timedelta(hours=2))
    finished(mentor_teacher, alone := course_of("Alone", format="self-paced"), NOW - DAY)
    assert ask_evaluations(now=NOW) == 2
    assert ask_evaluations(now=NOW) == 0
    assert set(Evaluation.objects.values_list("teacher", "course", "offering")) == {
        (new_teacher.pk, run.course_id, run.pk),
        (mentor_teacher.pk, alone.pk, None),
    }


def test_use_is_asked_about_some_weeks_on_even_when_the_close_was_skipped(asked):
    skip_evaluation(evaluation=asked, now=NOW)
    assert ask_evaluations(now=asked.asked_at + 27 * DAY) == 0
    assert ask_evaluations(now=asked.asked_at + 28 * DAY) == 1
    assert ask_evaluations(now=asked.asked_at + 29 * DAY) == 0
    assert Evaluation.objects.filter(moment="later").count() == 1


def test_question_comes_by_the_daily_mail_and_once_more_while_it_is_open(asked):
    for hours in (0, 1, 72, 73, 500):
        ask_evaluations(now=asked.asked_at + timedelta(hours=hours))
    keys = Notice.objects.filter(kind="evaluation").values_list("key", flat=True)
    assert list(keys) == [f"evaluation:{asked.pk}:1", f"evaluation:{asked.pk}:2"]
    assert set(Notice.objects.values_list("is_urgent", flat=True)) == {False}


def test_who_has_answered_is_not_reminded(asked):
    ask_evaluations(now=asked.asked_at)
    answer_evaluation(evaluation=asked, answers=CLOSE, words="", now=NOW)
    ask_evaluations(now=asked.asked_at + 5 * DAY)
    assert Notice.objects.count() == 1


# ---- answering ----------------------------------------------------------------------------------


def test_answer_can_be_changed_until_a_day_is_over(asked):
    answer_evaluation(evaluation=asked, answers=CLOSE, words="  Good\n stuff ", now=NOW)
    again = CLOSE | {"worth": "no"}
    kept = answer_evaluation(
        evaluation=asked, answers=again, words="", now=NOW + DAY - timedelta(seconds=1)
    )
    assert (kept.answers, kept.words, kept.answered_at) == (again, "", NOW)
    with pytest.raises(AnswerIsKept):
        answer_evaluation(evaluation=asked, answers=CLOSE, words="", now=NOW + DAY)


def test_answer_must_be_whole_and_one_of_those_offered(asked):
    for wrong in ({}, CLOSE | {"worth": "splendid"}, {**CLOSE, "again": ""}):
        with pytest.raises(AnswerMissing):
            answer_evaluation(evaluation=asked, answers=wrong, words="", now=NOW)
    asked.refresh_from_db()
    assert (asked.answers, asked.answered_at) == ({}, None)


def test_skipped_or_closed_question_takes_no_answer(asked):
    with pytest.raises(QuestionIsClosed):
        answer_evaluation(
            evaluation=asked, answers=CLOSE, words="", now=asked.asked_at + timedelta(days=30)
        )
    skip_evaluation(evaluation=asked, now=NOW)
    with pytest.raises(QuestionIsClosed):
        answer_evaluation(evaluation=asked, answers=CLOSE, words="", now=NOW)
    assert asked_of(asked.teacher, NOW) == []


def test_skip_does_not_undo_an_answer(asked):
    answer_evaluation(evaluation=asked, answers=CLOSE, words="", now=NOW)
    assert skip_evaluation(evaluation=asked, now=NOW).skipped_at is None


def test_later_answer_is_told_to_the_path(asked, told):
    later = Evaluation.objects.create(
        teacher=asked.teacher, course=asked.course, moment="later", asked_at=NOW
    )
    kept = answer_evaluation(evaluation=later, answers=LATER | {"use": "stuck"}, words="", now=NOW)
    assert kept.outcome == "stuck"
    assert told == [("enrolments", (asked.teacher_id,), "circle-back")]


# ---- adding up ----------------------------------------------------------------------------------


def test_four_answers_are_kept_back_and_the_fifth_lets_all_out_without_names(
    course_of, run_of, said
):
    run = run_of(course_of(), in_days=-2)
    said(run.course, 4, offering=run)
    assert count_evaluations(now=NOW) == 0
    assert results_of(run.course).people == 0
    said(run.course, 1, offering=run, answers=CLOSE | {"worth": "no"})
    assert count_evaluations(now=NOW) == 5
    assert count_evaluations(now=NOW) == 0
    total = EvaluationTotal.objects.get()
    assert (total.offering_id, total.people) == (run.pk, 5)
    assert total.counts["worth"] == {"yes": 4, "mostly": 0, "partly": 0, "no": 1}
    assert [row.answers for row in Evaluation.objects.all()] == [{}] * 5


def test_sixth_answer_waits_for_five_more(course_of, run_of, said):
    """Else the coach would see one person by looking before and after."""
    run = run_of(course_of(), in_days=-2)
    said(run.course, 5, offering=run)
    count_evaluations(now=NOW)
    before = results_of(run.course)
    said(run.course, 4, offering=run, answers=CLOSE | {"worth": "no"})
    assert count_evaluations(now=NOW) == 0
    assert results_of(run.course) == results_of(run.course, run=run) == before
    said(run.course, 1, offering=run)
    assert count_evaluations(now=NOW) == 5
    assert results_of(run.course, run=run).people == 10


def test_answer_that_can_still_be_changed_is_not_added_up(course_of, said):
    said(course_of(), 5, answered_at=NOW - timedelta(hours=23))
    assert count_evaluations(now=NOW) == 0
    assert count_evaluations(now=NOW + timedelta(hours=1)) == 5


def test_small_runs_are_added_up_together_once_they_have_closed(course_of, run_of, said):
    course = course_of()
    first, second = run_of(course, in_days=-2), run_of(course, in_days=-3)
    said(course, 3, offering=first)
    said(course, 4, offering=second)
    assert count_evaluations(now=NOW) == 0
    assert count_evaluations(now=NOW + 29 * DAY) == 7
    assert EvaluationTotal.objects.get().offering is None
    assert [run.people for run in run_counts([first, second])] == [0, 0]
    assert results_of(course, run=first).people == 0
    assert results_of(course).people == 7


def test_words_come_out_by_five_of_a_session_and_in_the_order_of_the_alphabet(
    course_of, run_of, said
):
    course = course_of()
    run = run_of(course, in_days=-2)
    said(course, 4, offering=run, words="Too long")
    said(course, 3, offering=run)
    count_evaluations(now=NOW)
    assert results_of(course).words == ()
    said(course, 5, words="Do it again")
    count_evaluations(now=NOW)
    assert results_of(course).words == ("Do it again",) * 5 + ("Too long",) * 4
    assert results_of(course, run=run).words == ()
    assert not Evaluation.objects.exclude(words="").exists()


def test_whatever_happens_two_views_differ_by_five_people_or_nobody(course_of, run_of, said):
    """Runs, late answers and many sweeps at random: what is shown moves by whole groups."""
    chance = random.Random(5)
    course = course_of()
    runs = [run_of(course, in_days=-number) for number in (2, 3, 4)]
    seen, answered, now = {}, 0, NOW
    for _ in range(40):
        run = chance.choice([*runs, None])
        count = chance.randint(1, 4)
        said(course, count, offering=run, asked_at=now - 3 * DAY, answered_at=now - 2 * DAY)
        answered += count
        now += DAY * chance.randint(0, 4)
        count_evaluations(now=now)
        views = {run.pk: results_of(course, run=run).people for run in runs}
        views["all"] = results_of(course).people
        views["rest"] = views["all"] - sum(views[run.pk] for run in runs)
        for name, people in views.items():
            assert people - seen.get(name, 0) not in {1, 2, 3, 4}, (name, people)
            assert people >= seen.get(name, 0)
        seen = views
    assert 0 < seen["all"] <= answered
    assert seen["all"] == Evaluation.objects.filter(counted_at__isnull=False).count()


def test_answer_without_company_is_wiped_unseen_after_a_year(course_of, said):
    course = course_of()
    said(course, 4, words="Alone")
    count_evaluations(now=NOW + 362 * DAY)
    assert Evaluation.objects.exclude(words="").count() == 4
    count_evaluations(now=NOW + 364 * DAY)
    assert not Evaluation.objects.exclude(answers={}, words="").exists()
    said(course, 1, asked_at=NOW + 362 * DAY, answered_at=NOW + 363 * DAY)
    assert count_evaluations(now=NOW + 366 * DAY) == 0
    assert not EvaluationTotal.objects.exists()


@pytest.mark.parametrize("model", [EvaluationTotal, EvaluationWords])
def test_database_refuses_a_total_of_four(course_of, model):
    more = {"counts": {}} if model is EvaluationTotal else {"words": []}
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(
            course=course_of(), moment="close", people=4, counted_date=NOW.date(), **more
        )


def test_sweep_killed_before_its_end_adds_nobody_up_twice(course_of, said, monkeypatch):
    said(course_of(), 6, words="Fine")

    def die(*arguments, **options):
        raise KeyboardInterrupt

    for step in ("_added_up", "_count_words"):
        with monkeypatch.context() as patch:
            patch.setattr(f"courses.operations.evaluations.{step}", die)
            with pytest.raises(KeyboardInterrupt):
                count_evaluations(now=NOW)
    # What was added up stands; the words wait for the next five that are.
    said(course_of("Another"), 5)
    count_evaluations(now=NOW)
    assert sorted(EvaluationTotal.objects.values_list("people", flat=True)) == [5, 6]
    assert list(EvaluationWords.objects.values_list("people", flat=True)) == [6]


# ---- the teacher's page -------------------------------------------------------------------------


def test_form_asks_the_five_beside_what_the_author_hoped_for(asked, signed_in):
    asked.course.objectives = "Link one class.\nUndo a sync."
    asked.course.should_feel = "I can do this."
    asked.course.save()
    client = signed_in(asked.teacher)
    shown = client.get("/record/").content.decode()
    assert f'href="/evaluations/{asked.pk}/"' in shown
    page = client.get(f"/evaluations/{asked.pk}/").content.decode()
    for question in questions_of("close"):
        assert question.words in page
    assert "The idea was: I can do this." in page
    assert "<li>Undo a sync.</li>" in page


def test_sending_the_form_keeps_it_and_says_until_when_it_can_change(asked, signed_in):
    client = signed_in(asked.teacher)
    answer = client.post(f"/evaluations/{asked.pk}/", CLOSE | {"words": "Thanks"}, follow=True)
    assert "You can change it until Tuesday, 11:00 am." in answer.content.decode()
    assert "Change my answer" in answer.content.decode()
    again = client.get(f"/evaluations/{asked.pk}/").content.decode()
    assert "Thanks" in again and "Skip it" not in again


def test_form_without_an_answer_names_it_and_keeps_nothing(asked, signed_in):
    answer = signed_in(asked.teacher).post(f"/evaluations/{asked.pk}/", {"worth": "yes"})
    assert answer.content.decode().count("Pick one, please.") == 4
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_long_words_are_refused_in_words(asked, signed_in):
    answer = signed_in(asked.teacher).post(
        f"/evaluations/{asked.pk}/", CLOSE | {"words": "x" * 1001}
    )
    assert "at most 1000 characters" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answered_at": NOW - 2 * DAY}, "Your answer is in"),
        ({"skipped_at": NOW}, "You skipped this"),
        ({"asked_at": NOW - 31 * DAY}, "This question has closed"),
    ],
)
def test_closed_question_says_so_and_takes_nothing(asked, signed_in, fields, words):
    Evaluation.objects.update(**fields)
    client = signed_in(asked.teacher)
    assert words in client.get(f"/evaluations/{asked.pk}/").content.decode()
    assert words in client.post(f"/evaluations/{asked.pk}/", CLOSE).content.decode()
    assert Evaluation.objects.get().answers == {}


def test_skip_lets_it_go(asked, signed_in):
    client = signed_in(asked.teacher)
    answer = client.post(f"/evaluations/{asked.pk}/skip/", follow=True)
    assert "You won’t be asked this again." in answer.content.decode()
    assert 'id="asked"' not in answer.content.decode()


def test_getting_stuck_leads_to_the_session(asked, signed_in):
    later = Evaluation.objects.create(
        teacher=asked.teacher, course=asked.course, moment="later", asked_at=NOW
    )
    answer = signed_in(asked.teacher).post(f"/evaluations/{later.pk}/", LATER | {"use": "stuck"})
    assert answer.headers["Location"] == asked.course.url


def test_question_of_another_teacher_is_not_found(asked, outsider, signed_in):
    client = signed_in(outsider)
    for address in (f"/evaluations/{asked.pk}/", f"/evaluations/{asked.pk}/skip/"):
        assert client.post(address, CLOSE).status_code == 404
    assert Client().get(f"/evaluations/{asked.pk}/").status_code == 302


# ---- the desk -----------------------------------------------------------------------------------


def test_desk_shows_totals_from_five_on(coach, course_of, run_of, said, signed_in):
    course = course_of(for_students="They read on.")
    run = run_of(course, in_days=-2, coach=coach)
    said(course, 4, offering=run, words="A secret word")
    count_evaluations(now=NOW)
    client = signed_in(coach)
    before = client.get(f"/admin/desk/evaluations/{course.pk}/").content.decode()
    assert "Fewer than 5 answers so far" in before and "A secret word" not in before
    said(course, 1, offering=run, words="A fifth word", answers=CLOSE | {"worth": "no"})
    said(course, 5, moment="later")
    count_evaluations(now=NOW)
    for address in ("", f"?run={run.pk}"):
        page = client.get(f"/admin/desk/evaluations/{course.pk}/{address}").content.decode()
        assert "4 of 5" in page
        assert "Hoped for: They read on." in page
        assert ("A secret word" in page) == (address == "")
    listed = client.get("/admin/desk/evaluations/").content.decode()
    assert "80%" in listed and "100%" in listed


def test_run_of_another_coach_is_not_told_alone(
    coach, coordinator, course_of, run_of, said, signed_in, django_user_model
):
    course = course_of()
    run = run_of(course, in_days=-2, coach=coordinator)
    said(course, 5, offering=run)
    count_evaluations(now=NOW)
    assert list(runs_seen_by(coach, course)) == []
    assert list(runs_seen_by(coordinator, course)) == [run]
    address = f"/admin/desk/evaluations/{course.pk}/?run={run.pk}"
    assert signed_in(coach).get(address).status_code == 404
    assert signed_in(coordinator).get(address).status_code == 200
    run.coaches.add(coach)
    assert list(runs_seen_by(coach, course)) == [run]


def test_export_is_made_of_the_same_totals(coach, coordinator, course_of, run_of, said, signed_in):
    course = course_of("=Sums that sync")
    mine = run_of(course, in_days=-2, coach=coach)
    other = run_of(course, in_days=-3, coach=coordinator)
    small = run_of(course, in_days=-4, coach=coach)
    said(course, 5, offering=mine)
    said(course, 6, offering=other)
    said(course, 4, offering=small)
    count_evaluations(now=NOW)

    def table(person):
        answer = signed_in(person).get("/admin/desk/evaluations.csv")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert {row["Session"] for row in rows} == {"'=Sums that sync"}
        return {
            (row["Run"], row["Of"]) for row in rows if row["Question"] == "Was it worth your time?"
        }

    assert table(coach) == {("2026-09-12 11:00", "5"), ("the rest", "6")}
    assert table(coordinator) == {("2026-09-12 11:00", "5"), ("2026-09-11 11:00", "6")}


@pytest.mark.parametrize("count", [1, 30])
def test_desk_asks_as_little_for_one_session_as_for_many(
    coach, course_of, said, signed_in, django_assert_num_queries, count
):
    for number in range(count):
        said(course_of(f"Session {number}"), 1)
    client = signed_in(coach)
    client.get("/admin/desk/evaluations/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/admin/desk/evaluations/")


def test_author_plans_from_the_fifth_level_back(course_of, coordinator, signed_in):
    course = course_of()
    call_command("createcachetable", verbosity=0)
    page = signed_in(coordinator).get(f"/admin/pages/{course.pk}/edit/").content.decode()
    places = [
        page.index(f'name="{name}"')
        for name in ("for_students", "in_use", "support_needed", "objectives", "should_feel")
    ]
    assert places == sorted(places)


def test_session_in_the_cms_leads_to_what_was_said_of_it(course_of, coach, signed_in):
    course = course_of()
    call_command("createcachetable", verbosity=0)
    page = signed_in(coach).get(f"/admin/pages/{course.pk}/edit/").content.decode()
    assert f'href="/admin/desk/evaluations/{course.pk}/"' in page
