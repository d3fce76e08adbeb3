"""Writing who goes where and what was finished. One verb to a change; failures are named.

Every function says what changed by what it returns, adds to the history, and sends
`courses.signals` inside its transaction. `by` is the user who did it (None: the program).
"""

from .attendance import AttendanceResult, RunNotStarted, mark_attendance
from .completions import confirm_completion, undo_completion
from .learning import (
    CheckResult,
    NoSuchCheck,
    NotUnderWay,
    SessionIsDated,
    answer_check,
    start_self_paced,
)
from .look_book import look_book, set_up_authors
from .parts import ensure_parts, fill_in_runs
from .requirements import (
    RequirementEnded,
    add_requirement,
    change_requirement,
    withdraw_requirement,
)
from .seats import (
    AlreadyMarked,
    FewerSeatsThanTaken,
    RunIsCancelled,
    RunIsPast,
    SessionNotOpen,
    cancel_offering,
    enrol,
    store_offering,
    withdraw,
)

__all__ = [
    "AlreadyMarked",
    "AttendanceResult",
    "CheckResult",
    "FewerSeatsThanTaken",
    "NoSuchCheck",
    "NotUnderWay",
    "RequirementEnded",
    "RunIsCancelled",
    "RunIsPast",
    "RunNotStarted",
    "SessionIsDated",
    "SessionNotOpen",
    "add_requirement",
    "answer_check",
    "cancel_offering",
    "change_requirement",
    "confirm_completion",
    "enrol",
    "ensure_parts",
    "fill_in_runs",
    "look_book",
    "mark_attendance",
    "set_up_authors",
    "start_self_paced",
    "store_offering",
    "undo_completion",
    "withdraw",
    "withdraw_requirement",
]
