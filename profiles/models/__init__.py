"""Who the teachers are, where they work, and what they asked for."""

from .imports import ImportRun
from .notices import Notice
from .people import Goal, SkillAnswer, StaffRole, Teacher, TeacherIdentifier, User
from .schools import District, School, SchoolYear, SpecialDay, Term
from .skills import Skill, Tool, ToolAtSchool
from .tickets import Ticket, TicketCategory, TicketSource

__all__ = [
    "District",
    "Goal",
    "ImportRun",
    "Notice",
    "School",
    "SchoolYear",
    "Skill",
    "SkillAnswer",
    "SpecialDay",
    "StaffRole",
    "Teacher",
    "TeacherIdentifier",
    "Term",
    "Ticket",
    "TicketCategory",
    "TicketSource",
    "Tool",
    "ToolAtSchool",
    "User",
]
