"""Writing paths: what is owed, the rebuild that pays it, the teacher's answers, the mail."""

from .answers import (
    AnswerRefused,
    accept_step,
    ask_coach,
    close_coach_request,
    not_a_fit,
    swap_step,
    undo_answer,
)
from .forgetting import forget_old_reasons, take_back
from .mailing import send_owed
from .owing import ensure_plans, owe_all_plans, owe_plans
from .rebuilding import Rebuilt, rebuild_at_once, rebuild_plans
from .sweeping import owe_nightly_rebuild, rebuild_owed

__all__ = [
    "AnswerRefused",
    "Rebuilt",
    "accept_step",
    "ask_coach",
    "close_coach_request",
    "ensure_plans",
    "forget_old_reasons",
    "not_a_fit",
    "owe_all_plans",
    "owe_nightly_rebuild",
    "owe_plans",
    "rebuild_at_once",
    "rebuild_owed",
    "rebuild_plans",
    "send_owed",
    "swap_step",
    "take_back",
    "undo_answer",
]
