"""What this part holds about a teacher, as they read it and as erasing treats it."""

from __future__ import annotations

from profiles.privacy import Held

from .models import CoachRequest, Plan, PlanStep, PlanVersion, StepAnswer

HELD = (
    Held(PlanStep, "Steps of your paths, with their reasons", "version__plan__teacher"),
    Held(PlanVersion, "Your paths, old and new", "plan__teacher"),
    Held(Plan, "How your path stands"),
    Held(StepAnswer, "What you said to a step"),
    Held(CoachRequest, "When you asked for a coach"),
)
