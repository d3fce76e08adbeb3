"""Reading what can be learned, when, and who is going.

Pages of the look book are shown by templates: `session_view` and `search_sessions` reach them by
template tags, so that the models know nothing of what stands above them.
"""

from .clashes import Clash, clashes_of_run, clashes_of_teacher, overlaps
from .covers import cloth_name, cloth_names, load_pictures
from .desk import confirmed_lately, runs_on_desk, started_to_confirm
from .months import runs_of_month
from .queue import QueueState, queue_state
from .requirements import (
    RequiredSession,
    audience_of,
    audiences_of,
    required_for,
    teachers_matching,
)
from .runs import RunLine, calendar_of, offerings_ahead, people_in
from .sessions import (
    SessionFilters,
    filter_choices,
    live_sessions,
    search_sessions,
)
from .teachers import (
    Prerequisite,
    Record,
    RoomChoice,
    SessionView,
    prerequisites_state,
    record_of,
    room_choice,
    session_view,
)

__all__ = [
    "CalendarEntry",
    "Clash",
    "Prerequisite",
    "QueueState",
    "Record",
    "RequiredSession",
    "RoomChoice",
    "RunLine",
    "SessionFilters",
    "SessionView",
    "audience_of",
    "audiences_of",
    "calendar_of",
    "clashes_of_run",
    "clashes_of_teacher",
    "cloth_name",
    "cloth_names",
    "confirmed_lately",
    "filter_choices",
    "live_sessions",
    "load_pictures",
    "offerings_ahead",
    "overlaps",
    "people_in",
    "prerequisites_state",
    "queue_state",
    "record_of",
    "required_for",
    "requirements_on",
    "room_choice",
    "runs_of_month",
    "runs_on_desk",
    "search_sessions",
    "session_view",
    "started_to_confirm",
    "teachers_matching",
]
