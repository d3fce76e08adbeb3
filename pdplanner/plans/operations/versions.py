"""Storing what the recommender answered: a new version where the path differs, and no other."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from profiles.corrections import CAUSE as CORRECTED
from profiles.corrections import SWITCHED
from profiles.models import User
from profiles.notices import owe_notices

from ..models import Plan, PlanStep, PlanVersion
from ..queries.drafts import Draft, DraftStep

#: Causes that the teacher was there for: no mail tells them what they just did.
OWN_ANSWERS = frozenset(
    {"accepted", "swapped", "not-a-fit", "undone", CORRECTED, SWITCHED, "profile", "closet"}
)


@transaction.atomic
def store_drafts(pairs: Sequence[tuple[Plan, Draft]], *, now: datetime, tells: bool) -> int:
    """Store these drafts over the plans as they were seen; return how many versions are new.

    A plan that somebody else rebuilt since it was seen is left alone, and so is one whose teacher
    corrected something since: it is still owed, the next sweep finds it. `tells`: whoever asked
    for the digest is owed a notice of the change.
    """
    locked = {
        plan.pk: plan
        for plan in Plan.objects.select_for_update()
        .filter(pk__in=[plan.pk for plan, _ in pairs])
        .order_by("pk")
        .only("wanted", "built", "causes", "owed_since", "current_id")
    }
    mine = [(seen, draft) for seen, draft in pairs if _is_as_seen(locked.get(seen.pk), seen)]
    fresh: list[tuple[Plan, Draft]] = []
    same: list[tuple[Plan, Draft]] = []
    for seen, draft in mine:
        (fresh if _is_new(seen.current, draft) else same).append((seen, draft))
    versions = PlanVersion.objects.bulk_create(
        [_version(seen, draft, now) for seen, draft in fresh]
    )
    _add_steps([(version, draft) for version, (_, draft) in zip(versions, fresh, strict=True)])
    _refresh([(seen.current, draft) for seen, draft in same if seen.current])
    newest = PlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-number")
    Plan.objects.filter(pk__in=[seen.pk for seen, _ in fresh]).update(
        current=Subquery(newest.values("pk")[:1])
    )
    _settle([(locked[seen.pk], seen) for seen, _ in mine])
    if tells:
        _tell([(seen, version) for version, (seen, _) in zip(versions, fresh, strict=True)], now)
    return len(versions)


def _is_as_seen(locked: Plan | None, seen: Plan) -> bool:
    """Whether the draft may stand: what a teacher took back meanwhile must not come back."""
    return locked is not None and _stand(locked) == _stand(seen)


def _stand(plan: Plan) -> tuple[object, ...]:
    return plan.built, plan.current_id, plan.causes.get(CORRECTED), plan.causes.get(SWITCHED)


def _settle(pairs: Sequence[tuple[Plan, Plan]]) -> None:
    """Note what this rebuild paid: the causes it saw, and none that came since.

    Nearly all plans come out alike, and those that do are one statement.
    """
    alike: dict[tuple[int, str, datetime | None], list[int]] = defaultdict(list)
    for plan, seen in pairs:
        left = Counter(plan.causes)
        left.subtract(seen.causes)
        rest = json.dumps({cause: count for cause, count in left.items() if count > 0})
        owed_since = None if plan.wanted == seen.wanted else plan.owed_since
        alike[seen.wanted, rest, owed_since].append(plan.pk)
    for (built, causes, owed_since), keys in alike.items():
        Plan.objects.filter(pk__in=keys).update(
            built=built,
            causes=json.loads(causes),
            owed_since=owed_since,
            failures=0,
            retry_at=None,
        )


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
        "since_date": draft.since_date,
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
    for old in [step for course, step in before.items() if course not in after]:
        changes.append(_change(_why_gone(old, draft), old, old.course.title, None, old.date))
    for course, new in after.items():
        if course not in before:
            changes.append(_change("added", new, new.title, new.date, None))
        elif (before[course].offering_id, before[course].date) != (new.offering, new.date):
            changes.append(_change("moved", new, new.title, new.date, before[course].date))
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
        "cloth": step.cloth,
        "opens_after_id": step.opens_after,
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
        "cloth",
        "opens_after_id",
    )
    return [{name: getattr(step, name) for name in names} for step in version.steps.all()]


def _tell(pairs: Sequence[tuple[Plan, PlanVersion]], now: datetime) -> None:
    """Owe a notice to whoever's path changed by something else than an answer of their own."""
    news = {
        seen.teacher_id: version
        for seen, version in pairs
        if not version.causes.keys() & OWN_ANSWERS
    }
    readers = User.objects.filter(
        teacher__in=news, is_active=True, wants_digest=True
    ).select_related("teacher")
    for user in readers:
        version = news[user.teacher.pk]
        owe_notices(
            users=[user],
            kind="path-changed",
            key=f"path:{version.pk}",
            facts={"version": version.pk},
            now=now,
        )
