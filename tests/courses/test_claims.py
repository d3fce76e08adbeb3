"""Claims: sent in with evidence, approved or sent back, and what an approved one counts for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from courses.evidence import NotEvidence
from courses.models import Claim, ClaimEvent, Completion
from courses.operations import (
    AlreadyDecided,
    EvidenceMissing,
    OwnClaim,
    ReasonMissing,
    approve_claim,
    claims,
    confirm_completion,
    return_claim,
    send_claim,
    withdraw_claim,
)

PDF = b"%PDF-1.7 a certificate"
SAID = {
    "title": "Summer institute",
    "provider": "State university",
    "held_date": date(2026, 7, 6),
    "minutes": 360,
    "words": "",
    "link": "",
}
NOON = datetime(2026, 7, 6, 12, tzinfo=UTC)


def paper(content: bytes = PDF, name: str = "certificate.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def claim(new_teacher, now) -> Claim:
    return send_claim(
        teacher=new_teacher, said=SAID, evidence=paper(), by=new_teacher.user, now=now
    )


def lines(claim: Claim) -> list[tuple]:
    return list(ClaimEvent.objects.filter(claim=claim).values_list("state", "why"))


def test_claim_keeps_what_was_said_and_its_file_under_a_name_that_tells_nothing(claim):
    claim.refresh_from_db()
    assert {name: getattr(claim, name) for name in SAID} == SAID
    assert (claim.state, claim.evidence_name, claim.evidence_type) == (
        "sent",
        "certificate.pdf",
        "application/pdf",
    )
    assert "certificate" not in claim.evidence.name
    with claim.evidence.open() as file:
        assert file.read() == PDF
    assert lines(claim) == [("sent", "")]


def test_claim_without_evidence_or_with_something_else_is_refused(new_teacher, now):
    fields = {"teacher": new_teacher, "said": SAID, "by": None, "now": now}
    with pytest.raises(EvidenceMissing):
        send_claim(evidence=None, **fields)
    with pytest.raises(NotEvidence):
        send_claim(evidence=paper(b"MZ\x90\x00 a program", "certificate.pdf"), **fields)
    assert Claim.objects.count() == 0
    linked = send_claim(evidence=None, **(fields | {"said": SAID | {"link": "https://x.example/"}}))
    assert linked.state == "sent"


def test_approved_claim_equal_to_a_session_finishes_it_once(
    claim, course_of, coordinator, now, told
):
    course = course_of("Coding first")
    for _ in range(2):
        approve_claim(claim=claim, course=course, by=coordinator, now=now)
    assert list(
        Completion.objects.values_list("teacher", "course", "title", "minutes", "ground")
    ) == [(claim.teacher_id, course.pk, "Summer institute", 360, "claim")]
    assert Completion.objects.get().completed_at == NOON
    assert lines(claim) == [("sent", ""), ("approved", "")]
    assert told == [("enrolments", (claim.teacher_id,), "finished")]


def test_approved_claim_without_a_session_counts_for_itself(claim, coordinator, now):
    approve_claim(claim=claim, course=None, by=coordinator, now=now, why="Well done.")
    assert (claim.state, claim.reason, claim.decided_by) == ("approved", "Well done.", coordinator)
    assert Completion.objects.count() == 0


def test_what_was_finished_before_stays_as_it_was(claim, course_of, coordinator, coach, now):
    course = course_of("Coding first")
    confirm_completion(teacher=claim.teacher, course=course, why="Shown.", by=coach, now=now)
    approve_claim(claim=claim, course=course, by=coordinator, now=now)
    assert Completion.objects.get().ground == "coach"
    return_claim(claim=claim, why="A mistake.", by=coordinator, now=now)
    assert Completion.objects.get().ground == "coach"


def test_claim_sent_back_says_why_and_can_be_sent_again(claim, coordinator, now):
    with pytest.raises(ReasonMissing):
        return_claim(claim=claim, why=" ", by=coordinator, now=now)
    return_claim(claim=claim, why="The hours are missing.", by=coordinator, now=now)
    old = claim.evidence.name
    send_claim(
        teacher=claim.teacher,
        said=SAID | {"minutes": 300},
        evidence=None,
        by=None,
        now=now,
        claim=claim,
    )
    claim.refresh_from_db()
    assert (claim.state, claim.minutes, claim.reason, claim.decided_at) == ("sent", 300, "", None)
    assert claim.evidence.name == old
    assert [state for state, _ in lines(claim)] == ["sent", "returned", "sent"]


def test_approval_taken_back_takes_what_it_had_finished(claim, course_of, coordinator, now):
    approve_claim(claim=claim, course=course_of("Coding first"), by=coordinator, now=now)
    return_claim(claim=claim, why="It was somebody else's.", by=coordinator, now=now)
    assert (claim.state, claim.course, Completion.objects.count()) == ("returned", None, 0)


def test_a_claim_answered_is_not_answered_otherwise(claim, coordinator, now):
    withdraw_claim(claim=claim, by=None, now=now)
    withdraw_claim(claim=claim, by=None, now=now)
    with pytest.raises(AlreadyDecided):
        approve_claim(claim=claim, course=None, by=coordinator, now=now)
    with pytest.raises(AlreadyDecided):
        return_claim(claim=claim, why="No.", by=coordinator, now=now)
    assert [state for state, _ in lines(claim)] == ["sent", "withdrawn"]


def test_a_new_file_replaces_the_old_one_for_good(
    claim, coordinator, now, django_capture_on_commit_callbacks
):
    old, storage = claim.evidence.name, claim.evidence.storage
    with django_capture_on_commit_callbacks(execute=True):
        send_claim(
            teacher=claim.teacher,
            said=SAID,
            evidence=paper(b"\xff\xd8\xff\xe0 a photo", "photo.jpg"),
            by=None,
            now=now,
            claim=claim,
        )
    claim.refresh_from_db()
    assert (claim.evidence_type, storage.exists(old)) == ("image/jpeg", False)
    assert storage.exists(claim.evidence.name)


def test_nobody_approves_their_own_claim(claim, now):
    with pytest.raises(OwnClaim):
        approve_claim(claim=claim, course=None, by=claim.teacher.user, now=now)
    claim.refresh_from_db()
    assert claim.state == "sent"


def test_stopped_in_the_middle_of_an_approval_nothing_is_stored_and_again_it_is_once(
    claim, course_of, coordinator, now, monkeypatch
):
    course = course_of("Coding first")

    class Killed(BaseException):
        """What ends a process: nothing below catches it."""

    def killed(**fields):
        settle(**fields)
        raise Killed

    settle = claims.settle
    monkeypatch.setattr(claims, "settle", killed)
    with pytest.raises(Killed), transaction.atomic():
        approve_claim(claim=claim, course=course, by=coordinator, now=now)
    monkeypatch.setattr(claims, "settle", settle)
    claim.refresh_from_db()
    assert (claim.state, lines(claim), Completion.objects.count()) == ("sent", [("sent", "")], 0)
    approve_claim(claim=claim, course=course, by=coordinator, now=now)
    assert (lines(claim)[1:], Completion.objects.count()) == ([("approved", "")], 1)
