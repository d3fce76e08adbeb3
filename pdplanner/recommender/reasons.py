"""Why a step is on the path: at most three dated facts that the teacher can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pdplanner.recommender.evidence import Evidence
from pdplanner.recommender.facts import CourseFacts, Id, Reason, TeacherFacts, Variant
from pdplanner.recommender.rules import ReasonRules

#: Need first, then what the teacher said, then what makes the session theirs.
ORDER = (
    "required",
    "asked",
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
    #: skill -> part of the need (own, cohort, rollout, goal) -> minutes that this step saves
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
    told = _told(story.teacher, story.minutes, evidence, rules)
    if story.due_date is not None or story.accepted or story.opens is not None:
        told = [reason for reason in told if reason.minutes >= rules.least_minutes]
    total = sum(sum(parts.values()) for parts in story.minutes.values())
    strong = [reason for reason in told if reason.minutes >= rules.share * total]
    strong = strong or sorted(told, key=lambda reason: -reason.minutes)[:1]
    kept: list[Reason] = []
    for reason in sorted(strong, key=lambda reason: -reason.minutes):
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
    """Every reason that can be told for these minutes, skill by skill."""
    told: list[Reason] = []
    cites: dict[str, object]
    by_weight = sorted(minutes, key=lambda skill: (-sum(minutes[skill].values()), str(skill)))
    for skill in by_weight[: rules.skills]:
        parts = minutes[skill]
        whole = sum(parts.values())
        own = _asked(teacher, skill, parts, evidence)
        if own:
            told.append(own)
        if parts.get("goal", 0.0) > 0:
            goal = evidence.goal(teacher.id, skill)
            if goal:
                cites = {"skill": skill, "words": goal.words, "since_date": goal.since_date}
                told.append(Reason("goal", cites, parts["goal"]))
        if parts.get("rollout", 0.0) > 0:
            rollout = evidence.rollout(teacher.id, skill)
            if rollout:
                cites = {"skill": skill, "tool": rollout.tool, "date": rollout.from_date}
                told.append(Reason("rollout", cites, parts["rollout"]))
        if parts.get("cohort", 0.0) > 0:
            colleagues = evidence.colleagues(teacher.id, skill)
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
                told.append(Reason("cohort", cites, parts["cohort"]))
        peak = evidence.peak(teacher.id, skill)
        if peak and told:
            cites = {
                "skill": skill,
                "event": peak.event,
                "title": peak.title,
                "date": peak.event_date,
                "share": peak.share,
            }
            told.append(Reason("season", cites, whole * peak.share))
    return told


def _asked(
    teacher: TeacherFacts, skill: Id, parts: Mapping[str, float], evidence: Evidence
) -> Reason | None:
    if not teacher.uses_tickets or parts.get("own", 0.0) <= 0:
        return None
    asked = evidence.asked(teacher.id, skill)
    if asked is None:
        return None
    return Reason(
        "asked",
        {
            "skill": skill,
            "count": len(asked.tickets),
            "since_date": asked.dates[0],
            "last_date": asked.dates[-1],
            "last_minutes": asked.last_minutes,
            "unsolved": asked.unsolved,
            "tickets": asked.tickets,
        },
        parts["own"],
    )


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
