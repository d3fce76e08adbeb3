"""The words that may be kept of a ticket: a short list, and no name of a person on it.

On it are the words of skills and tools, of the titles and abstracts of sessions, and of the
general list. Out of it are the words of the roster's names and the usual given names, but
for words that a skill or tool is called by ("Canvas", "Clever").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..models import Skill, Teacher, Tool, User
from .reading import words_of
from .word_lists import general_words, given_names, stop_words, telling

#: Shorter words tell nothing of a skill ("ai" does: it is in names of skills).
SHORTEST = 3


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
