from __future__ import annotations

from datetime import date, datetime

import pytest

from pdplanner.plans.wording import (
    causes_words,
    change_words,
    clock_words,
    noticed_sentences,
    noticed_words,
    why_not_words,
    word_reason,
)
from pdplanner.recommender.facts import SLOTS, ReasonKind

AS_OF = date(2026, 11, 23)
ASKED = {
    "skill_name": "Grade sync",
    "count": 3,
    "since_date": "2026-09-04",
    "last_date": "2026-11-17",
    "last_minutes": None,
    "unsolved": False,
}
COHORT = {
    "skill_name": "Grade sync",
    "name": 4,
    "count": 12,
    "people": 7,
    "since_date": "2026-08-25",
}
SEASON = {"skill_name": "Grade sync", "title": "", "share": 0.379}
ROOM = {"grades": [], "subjects": [], "tools_names": []}


def said(kind: str, **facts) -> str:
    return word_reason({"kind": kind, "minutes": 1.0, "facts": facts}, as_of=AS_OF).text


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("asked", ASKED, "You asked about Grade sync 3 times since 4 September."),
        (
            "asked",
            ASKED | {"count": 2, "last_minutes": 9.6, "unsolved": True},
            "You asked about Grade sync twice since 4 September; the last time, on 17 November,"
            " cost about 10 minutes of class and was not settled by the first answer.",
        ),
        (
            "asked",
            ASKED | {"repeated": True, "last_minutes": 20},
            "You asked about Grade sync 3 times since 4 September, again within two weeks of an"
            " answer; the last time, on 17 November, cost about 20 minutes of class.",
        ),
        (
            "asked",
            ASKED | {"count": 1, "last_date": "2026-01-12", "unsolved": True, "repeated": True},
            "You asked about Grade sync on 12 January 2026; it was not settled by the first"
            " answer.",
        ),
        (
            "cohort",
            COHORT | {"cohort": "school", "cohort_name": "East Middle"},
            "7 colleagues at East Middle asked about Grade sync 12 times since 25 August.",
        ),
        (
            "cohort",
            COHORT | {"cohort": "subject", "name": "ela"},
            "7 colleagues who teach English language arts asked about Grade sync 12 times since"
            " 25 August.",
        ),
        (
            "cohort",
            COHORT | {"cohort": "grade", "name": "6-8"},
            "7 colleagues in grades 6 to 8 asked about Grade sync 12 times since 25 August.",
        ),
        (
            "cohort",
            COHORT | {"cohort": "tool", "cohort_name": "Classroom"},
            "7 colleagues who use Classroom asked about Grade sync 12 times since 25 August.",
        ),
        (
            "cohort",
            COHORT | {"cohort": "district", "name": None},
            "7 colleagues across the district asked about Grade sync 12 times since 25 August.",
        ),
        (
            "season",
            SEASON | {"event": "report-cards", "date": "2026-12-11"},
            "Report cards are due on 11 December. Last year that time brought 38% of the"
            " district’s questions about Grade sync.",
        ),
        (
            "season",
            SEASON | {"event": "testing", "date": "2026-12-14"},
            "Testing starts on 14 December. Last year that time brought 38% of the district’s"
            " questions about Grade sync.",
        ),
        (
            "season",
            SEASON | {"event": "month", "date": "2026-12-07"},
            "December is ahead: last year it brought 38% of the district’s questions about Grade"
            " sync.",
        ),
        (
            "said",
            {"skill_name": "Grade sync", "answer": "not-quite", "date": "2026-11-02"},
            "You said on 2 November that Grade sync does not work for you yet.",
        ),
        (
            "said",
            {"skill_name": "Grade sync", "answer": "picked-up", "date": "2026-11-02"},
            "You picked up something about Grade sync from a colleague on 2 November.",
        ),
        (
            "rollout",
            {"tool_name": "Display", "date": "2026-12-14"},
            "Display reaches your school on 14 December.",
        ),
        (
            "rollout",
            {"tool_name": "Display", "date": "2026-10-14"},
            "Display came to your school on 14 October.",
        ),
        (
            "goal",
            {"words": "Less paper", "since_date": "2026-09-08"},
            "Your goal since 8 September: “Less paper”.",
        ),
        ("required", {"due_date": "2026-12-18"}, "It is required of you by 18 December."),
        (
            "required",
            {"due_date": "2026-10-30"},
            "It was due by 30 October, and is still required.",
        ),
        (
            "prepares",
            {"for_course_name": "Rubrics", "date": "2026-12-03"},
            "It comes before Rubrics, planned for 3 December.",
        ),
        ("accepted", {}, "You said yes to it."),
        ("variant", ROOM, "It has a version for a room like yours."),
        (
            "variant",
            ROOM | {"grades": ["6-8"], "subjects": ["science"], "tools_names": ["Classroom"]},
            "It has a version for your room: grades 6 to 8, science and Classroom.",
        ),
        (
            "style",
            {"support_style": "with-me", "format": "coached"},
            "You said “do it with me”: this one is with a coach.",
        ),
        (
            "when",
            {"date": "2026-12-03", "slot": "thu-prep"},
            "You are free then: Thursday 3 December, in your prep period.",
        ),
        ("when", {"date": "2026-12-03", "slot": None}, "It is on 3 December."),
    ],
)
def test_reason_reads_as_a_sentence(kind, facts, words):
    assert said(kind, **facts) == words


def test_reason_of_an_undated_step_names_its_week():
    reason = {"kind": "when", "minutes": 0, "facts": {"date": "2026-12-07", "slot": None}}
    assert (
        word_reason(reason, as_of=AS_OF, is_run=False).text
        == "There is room for it in the week of 7 December."
    )


def test_every_kind_of_reason_has_words():
    from pdplanner.plans.wording.reasons import _WORDS

    assert set(_WORDS) == set(ReasonKind.__args__)


@pytest.mark.parametrize("slot", SLOTS)
def test_every_slot_has_words(slot):
    assert said("when", date="2026-12-03", slot=slot).startswith("You are free then: Thursday")


def test_names_from_outside_are_escaped_in_html():
    reason = {
        "kind": "goal",
        "minutes": 0,
        "facts": {"words": "<script>alert(1)</script>", "since_date": "2026-09-08"},
    }
    assert word_reason(reason, as_of=AS_OF).html == (
        "Your goal since <b>8 September</b>: <b>“&lt;script&gt;alert(1)&lt;/script&gt;”</b>."
    )


@pytest.mark.parametrize(
    ("rule", "facts", "words"),
    [
        ("on-path", {"date": "2026-12-03"}, "It is on your path on 3 December."),
        ("done", {"date": "2026-10-03"}, "You finished it on 3 October."),
        (
            "equivalent-done",
            {"course_name": "Twin", "date": "2026-10-03"},
            "You finished “Twin” on 3 October, which teaches the same.",
        ),
        (
            "dismissed",
            {"reason": "know-it", "date": "2026-10-03"},
            "You took it out on 3 October. You can bring it back.",
        ),
        (
            "not-your-grades",
            {"grades": ["3-5", "9-12"]},
            "It is made for grades 3 to 5 and grades 9 to 12.",
        ),
        ("not-your-subjects", {"subjects": ["pe"]}, "It is made for PE and health."),
        ("not-your-school", {"schools_names": ["North High"]}, "It is for North High."),
        (
            "missing-tool",
            {"tool_name": "Display"},
            "It needs Display, which is not among your tools.",
        ),
        ("missing-prerequisite", {"course_name": "First"}, "It needs “First” first."),
        ("missing-prerequisite", {"course_name": ""}, "It needs “another session” first."),
        ("no-run", {}, "No date is set for it."),
        ("no-seat", {"date": "2026-12-03"}, "Every seat is taken: there is a waiting place."),
        (
            "no-school",
            {"date": "2026-12-22"},
            "It is only held when there is no school for you.",
        ),
        ("no-free-slot", {"date": "2026-12-03"}, "Its dates fall outside your free times."),
        (
            "too-long",
            {"minutes": 300, "limit": 200},
            "It takes 300 minutes, more than you have left.",
        ),
        ("no-need", {}, "Nothing you asked or wished for calls for it now."),
        (
            "covered",
            {"course_name": "First"},
            "“First” on your path already does its work.",
        ),
        ("less-helpful", {}, "Other sessions help you more in the hours you have."),
        (
            "no-room",
            {},
            "The hours, weeks or dates that are left have no room for it.",
        ),
        ("unknown-course", {}, "It is not in the look book now."),
    ],
)
def test_why_not_reads_as_a_sentence(rule, facts, words):
    assert why_not_words(rule, facts, as_of=AS_OF) == words


def need(**facts):
    return {
        "skill_name": "Grade sync",
        "asks": 0,
        "minutes_lost": 0,
        "since_date": "",
        "last_date": "",
        "goal": "",
        "tool_name": "",
        "rollout_date": "",
    } | facts


@pytest.mark.parametrize(
    ("facts", "short", "long"),
    [
        (
            {"asks": 1, "last_date": "2026-11-17"},
            "1 ask",
            ["You asked about Grade sync on 17 November."],
        ),
        (
            {"asks": 2, "since_date": "2026-09-04", "minutes_lost": 35, "goal": "Less paper"},
            "2 asks · 35 min lost · your goal",
            [
                "You asked about Grade sync twice since 4 September; about 35 minutes of class"
                " went with it.",
                "Your goal: “Less paper”.",
            ],
        ),
        (
            {"tool_name": "Display", "rollout_date": "2026-12-14"},
            "Display from 14 December",
            ["Display reaches your school on 14 December."],
        ),
        (
            {"tool_name": "Display", "rollout_date": "2026-09-14"},
            "Display since 14 September",
            ["Display came to your school on 14 September."],
        ),
        ({}, "colleagues ask about it", ["Colleagues who teach as you do ask about it."]),
    ],
)
def test_noticed_need_reads_short_and_long(facts, short, long):
    assert noticed_words(need(**facts), as_of=AS_OF) == short
    assert [str(line) for line in noticed_sentences(need(**facts), as_of=AS_OF)] == long


@pytest.mark.parametrize(
    ("what", "day", "was", "words"),
    [
        ("added", None, None, "New: “Rubrics”."),
        ("added", "2026-12-03", None, "New: “Rubrics” on 3 December."),
        ("moved", "2026-12-03", "2026-12-01", "Moved: “Rubrics” to 3 December, from 1 December."),
        ("moved", None, "2026-12-01", "Moved: “Rubrics” to any time, from 1 December."),
        ("moved", "2026-12-03", None, "Moved: “Rubrics” to 3 December."),
        ("done", None, None, "Finished: “Rubrics”."),
        ("declined", None, None, "Out, as you asked: “Rubrics”."),
        ("past", None, "2026-11-20", "Gone by: “Rubrics” on 20 November."),
        ("removed", None, None, "Out: “Rubrics”."),
    ],
)
def test_change_reads_as_a_line(what, day, was, words):
    change = {"what": what, "title": "Rubrics", "date": day, "was_date": was}
    assert change_words(change, as_of=AS_OF) == words


@pytest.mark.parametrize(
    ("causes", "words"),
    [
        ({"tickets": 3, "swapped": 1}, "3 new tickets and you swapped a session"),
        ({"tickets": 1}, "one new ticket"),
        ({"night": 4}, "a new day"),
        ({"night": 1, "session": 2}, "the look book changed"),
        ({}, ""),
        ({"something else": 1}, ""),
    ],
)
def test_causes_read_as_a_list(causes, words):
    assert causes_words(causes) == words


def test_clock_says_noon_and_midnight_right():
    at = [datetime(2026, 12, 3, hour, 5) for hour in (0, 9, 12, 15)]
    assert [clock_words(one) for one in at] == ["12:05 am", "9:05 am", "12:05 pm", "3:05 pm"]
