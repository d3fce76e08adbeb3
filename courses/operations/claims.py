"""Claims: what was learned elsewhere, sent in with evidence, approved or sent back."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from profiles.models import Teacher, User
from profiles.notices import owe_notices

from ..evidence import type_of
from ..models import Claim, ClaimEvent, Completion, CoursePage
from .completions import ReasonMissing, settle, take_back
from .history import tell

State = Claim.State

#: What the teacher says of a claim; everything else is decided.
SAID = ("title", "provider", "held_date", "minutes", "words", "link")


class AlreadyDecided(Exception):
    """Somebody has answered the claim, or its teacher took it back."""


class OwnClaim(Exception):
    """Nobody approves what they sent in themselves."""


class EvidenceMissing(Exception):
    """A claim needs a file or a link that shows what was done."""


@transaction.atomic
def send_claim(
    *,
    teacher: Teacher,
    said: dict,
    evidence: UploadedFile | None,
    by: User | None,
    now: datetime,
    claim: Claim | None = None,
) -> Claim:
    """Return a new claim, or one that was sent back and is sent in again with these words.

    Without a new file the old one stays. Raises EvidenceMissing, AlreadyDecided.
    """
    if claim is None:
        claim = Claim(teacher=teacher)
    else:
        _lock(claim, State.SENT, State.RETURNED)
    for name in SAID:
        setattr(claim, name, said[name])
    if evidence is not None:
        if claim.evidence:
            _delete_file_on_commit(claim)
        claim.evidence = evidence
        claim.evidence_name = evidence.name[-150:] if evidence.name else "evidence"
        claim.evidence_type = type_of(evidence)
    if not claim.evidence and not claim.link:
        raise EvidenceMissing(claim)
    claim.sent_at, claim.reason = now, ""
    claim.decided_at = claim.decided_by = None
    _move(claim, State.SENT, by=by, now=now)
    return claim


@transaction.atomic
def withdraw_claim(*, claim: Claim, by: User | None, now: datetime) -> Claim:
    """Return the claim taken back by its teacher; twice is once. Raises AlreadyDecided."""
    _lock(claim, State.SENT, State.RETURNED, State.WITHDRAWN)
    if claim.state != State.WITHDRAWN:
        _move(claim, State.WITHDRAWN, by=by, now=now)
    return claim


@transaction.atomic
def approve_claim(
    *, claim: Claim, course: CoursePage | None, by: User | None, now: datetime, why: str = ""
) -> Claim:
    """Return the claim approved. Equal to a session, the teacher has finished that session.

    Approved twice, the first answer stands. Raises OwnClaim, AlreadyDecided.
    """
    if by is not None and claim.teacher.user_id == by.pk:
        raise OwnClaim(claim)
    _lock(claim, State.SENT, State.APPROVED)
    if claim.state == State.APPROVED:
        return claim
    claim.course, claim.reason = course, why.strip()[:300]
    claim.decided_at, claim.decided_by = now, by
    _move(claim, State.APPROVED, by=by, now=now, why=claim.reason)
    _owe_answer(claim, now=now)
    if course is not None:
        settle(course=course, teacher_ids=[claim.teacher_id], by=by, now=now)
    tell([claim.teacher_id], "finished")
    return claim


@transaction.atomic
def return_claim(*, claim: Claim, why: str, by: User | None, now: datetime) -> Claim:
    """Return the claim sent back with a reason its teacher reads; an approved one too, and then
    what it had finished no longer counts. Raises ReasonMissing, AlreadyDecided.
    """
    if not (why := " ".join(why.split())[:300]):
        raise ReasonMissing
    _lock(claim, State.SENT, State.APPROVED, State.RETURNED)
    if claim.state == State.RETURNED:
        return claim
    course, was_approved = claim.course, claim.state == State.APPROVED
    claim.course, claim.reason = None, why
    claim.decided_at, claim.decided_by = now, by
    _move(claim, State.RETURNED, by=by, now=now, why=why)
    _owe_answer(claim, now=now)
    if was_approved and course is not None:
        given = Completion.objects.filter(
            teacher=claim.teacher_id, course=course, ground=Completion.Ground.CLAIM
        )
        for completion in given:
            take_back(completion, by=by, now=now, why=why)
        settle(course=course, teacher_ids=[claim.teacher_id], by=by, now=now)
    if was_approved:
        tell([claim.teacher_id], "unfinished")
    return claim


def _lock(claim: Claim, *states: str) -> None:
    """Take the claim's row until the transaction ends and read how it stands. Raises
    AlreadyDecided when it is in none of these states.
    """
    # An UPDATE, so that it takes the write lock on SQLite too.
    Claim.objects.filter(pk=claim.pk).update(sent_at=claim.sent_at)
    fresh = Claim.objects.select_related("course").get(pk=claim.pk)
    for field in Claim._meta.concrete_fields:
        setattr(claim, field.attname, getattr(fresh, field.attname))
    if claim.state not in states:
        raise AlreadyDecided(claim)


def _move(claim: Claim, state: str, *, by: User | None, now: datetime, why: str = "") -> None:
    claim.state = state
    claim.save()
    ClaimEvent.objects.create(claim=claim, state=state, happened_at=now, by=by, why=why)


def _owe_answer(claim: Claim, *, now: datetime) -> None:
    """Owe the teacher the word that there is an answer: they asked, so it goes out at once."""
    if claim.teacher.user is not None:
        owe_notices(
            users=[claim.teacher.user],
            kind="claim-answered",
            key=f"claim-answered:{claim.pk}:{now.isoformat()}",
            facts={"claim": claim.pk},
            now=now,
            is_urgent=True,
        )


def _delete_file_on_commit(claim: Claim) -> None:
    storage, name = claim.evidence.storage, str(claim.evidence.name)
    transaction.on_commit(lambda: storage.delete(name))
