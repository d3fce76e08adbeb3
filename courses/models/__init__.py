"""What can be learned, when, and who is going."""

from .attendance import Presence, PresenceMark, Roster, WalkIn
from .certificates import Achievement, Certificate, SigningKey
from .claims import Claim, ClaimEvent
from .completions import Completion, CompletionEvent, Confirmation, HandIn
from .credit import CourseCredit, CreditAward, CreditRule, CreditType
from .enrolments import Enrolment, EnrolmentEvent, HistoryIsKept
from .evaluations import Evaluation, EvaluationTotal, EvaluationWords
from .feeds import CalendarFeed, CalendarTold
from .images import TrainingImage, TrainingRendition
from .licences import LicenceCycle, LicenceNeed
from .offerings import Offering, OfferingPart, parts_of
from .pages import CoursePage, CoursePrerequisite, CourseSkill, LookBookPage
from .requirements import Requirement
from .rules import CompletionRule, RulePart

__all__ = [
    "Achievement",
    "CalendarFeed",
    "CalendarTold",
    "Certificate",
    "Claim",
    "ClaimEvent",
    "Completion",
    "CompletionEvent",
    "CompletionRule",
    "Confirmation",
    "CourseCredit",
    "CoursePage",
    "CoursePrerequisite",
    "CourseSkill",
    "CreditAward",
    "CreditRule",
    "CreditType",
    "Enrolment",
    "EnrolmentEvent",
    "Evaluation",
    "EvaluationTotal",
    "EvaluationWords",
    "HandIn",
    "HistoryIsKept",
    "LicenceCycle",
    "LicenceNeed",
    "LookBookPage",
    "Offering",
    "OfferingPart",
    "Presence",
    "PresenceMark",
    "Requirement",
    "Roster",
    "RulePart",
    "SigningKey",
    "TrainingImage",
    "TrainingRendition",
    "WalkIn",
    "parts_of",
]
