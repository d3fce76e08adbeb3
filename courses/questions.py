"""What is asked about a session, by Guskey's five levels: a few at the close, a few later on."""

from __future__ import annotations

from dataclasses import dataclass

from .models.evaluations import Moment

#: What each level is about, from the first question to the last one that matters.
LEVELS = {
    1: "How it felt",
    2: "What was learned",
    3: "Support",
    4: "Use",
    5: "Students",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `aim` names the field of a session in which its author says what is hoped."""

    key: str
    level: int
    words: str
    answers: tuple[tuple[str, str], ...]  # the best first
    aim: str = ""
    hint: str = ""


AT_THE_CLOSE = (
    Question(
        "worth",
        1,
        "Was it worth your time?",
        (("yes", "Yes"), ("mostly", "Mostly"), ("partly", "Partly"), ("no", "No")),
        aim="should_feel",
    ),
    Question(
        "learned",
        2,
        "Can you do now what it promised?",
        (("alone", "Yes, on my own"), ("help", "With some help"), ("not-yet", "Not yet")),
        aim="objectives",
    ),
    Question(
        "support",
        3,
        "Do you have what it takes to use it?",
        (("yes", "Yes"), ("partly", "Some of it"), ("no", "No")),
        aim="support_needed",
        hint="Time, tools, and somebody to ask.",
    ),
    Question(
        "plan",
        4,
        "When will you use it?",
        (
            ("week", "Within a week"),
            ("term", "This term"),
            ("unsure", "I am not sure"),
            ("no", "I will not"),
        ),
        aim="in_use",
    ),
    Question(
        "again",
        1,
        "Would you come back?",
        (("yes", "Yes"), ("maybe", "Perhaps"), ("no", "No")),
        hint="To another session like this one.",
    ),
)

LATER = (
    Question(
        "use",
        4,
        "Is it still working?",
        (
            ("works", "It works"),
            ("stuck", "I still get stuck"),
            ("not-used", "I have not used it yet"),
        ),
        aim="in_use",
    ),
    Question(
        "lacked",
        3,
        "What was missing most?",
        (
            ("nothing", "Nothing"),
            ("time", "Time"),
            ("tools", "A tool, or access to it"),
            ("backing", "Somebody to ask"),
        ),
        aim="support_needed",
    ),
    Question(
        "students",
        5,
        "Do you see a difference for your students?",
        (
            ("yes", "Yes"),
            ("little", "A little"),
            ("no", "No"),
            ("unsure", "I can’t say"),
        ),
        aim="for_students",
    ),
)

OF_MOMENT = {Moment.CLOSE: AT_THE_CLOSE, Moment.LATER: LATER}


def questions_of(moment: str) -> tuple[Question, ...]:
    """Return what is asked at this moment, in order."""
    return OF_MOMENT[Moment(moment)]
