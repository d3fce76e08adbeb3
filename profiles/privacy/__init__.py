"""What is held about a person: shown, taken away, erased, and let go when it is old.

Every part of the program says here what it holds (`held.register`); a test walks all tables and
fails when one that leads to a teacher is missing.
"""

from .export import write_export
from .held import Erasure, Held, HeldInside, all_held, register, register_inside
from .operations import (
    AlreadyAnswered,
    answer_erasure,
    ask_erasure,
    forget_old_tickets,
    kept_since,
    record_look,
    withdraw_erasure,
)
from .queries import holdings_of, looks_at, open_erasures

__all__ = [
    "AlreadyAnswered",
    "Erasure",
    "Held",
    "HeldInside",
    "all_held",
    "answer_erasure",
    "ask_erasure",
    "forget_old_tickets",
    "holdings_of",
    "kept_since",
    "looks_at",
    "open_erasures",
    "record_look",
    "register",
    "register_inside",
    "withdraw_erasure",
    "write_export",
]
