"""What can be learned, when, and who is going."""

from .attendance import Presence, PresenceMark, Roster, WalkIn
from .claims import Claim, ClaimEvent
from .completions import Completion, CompletionEvent, Confirmation, HandIn
from .enrolments import Enrolment, EnrolmentEvent, HistoryIsKept
from .images import TrainingImage, TrainingRendition
from .offerings import Offering, OfferingPart, parts_of
from .pages import CoursePage, CoursePrerequisite, CourseSkill, LookBookPage
from .requirements import Requirement
from .rules import CompletionRule, RulePart

__all__ = [
    "Claim",
    "ClaimEvent",
    "Completion",
    "CompletionEvent",
    "CompletionRule",
    "Confirmation",
    "CoursePage",
    "CoursePrerequisite",
    "CourseSkill",
    "Enrolment",
    "EnrolmentEvent",
    "HandIn",
    "HistoryIsKept",
    "LookBookPage",
    "Offering",
    "OfferingPart",
    "Presence",
    "PresenceMark",
    "Requirement",
    "Roster",
    "RulePart",
    "TrainingImage",
    "TrainingRendition",
    "WalkIn",
    "parts_of",
]
