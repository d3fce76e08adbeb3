"""The file that gives each category of a help desk a skill and a kind."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from ..choices import TicketKind
from ..csv_tables import CsvTable
from ..imports import ImportRefused, Problems, Unreadable, largest_upload, refuse_too_large
from ..models import Skill
from .reading import kind_named

FILE = "the categories"
HEADER = ("category", "subcategory", "skill", "kind")


class CategoryRow(NamedTuple):
    category: str
    subcategory: str
    skill: int | None
    kind: str


def skills_by_name() -> dict[str, int]:
    """Return name or alias, in lower case -> primary key of the skill. A name beats an alias."""
    found: dict[str, int] = {}
    skills = list(Skill.objects.order_by("pk"))
    for skill in skills:
        found[skill.name.casefold()] = skill.pk
    for skill in skills:
        for alias in skill.aliases.splitlines():
            if alias.strip():
                found.setdefault(alias.strip().casefold(), skill.pk)
    return found


def read_categories(path: Path) -> list[CategoryRow]:
    """Return the rows of a categories file. Raises ImportRefused with every problem in it."""
    problems = Problems()
    if not path.is_file():
        raise ImportRefused.because(FILE, "there is no such file", "Check the path.")
    refuse_too_large(path, FILE, largest_upload())
    rows: list[CategoryRow] = []
    try:
        with path.open("rb") as stream:
            table = CsvTable(stream, file=FILE, problems=problems, delimiters=",;")
            at = {heading.casefold(): place for place, heading in enumerate(table.header)}
            missing = [name for name in HEADER if name not in at]
            for name in missing:
                problems.error(
                    FILE,
                    "a required column is missing",
                    f"The header is {','.join(HEADER)}.",
                    line=1,
                    column=name,
                )
            if not missing:
                rows = _checked(table, [at[name] for name in HEADER], problems)
    except Unreadable as broken:
        problems.error(FILE, broken.rule, broken.remedy, line=broken.line)
    if not rows and not problems.forbid:
        problems.error(FILE, "the file has only a header", "Give each category a line.")
    if problems.forbid:
        raise ImportRefused(problems)
    return rows


def _checked(table: CsvTable, places: list[int], problems: Problems) -> list[CategoryRow]:
    skills = skills_by_name()
    seen: set[tuple[str, str]] = set()
    rows: list[CategoryRow] = []
    for line, cells in table.rows():
        category, subcategory, skill, kind = (cells[place].strip() for place in places)

        def wrong(column: str, rule: str, remedy: str, line: int = line) -> None:
            problems.error(FILE, rule, remedy, line=line, column=column)

        if not category:
            wrong("category", "a required cell is empty", "Name the category.")
        if (category, subcategory) in seen:
            wrong("category", "the category stands twice", "Leave one of the two lines out.")
        seen.add((category, subcategory))
        if skill and skill.casefold() not in skills:
            near = get_close_matches(skill.casefold(), skills, n=1)
            hint = f"Did you mean “{near[0]}”?" if near else "Add it, or correct the name."
            wrong("skill", f"there is no skill “{skill[:60]}”", hint)
        if kind and kind_named(kind) is None:
            wrong("kind", "the kind is unknown", f"Use one of {', '.join(TicketKind.values)}.")
        rows.append(
            CategoryRow(
                category[:200],
                subcategory[:200],
                skills.get(skill.casefold()) if skill else None,
                kind_named(kind) or "",
            )
        )
    return rows
