"""Reading for paths: facts for the recommender, and what a page shows of a stored path."""

from .facts import read_facts
from .paths import (
    Change,
    FitView,
    Hours,
    Noticed,
    PathView,
    StepView,
    WhyNotView,
    changes_of,
    fits_for,
    noticed_about,
    open_coach_requests,
    path_of,
    why_not_for,
)

__all__ = [
    "Change",
    "FitView",
    "Hours",
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
    "why_not_for",
]
