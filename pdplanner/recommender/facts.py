"""What the recommender is told, and the words it answers in.

Everything here is frozen and free of any database: whoever calls the recommender fills these in
and stores what comes back. An id is whatever the caller uses (an int or a string), as long as it
is unique among its own kind and sorts against its fellows.

Units: minutes are whole minutes; days are `datetime.date` in the district's time zone; a week
starts on a Monday. A slot is a recurring place in a teacher's week, see `SLOTS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Id = int | str

TicketKind = Literal["how-to", "pedagogy", "access", "break", "outage", "request"]
NEED_KINDS: frozenset[str] = frozenset({"how-to", "pedagogy"})

SupportStyle = Literal["with-me", "steps", "point", "for-me"]
Format = Literal["live", "self-paced", "coached", "quick-card"]
AnswerKind = Literal["not-quite", "still-working", "picked-up"]
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
GradeBand = Literal["pk-2", "3-5", "6-8", "9-12"]

#: Places in a week: Monday to Friday times before school, the prep period, after school.
DAY_PARTS = ("before", "prep", "after")
SLOTS = tuple(f"{day}-{part}" for day in ("mon", "tue", "wed", "thu", "fri") for part in DAY_PARTS)


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """A goal in the teacher's own words, mapped to the skills it needs."""

    words: str
    skills: tuple[Id, ...]
    since_date: date


@dataclass(frozen=True, slots=True)
class Dismissal:
    """The teacher's "not a fit" for one course; `reason` as the teacher gave it."""

    course: Id
    reason: str
    on_date: date


@dataclass(frozen=True, slots=True)
class TeacherFacts:
    """One teacher as known on the day of planning."""

    id: Id
    school: Id | None = None  # main school
    schools: tuple[Id, ...] = ()
    grades: tuple[GradeBand, ...] = ()
    subjects: tuple[str, ...] = ()
    tools: frozenset[Id] = frozenset()
    support_style: SupportStyle | None = None
    formats: tuple[Format, ...] = ()  # preferred formats; empty: no preference stated
    minutes_budget: int = 360  # minutes left for this horizon
    minutes_set_aside: int | None = None  # for the whole of it; None: what the district sets aside
    weekly_minutes: int | None = None  # None: no weekly limit stated
    free_slots: frozenset[str] | None = None  # of SLOTS; None: not stated, any slot may do
    goals: tuple[GoalFacts, ...] = ()
    levels: Mapping[Id, Level] = field(default_factory=dict)  # where the teacher stands, by skill
    done: Mapping[Id, date] = field(default_factory=dict)  # course -> day completed
    accepted: frozenset[Id] = frozenset()  # courses the teacher said yes to, not yet done
    #: course -> offering; None for a self-paced course that was started
    enrolled: Mapping[Id, Id | None] = field(default_factory=dict)
    dismissed: tuple[Dismissal, ...] = ()
    muted_skills: frozenset[Id] = frozenset()  # "this is not about me": no need from it
    known_skills: frozenset[Id] = frozenset()  # "I know this already": no need from it
    uses_tickets: bool = True  # False: own tickets count for nobody, the cohort included
    started_date: date | None = None  # exposure begins
    left_date: date | None = None  # exposure ends
    busy_dates: frozenset[date] = frozenset()  # days with another live session already taken


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """One help-desk ticket of a teacher: derived fields only, never its text."""

    id: Id
    teacher: Id
    skill: Id | None
    kind: TicketKind
    opened_date: date
    minutes_lost: float | None = None  # of instruction; None: not known
    reopened: bool = False
    answered_at_first: bool | None = None  # True: solved by the first answer; None: not known
    repeated: bool = False  # closed, and the same was asked again soon after

    @property
    def unsolved(self) -> bool:
        """Whether an answer did not hold, or the first one was not enough."""
        return self.reopened or self.repeated or self.answered_at_first is False


@dataclass(frozen=True, slots=True)
class OfferingFacts:
    """One dated run of a course."""

    id: Id
    course: Id
    start_date: date
    end_date: date
    minutes: int
    slot: str | None = None  # of SLOTS; None: fits no recurring slot (a whole day, an evening)
    seats_left: int = 0
    school: Id | None = None  # where it is held; None: online or elsewhere
    online: bool = False
    release_time: bool = False  # in class time: needs a substitute
    #: The days of its parts, in order; empty: every day from start to end.
    dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """One published session a teacher can take."""

    id: Id
    title: str
    minutes: int
    format: Format
    level: Level | None = None
    effects: Mapping[Id, float] = field(default_factory=dict)  # skill -> r in [0, 0.95)
    grades: frozenset[GradeBand] = frozenset()  # audience; empty: everybody
    subjects: frozenset[str] = frozenset()  # audience; empty: everybody
    schools: frozenset[Id] = frozenset()  # audience; empty: everybody
    tools: frozenset[Id] = frozenset()  # all are needed
    variants: tuple[Variant, ...] = ()
    requires: frozenset[Id] = frozenset()  # must be done or stand in an earlier week
    advises: frozenset[Id] = frozenset()  # helps to have done before
    equivalents: frozenset[Id] = frozenset()
    #: None: any time; (): dated, but no run to offer. Full runs belong in here too: someone may be
    #: enrolled in them, and "no seat" is another answer than "no run".
    runs: tuple[OfferingFacts, ...] | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A "how it looks in your room" version; empty parts fit every room."""

    grades: frozenset[GradeBand] = frozenset()
    subjects: frozenset[str] = frozenset()
    tools: frozenset[Id] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a teacher said about a skill afterwards: at a circle-back, or by picking a practice."""

    teacher: Id
    skill: Id
    kind: AnswerKind
    on_date: date


@dataclass(frozen=True, slots=True)
class RequirementFacts:
    """A required session for the teachers named in `teachers`."""

    course: Id
    due_date: date
    teachers: frozenset[Id]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A dated mark in the calendar; `schools` empty means all of them."""

    kind: Literal["pd", "early-release", "report-cards", "testing", "holiday"]
    start_date: date
    end_date: date
    title: str = ""
    schools: frozenset[Id] = frozenset()


@dataclass(frozen=True, slots=True)
class Rollout:
    """A tool that reaches a school (None: all schools) on a date; `until_date` takes it away."""

    tool: Id
    skills: tuple[Id, ...]
    school: Id | None
    from_date: date
    until_date: date | None = None


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """The horizon of the plan: from `start_date` to `end_date`, both included."""

    start_date: date
    end_date: date
    term_title: str = ""  # "" when no term is known around the date: the caller says so on screen
    special_days: tuple[SpecialDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known on `as_of`; nothing later than it may be in here but the calendar,
    offerings, due dates and roll-outs that are announced already."""

    as_of: date
    calendar: CalendarFacts
    teachers: tuple[TeacherFacts, ...]
    courses: tuple[CourseFacts, ...]
    tickets: tuple[TicketFacts, ...] = ()
    requirements: tuple[RequirementFacts, ...] = ()
    rollouts: tuple[Rollout, ...] = ()
    answers: tuple[Answer, ...] = ()
    skills: frozenset[Id] | None = None  # all there are; None: not checked
    minutes_a_term: int = 360  # what the district sets aside for whoever states nothing


# ---- the answer -------------------------------------------------------------------------------

#: What each kind of reason cites (the keys of `Reason.facts`):
#:
#: asked     skill, count, since_date, last_date, last_minutes | None, unsolved: bool (the last),
#:           repeated: bool (one of them was closed and asked again soon after), tickets (ids)
#: cohort    skill, cohort (school, subject, grade, tool or district), name, count, people,
#:           since_date, until_date
#: season    skill, event (a SpecialDay kind, or "month"), title, date,
#:           share (0 to 1, of the district's asks of a year that came in the same days a year ago)
#: rollout   skill, tool, date
#: goal      skill, words, since_date
#: required  due_date
#: prepares  for_course, date: this step opens a later one
#: accepted  nothing more: the teacher said yes to it
#: variant   grades, subjects, tools of the version that fits the room
#: style     support_style and the format that goes with it
#: when      date, slot: it falls into a free slot
ReasonKind = Literal[
    "asked",
    "said",
    "cohort",
    "season",
    "rollout",
    "goal",
    "required",
    "prepares",
    "accepted",
    "variant",
    "style",
    "when",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is on the path: a kind and the facts it cites. Templates word it.

    `minutes` is the part of the step's value that this reason stands for (0 for reasons of fit).
    Values in `facts` are str, int, float, bool, None, date, or tuples of them.
    """

    kind: ReasonKind
    facts: Mapping[str, object]
    minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. `week_date` is the Monday it is planned for; `date` is set for a run."""

    course: Id
    minutes: int
    week_date: date
    offering: Id | None
    date: date | None
    slot: str | None
    value: float  # minutes of instruction it is expected to save, given the steps before it
    reasons: tuple[Reason, ...]
    fit: Mapping[str, float]  # named parts in (0, 1]; their product is the fit


@dataclass(frozen=True, slots=True)
class Path:
    """A teacher's path; an empty one says why in `nothing_because`.

    nothing_because: "no-need" | "no-hours" | "nothing-fits" | "inactive" | None
    needs: minutes of instruction the teacher is expected to lose, by skill, most first
    left_out: courses required of the teacher or said yes to that are not on the path, and why
    """

    teacher: Id
    as_of: date
    steps: tuple[Step, ...]
    value: float
    nothing_because: str | None = None
    needs: Mapping[Id, float] = field(default_factory=dict)
    left_out: tuple[WhyNot, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a course is not on a path: the first rule that shut it out, or what stands in for it.

    rule: "done" | "equivalent-done" | "enrolled" (in a run that waits for its mark, or comes after
    the horizon) | "dismissed" | "not-your-grades" |
    "not-your-subjects" | "not-your-school" | "missing-tool" | "missing-prerequisite" |
    "no-run" | "no-school" (only held when there is no school for the teacher) | "no-seat" |
    "no-free-slot" | "too-long" | "no-need" | "covered" | "less-helpful" |
    "on-path" | "no-room" (required or said yes to, but the hours, weeks or dates that are left
    have no room for it) | "unknown-course"
    `facts` names what is missing (tool, course, date …) or, for "covered", the step that does it.
    """

    course: Id
    rule: str
    facts: Mapping[str, object]
