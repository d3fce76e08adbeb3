"""Storing what the recommender answered: a new version where the path differs, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from profiles.notices import owe_notices

from ..models import Plan, PlanStep, PlanVersion
from ..queries.drafts import Draft, DraftStep

#: Causes that the teacher was there for: no mail tells them what they just did.
OWN_ANSWERS = frozenset({"accepted", "swapped", "not-a-fit", "undone", "corrected", "profile"})


@transaction.atomic
def store_drafts(pairs: Sequence[tuple[Plan, Draft]], *, now: datetime, tells: bool) -> int:
    """Store these drafts over the plans as they were seen; return how many versions are new.

    A plan that somebody else rebuilt since it was seen is left alone: if it is still owed, the
    next sweep finds it. `tells`: whoever asked for the digest is owed a notice of the change.
    """
    locked = {
        plan.pk: plan
        for plan in Plan.objects.select_for_update()
        .filter(pk__in=[plan.pk for plan, _ in pairs])
        .order_by("pk")
    }
    mine = [
        (seen, draft, locked[seen.pk])
        for seen, draft in pairs
        if seen.pk in locked
        and (locked[seen.pk].built, locked[seen.pk].current_id) == (seen.built, seen.current_id)
    ]
    fresh = [(s, draft, plan) for s, draft, plan in mine if _is_new(s.current, draft)]
    versions = PlanVersion.objects.bulk_create(
        [_version(seen, draft, now) for seen, draft, _ in fresh]
    )
    _add_steps([(version, draft) for version, (_, draft, _) in zip(versions, fresh, strict=True)])
    for version, (_, _, plan) in zip(versions, fresh, strict=True):
        plan.current = version
    _refresh([(seen.current, draft) for seen, draft, _ in mine if not _is_new(seen.current, draft)])
    for seen, _, plan in mine:
        _settle(plan, seen)
    Plan.objects.bulk_update(
        [plan for _, _, plan in mine],
        ["built", "causes", "owed_since", "failures", "retry_at", "current"],
    )
    if tells:
        _tell([(seen, version) for version, (seen, _, _) in zip(versions, fresh, strict=True)], now)
    return len(versions)


def _settle(plan: Plan, seen: Plan) -> None:
    """Note what this rebuild paid: the causes it saw, and none that came since."""
    left = Counter(plan.causes)
    left.subtract(seen.causes)
    plan.causes = {cause: count for cause, count in left.items() if count > 0}
    plan.built, plan.failures, plan.retry_at = seen.wanted, 0, None
    if plan.wanted == seen.wanted:
        plan.owed_since = None


def _is_new(current: PlanVersion | None, draft: Draft) -> bool:
    """Whether the teacher would see another path: other sessions, or other dates."""
    if current is None:
        return True
    return current.nothing_because != draft.nothing_because or {
        (step.course_id, step.offering_id, step.date) for step in current.steps.all()
    } != {(step.course, step.offering, step.date) for step in draft.steps}


def _version(seen: Plan, draft: Draft, now: datetime) -> PlanVersion:
    current = seen.current
    return PlanVersion(
        plan_id=seen.pk,
        number=current.number + 1 if current else 1,
        built_at=now,
        causes=seen.causes,
        changes=changes_between(current, draft) if current else [],
        **_fields(draft),
    )


def _fields(draft: Draft) -> dict[str, Any]:
    return {
        "as_of_date": draft.as_of,
        "nothing_because": draft.nothing_because,
        "term_title": draft.term_title,
        "start_date": draft.start_date,
        "end_date": draft.end_date,
        "minutes_budget": draft.minutes_budget,
        "value": draft.value,
        "noticed": draft.noticed,
        "left_out": draft.left_out,
    }


def changes_between(current: PlanVersion, draft: Draft) -> list[dict[str, Any]]:
    """Return what a teacher sees change: {"what", "course", "title", "date", "was_date"}."""
    before = {step.course_id: step for step in current.steps.all()}
    after = {step.course: step for step in draft.steps}
    changes = []
    for course, old in before.items():
        if course not in after:
            changes.append(_change(_why_gone(old, draft), old, old.course.title, None, old.date))
    for course, new in after.items():
        old = before.get(course)
        if old is None:
            changes.append(_change("added", new, new.title, new.date, None))
        elif (old.offering_id, old.date) != (new.offering, new.date):
            changes.append(_change("moved", new, new.title, new.date, old.date))
    return changes


def _why_gone(old: PlanStep, draft: Draft) -> str:
    if old.course_id in draft.done:
        return "done"
    if old.course_id in draft.dismissed:
        return "declined"
    return "past" if old.date is not None and old.date <= draft.as_of else "removed"


def _change(
    what: str, step: PlanStep | DraftStep, title: str, day: date | None, was: date | None
) -> dict[str, Any]:
    return {
        "what": what,
        "course": step.course_id if isinstance(step, PlanStep) else step.course,
        "title": title,
        "date": day.isoformat() if day else None,
        "was_date": was.isoformat() if was else None,
    }


def _add_steps(pairs: Sequence[tuple[PlanVersion, Draft]]) -> None:
    PlanStep.objects.bulk_create(
        [
            PlanStep(version=version, order=order, **_columns(step))
            for version, draft in pairs
            for order, step in enumerate(draft.steps, start=1)
        ],
        batch_size=200,
    )


def _columns(step: DraftStep) -> dict[str, Any]:
    return {
        "course_id": step.course,
        "offering_id": step.offering,
        "minutes": step.minutes,
        "week_date": step.week_date,
        "date": step.date,
        "slot": step.slot,
        "value": step.value,
        "reasons": step.reasons,
        "fit": step.fit,
    }


def _refresh(pairs: Sequence[tuple[PlanVersion, Draft]]) -> None:
    """Bring reasons, weeks and figures up to date where the path itself is the same."""
    stale = [
        (version, draft)
        for version, draft in pairs
        if _content(version) != [_columns(step) for step in draft.steps]
    ]
    PlanStep.objects.filter(version__in=[version.pk for version, _ in stale]).delete()
    _add_steps(stale)
    changed = []
    for version, draft in pairs:
        fields = _fields(draft)
        if any(getattr(version, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(version, name, value)
            changed.append(version)
    if changed:
        PlanVersion.objects.bulk_update(changed, list(fields))


def _content(version: PlanVersion) -> list[dict[str, Any]]:
    names = (
        "course_id",
        "offering_id",
        "minutes",
        "week_date",
        "date",
        "slot",
        "value",
        "reasons",
        "fit",
    )
    return [{name: getattr(step, name) for name in names} for step in version.steps.all()]


def _tell(pairs: Sequence[tuple[Plan, PlanVersion]], now: datetime) -> None:
    """Owe a notice to whoever's path changed by something else than an answer of their own."""
    for seen, version in pairs:
        user = seen.teacher.user
        if user is not None and not (version.causes.keys() & OWN_ANSWERS):
            owe_notices(
                users=[user],
                kind="path-changed",
                key=f"path:{version.pk}",
                facts={"version": version.pk},
                now=now,
            )
