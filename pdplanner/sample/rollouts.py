"""Tools that reach schools: the old ones, this year's gradebook, the displays about to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from profiles.models import School, Tool, ToolAtSchool

from .calendar import MONDAY, on_or_after
from .ground import KIND_OF_SCHOOL, Ground


@dataclass(frozen=True, slots=True)
class Rollout:
    """A tool that reaches a school; None: every school."""

    tool: str
    school: str | None
    from_date: date


def rollouts(ground: Ground) -> list[Rollout]:
    """When which tool reached, or will reach, which school."""
    last, present = ground.last, ground.present
    three_years_ago = date(present.start_date.year - 3, 8, 20)
    spring = on_or_after(date(present.start_date.year, 3, 2), MONDAY)
    soon = on_or_after(ground.today + timedelta(days=20), MONDAY)
    found = []
    for school, kind in KIND_OF_SCHOOL.items():
        gradebook = {"elementary": three_years_ago, "high": last.start_date}
        found.append(Rollout("Gradebook", school, gradebook.get(kind, present.start_date)))
    for school, day in (
        ("Lincoln Elementary", three_years_ago),
        ("Riverside Middle", three_years_ago),
        ("Harbor High", three_years_ago),
        ("Bayview Elementary", spring),
        ("Sumner K-8", spring),
        ("East Middle", soon),
        ("Oak Hill Elementary", soon),
    ):
        found.append(Rollout("Interactive display", school, day))
    return found


def make_rollouts(
    ground: Ground, tools: Mapping[str, Tool], schools: Mapping[str, School]
) -> list[ToolAtSchool]:
    """Store the roll-outs."""
    return ToolAtSchool.objects.bulk_create(
        ToolAtSchool(
            tool=tools[rollout.tool],
            school=schools[rollout.school] if rollout.school else None,
            from_date=rollout.from_date,
        )
        for rollout in rollouts(ground)
    )


def tools_at(ground: Ground, school: str) -> tuple[frozenset[str], frozenset[str]]:
    """The tools that have reached a school, and those that are still to come."""
    reaching = [one for one in rollouts(ground) if one.school in (None, school)]
    here = frozenset(one.tool for one in reaching if one.from_date <= ground.today)
    return here, frozenset(one.tool for one in reaching) - here
