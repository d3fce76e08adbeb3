"""Access, breakage, outages and requests: they fill the help desk and make no need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from profiles.choices import TicketKind
from profiles.models import Ticket

from .drafts import Draft, time_of_day
from .ground import Ground
from .people import Person

#: Tickets of the other kinds, a teacher and school year.
OTHERS_A_YEAR = 2.6
#: Where the other kinds are filed: category, kind, share, the skill it is about if any.
OTHERS: tuple[tuple[str, TicketKind, float, str], ...] = (
    ("Accounts / Password", TicketKind.ACCESS, 0.2, "Passwords"),
    ("Accounts / Student sign-in", TicketKind.ACCESS, 0.13, "Student sign-in"),
    ("Accounts / Two-step", TicketKind.ACCESS, 0.07, "Two-step sign-in"),
    ("Hardware / Printer", TicketKind.BREAK, 0.12, "Printing"),
    ("Hardware / Display", TicketKind.BREAK, 0.13, "Screen sharing"),
    ("Devices / Chromebook repair", TicketKind.BREAK, 0.14, ""),
    ("Hardware / Sound", TicketKind.BREAK, 0.05, "Sound and microphones"),
    ("Apps / Approval", TicketKind.REQUEST, 0.07, "Choosing an app"),
    ("Requests / Equipment", TicketKind.REQUEST, 0.09, ""),
)
#: Outages: the day, as a share of the school days so far, and who is hit.
OUTAGES = (
    ("Network / Wi-Fi", 0.23, 0.3),
    ("Network / Internet", 0.61, 0.4),
    ("Gradebook / Down", 0.86, 0.3),
)


def troubles_of(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    """Access, breakage and requests: no need comes of them."""
    rng = ground.rng("troubles")
    days = ground.school_days(ground.last.start_date, ground.today)
    share = np.array([one[2] for one in OTHERS])
    drafts = []
    for person in people:
        here = [day for day in days if day >= person.started_date]
        for _ in range(rng.poisson(OTHERS_A_YEAR * (0.4 + 0.6 * person.asks) * len(here) / 180)):
            day = here[int(rng.integers(len(here)))]
            category, kind, _, skill = OTHERS[int(rng.choice(len(OTHERS), p=share / share.sum()))]
            opened_at = time_of_day(ground, day, rng)
            lost = (
                int(rng.integers(1, 8) * 5)
                if kind != TicketKind.REQUEST and rng.random() < 0.5
                else None
            )
            drafts.append(
                Draft(
                    person,
                    opened_at,
                    kind,
                    category,
                    skill,
                    Ticket.Origin.CATEGORY if skill else "",
                    sorted_at=None if skill else opened_at,
                    minutes_lost=lost,
                )
            )
    return drafts


def outages_of(ground: Ground, people: Sequence[Person]) -> list[Draft]:
    """Days on which the network or the gradebook was down for everybody."""
    rng = ground.rng("outages")
    days = ground.school_days(ground.last.start_date, ground.today)
    drafts = []
    for category, place, hit in OUTAGES:
        day = days[int(len(days) * place)]
        for person in people:
            if person.started_date <= day and rng.random() < hit * min(person.asks, 1.0) * 0.5:
                at = ground.at(day, 9, 10) + timedelta(minutes=int(rng.integers(110)))
                drafts.append(
                    Draft(
                        person,
                        at,
                        TicketKind.OUTAGE,
                        category,
                        sorted_at=at,
                        minutes_lost=20,
                        is_reopened=False,
                    )
                )
    return drafts
