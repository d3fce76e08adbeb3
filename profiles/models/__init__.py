"""Who the teachers are, where they work, and what they asked for."""

from .closet import Practice
from .feeds import FeedCall, FeedRun, TicketFeed, TicketTombstone
from .imports import ImportRun
from .notices import Notice
from .people import Goal, SkillAnswer, StaffRole, Teacher, TeacherIdentifier, User
from .privacy import ErasureRequest, SignalLook
from .rosters import RosterBase, RosterProfile
from .schools import District, School, SchoolYear, SpecialDay, Term
from .skills import Skill, Tool, ToolAtSchool
from .tickets import Ticket, TicketCategory, TicketClassifier, TicketSource

__all__ = [
    "District",
    "ErasureRequest",
    "FeedCall",
    "FeedRun",
    "Goal",
    "ImportRun",
    "Notice",
    "Practice",
    "RosterBase",
    "RosterProfile",
    "School",
    "SchoolYear",
    "SignalLook",
    "Skill",
    "SkillAnswer",
    "SpecialDay",
    "StaffRole",
    "Teacher",
    "TeacherIdentifier",
    "Term",
    "Ticket",
    "TicketCategory",
    "TicketClassifier",
    "TicketFeed",
    "TicketSource",
    "TicketTombstone",
    "Tool",
    "ToolAtSchool",
    "User",
]
