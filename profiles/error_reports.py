"""What an error may say in a log, a mail or a page: where it happened, never what was being read.

An exception's own words may quote a cell or a ticket ("invalid literal for int(): 'Mia J.'"), and
its frames hold whole rows. So the words of whatever went wrong while a feed or an upload was read
are withheld, and so are everybody's local variables, answers to forms and names of files.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import ItemsView, Iterator
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

WITHHELD = "(its words are withheld: they may quote what was read)"
#: Where rows of feeds and uploads are in memory.
READING = (
    "profiles.csv_tables",
    "profiles.import",
    "profiles.management.commands.import",
    "profiles.management.commands.sync_tickets",
    "profiles.rosters",
    "profiles.tickets",
    "profiles.uploads",
    "courses.catalogue",
)


def related(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and all that led to it."""
    seen: set[int] = set()
    left = [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        left += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            left += one.exceptions


def passed_reading(trace: TracebackType | None) -> bool:
    """Return whether an exception came through the reading of a feed or an upload."""
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).startswith(READING):
            return True
        trace = trace.tb_next
    return False


def is_of_reading(error: BaseException | None) -> bool:
    """Return whether an exception, or one that led to it, may quote what was read."""
    return any(passed_reading(one.__traceback__) for one in related(error))


def quiet_lines(error: BaseException) -> str:
    """Return an exception's traceback without its words."""
    parts = []
    for one in related(error):
        frames = traceback.format_tb(one.__traceback__)
        parts.append("".join([*frames, f"{type(one).__name__} {WITHHELD}"]))
    return "Traceback (most recent call last):\n" + "\n\nwhich came of:\n".join(parts)


class QuietFormatter(logging.Formatter):
    """Lines for the log. Of an exception while reading, only where it happened."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not is_of_reading(error):
            return super().format(record)
        # Another handler may have cached the full words on the record; others' are not ours to use.
        quiet = logging.makeLogRecord(record.__dict__)
        quiet.exc_info, quiet.exc_text, quiet.stack_info = None, None, None
        text = super().format(quiet)
        for one in related(error):  # the message may quote the exception: Celery's does
            for said in (repr(one), str(one)):
                if said:
                    text = text.replace(said, WITHHELD)
        return f"{text}\n{quiet_lines(error)}"


class QuietFilter(SafeExceptionReporterFilter):
    """Hides what people typed and what functions held, whichever mode the site runs in."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return the names of a form's fields, and what stood in none of them."""
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request, tb_frame) -> ItemsView[str, Any]:
        """Return the names of a frame's variables, and none of their values."""
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()


class QuietReporter(ExceptionReporter):
    """The page and the mail about an error."""

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        if self.request is not None:
            data["request_FILES_items"] = [(name, "(a file)") for name in self.request.FILES]
        if is_of_reading(self.exc_value):
            data["exception_value"] = WITHHELD
            data.pop("exception_notes", None)
            data.pop("unicode_hint", None)
            for frame in data.get("frames", ()):
                for name in ("exc_cause", "exc_notes"):
                    if frame.get(name):
                        frame[name] = WITHHELD
        return data
