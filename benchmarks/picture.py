"""Draws need by week, before and after the paths of a district, as an SVG for the docs.

`python -m benchmarks.picture docs/need-by-week.svg` draws the district that the settings name: the
sample one after `pdplanner sample-district`. Colours hold on white and on black.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import prod
from pathlib import Path

import numpy as np

from pdplanner.recommender.facts import Facts
from pdplanner.recommender.history import Floats
from pdplanner.recommender.needs import weeks_of
from pdplanner.recommender.path import recommend_paths, survey
from pdplanner.recommender.rules import PathRules

WIDTH, HEIGHT = 760, 330
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 56, 44
BEFORE, AFTER, INK = "#b4541c", "#2f7f86", "#767676"


@dataclass(frozen=True)
class Weekly:
    """Hours of class time at stake in each week of the term [W], without and with the paths."""

    mondays: Sequence[date]
    before: Floats
    after: Floats
    marked: Sequence[tuple[date, str]]  # days that move need, with their name


def weekly_need(facts: Facts, rules: PathRules) -> Weekly:
    """The need that paths are cut for, all teachers together, before and after them."""
    ground = survey(facts, rules)
    season = ground.needs.season
    paths = recommend_paths(facts, rules)
    mondays = weeks_of(facts.calendar)
    effects = {course.id: course.effects for course in facts.courses}
    column = {skill: place for place, skill in enumerate(ground.needs.skills)}
    before, after = np.zeros(season.shape[1]), np.zeros(season.shape[1])
    for row, teacher in enumerate(facts.teachers):
        left = np.ones(season.shape)
        for step in paths[teacher.id].steps:
            week = (step.week_date - mondays[0]).days // 7
            for skill, effect in effects[step.course].items():
                left[column[skill], week + 1 :] *= (1.0 - effect) ** prod(step.fit.values())
        need = ground.need[row][:, None] * season
        before += need.sum(axis=0)
        after += (need * left).sum(axis=0)
    marked = [
        (special.start_date, special.title or special.kind.replace("-", " "))
        for special in facts.calendar.special_days
        if special.kind in ("report-cards", "testing") and not special.schools
    ]
    now = max((facts.as_of - mondays[0]).days // 7, 0)
    span = slice(now, len(mondays))
    return Weekly(mondays[span], before[span] / 60, after[span] / 60, marked)


def drawn(weekly: Weekly, saved: str) -> str:
    """The picture as SVG text; `saved` says in a line what it comes to."""
    top = max(float(weekly.before.max()), 0.1) * 1.15
    inner = WIDTH - LEFT - RIGHT
    step = inner / max(len(weekly.mondays), 1)

    def height(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    def bars(values: Floats, colour: str, offset: float) -> list[str]:
        wide = step * 0.36
        return [
            f'<rect x="{LEFT + place * step + offset * step:.1f}" y="{height(value):.1f}" '
            f'width="{wide:.1f}" height="{HEIGHT - BOTTOM - height(value):.1f}" fill="{colour}"/>'
            for place, value in enumerate(values.tolist())
        ]

    def text(x: float, y: float, words: str, anchor: str = "middle", colour: str = INK) -> str:
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f"{escape(words)}</text>"
        )

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{escape(saved)}</title>",
        text(LEFT, 20, "Hours of class time expected to be lost, all teachers", "start"),
        text(LEFT, 38, "■ if nothing is done", "start", BEFORE),
        text(LEFT + 140, 38, "■ with everybody's path", "start", AFTER),
        text(WIDTH - RIGHT, 38, saved, "end"),
    ]
    for share in (0.0, 0.5, 1.0):
        value = share * top / 1.15
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height(value):.1f}" '
            f'y2="{height(value):.1f}" stroke="{INK}" stroke-opacity="0.35"/>'
        )
        lines.append(text(LEFT - 8, height(value) + 4, f"{value:.1f} h", "end"))
    lines += bars(weekly.before, BEFORE, 0.12) + bars(weekly.after, AFTER, 0.50)
    for place, monday in enumerate(weekly.mondays):
        if place % max(len(weekly.mondays) // 8, 1) == 0:
            middle = LEFT + (place + 0.5) * step
            lines.append(text(middle, HEIGHT - BOTTOM + 16, f"{monday:%b} {monday.day}"))
    for day, name in weekly.marked:
        weeks = (day - weekly.mondays[0]).days / 7
        if 0 <= weeks < len(weekly.mondays):
            x = LEFT + weeks * step
            lines.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" '
                f'stroke="{INK}" stroke-dasharray="3 3"/>'
            )
            lines.append(text(x, HEIGHT - BOTTOM + 34, name))
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    """Draw the district of the database that the settings name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.picture", description=__doc__)
    parser.add_argument("file", type=Path, help="the SVG to write")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdplanner.settings.embedded")
    import django
    from django.utils import timezone

    django.setup()
    from pdplanner.plans.queries import read_facts
    from pdplanner.plans.queries.rules import rules_in_use
    from profiles.queries import today_in_district

    facts = read_facts(as_of=today_in_district(timezone.now()))
    weekly = weekly_need(facts, rules_in_use())
    before, after = weekly.before.sum(), weekly.after.sum()
    saved = f"{before:.0f} hours become {after:.0f} within the term"
    chosen.file.write_text(drawn(weekly, saved), encoding="utf-8")
    print(f"{chosen.file}: {saved}")


if __name__ == "__main__":
    main()
