"""What a whole state asked, learned part by part: enough to plan any part of it alone.

A part is some schools with all their teachers and those teachers' tickets. Only sums stay in
memory, so it grows with schools and skills, not with teachers and tickets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pdplanner.recommender.district import District, learn_district, merge_districts
from pdplanner.recommender.facts import Facts
from pdplanner.recommender.heard import Heard, hear, merge_heard
from pdplanner.recommender.history import (
    first_days,
    openings_of,
    read_history,
    usable_tickets,
)
from pdplanner.recommender.rules import PathRules

#: Parts whose sums are held beside each other before they are added up.
MERGED_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class State:
    """What everybody asked: the forecast's sums, and those that reasons cite."""

    district: District
    heard: Heard


def learn_state(
    parts: Callable[[], Iterable[Facts]],
    rules: PathRules,
    openings: tuple[float, float] | None = None,
) -> State:
    """The state's sums, from its parts one after the other; each teacher must be in one only.

    `openings` are the days, counted from the day of planning, of everybody's first ticket and of
    the first of anybody else (history.openings_of); without them the parts are gone through once
    more to find them. Raises UnknownTeacher, BadMinutes for facts that cannot be.
    """
    if openings is None:
        openings = (0.0, 0.0)
        for part in parts():
            days = first_days(part, usable_tickets(part)).values()
            openings = openings_of((*openings, *sorted(days)[:2]))
    districts: list[District] = []
    heard: list[Heard] = []
    for part in parts():
        history, _ = read_history(part, openings)
        districts.append(learn_district(history, openings))
        heard.append(hear(part, history, rules.need))
        if len(districts) == MERGED_AT_ONCE:
            districts, heard = [merge_districts(districts)], [merge_heard(heard)]
    return State(merge_districts(districts), merge_heard(heard))
