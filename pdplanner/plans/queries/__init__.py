"""Reading for paths: facts for the recommender, and what a page shows of a stored path."""

from .facts import read_facts
from .fits import FitView, WhyNotView, fits_for, why_not_for
from .paths import (
    Change,
    Hours,
    LeftOut,
    Noticed,
    PathView,
    StepView,
    changes_of,
    noticed_about,
    open_coach_requests,
    path_of,
)
from .touched import teachers_touched_by

__all__ = [
    "Change",
    "FitView",
    "Hours",
    "LeftOut",
    "Noticed",
    "PathView",
    "StepView",
    "WhyNotView",
    "changes_of",
    "fits_for",
    "noticed_about",
    "open_coach_requests",
    "path_of",
    "read_facts",
    "teachers_touched_by",
    "why_not_for",
]
