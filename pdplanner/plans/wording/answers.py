"""Why a path is empty, why a session is not on it, what changed and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from profiles.choices import GradeBand, Subject

from .sentences import Days, Facts, day_words, label, listed

NOTHING = {
    "no-need": "Nothing to recommend: nothing you asked or wished for calls for a session now.",
    "no-hours": "Nothing to recommend: the hours you set aside are used up or too short for it.",
    "nothing-fits": "Nothing to recommend: no session here teaches what you need and fits you.",
    "inactive": "There is no path for somebody who no longer works here.",
}


def nothing_words(because: str) -> str:
    """Return why a path is empty, as a sentence."""
    return NOTHING[because]


def why_not_words(rule: str, facts: Facts, *, as_of: date) -> str:
    """Return why a session is not on the path, as a sentence."""
    return _WHY_NOT[rule](facts, Days(as_of, True))


def left_out_words(item: Facts, *, as_of: date) -> str:
    """Return why a required or accepted session found no place, as a sentence."""
    return f"{item['title']}: {why_not_words(item['rule'], item['facts'], as_of=as_of)}"


def _by(facts: Facts, day: Days, key: str = "date") -> str:
    return f" on {day(facts[key])}" if facts.get(key) else ""


_WHY_NOT: dict[str, Callable[[Facts, Days], str]] = {
    "on-path": lambda f, d: f"It is on your path{_by(f, d)}.",
    "done": lambda f, d: f"You finished it{_by(f, d)}.",
    "equivalent-done": lambda f, d: (
        f"You finished “{f['course_name']}”{_by(f, d)}, which teaches the same."
    ),
    "enrolled": lambda f, d: f"You have a seat in it{_by(f, d)}.",
    "dismissed": lambda f, d: f"You took it out{_by(f, d)}. You can bring it back.",
    "not-your-grades": lambda f, d: (
        f"It is made for {listed([label(GradeBand, grade) for grade in f['grades']])}."
    ),
    "not-your-subjects": lambda f, d: (
        f"It is made for {listed([label(Subject, subject) for subject in f['subjects']])}."
    ),
    "not-your-school": lambda f, d: f"It is for {listed(f['schools_names'])}.",
    "missing-tool": lambda f, d: f"It needs {f['tool_name']}, which is not among your tools.",
    "missing-prerequisite": lambda f, d: (
        f"It needs “{f['course_name'] or 'another session'}” first."
    ),
    "no-run": lambda f, d: "No date is set for it.",
    "no-school": lambda f, d: "It is only held when there is no school for you.",
    "no-seat": lambda f, d: "Every seat is taken: there is a waiting place.",
    "no-free-slot": lambda f, d: "Its dates fall outside your free times.",
    "too-long": lambda f, d: f"It takes {f['minutes']} minutes, more than you have left.",
    "no-need": lambda f, d: "Nothing you asked or wished for calls for it now.",
    "covered": lambda f, d: f"“{f['course_name']}” on your path already does its work.",
    "less-helpful": lambda f, d: "Other sessions help you more in the hours you have.",
    "no-room": lambda f, d: "The hours, weeks or dates that are left have no room for it.",
    "unknown-course": lambda f, d: "It is not in the look book now.",
}


def change_words(change: Facts, *, as_of: date) -> str:
    """Return one change between two versions, as a line."""
    title = f"“{change['title']}”"
    day = day_words(date.fromisoformat(change["date"]), as_of) if change["date"] else ""
    was = day_words(date.fromisoformat(change["was_date"]), as_of) if change["was_date"] else ""
    if change["what"] == "added":
        return f"New: {title} on {day}." if day else f"New: {title}."
    if change["what"] == "moved":
        return f"Moved: {title} to {day or 'any time'}{f', from {was}' if was else ''}."
    return {
        "done": f"Finished: {title}.",
        "declined": f"Out, as you asked: {title}.",
        "past": f"Gone by: {title} on {was}.",
        "removed": f"Out: {title}.",
    }[change["what"]]


#: What each cause is called when a path changed by it; {n} is how many times it came.
CAUSES = {
    "tickets": ("one new ticket", "{n} new tickets"),
    "sorted": ("a ticket was sorted", "{n} tickets were sorted"),
    "accepted": ("you said yes to a session",) * 2,
    "swapped": ("you swapped a session", "you swapped {n} sessions"),
    "not-a-fit": ("you said what is not a fit",) * 2,
    "undone": ("you took an answer back",) * 2,
    "corrected": ("you corrected what we noticed",) * 2,
    "history": ("you switched the use of your help-desk history",) * 2,
    "closet": ("you changed your closet",) * 2,
    "profile": ("you changed your profile",) * 2,
    "roster": ("the roster changed",) * 2,
    "finished": ("you finished a session", "you finished {n} sessions"),
    "attended": ("your attendance was marked",) * 2,
    "started": ("you started a session",) * 2,
    "enrolled": ("you reserved a seat",) * 2,
    "seated": ("a seat came free for you",) * 2,
    "withdrew": ("you gave a seat back",) * 2,
    "circle-back": ("you said whether something still works",) * 2,
    "cancelled": ("a date was called off",) * 2,
    "moved": ("a date was moved",) * 2,
    "session": ("the look book changed",) * 2,
    "catalogue": ("the look book changed",) * 2,
    "unfinished": ("a coach took back that you finished a session",) * 2,
    "runs": ("dates were added or changed",) * 2,
    "required": ("a session is required of you",) * 2,
    "withdrawn": ("a session is no longer required",) * 2,
    "the calendar": ("the school calendar changed",) * 2,
    "skills": ("skills and tools were updated",) * 2,
    "the district's settings": ("the district's settings changed",) * 2,
    "rules": ("the weights were fitted anew",) * 2,
    "night": ("a new day",) * 2,
}


def causes_words(causes: Mapping[str, int]) -> str:
    """Return why a path changed: "3 new tickets and you swapped a session"."""
    words = [
        (CAUSES[cause][0] if count == 1 else CAUSES[cause][1]).format(n=count)
        for cause, count in causes.items()
        if cause in CAUSES and (cause != "night" or len(causes) == 1)
    ]
    return listed(list(dict.fromkeys(words)))
