"""The table of periodic work: Celery beat reads it in production, the work process elsewhere.

Nothing in it needs to be on time or once: each piece pays what the database says is owed, and
daily work writes down which day it has seen to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of periodic work."""

    name: str
    task: str  # dotted path of a Celery task that takes no arguments
    seconds: float  # between two runs where a broker carries nudges
    embedded_seconds: float  # the same without a broker: this is what makes it prompt there


WORK = (
    Work("rebuild owed plans", "pdplanner.plans.tasks.rebuild_owed_plans", 60, 2),
    Work("send owed notices", "pdplanner.plans.tasks.send_owed_notices", 60, 5),
    Work("owe the nightly rebuild", "pdplanner.plans.tasks.nightly_rebuild", 300, 60),
    Work("work out the forecast", "pdplanner.plans.tasks.work_out_forecast", 60, 3),
    Work("owe the week's measuring", "pdplanner.plans.tasks.weekly_measuring", 3600, 600),
    Work("keep seats' deadlines", "courses.tasks.keep_seat_deadlines", 60, 5),
    Work("owe reminders of dates", "courses.tasks.owe_run_reminders", 300, 60),
    Work("ask how it went", "courses.tasks.ask_how_it_went", 300, 30),
    Work("go on with imports", "profiles.tasks.continue_imports", 60, 3),
    Work("read help desks", "profiles.tasks.sync_feeds", 60, 5),
    Work("learn from sorted tickets", "pdplanner.plans.tasks.learn_from_tickets", 300, 60),
    Work("award owed credit", "courses.tasks.award_credit", 60, 5),
    Work("publish what is due", "pdplanner.tasks.publish_scheduled", 300, 60),
    Work("forget old tickets", "profiles.tasks.forget_tickets", 3600, 3600),
    Work("forget old reasons", "pdplanner.plans.tasks.forget_reasons", 3600, 3600),
    Work("forget ended sign-ins", "pdplanner.tasks.clear_sessions", 86400, 86400),
)


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return the table as Celery beat reads it.

    A run that was not picked up before the next one is due is dropped: the next does its work.
    """
    return {
        work.name: {
            "task": work.task,
            "schedule": work.seconds,
            "options": {"expires": work.seconds},
        }
        for work in WORK
    }
