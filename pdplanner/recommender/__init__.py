"""The recommender: facts in, paths and reasons out. Pure Python and NumPy."""

from pdplanner.recommender.facts import (
    DAY_PARTS,
    NEED_KINDS,
    SLOTS,
    CalendarFacts,
    CourseFacts,
    Dismissal,
    Facts,
    GoalFacts,
    Id,
    OfferingFacts,
    Path,
    Reason,
    RequirementFacts,
    Rollout,
    SpecialDay,
    Step,
    TeacherFacts,
    TicketFacts,
    Variant,
    WhyNot,
)
from pdplanner.recommender.path import recommend_paths
from pdplanner.recommender.questions import CourseFit, fits_of, why_not
from pdplanner.recommender.rules import PathRules
from pdplanner.recommender.soundness import BadFacts
from pdplanner.recommender.state import State, learn_state

__all__ = [
    "DAY_PARTS",
    "NEED_KINDS",
    "SLOTS",
    "BadFacts",
    "CalendarFacts",
    "CourseFacts",
    "CourseFit",
    "Dismissal",
    "Facts",
    "GoalFacts",
    "Id",
    "OfferingFacts",
    "Path",
    "PathRules",
    "Reason",
    "RequirementFacts",
    "Rollout",
    "SpecialDay",
    "State",
    "Step",
    "TeacherFacts",
    "TicketFacts",
    "Variant",
    "WhyNot",
    "fits_of",
    "learn_state",
    "recommend_paths",
    "why_not",
]
