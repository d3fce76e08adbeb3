"""Reasons in words.

A stored reason is {"kind", "minutes", "facts"}; its facts carry ISO dates and, beside every id, the
name it had when the path was worked out, so that wording asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from profiles.choices import Format, GradeBand, Subject, SupportStyle

from .sentences import Days, Facts, Sentence, Strong, label, listed, sentence, times


def word_reason(reason: Facts, *, as_of: date, is_run: bool = True) -> Sentence:
    """Return a stored reason in words. `is_run`: the step has a date of its own."""
    word = _WORDS[reason["kind"]]
    pieces = word(reason["facts"], Days(as_of, is_run))
    return sentence(reason["kind"], *pieces, minutes=reason["minutes"])


def _asked(facts: Facts, day: Days) -> list[str]:
    skill, count = Strong(facts["skill_name"]), facts["count"]
    if count == 1:
        pieces = ["You asked about ", skill, " on ", day(facts["last_date"])]
        last = "; it "
    else:
        since = day(facts["since_date"])
        pieces = ["You asked about ", skill, " ", Strong(times(count)), " since ", since]
        if facts.get("repeated"):  # paths of before it was told lack it
            pieces.append(", again within two weeks of an answer")
        last = f"; the last time, on {day(facts['last_date'])}, "
    ends = []
    if facts["last_minutes"]:
        ends.append(f"cost about {round(facts['last_minutes'])} minutes of class")
    if facts["unsolved"]:
        ends.append("was not settled by the first answer")
    return [*pieces, last + " and ".join(ends) if ends else "", "."]


def _cohort(facts: Facts, day: Days) -> list[str]:
    who = {
        "school": "colleagues at {}",
        "subject": "colleagues who teach {}",
        "grade": "colleagues in {}",
        "tool": "colleagues who use {}",
        "district": "colleagues across the district",
    }[facts["cohort"]].format(cohort_name(facts))
    return [
        f"{facts['people']} {who} asked about ",
        Strong(facts["skill_name"]),
        " ",
        Strong(times(facts["count"])),
        " since ",
        day(facts["since_date"]),
        ".",
    ]


def cohort_name(facts: Facts) -> str:
    """Return the name of a cohort as it stands within a sentence."""
    name = facts.get("cohort_name") or ""
    if facts["cohort"] == "subject":
        return label(Subject, facts["name"])
    if facts["cohort"] == "grade":
        return label(GradeBand, facts["name"])
    return name


def _season(facts: Facts, day: Days) -> list[str]:
    share, skill = f"{facts['share']:.0%}", Strong(facts["skill_name"])
    brought = [share, " of the district’s questions about ", skill, "."]
    if facts["event"] == "month":
        month = Strong(f"{date.fromisoformat(facts['date']):%B}")
        return [month, " is ahead: last year it brought ", *brought]
    event = {"report-cards": "Report cards are due", "testing": "Testing starts"}.get(
        facts["event"], facts["title"] or "A special day is"
    )
    return [f"{event} on ", day(facts["date"]), ". Last year that time brought ", *brought]


def rollout_pieces(facts: Facts, day: Days) -> list[str]:
    """Return the pieces of a sentence about a tool that reaches a school."""
    verb = " came to your school on " if day.is_past(facts["date"]) else " reaches your school on "
    return [Strong(facts["tool_name"]), verb, day(facts["date"]), "."]


def _goal(facts: Facts, day: Days) -> list[str]:
    return ["Your goal since ", day(facts["since_date"]), ": ", Strong(f"“{facts['words']}”"), "."]


def _said(facts: Facts, day: Days) -> list[str]:
    skill, date_ = Strong(facts["skill_name"]), day(facts["date"])
    if facts["answer"] == "picked-up":
        return ["You picked up something about ", skill, " from a colleague on ", date_, "."]
    return ["You said on ", date_, " that ", skill, " does not work for you yet."]


def _required(facts: Facts, day: Days) -> list[str]:
    is_late = date.fromisoformat(facts["due_date"]) < day.as_of
    verb = "It was due by " if is_late else "It is required of you by "
    return [verb, day(facts["due_date"]), ", and is still required." if is_late else "."]


def _prepares(facts: Facts, day: Days) -> list[str]:
    course = Strong(facts["for_course_name"])
    return ["It comes before ", course, ", planned for ", day(facts["date"]), "."]


def _accepted(facts: Facts, day: Days) -> list[str]:
    return ["You said yes to it."]


def _variant(facts: Facts, day: Days) -> list[str]:
    room = [
        *(label(GradeBand, grade) for grade in facts["grades"]),
        *(label(Subject, subject) for subject in facts["subjects"]),
        *facts["tools_names"],
    ]
    if not room:
        return ["It has a version for a room like yours."]
    return ["It has a version for your room: ", Strong(listed(room)), "."]


def _style(facts: Facts, day: Days) -> list[str]:
    style = SupportStyle(facts["support_style"]).label.lower()
    form = {
        Format.LIVE: "live, with others",
        Format.SELF_PACED: "self-paced, step by step",
        Format.COACHED: "with a coach",
        Format.QUICK_CARD: "a quick card",
    }[Format(facts["format"])]
    return [f"You said “{style}”: this one is ", Strong(form), "."]


def _when(facts: Facts, day: Days) -> list[str]:
    if not day.is_run:
        return ["There is room for it in the week of ", day(facts["date"]), "."]
    if not facts["slot"]:
        return ["It is on ", day(facts["date"]), "."]
    weekday = f"{date.fromisoformat(facts['date']):%A} "
    part = facts["slot"].partition("-")[2]
    place = {"before": "before school", "prep": "in your prep period", "after": "after school"}
    return ["You are free then: ", Strong(weekday + day(facts["date"])), f", {place[part]}."]


_WORDS: dict[str, Callable[[Facts, Days], list[str]]] = {
    "asked": _asked,
    "cohort": _cohort,
    "season": _season,
    "rollout": rollout_pieces,
    "goal": _goal,
    "said": _said,
    "required": _required,
    "prepares": _prepares,
    "accepted": _accepted,
    "variant": _variant,
    "style": _style,
    "when": _when,
}
