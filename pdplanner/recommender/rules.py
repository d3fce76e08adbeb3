"""Every weight and limit of the recommender, with its unit and why it has that value.

`NeedRules` are the only ones a district refits (`tuning.fit_need_rules`); the rest are decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NeedRules:
    """How need is foretold. The defaults serve a district with too little history to fit."""

    #: Days after which an own ticket counts half. Fitted districts land between 14 and 120.
    own_half_life_days: float = 60.0
    #: Days after which a colleague's ticket counts half: an outage or a term start moves everybody
    #: for about a week, so the cohort's mix forgets much faster than a person does.
    cohort_half_life_days: float = 14.0
    #: Tickets of its own that a cohort's mix needs before it weighs as much as everybody's.
    cohort_strength: float = 30.0
    #: Shape of the gamma prior on a person's overall rate: how alike colleagues are.
    person_shape: float = 0.6
    #: Shape of the gamma prior on a rate for one skill: small means few skills per person.
    skill_shape: float = 0.15
    #: Tickets of a skill before its own mean of minutes weighs as much as its kind's.
    minutes_strength: float = 5.0
    #: Minutes of instruction a ticket costs where nobody recorded any.
    minutes_default: float = 15.0
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
    cohort_people: int = 3
    #: A week this many times the mean week is a peak worth a sentence.
    peak_lift: float = 1.25
    #: Minutes over the horizon that a goal adds, split over its skills: about two asks' worth, so
    #: that what a teacher wants stands beside what the tickets say.
    goal_minutes: float = 30.0
    #: Minutes a required session's skills add for those it is required of.
    requirement_minutes: float = 20.0
    #: Tickets per teacher and skill in the first term after a tool arrives, by the launches seen
    #: elsewhere; an author's guess before the first.
    rollout_tickets: float = 0.8
    #: Days after which the launch of a tool has lost half its tickets.
    rollout_half_life_days: float = 28.0


@dataclass(frozen=True, slots=True)
class FitRules:
    """How well a session suits a teacher."""


@dataclass(frozen=True, slots=True)
class SearchRules:
    """How hard the path is searched, and how much a change has to bring."""

    #: Minutes saved that moving or dropping a step of the path as it stands has to bring: less
    #: than that is not worth telling a teacher that the plan changed.
    change_threshold_minutes: float = 5.0
    #: Rounds of the search after the first local optimum; more is slower and better.
    kicks: int = 40
    #: Rounds in which seat prices are adjusted when seats are shared.
    price_rounds: int = 60
    #: Start of the random numbers; every teacher draws from a series of their own.
    seed: int = 1


@dataclass(frozen=True, slots=True)
class PathRules:
    """All rules of one run."""

    need: NeedRules = field(default_factory=NeedRules)
    fit: FitRules = field(default_factory=FitRules)
    search: SearchRules = field(default_factory=SearchRules)
