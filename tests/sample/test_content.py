"""What is written by hand: it resolves, it is complete where it says so, it reads like us."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from pdplanner.sample import content, names
from pdplanner.sample.ground import KIND_OF_SCHOOL
from profiles.choices import Format, GradeBand, Level, Subject

SESSIONS = content.sessions()
DIGCOMPEDU = {
    f"{area}.{number}"
    for area, count in ((1, 4), (2, 3), (3, 4), (4, 3), (5, 3), (6, 5))
    for number in range(1, count + 1)
}
ISTE = {f"2.{number}" for number in range(1, 8)}


def session_names(session: content.SessionText) -> str:
    return session.key


each_session = pytest.mark.parametrize("session", SESSIONS, ids=session_names)


def steps_of(session: content.SessionText) -> list[dict]:
    return [step for part in session.body for step in part.get("steps", ())]


def sentences_of(session: content.SessionText) -> str:
    """Everything of a session that a teacher reads, but for titles of places."""
    parts = [session.title, session.summary, *session.objectives]
    for part in session.body:
        parts += [part.get("text", ""), part.get("question", "")]
        parts += [step["title"] + " " + step.get("text", "") for step in part.get("steps", ())]
        parts += [one["text"] + " " + one.get("reply", "") for one in part.get("answers", ())]
        parts += [room["text"] for room in part.get("rooms", ())]
    return "\n".join(parts)


def test_sample_is_large_enough():
    complete = [session for session in SESSIONS if session.is_complete]
    assert len(content.skills()) >= 60
    assert len(content.tools()) >= 20
    assert len(SESSIONS) >= 60
    assert len(complete) >= 15
    assert {session.format for session in SESSIONS} == {form.value for form in Format}
    assert {session.level for session in SESSIONS} == {level.value for level in Level}


def test_names_stand_once():
    for rows in (content.skills(), content.tools()):
        assert [
            name for name, count in Counter(row.name for row in rows).items() if count > 1
        ] == []
    assert len(set(names.GIVEN_NAMES)) == len(names.GIVEN_NAMES)
    assert len(set(names.FAMILY_NAMES)) == len(names.FAMILY_NAMES)


def test_skills_point_at_tools_and_codes_that_exist():
    tools = {tool.name for tool in content.tools()}
    for skill in content.skills():
        assert skill.tool in tools | {""}
        assert set(skill.digcompedu.split(", ")) <= DIGCOMPEDU
        assert set(skill.iste.split(", ")) <= ISTE
        assert set(skill.kinds) <= set(KIND_OF_SCHOOL.values())
        assert set(skill.subjects) <= set(Subject.values)
        assert skill.words
        assert skill.description.endswith(".")


def test_every_skill_is_taught_by_a_session():
    taught = {skill for session in SESSIONS for skill in session.skills}
    assert taught == {skill.name for skill in content.skills()}


@each_session
def test_session_references_resolve(session):
    keys = {other.key for other in SESSIONS}
    assert set(session.tools) <= {tool.name for tool in content.tools()}
    assert set(session.grade_bands) <= set(GradeBand.values)
    assert set(session.subjects) <= set(Subject.values)
    assert {*session.required, *session.advised, *session.equivalents} <= keys - {session.key}
    for other in SESSIONS:
        assert (other.key in session.equivalents) == (session.key in other.equivalents)
    for room in (room for part in session.body for room in part.get("rooms", ())):
        assert set(room) <= {"grade_bands", "subjects", "tools", "text"}
        assert set(room.get("grade_bands", ())) <= set(GradeBand.values)
        assert set(room.get("subjects", ())) <= set(Subject.values)
        assert set(room.get("tools", ())) <= {tool.name for tool in content.tools()}
    assert {run.school for run in session.runs} <= {*KIND_OF_SCHOOL, ""}


@each_session
def test_session_has_what_its_format_needs(session):
    assert session.objectives
    assert len(steps_of(session)) >= 3
    assert sum(step["minutes"] for step in steps_of(session)) == session.minutes
    assert bool(session.runs) == session.is_live
    # Whoever works alone finishes by a check.
    if session.format in (Format.SELF_PACED, Format.QUICK_CARD):
        assert session.check_ids
    assert (session.format == Format.QUICK_CARD) <= (session.minutes <= 10)


@each_session
def test_session_checks_have_one_right_answer_and_a_reply_to_each(session):
    for part in (part for part in session.body if "question" in part):
        assert [answer.get("right", False) for answer in part["answers"]].count(True) == 1
        assert all(answer["reply"] for answer in part["answers"])


@each_session
def test_session_runs_say_who_sits_there(session):
    for run in session.runs:
        assert 0 <= run.left <= run.seats
        assert run.waiting == 0 or run.left == 0
        assert re.fullmatch(r"mon|tue|wed|thu|fri|pd", run.day)
        assert re.fullmatch(r"\d\d:\d\d", run.at)


@each_session
def test_session_reads_like_us(session):
    prose = sentences_of(session)
    # An exclamation mark may stand in a password that is talked about; it ends no sentence.
    assert re.findall(r"(?<=[a-z”])!(?=\s|$)", prose) == []
    assert re.findall(r"(?i)\b(leverage|utilize|empower|synergy|stakeholders?)\b", prose) == []
    assert re.findall(r"(?<=\S) {2,}|\s[.,;](?=\s)", prose) == []
    assert len(session.summary) <= 200
    assert session.summary.endswith((".", "?"))
    assert all(line.endswith((".", "?")) for line in session.objectives)


def test_blocks_have_ids_of_their_own():
    ids = [check for session in SESSIONS for check in session.check_ids]
    assert len(ids) == len(set(ids))


def test_prerequisites_come_first():
    seen: set[str] = set()
    for session in SESSIONS:
        assert {*session.required, *session.advised} <= seen
        seen.add(session.key)


def test_html_of_paragraphs_lists_and_bold():
    text = "One\nline & more.\n\n### Head\n\n- first **bold**\n- second\n  goes on\n\n1. a\n2. b"
    assert content.html_of(text) == (
        "<p>One line &amp; more.</p><h3>Head</h3>"
        "<ul><li>first <b>bold</b></li><li>second goes on</li></ul>"
        "<ol><li>a</li><li>b</li></ol>"
    )
