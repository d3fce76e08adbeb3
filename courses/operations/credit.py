"""Credit: given for what was finished, by the rule of its day; corrected by a new award.

`award_credit` may be called again and again, by whoever finishes something, by a sweep, by two
processes at once: each credit type of each thing finished has one standing award.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from profiles.models import Teacher, User
from profiles.queries import the_district

from ..models import Certificate, Completion, CoursePage, CreditAward, CreditRule
from ..queries.credit import CreditLine, credit_lines, rule_on, rules_by_type

#: What differs in the award that revokes another.
REVOKED = {"minutes": 0, "amount": Decimal(0), "is_revoked": True}
#: Two processes may write the same link of a chain; the one that lost reads anew and goes on.
TRIES = 4


class AwardSuperseded(Exception):
    """Another award has taken this one's place: correct that one."""


class NoReason(Exception):
    """A correction says why."""


@dataclass(frozen=True)
class Finished:
    """What credit is given for: whose it is, what it was called, and how long it took."""

    teacher: Teacher
    source: str
    title: str
    earned_date: date
    course: CoursePage | None = None


def award_credit(
    *,
    teacher: Teacher,
    source: str,
    title: str,
    minutes: int,
    earned_date: date,
    by: User | None,
    now: datetime,
    course: CoursePage | None = None,
    reason: str = "",
) -> list[CreditAward]:
    """Return the standing awards for something finished, one a credit type; made where missing.

    `source` names it for good ("course:12", "claim:7"). Asked again with other minutes, what the
    program gave is superseded; what somebody corrected by hand stays. A session's own credit types
    count, else the usual ones; where no rule holds on the day, nothing is given.
    """
    finished = Finished(teacher, source, title, earned_date, course)
    return _award(finished, credit_lines(course, minutes), by=by, now=now, reason=reason)


def award_for_completion(
    *, completion: Completion, earned_date: date, now: datetime
) -> list[CreditAward]:
    """Return the standing awards for a completed session."""
    return award_credit(
        teacher=completion.teacher,
        source=source_of(completion.course_id),
        title=completion.title,
        minutes=completion.minutes,
        earned_date=earned_date,
        by=completion.marked_by,
        now=now,
        course=completion.course,
    )


def source_of(course_id: int) -> str:
    """Return the name under which a session's credit stands."""
    return f"course:{course_id}"


@transaction.atomic
def revoke_credit(
    *, teacher_id: int, source: str, by: User | None, reason: str, now: datetime
) -> list[CreditAward]:
    """Take back what was given for something that no longer counts; return the revocations."""
    standing = CreditAward.objects.filter(
        teacher=teacher_id, source=source, successor=None, is_revoked=False
    ).order_by("credit_type")
    return [
        link
        for award in standing
        if (link := _follow(award, REVOKED, by=by, reason=reason, now=now))
    ]


def correct_award(
    *,
    award: CreditAward,
    by: User,
    reason: str,
    now: datetime,
    minutes: int | None = None,
    name: str | None = None,
    title: str | None = None,
) -> CreditAward:
    """Return a new award in this one's place, by hand; 0 minutes, or too few, revoke it.

    Asked twice with the same, it answers the same. Raises AwardSuperseded, NoReason.
    """
    if not reason.strip():
        raise NoReason(award)
    amount = award.amount if minutes is None else award.rule.amount_of(minutes)
    asked = {
        "minutes": award.minutes if minutes is None else minutes,
        "amount": amount,
        "name": name or award.name,
        "title": title or award.title,
        "is_revoked": not amount,
    }
    if not amount:
        asked["minutes"] = 0
    link = _follow(award, asked, by=by, reason=reason.strip(), now=now, is_by_hand=True)
    if link is None:
        raise AwardSuperseded(award)
    return link


def _award(
    finished: Finished,
    lines: Iterable[CreditLine],
    *,
    by: User | None,
    now: datetime,
    reason: str,
) -> list[CreditAward]:
    standing = []
    rules = rules_by_type()
    for line in lines:
        rule = rule_on(rules, line.credit_type.pk, finished.earned_date)
        for _ in range(TRIES):
            try:
                with transaction.atomic():
                    award = _put(finished, line, rule, by=by, now=now, reason=reason)
            except IntegrityError:
                continue  # somebody wrote this link of the chain first: read what stands now
            break
        else:
            raise RuntimeError(f"No quiet moment to award {finished.source} to {finished.teacher}.")
        if award is not None:
            standing.append(award)
    return standing


def _put(
    finished: Finished,
    line: CreditLine,
    rule: CreditRule | None,
    *,
    by: User | None,
    now: datetime,
    reason: str,
) -> CreditAward | None:
    """Bring one chain up to what was finished; return what stands at its end, if anything."""
    chain = CreditAward.objects.filter(
        teacher=finished.teacher, credit_type=line.credit_type, source=finished.source
    )
    # The chain's lock is its first link, which never changes; then a fresh look at the last one.
    chain.select_for_update(of=["self"], no_key=True).filter(version=1).first()
    last = chain.order_by("-version").first()
    if last is not None and last.is_by_hand:
        return None if last.is_revoked else last
    stands = last is not None and not last.is_revoked
    if last is not None and stands and last.minutes == line.minutes:
        return last  # should the rule of that day have changed since: what was given stands
    amount = rule.amount_of(line.minutes) if rule else Decimal(0)
    if not amount or rule is None:
        if last is not None and stands:
            _link(last, REVOKED, by=by, reason=reason or "It is too short.", now=now)
        return None
    award = CreditAward(
        teacher=finished.teacher,
        credit_type=line.credit_type,
        rule=rule,
        source=finished.source,
        version=last.version + 1 if last else 1,
        supersedes=last,
        course=finished.course,
        name=str(finished.teacher),
        title=finished.title,
        district=the_district().name,
        earned_date=finished.earned_date,
        minutes=line.minutes,
        amount=amount,
        unit=rule.unit,
        awarded_at=now,
        awarded_by=by,
        reason=reason,
    )
    return _store(award, now=now)


def _follow(
    award: CreditAward,
    changes: dict,
    *,
    by: User | None,
    reason: str,
    now: datetime,
    is_by_hand: bool = False,
) -> CreditAward | None:
    """Return the award that takes this one's place; None when another one has."""
    try:
        with transaction.atomic():
            return _link(award, changes, by=by, reason=reason, now=now, is_by_hand=is_by_hand)
    except IntegrityError:
        there = CreditAward.objects.filter(supersedes=award).first()
        same = there is not None and all(
            getattr(there, name) == value for name, value in (changes | {"reason": reason}).items()
        )
        return there if same else None


def _link(
    award: CreditAward,
    changes: dict,
    *,
    by: User | None,
    reason: str,
    now: datetime,
    is_by_hand: bool = False,
) -> CreditAward:
    """Store a copy of an award with these changes in its place."""
    frozen = ("teacher_id", "credit_type_id", "rule_id", "source", "course_id", "name", "title")
    kept = {name: getattr(award, name) for name in (*frozen, "district", "earned_date", "unit")}
    link = CreditAward(
        **(kept | changes),
        version=award.version + 1,
        supersedes=award,
        awarded_at=now,
        awarded_by=by,
        reason=reason[:300],
        is_by_hand=is_by_hand,
    )
    return _store(link, now=now)


def _store(award: CreditAward, *, now: datetime) -> CreditAward:
    """Store an award together with its certificate; a revocation has none."""
    award.save(force_insert=True)
    if not award.is_revoked:
        Certificate.objects.create(award=award, issued_at=now)
    return award
