"""Every weight and limit of the recommender, with its unit and why it has that value.

`NeedRules` are the only ones a district refits (`tuning.fit_need_rules`); the rest are decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Everybody's last weeks lead, cohorts lift, and many own asks are needed to outweigh them: with
#: too little history to fit, the others know more. A compromise, found unfitted: eight weeks of a
#: large service desk rank best with still less of one's own (nDCG@10 0.32 to 0.33 against 0.29 to
#: 0.32 here, 0.35 fitted), years of a small one with more (0.80 against 0.78 here, 0.80 fitted).
DEFAULT_WEIGHTS = (
    ("everybody 2 d", 0.3),
    ("everybody 7 d", 0.5),
    ("everybody 30 d", 0.2),
    ("following", 0.2),
    ("grade 120 d", 0.1),
    ("grade 15 d", 0.1),
    ("own 120 d, 1", 0.05),
    ("own 15 d, 3", 0.1),
    ("own 3 d, 2", 0.2),
    ("own 400 d, 1", 0.05),
    ("own 400 d, 20", 0.6),
    ("own 60 d, 2", 0.1),
    ("pace 120 d", 0.4),
    ("pace 400 d", 0.4),
    ("school 120 d", 0.2),
    ("school 15 d", 0.2),
    ("school 4 d", 0.1),
    ("school alike", 0.2),
    ("subject 120 d", 0.2),
    ("subject 15 d", 0.2),
    ("tool 120 d", 0.1),
    ("tool 15 d", 0.1),
    ("stirred 10 d", 0.1),
    ("usual pace", 0.1),
    ("season", 0.5),
)


@dataclass(frozen=True, slots=True)
class NeedRules:
    """How need is foretold. The defaults serve a district with too little history to fit."""

    #: The weight of every signal by name (shares.py, pace.py say what each is; logarithms, so no
    #: unit). `tuning.fit_weights` fits them; these are for a district with too little history.
    weights: tuple[tuple[str, float], ...] = DEFAULT_WEIGHTS
    #: Tickets of a skill before its own mean of minutes weighs as much as its kind's.
    minutes_strength: float = 5.0
    #: Minutes of instruction a ticket costs where nobody recorded any.
    minutes_default: float = 15.0
    #: What a circle-back says, in minutes over the horizon and for `said_days` days: "not quite"
    #: stands for one more ask; "still working" takes this share of the need away; a practice that
    #: was picked up says somebody wants to try it.
    not_quite_minutes: float = 15.0
    still_working_share: float = 0.5
    picked_up_minutes: float = 10.0
    said_days: int = 90
    #: Tickets of a skill before its own months weigh as much as a flat year.
    season_strength: float = 40.0
    #: A fortnight around these days brings this many times the tickets of a plain one, until the
    #: district's own earlier years say otherwise: an author's guess.
    report_cards_lift: float = 1.5
    testing_lift: float = 1.3
    #: The days before report cards and testing in which people start asking.
    lead_days: int = 14
    #: Days after the last planned week that still count as lost: a session of the last weeks would
    #: otherwise save nothing. Eight weeks, about as long as a session is remembered unpractised.
    after_days: int = 56
    #: How far back an own ask and the colleagues' asks are worth citing: a school year, a term.
    asked_days: int = 365
    cohort_days: int = 90
    #: Colleagues who must have asked before a cohort is cited: fewer would point at a person.
    cohort_people: int = 5
    #: Days that brought this many times their share of the year's asks are worth a sentence.
    peak_lift: float = 1.5
    #: Minutes over the horizon that a goal adds, split over its skills: about two asks' worth, so
    #: that what a teacher wants stands beside what the tickets say.
    goal_minutes: float = 30.0
    #: Minutes a required session's skills add for those it is required of.
    requirement_minutes: float = 20.0
    #: Tickets per teacher and skill in the first term after a tool arrives, by the launches seen
    #: elsewhere; an author's guess before the first.
    rollout_tickets: float = 0.8
    #: Teachers of earlier launches before what was seen there weighs as much as the guess.
    rollout_strength: float = 20.0
    #: Days after which the launch of a tool has lost half its tickets.
    rollout_half_life_days: float = 28.0


@dataclass(frozen=True, slots=True)
class FitRules:
    """How well a session suits a teacher: shares of its effect, from 0 to 1.

    Judgements of practice, not fitted: no district has enough before-and-after to tell 0.85 from
    0.90. Where a teacher states nothing the share is near 1, so that silence costs little.
    """

    #: A "how it looks in your room" version for this grade, subject or tool.
    room_version: float = 1.0
    #: Made for this grade or subject, without a version of its own.
    room_audience: float = 0.97
    #: For everybody, or nothing is known of the room.
    room_open: float = 0.94
    #: There are versions, and none is for this room.
    room_unseen: float = 0.85
    #: Made for others; only a required session or one said yes to gets this far.
    room_others: float = 0.7
    #: All tools at hand; arriving within the horizon; the teacher names none.
    tools_here: float = 1.0
    tools_coming: float = 0.95
    tools_unstated: float = 0.92
    #: What each support style takes from each format: who wants company learns least alone.
    style_formats: Mapping[str, Mapping[str, float]] = field(
        default_factory=lambda: {
            "with-me": {"coached": 1.0, "live": 0.95, "self-paced": 0.75, "quick-card": 0.7},
            "steps": {"self-paced": 1.0, "quick-card": 0.95, "live": 0.85, "coached": 0.85},
            "point": {"quick-card": 1.0, "self-paced": 0.95, "live": 0.75, "coached": 0.7},
            "for-me": {"coached": 1.0, "live": 0.8, "quick-card": 0.7, "self-paced": 0.65},
        }
    )
    style_unstated: float = 0.95
    #: A format the teacher did not name among the preferred ones.
    format_not_preferred: float = 0.8
    #: By how many levels the session lies above where the teacher stands (-3 to 4): just above is
    #: best, far below is lost time, far above is lost on one.
    level_steps: tuple[float, ...] = (0.4, 0.5, 0.65, 0.9, 1.0, 0.8, 0.6, 0.45)
    level_unstated: float = 0.95
    #: In a slot the teacher named free, or on a PD day; no slots named; with a substitute.
    time_free: float = 1.0
    time_unstated: float = 0.95
    time_release: float = 0.85
    #: At an own school or alone; online; at another place.
    place_own: float = 1.0
    place_online: float = 0.97
    place_away: float = 0.85
    #: Minutes a session must be expected to save, taken alone, before it is worth a teacher's
    #: attention at all.
    worth_minutes: float = 1.0
    #: What the best session takes from a need: "masters", by the author's word.
    best_effect: float = 0.6
    #: What a step already on the path must still be worth, as a share of what a new one must: so
    #: that a need that wavers does not put it on and off.
    worth_standing: float = 0.5
    #: The share of its own length that a session must be expected to save beside the rest of the
    #: path: an hour for half a minute is no bargain, whatever budget is left.
    worth_share: float = 0.03


@dataclass(frozen=True, slots=True)
class SearchRules:
    """How hard the path is searched, and how much a change has to bring."""

    #: Minutes saved that moving or dropping a step of the path as it stands has to bring: less
    #: than that is not worth telling a teacher that the plan changed.
    change_threshold_minutes: float = 5.0
    #: Minutes a week for a teacher who states no limit, or one longer session; and always enough
    #: for what is required or said yes to. Sooner is better, but not all of it on Monday.
    usual_week_minutes: int = 60
    #: Moves tried for each teacher after the greedy starts; more is slower and better. Measured
    #: in `benchmarks.paths`: 3,000 lose 0.04 % against the best known, in 1.3 ms a teacher.
    rounds: int = 3_000
    #: Rounds in which seat prices are adjusted when seats are shared.
    price_rounds: int = 12
    #: Start of the random numbers; every teacher draws from a series of their own.
    seed: int = 1


@dataclass(frozen=True, slots=True)
class ReasonRules:
    """How many reasons a step is given, and how strong one must be."""

    #: Reasons a step: more is not read.
    most: int = 3
    #: The share of a step's minutes that a reason must stand for, unless it is the strongest.
    share: float = 0.15
    #: Minutes below which a need is no reason for a step that is on the path anyway: required, said
    #: yes to, or opening another.
    least_minutes: float = 0.5
    #: The skills of a step that are looked into, those that save most first.
    skills: int = 3
    #: What a support style must take from a format before the pair is called a match.
    style_share: float = 0.95


@dataclass(frozen=True, slots=True)
class PathRules:
    """All rules of one run."""

    need: NeedRules = field(default_factory=NeedRules)
    fit: FitRules = field(default_factory=FitRules)
    reasons: ReasonRules = field(default_factory=ReasonRules)
    search: SearchRules = field(default_factory=SearchRules)
