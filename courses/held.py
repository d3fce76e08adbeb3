"""What this part holds about a teacher, as they read it and as erasing treats it."""

from __future__ import annotations

from profiles.privacy import Erasure, Held

from .models import (
    CalendarFeed,
    CalendarTold,
    Certificate,
    Claim,
    ClaimEvent,
    Completion,
    CompletionEvent,
    Confirmation,
    CreditAward,
    Enrolment,
    EnrolmentEvent,
    Evaluation,
    HandIn,
    LicenceCycle,
    LicenceNeed,
    Presence,
    PresenceMark,
    WalkIn,
)

KEEP = Erasure.KEEP
RECORD = "your record of learning, and what credit stands on"

HELD = (
    Held(Enrolment, "Your seats and what you started", "teacher", KEEP, RECORD),
    Held(EnrolmentEvent, "What happened to your seats", "enrolment__teacher", KEEP, RECORD),
    Held(Presence, "Where you were there", "enrolment__teacher", KEEP, RECORD),
    Held(PresenceMark, "Who marked that", "presence__enrolment__teacher", KEEP, RECORD),
    Held(WalkIn, "Where you came without a seat", "enrolment__teacher", KEEP, RECORD),
    Held(Completion, "What you finished", "teacher", KEEP, RECORD),
    Held(CompletionEvent, "How that was worked out", "teacher", KEEP, RECORD),
    Held(Confirmation, "What a coach confirmed", "teacher", KEEP, RECORD),
    Held(HandIn, "What you handed in", "teacher", KEEP, RECORD),
    Held(Claim, "What you learned elsewhere", "teacher", KEEP, RECORD),
    Held(ClaimEvent, "What came of it", "claim__teacher", KEEP, RECORD),
    Held(CreditAward, "Your credit", "teacher", KEEP, RECORD),
    Held(Certificate, "Your certificates", "award__teacher", KEEP, RECORD),
    Held(LicenceCycle, "Your licence", "teacher", KEEP, RECORD),
    Held(LicenceNeed, "What your licence asks", "cycle__teacher", KEEP, RECORD),
    Held(Evaluation, "Your answers about sessions"),
    Held(CalendarFeed, "Your calendar's address", "user__teacher", secret=("secret_hash",)),
    Held(CalendarTold, "Invitations sent to you"),
)
