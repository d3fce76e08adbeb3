"""Tells names of categories from texts and from people: only names are kept, of exports and feeds.

Help desks let people type into fields that were meant for a list. A cell reads like a text when
it is long, holds a sentence, an address or a telephone number, or speaks of somebody. Otherwise
it is a name when all of its words are known here: those that may be kept of a ticket, and usual
words of help desks. One with another word ("Skrivare", but "Grades of Mia" too) is kept once it
comes again and again, or when somebody here gave it a skill.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ..imports import Problems
from .reading import WORD, words_of
from .word_lists import general_words, help_desk_words, stop_words

#: As the columns of the database.
LONGEST_STORED = 200
LONGEST_NAME, LONGEST_PART, MOST_WORDS = 120, 60, 7
#: A part that speaks of somebody may have so many words: "My account", "Call me back".
MOST_WORDS_OF_PERSONS = 3
#: So often a cell of words that nobody knows must come in one pass to be taken for a category.
OFTEN = 20
#: Cells that are remembered with their answer, and unknown ones that are counted.
MOST_REMEMBERED, MOST_COUNTED = 5_000, 50_000

PARTS = re.compile(r"\s*(?:[/>|:\\»;]+|\s[-–—]+\s)\s*")
#: The end of a sentence, an address, or a number so long that it is somebody's.
SENTENCE = re.compile(r"\w@\w|[\r\n]|\w\w[.!?]\s+\w|\d{7}")
#: Between two words that a name writes as one: "InstructionalTech".
SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])")
TELEPHONE = re.compile(r"\d{3}[-. ]\d{4}\b")
OF_PERSONS = frozenset(
    words_of(
        """
        i m ve my me mine we our us he she his her him their they them mom mother dad father parent
        please thank hello hi dear mr mrs ms miss
        """
    )
)
NOTHING = frozenset(
    ("-", "--", "–", "—", "n/a", "na", "none", "null", "nil", "not set", "unset", "no value")
)

REMEDY = (
    "Choose the column with the help desk's list of categories, or none. A column of texts can be"
    " read as subject or text: then nothing of it is stored."
)

#: Words that name nobody, beside those that may be kept of a ticket.
USUAL_WORDS = help_desk_words() | stop_words()


def is_nothing(cell: str) -> bool:
    """Return whether a cell stands for an empty one: "-", "N/A", "Not set"."""
    return not cell or cell.casefold() in NOTHING


def reads_like_text(cell: str) -> bool:
    """Return whether a cell is too long for a name, or says what a name doesn't."""
    if len(cell) > LONGEST_NAME or SENTENCE.search(cell) or TELEPHONE.search(cell):
        return True
    for part in PARTS.split(cell):
        words = words_of(part)
        if len(part) > LONGEST_PART or len(words) > MOST_WORDS:
            return True
        if len(words) > MOST_WORDS_OF_PERSONS and not OF_PERSONS.isdisjoint(words):
            return True
    return False


class CategoryNames:
    """Gives each cell of a category column as it may be kept, "" where it may not."""

    def __init__(
        self, *, words: dict[str, str], given: Iterable[str] = (), held: Iterable[str] = ()
    ):
        """Take the words that may be kept (with "" for those that may not), the names that
        somebody here gave a skill, and those that tickets hold."""
        self._words = words
        self._given = {name.casefold() for name in given}
        self._held = {name.casefold() for name in held}
        self._kept: dict[str, str] = {"": ""}
        self._counted: Counter[int] = Counter()  # by hash: no text is held for long

    def kept(self, cell: str) -> str:
        """Return the name that may be stored."""
        found = self._kept.get(cell)
        return self._judged(cell) if found is None else found

    def _judged(self, cell: str) -> str:
        name = cell[:LONGEST_STORED]
        if name.casefold() not in self._given:
            if is_nothing(cell) or reads_like_text(cell):
                return ""
            is_known = name.casefold() in self._held or self._is_known(cell)
            if not is_known and not self._comes_often(cell):
                return ""
        if len(self._kept) < MOST_REMEMBERED:
            self._kept[cell] = name
        return name

    def _is_known(self, cell: str) -> bool:
        """Whether all of its words are known."""
        cell = SEAM.sub(" ", cell)
        words = [word for word in words_of(cell) if len(word) > 1 and not word.isdecimal()]
        unknown = {word for word in words if not self._is_allowed(word)}
        # "Mark" is somebody, "Marks" are not.
        return not unknown or unknown <= general_words() - set(WORD.findall(cell.casefold()))

    def _is_allowed(self, word: str) -> bool:
        return word in USUAL_WORDS or bool(self._words.get(word))

    def _comes_often(self, cell: str) -> bool:
        key = hash(cell)
        if key not in self._counted and len(self._counted) >= MOST_COUNTED:
            return False
        self._counted[key] += 1
        return self._counted[key] >= OFTEN


class CategoryColumn:
    """What a whole column of an export looks like: names of categories, or texts."""

    #: No help desk has so many categories; from so many cells on, nearly all different are texts.
    MOST_DIFFERENT, ENOUGH, NEARLY_ALL = 2_000, 100, 0.8
    #: From so many cells on, half of them texts make a column of texts.
    SOME, HALF = 20, 0.5

    def __init__(self, names: CategoryNames):
        self._names = names
        self._different: set[int] = set()
        self._filled = self._texts = 0
        self._left_out = self._first_line = 0

    def see(self, cell: str, line: int) -> None:
        """Count a cell."""
        if is_nothing(cell):
            return
        self._filled += 1
        if len(self._different) < self.MOST_DIFFERENT:
            self._different.add(hash(cell))
        if not self._names.kept(cell):
            self._left_out += 1
            self._first_line = self._first_line or line
            self._texts += reads_like_text(cell)

    def report(self, problems: Problems, file: str, heading: str) -> None:
        """Refuse a column of texts; say how many cells of another are left out."""
        column = heading[:60]
        if rule := self._wrong():
            problems.error(file, rule, REMEDY, column=column)
        elif self._left_out:
            cells = "cell is" if self._left_out == 1 else "cells are"
            problems.warning(
                file,
                f"{self._left_out:,} {cells} left empty that may be a text or name somebody, the"
                " first on this line",
                "A category of your help desk? Give it a skill in the categories file.",
                line=self._first_line,
                column=column,
            )

    def _wrong(self) -> str:
        """Return the rule that the column breaks, "" when it may well hold categories."""
        different = len(self._different)
        if different >= self.MOST_DIFFERENT or (
            self._filled >= self.ENOUGH and different >= self.NEARLY_ALL * self._filled
        ):
            return "nearly every row says something else here, which categories don't"
        if self._filled >= self.SOME and self._texts >= self.HALF * self._filled:
            return "most cells of this column are texts, not categories"
        return ""
