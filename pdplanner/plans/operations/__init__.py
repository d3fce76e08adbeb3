"""Writing paths: what is owed, the rebuild that pays it, and the teacher's answers."""

from .answers import (
    AnswerRefused,
    accept_step,
    ask_coach,
    close_coach_request,
    not_a_fit,
    swap_step,
    undo_answer,
)
from .owing import owe_all_plans, owe_plans
from .rebuilding import Rebuilt, rebuild_at_once, rebuild_plans

__all__ = [
    "AnswerRefused",
    "Rebuilt",
    "accept_step",
    "ask_coach",
    "close_coach_request",
    "not_a_fit",
    "owe_all_plans",
    "owe_plans",
    "rebuild_at_once",
    "rebuild_plans",
    "swap_step",
    "undo_answer",
]
