"""From a row of an export to the fields that are kept: whose it is, which skill, which kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..choices import TicketKind
from ..imports import Problems
from ..models import Skill, Teacher, TeacherIdentifier, Ticket, TicketCategory, TicketSource, Tool
from .allowed import keeper
from .categories import CategoryRow
from .category_names import CategoryNames
from .classifier import newest_classifier
from .columns import FILE
from .for_others import is_for_others
from .learned import told_by
from .minutes import minutes_said
from .reading import LEAST_SURE, Named, Reading, WordReader, kind_named, words_of
from .rows import TicketRow

ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
#: Requesters who match nobody: so many are told apart and listed; the rest is a number.
MOST_STRANGERS, LISTED_STRANGERS = 1000, 10
#: Of so many tickets the categories' names are known to be names.
NEWEST_HELD = 5_000
NO_ID = 0
NOTHING_SAID = Reading(None, None, None)


class Derived(NamedTuple):
    """What is kept of a ticket's words and category."""

    skill: int | None
    origin: str
    confidence: float | None
    kind: TicketKind
    minutes: int | None = None
    minutes_origin: str = ""
    words: str = ""  # the allowed ones it held, for learning
    category: str = ""
    subcategory: str = ""
    whose: str = ""  # Ticket.Whose

    def guessed(self, skill: int, sure: float) -> Derived:
        """Return the same with a skill that was guessed, or unsorted where that is not sure."""
        is_sure = sure >= LEAST_SURE
        origin = Ticket.Origin.LEARNED if is_sure else ""
        return self._replace(skill=skill if is_sure else None, origin=origin, confidence=sure)


Matched = tuple[TicketRow, int, Derived]  # the row, its teacher, what is kept of it


class Requesters:
    """Finds the teacher who asked, by address or by an id of the roster."""

    def __init__(self) -> None:
        self._by_email = {
            email.casefold(): pk
            for pk, email in Teacher.objects.filter(erased_at=None)
            .exclude(email="")
            .values_list("pk", "email")
        }
        self._by_identifier: dict[str, int | None] = {}  # None: it names two people
        for identifier, pk in TeacherIdentifier.objects.filter(teacher__erased_at=None).values_list(
            "external_id", "teacher_id"
        ):
            key = identifier.casefold()
            is_other = self._by_identifier.get(key, pk) != pk
            self._by_identifier[key] = None if is_other else pk
        self._strangers: Counter[str] = Counter()
        self.unmatched = self._of_two = 0

    def find(self, requester: str) -> int | None:
        """Return the teacher's primary key, None for somebody who is no teacher here.

        An id that two lists give to two people names nobody.
        """
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
        if self._by_identifier.get(requester.casefold(), NO_ID) is None:
            self._of_two += 1
            return
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
        if self._of_two:
            problems.warning(
                FILE,
                f"rows among them whose id two rosters give to two teachers: {self._of_two:,}",
                "Nobody is guessed: export the address of whoever asked.",
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


def whose_is(row: TicketRow, words: Sequence[str]) -> str:
    """Return whom a ticket is about, as far as the help desk and its words tell."""
    if row.is_named:
        return Ticket.Whose.NAMED.value
    if is_for_others(row.subject, row.body, words, row.asset):
        return Ticket.Whose.SHARED.value
    return ""


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
        self._given = {name for names in self._categories for name in names}
        self._words = WordReader(
            skills=[
                Named(skill.pk, tuple(skill.names), skill.tool_id) for skill in Skill.objects.all()
            ],
            tools=[Named(tool.pk, tuple(tool.names)) for tool in Tool.objects.all()],
        )
        self._keeper = keeper()
        self._names = self.category_names(source)
        self._classifier = newest_classifier()

    def category_names(self, source: TicketSource) -> CategoryNames:
        """Return what tells the names of this help desk's categories from texts, anew: it counts
        what it sees."""
        held: list[tuple[str, str]] = []
        if source.pk is not None:
            newest = Ticket.objects.filter(source=source).order_by("-pk")
            held = list(newest.values_list("category", "subcategory")[:NEWEST_HELD])
        return CategoryNames(
            words=self._keeper,
            given=self._given,
            held={name for names in held for name in names},
        )

    def read(self, row: TicketRow) -> Derived:
        """Return what is kept of a row. Nothing of its subject and body is."""
        names = self._names.kept(row.category), self._names.kept(row.subcategory)
        category, subcategory = names[0].casefold(), names[1].casefold()
        skill, kind_of_category = self._categories.get((category, ""), (None, ""))
        if exact := self._categories.get((category, subcategory)):
            skill, kind_of_category = exact[0], exact[1] or kind_of_category
        said = [words_of(row.subject), words_of(row.body)]
        words = self._words.read_words(*said) if any(said) else NOTHING_SAID
        kept = " ".join(self._keeper.kept_of(said[0] + said[1]))
        kind = (
            kind_named(row.kind)
            or (TicketKind(kind_of_category) if kind_of_category else None)
            or words.kind
            or TicketKind.HOW_TO
        )
        minutes = minutes_said(row.minutes_lost, row.subject, row.body)
        more = (*minutes, kept, *names, whose_is(row, said[0] + said[1]))
        if skill is not None:
            return Derived(skill, Ticket.Origin.CATEGORY, None, kind, *more)
        origin = Ticket.Origin.WORDS if words.skill is not None else ""
        return Derived(words.skill, origin, words.confidence, kind, *more)

    def settle(self, matched: Sequence[Matched]) -> list[Matched]:
        """Return rows as read, with what was learned from coaches in place of the skills' own
        words; the categories' word stands. All at once: one product of arrays."""
        if not self._classifier.is_learned:
            return list(matched)
        open_to = [
            place
            for place, (_, _, derived) in enumerate(matched)
            if derived.words and derived.origin != Ticket.Origin.CATEGORY
        ]
        result = list(matched)
        told = [
            told_by(derived.words, derived.category, derived.subcategory)
            for _, _, derived in (matched[place] for place in open_to)
        ]
        for place, guess in zip(open_to, self._classifier.likeliest(told), strict=True):
            row, teacher, derived = matched[place]
            result[place] = (row, teacher, derived.guessed(*guess))
        return result


def count_readings(counts: Counter[str], matched: Iterable[Matched]) -> None:
    """Count how tickets' skills were found, how sure their words were, and what is for others."""
    for _, _, derived in matched:
        if derived.whose == Ticket.Whose.SHARED:
            counts["for others"] += 1
        how = COUNTED_AS[derived.origin]
        counts[how] += 1
        if how == "by words":
            counts["percents by words"] += round(100 * (derived.confidence or 0.0))


COUNTED_AS = {
    Ticket.Origin.CATEGORY: "by category",
    Ticket.Origin.WORDS: "by words",
    Ticket.Origin.LEARNED: "by words",
    "": "unsorted",
}
