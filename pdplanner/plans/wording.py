"""Words for reasons, changes and answers: plain, short, to one person.

A stored reason is {"kind", "minutes", "facts"}; its facts carry ISO dates and, beside every id, the
name it had when the path was worked out, so that wording asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from profiles.choices import Format, GradeBand, Slot, Subject, SupportStyle

Facts = Mapping[str, Any]


class Strong(str):
    """A piece of a sentence that is a fact to check; shown in bold."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A reason in words: `str()` is plain text, `html` marks the facts with <b>."""

    kind: str
    text: str
    html: SafeString
    minutes: float = 0.0

    def __str__(self) -> str:
        return self.text


def sentence(kind: str, *pieces: str, minutes: float = 0.0) -> Sentence:
    """Return the pieces as one sentence; those that are Strong stand out."""
    html = format_html_join(
        "",
        "{}",
        ((format_html("<b>{}</b>", p) if isinstance(p, Strong) else p,) for p in pieces),
    )
    return Sentence(kind, "".join(pieces), html, minutes)


def word_reason(reason: Facts, *, as_of: date, is_run: bool = True) -> Sentence:
    """Return a stored reason in words. `is_run`: the step has a date of its own."""
    word = _WORDS[reason["kind"]]
    pieces = word(reason["facts"], _Days(as_of, is_run))
    return sentence(reason["kind"], *pieces, minutes=reason["minutes"])


def day_words(day: date, as_of: date) -> str:
    """Return "4 September", with the year when it is more than half a year off."""
    words = f"{day.day} {day:%B}"
    return words if abs((day - as_of).days) <= 183 else f"{words} {day.year}"


def times(count: int) -> str:
    """Return "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def listed(words: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


@dataclass(frozen=True, slots=True)
class _Days:
    as_of: date
    is_run: bool

    def __call__(self, value: str) -> Strong:
        return Strong(day_words(date.fromisoformat(value), self.as_of))

    def is_past(self, value: str) -> bool:
        return date.fromisoformat(value) <= self.as_of


def _asked(facts: Facts, day: _Days) -> list[str]:
    skill, count = Strong(facts["skill_name"]), facts["count"]
    if count == 1:
        pieces = ["You asked about ", skill, " on ", day(facts["last_date"])]
        last = "; it "
    else:
        since = day(facts["since_date"])
        pieces = ["You asked about ", skill, " ", Strong(times(count)), " since ", since]
        last = f"; the last time, on {day(facts['last_date'])}, "
    ends = []
    if facts["last_minutes"]:
        ends.append(f"cost about {round(facts['last_minutes'])} minutes of class")
    if facts["unsolved"]:
        ends.append("was not settled by the first answer")
    return [*pieces, last + " and ".join(ends) if ends else "", "."]


def _cohort(facts: Facts, day: _Days) -> list[str]:
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
        return _label(Subject, facts["name"])
    if facts["cohort"] == "grade":
        return _label(GradeBand, facts["name"])
    return name


def _season(facts: Facts, day: _Days) -> list[str]:
    skill = Strong(facts["skill_name"])
    if facts["event"] == "month":
        month = Strong(f"{date.fromisoformat(facts['date']):%B}")
        return ["Questions about ", skill, " come up most in ", month, "."]
    event = {"report-cards": "Report cards are due", "testing": "Testing starts"}.get(
        facts["event"], facts["title"] or "A special day is"
    )
    return [f"{event} on ", day(facts["date"]), ", when questions about ", skill, " come up most."]


def _rollout(facts: Facts, day: _Days) -> list[str]:
    verb = " came to your school on " if day.is_past(facts["date"]) else " reaches your school on "
    return [Strong(facts["tool_name"]), verb, day(facts["date"]), "."]


def _goal(facts: Facts, day: _Days) -> list[str]:
    return ["Your goal since ", day(facts["since_date"]), ": ", Strong(f"“{facts['words']}”"), "."]


def _required(facts: Facts, day: _Days) -> list[str]:
    return ["It is required of you by ", day(facts["due_date"]), "."]


def _prepares(facts: Facts, day: _Days) -> list[str]:
    course = Strong(facts["for_course_name"])
    return ["It comes before ", course, ", planned for ", day(facts["date"]), "."]


def _accepted(facts: Facts, day: _Days) -> list[str]:
    return ["You said yes to it."]


def _variant(facts: Facts, day: _Days) -> list[str]:
    room = [
        *(_label(GradeBand, grade) for grade in facts["grades"]),
        *(_label(Subject, subject) for subject in facts["subjects"]),
        *facts["tools_names"],
    ]
    if not room:
        return ["It has a version for a room like yours."]
    return ["It has a version for your room: ", Strong(listed(room)), "."]


def _style(facts: Facts, day: _Days) -> list[str]:
    style = SupportStyle(facts["support_style"]).label.lower()
    form = {
        Format.LIVE: "live, with others",
        Format.SELF_PACED: "self-paced, step by step",
        Format.COACHED: "with a coach",
        Format.QUICK_CARD: "a quick card",
    }[Format(facts["format"])]
    return [f"You said “{style}”: this one is ", Strong(form), "."]


def _when(facts: Facts, day: _Days) -> list[str]:
    if not day.is_run:
        return ["There is room for it in the week of ", day(facts["date"]), "."]
    if not facts["slot"]:
        return ["It is on ", day(facts["date"]), "."]
    weekday = f"{date.fromisoformat(facts['date']):%A} "
    part = facts["slot"].partition("-")[2]
    place = {"before": "before school", "prep": "in your prep period", "after": "after school"}
    return ["You are free then: ", Strong(weekday + day(facts["date"])), f", {place[part]}."]


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
    return _WHY_NOT[rule](facts, _Days(as_of, True))


def left_out_words(item: Facts, *, as_of: date) -> str:
    """Return why a required or accepted session found no place, as a sentence."""
    return f"{item['title']}: {why_not_words(item['rule'], item['facts'], as_of=as_of)}"


def _by(facts: Facts, day: _Days, key: str = "date") -> str:
    return f" on {day(facts[key])}" if facts.get(key) else ""


_WHY_NOT: dict[str, Callable[[Facts, _Days], str]] = {
    "on-path": lambda f, d: f"It is on your path{_by(f, d)}.",
    "done": lambda f, d: f"You finished it{_by(f, d)}.",
    "equivalent-done": lambda f, d: (
        f"You finished “{f['course_name']}”{_by(f, d)}, which teaches the same."
    ),
    "dismissed": lambda f, d: f"You took it out{_by(f, d)}. You can bring it back.",
    "not-for-role": lambda f, d: "It is made for another role.",
    "not-your-grades": lambda f, d: (
        f"It is made for {listed([_label(GradeBand, grade) for grade in f['grades']])}."
    ),
    "not-your-subjects": lambda f, d: (
        f"It is made for {listed([_label(Subject, subject) for subject in f['subjects']])}."
    ),
    "not-your-school": lambda f, d: f"It is for {listed(f['schools_names'])}.",
    "missing-tool": lambda f, d: f"It needs {f['tool_name']}, which is not among your tools.",
    "missing-prerequisite": lambda f, d: (
        f"It needs “{f['course_name'] or 'another session'}” first."
    ),
    "no-run": lambda f, d: "No date is set for it.",
    "no-seat": lambda f, d: "Every seat is taken.",
    "no-free-slot": lambda f, d: "Its dates fall outside your free times.",
    "too-long": lambda f, d: f"It takes {f['minutes']} minutes, more than you have left.",
    "no-need": lambda f, d: "Nothing you asked or wished for calls for it now.",
    "covered": lambda f, d: f"“{f['course_name']}” on your path already does its work.",
    "less-helpful": lambda f, d: "Other sessions help you more in the hours you have.",
    "no-room": lambda f, d: "The hours, weeks or dates that are left have no room for it.",
    "unknown-course": lambda f, d: "It is not in the look book now.",
}


def noticed_words(need: Facts, *, as_of: date) -> str:
    """Return a noticed need in short, for a chip: "3 asks · 35 min lost"."""
    words = []
    if need["asks"]:
        words.append(f"{need['asks']} {'ask' if need['asks'] == 1 else 'asks'}")
        if need["minutes_lost"]:
            words.append(f"{need['minutes_lost']} min lost")
    if need["goal"]:
        words.append("your goal")
    if need["rollout_date"] and not words:
        day = date.fromisoformat(need["rollout_date"])
        words.append(
            f"{need['tool_name']} since {day_words(day, as_of)}"
            if day <= as_of
            else f"{need['tool_name']} from {day_words(day, as_of)}"
        )
    return " · ".join(words) or "colleagues ask about it"


def noticed_sentences(need: Facts, *, as_of: date) -> tuple[Sentence, ...]:
    """Return what a noticed need comes from, a sentence for each source."""
    day = _Days(as_of, True)
    told = []
    if need["asks"]:
        skill, lost = Strong(need["skill_name"]), need["minutes_lost"]
        cost = f"; about {lost} minutes of class went with it" if lost else ""
        when = (
            [" on ", day(need["last_date"])]
            if need["asks"] == 1
            else [" ", Strong(times(need["asks"])), " since ", day(need["since_date"])]
        )
        told.append(sentence("asked", "You asked about ", skill, *when, cost, "."))
    if need["goal"]:
        told.append(sentence("goal", "Your goal: ", Strong(f"“{need['goal']}”"), "."))
    if need["rollout_date"]:
        facts = {"tool_name": need["tool_name"], "date": need["rollout_date"]}
        told.append(sentence("rollout", *_rollout(facts, day)))
    if not told:
        told.append(sentence("cohort", "Colleagues who teach as you do ask about it."))
    return tuple(told)


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
    "profile": ("you changed your profile",) * 2,
    "roster": ("the roster changed",) * 2,
    "finished": ("you finished a session", "you finished {n} sessions"),
    "attended": ("your attendance was marked",) * 2,
    "started": ("you started a session",) * 2,
    "enrolled": ("you reserved a seat",) * 2,
    "seated": ("a seat came free for you",) * 2,
    "withdrew": ("you gave a seat back",) * 2,
    "cancelled": ("a date was called off",) * 2,
    "moved": ("a date was moved",) * 2,
    "session": ("the look book changed",) * 2,
    "runs": ("dates were added or changed",) * 2,
    "required": ("a session is required of you",) * 2,
    "withdrawn": ("a session is no longer required",) * 2,
    "the calendar": ("the school calendar changed",) * 2,
    "skills": ("skills and tools were updated",) * 2,
    "the district's settings": ("the district's settings changed",) * 2,
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


def slot_words(slot: str) -> str:
    """Return "prep period", "before school", "after school" or nothing."""
    return Slot(slot).label.partition(" ")[2] if slot else ""


def _label(choices, value: str) -> str:
    """Return a choice as it stands within a sentence: lower case, names of languages kept."""
    label = str(choices(value).label)
    return label if label.startswith(("English", "PE")) else label[0].lower() + label[1:]


_WORDS: dict[str, Callable[[Facts, _Days], list[str]]] = {
    "asked": _asked,
    "cohort": _cohort,
    "season": _season,
    "rollout": _rollout,
    "goal": _goal,
    "required": _required,
    "prepares": _prepares,
    "accepted": _accepted,
    "variant": _variant,
    "style": _style,
    "when": _when,
}
