"""What can be learned, when, and who is going."""

from .completions import Completion
from .enrolments import Enrolment, EnrolmentEvent
from .images import TrainingImage, TrainingRendition
from .offerings import Offering
from .pages import CoursePage, CoursePrerequisite, CourseSkill, LookBookPage
from .requirements import Requirement

__all__ = [
    "Completion",
    "CoursePage",
    "CoursePrerequisite",
    "CourseSkill",
    "Enrolment",
    "EnrolmentEvent",
    "LookBookPage",
    "Offering",
    "Requirement",
    "TrainingImage",
    "TrainingRendition",
]
