"""From a row of an export to the fields that are kept: whose it is, which skill, which kind."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from ..choices import TicketKind
from ..imports import Problems
from ..models import Skill, Teacher, TeacherIdentifier, Ticket, TicketCategory, TicketSource, Tool
from .categories import CategoryRow
from .columns import FILE
from .minutes import minutes_said
from .reading import Named, WordReader, kind_named
from .rows import TicketRow

ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
#: Requesters who match nobody: so many are told apart and listed; the rest is a number.
MOST_STRANGERS, LISTED_STRANGERS = 1000, 10


class Derived(NamedTuple):
    """What is kept of a ticket's words and category."""

    skill: int | None
    origin: str
    confidence: float | None
    kind: TicketKind
    minutes: int | None = None
    minutes_origin: str = ""


class Requesters:
    """Finds the teacher who asked, by address or by an id of the roster."""

    def __init__(self) -> None:
        self._by_email = {
            email.casefold(): pk
            for pk, email in Teacher.objects.filter(erased_at=None)
            .exclude(email="")
            .values_list("pk", "email")
        }
        self._by_identifier = {
            identifier.casefold(): pk
            for identifier, pk in TeacherIdentifier.objects.filter(
                teacher__erased_at=None
            ).values_list("external_id", "teacher_id")
        }
        self._strangers: Counter[str] = Counter()
        self.unmatched = 0

    def find(self, requester: str) -> int | None:
        """Return the teacher's primary key, None for somebody who is no teacher here."""
        text = requester.casefold()
        if found := self._by_email.get(text) or self._by_identifier.get(text):
            return found
        for address in ADDRESS.findall(text):
            if found := self._by_email.get(address):
                return found
        return None

    def note_stranger(self, requester: str) -> None:
        """Count a row whose requester matched nobody."""
        self.unmatched += 1
        masked = mask(requester)
        if masked in self._strangers or len(self._strangers) < MOST_STRANGERS:
            self._strangers[masked] += 1

    def report(self, problems: Problems) -> None:
        """List the strangers with most rows, masked, and how many rows there are in all."""
        if not self.unmatched:
            return
        problems.warning(
            FILE,
            f"rows left out because their requester is no teacher here: {self.unmatched:,}",
            "A teacher is known by the roster's address or id.",
            column="requester",
        )
        for masked, rows in self._strangers.most_common(LISTED_STRANGERS):
            problems.warning(
                FILE,
                f"{masked} matched no teacher in {rows:,} {'row' if rows == 1 else 'rows'}",
                column="requester",
            )


def mask(requester: str) -> str:
    """Return so much of a requester as helps to find the cause and names nobody."""
    if address := ADDRESS.search(requester.casefold()):
        name, _, domain = address[0].partition("@")
        return f"{name[:2]}…@{domain[:60]}"
    if not requester:
        return "an empty cell"
    return f"{requester[:2]}… ({len(requester)} characters)"


class TicketReader:
    """Derives what is kept; the category map speaks first, then the words."""

    def __init__(self, *, source: TicketSource, categories: list[CategoryRow] | None = None):
        self._categories: dict[tuple[str, str], tuple[int | None, str]] = {}
        if source.pk is not None:
            for row in TicketCategory.objects.filter(source=source):
                key = (row.category.casefold(), row.subcategory.casefold())
                self._categories[key] = row.skill_id, row.kind
        for given in categories or []:
            key = (given.category.casefold(), given.subcategory.casefold())
            self._categories[key] = given.skill, given.kind
        self._words = WordReader(
            skills=[
                Named(skill.pk, tuple(skill.names), skill.tool_id) for skill in Skill.objects.all()
            ],
            tools=[Named(tool.pk, tuple(tool.names)) for tool in Tool.objects.all()],
        )

    def read(self, row: TicketRow) -> Derived:
        """Return what is kept of a row. Nothing of its subject and body is."""
        category, subcategory = row.category.casefold(), row.subcategory.casefold()
        skill, kind_of_category = self._categories.get((category, ""), (None, ""))
        if exact := self._categories.get((category, subcategory)):
            skill, kind_of_category = exact[0], exact[1] or kind_of_category
        words = self._words.read(row.subject, row.body)
        kind = (
            kind_named(row.kind)
            or (TicketKind(kind_of_category) if kind_of_category else None)
            or words.kind
            or TicketKind.HOW_TO
        )
        minutes = minutes_said(row.minutes_lost, row.subject, row.body)
        if skill is not None:
            return Derived(skill, Ticket.Origin.CATEGORY, None, kind, *minutes)
        origin = Ticket.Origin.WORDS if words.skill is not None else ""
        return Derived(words.skill, origin, words.confidence, kind, *minutes)


def count_reading(counts: Counter[str], derived: Derived) -> None:
    """Count how a ticket's skill was found, and how sure its words were."""
    counts[COUNTED_AS[derived.origin]] += 1
    if derived.origin == Ticket.Origin.WORDS:
        counts["percents by words"] += round(100 * (derived.confidence or 0.0))


COUNTED_AS = {
    Ticket.Origin.CATEGORY: "by category",
    Ticket.Origin.WORDS: "by words",
    "": "unsorted",
}
