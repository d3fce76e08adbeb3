"""Why a step is on the path: at most three dated facts that the teacher can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from pdplanner.recommender.evidence import Evidence
from pdplanner.recommender.facts import CourseFacts, Id, Reason, TeacherFacts, Variant
from pdplanner.recommender.rules import ReasonRules

#: Need first, then what the teacher said, then what makes the session theirs.
ORDER = (
    "required",
    "asked",
    "said",
    "rollout",
    "goal",
    "season",
    "cohort",
    "prepares",
    "accepted",
    "variant",
    "style",
    "when",
)


@dataclass(frozen=True, slots=True)
class StepStory:
    """All that is known of one step when its reasons are sought."""

    teacher: TeacherFacts
    course: CourseFacts
    #: skill -> part of the need (own, cohort, rollout, goal, said) -> minutes that this step saves
    minutes: Mapping[Id, Mapping[str, float]]
    week_date: date
    run_date: date | None
    slot: str | None
    due_date: date | None  # when it is required
    accepted: bool  # said yes to, enrolled in or started
    opens: tuple[Id, date] | None  # a later step that requires this one, and its day
    version: Variant | None  # the "how it looks in your room" version for this teacher
    style_fit: float  # what the support style takes from the format


def reasons_for(story: StepStory, evidence: Evidence, rules: ReasonRules) -> tuple[Reason, ...]:
    """One to `rules.most` reasons, the most telling first; at least one of them holds a date."""
    need = _need_reasons(story, evidence, rules)
    if story.due_date is not None:
        need.append(Reason("required", {"due_date": story.due_date}))
    if story.opens is not None:
        need.append(Reason("prepares", {"for_course": story.opens[0], "date": story.opens[1]}))
    if story.accepted:
        need.append(Reason("accepted", {}))
    need.sort(key=lambda reason: (ORDER.index(reason.kind), -reason.minutes))
    dated = [reason for reason in need if _holds_date(reason)]
    fit = _fit_reasons(story, rules)
    if not dated:  # nothing but the teacher's own yes: say at least when
        return (*need[: rules.most - 1], _when(story))
    kept = need[: rules.most - 1] if fit else need[: rules.most]
    if not any(_holds_date(reason) for reason in kept):
        kept[-1] = dated[0]
    return (*kept, *fit[: rules.most - len(kept)])


def best_reason(
    teacher: TeacherFacts,
    minutes: Mapping[Id, Mapping[str, float]],
    evidence: Evidence,
    rules: ReasonRules,
) -> Reason | None:
    """The reason that stands for most of the minutes; None when none can be told."""
    told = _told(teacher, minutes, evidence, rules)
    return max(told, key=lambda reason: (reason.minutes, -ORDER.index(reason.kind)), default=None)


def _need_reasons(story: StepStory, evidence: Evidence, rules: ReasonRules) -> list[Reason]:
    """The reasons that stand for enough of the step's minutes; never more than two of a kind."""
    by_skill = {skill: sum(parts.values()) for skill, parts in story.minutes.items()}
    told = _told(story.teacher, story.minutes, evidence, rules)
    total = sum(by_skill.values())

    def weight(reason: Reason) -> float:
        # Whoever asked again speaks for all of the skill: nobody knows better that it is needed.
        # One ask long ago weighs what it still foretells, which may be nothing.
        if reason.kind == "asked" and cast(int, reason.facts["count"]) > 1:
            return by_skill[cast(Id, reason.facts["skill"])]
        return reason.minutes

    if story.due_date is not None or story.accepted or story.opens is not None:
        told = [reason for reason in told if weight(reason) >= rules.least_minutes]
    told.sort(key=lambda reason: -weight(reason))
    strong = [reason for reason in told if weight(reason) >= rules.share * total] or told[:1]
    kept: list[Reason] = []
    for reason in strong:
        limit = 2 if reason.kind == "asked" else 1
        if sum(other.kind == reason.kind for other in kept) < limit:
            kept.append(reason)
    return kept


def _told(
    teacher: TeacherFacts,
    minutes: Mapping[Id, Mapping[str, float]],
    evidence: Evidence,
    rules: ReasonRules,
) -> list[Reason]:
    """Every reason that can be told for these minutes, for the skills that weigh most."""
    by_weight = sorted(minutes, key=lambda skill: (-sum(minutes[skill].values()), str(skill)))
    told: list[Reason] = []
    for skill in by_weight[: rules.skills]:
        parts = minutes[skill]
        reasons = [
            *_told_by_tickets(teacher, skill, parts, evidence),
            *_told_by_plans(teacher, skill, parts, evidence),
        ]
        peak = evidence.peak(teacher.id, skill) if reasons else None
        if peak:
            cites = {
                "skill": skill,
                "event": peak.event,
                "title": peak.title,
                "date": peak.event_date,
                "share": peak.share,
            }
            reasons.append(Reason("season", cites, sum(parts.values()) * peak.share))
        told += reasons
    return told


def _told_by_tickets(
    teacher: TeacherFacts, skill: Id, parts: Mapping[str, float], evidence: Evidence
) -> list[Reason]:
    """Own asks and the colleagues': where one side can't be told, the other speaks for both."""
    own, cohort = parts.get("own", 0.0), parts.get("cohort", 0.0)
    asked = evidence.asked(teacher.id, skill) if teacher.uses_tickets else None
    colleagues = evidence.colleagues(teacher.id, skill)
    told = []
    if asked:
        cites: dict[str, object] = {
            "skill": skill,
            "count": len(asked.tickets),
            "since_date": asked.dates[0],
            "last_date": asked.dates[-1],
            "last_minutes": asked.last_minutes,
            "unsolved": asked.unsolved,
            "repeated": asked.repeated,
            "tickets": asked.tickets,
        }
        told.append(Reason("asked", cites, own if colleagues else own + cohort))
    if colleagues:
        cites = {
            "skill": skill,
            "cohort": colleagues.cohort,
            "name": colleagues.name,
            "count": colleagues.count,
            "people": colleagues.people,
            "since_date": colleagues.since_date,
            "until_date": colleagues.until_date,
        }
        told.append(Reason("cohort", cites, cohort if asked else own + cohort))
    return [reason for reason in told if own + cohort > 0]


def _told_by_plans(
    teacher: TeacherFacts, skill: Id, parts: Mapping[str, float], evidence: Evidence
) -> list[Reason]:
    """The teacher's own word and goal, and a tool that comes to the school."""
    told = []
    said = evidence.said(teacher.id, skill)
    if said and parts.get("said", 0.0) > 0:
        cites: dict[str, object] = {"skill": skill, "answer": said.kind, "date": said.on_date}
        told.append(Reason("said", cites, parts["said"]))
    goal = evidence.goal(teacher.id, skill)
    if goal and parts.get("goal", 0.0) > 0:
        cites = {"skill": skill, "words": goal.words, "since_date": goal.since_date}
        told.append(Reason("goal", cites, parts["goal"]))
    rollout = evidence.rollout(teacher.id, skill)
    if rollout and parts.get("rollout", 0.0) > 0:
        cites = {"skill": skill, "tool": rollout.tool, "date": rollout.from_date}
        told.append(Reason("rollout", cites, parts["rollout"]))
    return told


def _fit_reasons(story: StepStory, rules: ReasonRules) -> list[Reason]:
    """What makes the session theirs, the most particular first."""
    found = []
    if story.version is not None:
        room = story.teacher
        cites = {
            "grades": tuple(sorted(story.version.grades.intersection(room.grades))),
            "subjects": tuple(sorted(story.version.subjects.intersection(room.subjects))),
            "tools": tuple(sorted(story.version.tools.intersection(room.tools), key=str)),
        }
        found.append(Reason("variant", cites))
    style = story.teacher.support_style
    if style is not None and story.style_fit >= rules.style_share:
        found.append(Reason("style", {"support_style": style, "format": story.course.format}))
    slots = story.teacher.free_slots
    if story.run_date is not None and slots is not None and story.slot in slots:
        found.append(_when(story))
    return found


def _when(story: StepStory) -> Reason:
    return Reason("when", {"date": story.run_date or story.week_date, "slot": story.slot})


def _holds_date(reason: Reason) -> bool:
    return any(isinstance(fact, date) for fact in reason.facts.values())
