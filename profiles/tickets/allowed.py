"""The words that may be kept of a ticket: a short list, and no name of a person on it.

On it are the words of skills and tools, of the titles and abstracts of sessions, and of the
general list. Out of it are the words of the roster's names and the usual given names, but
for words that a skill or tool is called by ("Canvas", "Clever"). A word typed wrong leaves the
one on the list that it was meant for, never itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..models import Skill, Teacher, Tool, User
from .reading import words_of
from .word_lists import general_words, given_names, stop_words, telling

#: Shorter words tell nothing of a skill ("ai" does: it is in names of skills).
SHORTEST = 3
#: Shorter words are too like each other to tell what was meant by one that is typed wrong.
SHORTEST_MENDED = 5
#: So many other words are remembered; beyond, what they were meant for is found again.
MOST_REMEMBERED = 20_000


class SessionWords(NamedTuple):
    """What a session says of itself, and the skills that it is for."""

    text: str
    skills: tuple[int, ...]


Sessions = Callable[[], Iterable[SessionWords]]
_catalogues: list[Sessions] = []


def register_catalogue(sessions: Sessions) -> None:
    """Have the words of these sessions allowed as well; said twice, it is said once."""
    if sessions not in _catalogues:
        _catalogues.append(sessions)


def catalogue() -> list[SessionWords]:
    """Return what every session on offer says of itself."""
    return [session for sessions in _catalogues for session in sessions()]


class Keeper(dict[str, str]):
    """Word -> the allowed word that it is or was meant for, "" where there is none."""

    def __init__(self, allowed: Iterable[str], people: Iterable[str] = ()):
        super().__init__((word, word) for word in allowed)
        self._meant: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self):
            if len(word) >= SHORTEST_MENDED:
                for piece in _pieces(word):
                    self._meant[piece].append(word)
        persons = {word for name in people for word in words_of(name)}
        for word in (persons | given_names() | stop_words()) - self.keys():
            self[word] = ""  # typed right
        self._most = len(self) + MOST_REMEMBERED

    def __missing__(self, word: str) -> str:
        meant = self._mended(word) if len(word) >= SHORTEST_MENDED and word.isalpha() else ""
        if len(self) < self._most:
            self[word] = meant
        return meant

    def kept_of(self, words: Iterable[str]) -> list[str]:
        """Return the allowed words among these, each once and in the order of the alphabet."""
        return sorted({*map(self.__getitem__, words)} - {""})

    def _mended(self, word: str) -> str:
        """Return the one allowed word with a letter more or less, or two side by side swapped."""
        near = {
            other
            for piece in _pieces(word)
            for other in self._meant.get(piece, ())
            if _is_slip(word, other)
        }
        return near.pop() if len(near) == 1 else ""


def _pieces(word: str) -> set[str]:
    """Return a word and what is left of it without one of its letters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _is_slip(word: str, other: str) -> bool:
    """Tell whether words that share a piece are one slip apart: not with another letter in one's
    place, which makes many a good word of another."""
    if len(word) != len(other):
        return True
    places = [place for place, (a, b) in enumerate(zip(word, other, strict=True)) if a != b]
    first, last = places[0], places[-1]
    return last - first == 1 and word[first] + word[last] == other[last] + other[first]


def keeper() -> Keeper:
    """Return what tells the words that may be kept of a ticket today."""
    return Keeper(allowed_words(), names_of_people())


def allowed_words() -> frozenset[str]:
    """Return the words that may be kept of a ticket."""
    named = [
        name
        for model in (Skill, Tool)
        for one in model._default_manager.all()
        for name in one.names
    ]
    described = [
        text
        for model in (Skill, Tool)
        for text in model._default_manager.values_list("description", flat=True)
    ]
    return allowed_of(
        named=named,
        texts=[*described, *(session.text for session in catalogue())],
        people=names_of_people(),
    )


def words_of_names() -> frozenset[str]:
    """Return the words of people's names that may not be kept today."""
    persons = {word for name in names_of_people() for word in words_of(name)}
    return frozenset(persons) - allowed_words()


def names_of_people() -> list[str]:
    """Return the names of everybody on the roster and of everybody who may sign in."""
    teachers = Teacher.objects.values_list("given_name", "family_name")
    users = User.objects.values_list("first_name", "last_name")
    return [name for rows in (teachers, users) for row in rows.iterator() for name in row if name]


def allowed_of(
    *, named: Iterable[str], texts: Iterable[str], people: Iterable[str]
) -> frozenset[str]:
    """Return the words of the general list, of names of skills and tools and of texts, without
    those of people's names that no skill or tool is called by."""
    called = {word for text in named for word in telling(text)}
    told = {word for text in texts for word in words_of(text) if len(word) >= SHORTEST}
    persons = {word for name in people for word in words_of(name)}
    words = called | ((general_words() | told) - persons - given_names() - stop_words())
    return frozenset(word for word in words if not any(sign.isdigit() for sign in word))
