"""Tickets of our own with the skill that each is about: ten questions for each of the sample
district's skills, each in two phrasings, with what stands around a question in a real ticket."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any, NamedTuple

FILES = resources.files(__package__)
#: The same questions in the same order, each file as another teacher would put them.
PHRASINGS = ("phrasings.txt", "rephrased.txt")
SEED = 20260901
#: How often a ticket has each of the things around its question.
GREETED, CHATTED, CHATTED_TWICE, IN_PASSING, SIGNED, MISTYPED = 0.6, 0.5, 0.2, 0.35, 0.6, 0.3
#: A subject that says nothing; otherwise it is the beginning of the question.
VAGUE = 0.5
#: What whoever asks chooses on the help desk's form: the right category, nothing, another one.
RIGHT_CATEGORY, NO_CATEGORY = 0.6, 0.25
CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
LONG_WORD = re.compile(r"[a-z]{5,}")


class Labelled(NamedTuple):
    """A ticket and what it is about."""

    template: str  # the phrasing that it was made from
    question: str  # what is asked, in whichever phrasing
    skill: str
    category: str  # "": none was chosen
    subject: str
    body: str


def phrasings(file: str) -> dict[str, list[str]]:
    """Return skill -> its questions as this file puts them, in its order."""
    found: dict[str, list[str]] = {}
    for line in FILES.joinpath(file).read_text("utf-8").splitlines():
        if line.startswith("== "):
            found[line.removeprefix("== ")] = rows = []
        elif line and not line.startswith("#"):
            rows.append(line)
    return found


def labelled_tickets(categories: dict[str, str], seed: int = SEED) -> list[Labelled]:
    """Return every labelled ticket, the same for the same seed; `categories` of skills by name."""
    return list(_drawn(categories, random.Random(seed)))


def _drawn(categories: dict[str, str], draw: random.Random) -> Iterator[Labelled]:
    frames = tomllib.loads(FILES.joinpath("frames.toml").read_text("utf-8"))
    menu = sorted({category for category in categories.values() if category})
    for file in PHRASINGS:
        for skill, rows in phrasings(file).items():
            for number, row in enumerate(rows):
                asked = CHOICE.sub(lambda found: draw.choice(found[1].split("|")), row)
                subject, body = _framed(asked, frames, draw)
                category = _category(categories[skill], menu, draw)
                question = f"{skill} {number}"
                yield Labelled(f"{question} {file}", question, skill, category, subject, body)


def _framed(asked: str, frames: dict[str, Any], draw: random.Random) -> tuple[str, str]:
    """A question with what stands around it, as subject and body."""
    parts = [asked if asked[-1] in "?.!" else asked + draw.choice(["?", "", "??", "."])]
    said = draw.sample(frames["chatter"], 2)
    if draw.random() < CHATTED:
        parts.insert(draw.choice([0, 1]), said[0])
    if draw.random() < CHATTED_TWICE:
        parts.append(said[1])
    if draw.random() < IN_PASSING:
        parts.insert(draw.randrange(len(parts) + 1), draw.choice(frames["passing"]))
    if draw.random() < GREETED:
        parts.insert(0, draw.choice(frames["greetings"]))
    if draw.random() < SIGNED:
        parts.append(draw.choice(frames["signatures"]))
    vague = draw.random() < VAGUE
    subject = draw.choice(frames["subjects"]) if vague else " ".join(asked.split()[:6])
    body = " ".join(parts)
    if draw.random() < MISTYPED:
        body = _mistyped(body, draw)
    return _filled(subject, frames, draw), _filled(body, frames, draw)


def _filled(text: str, frames: dict[str, Any], draw: random.Random) -> str:
    """A text with people, rooms and grades in their places."""
    student, other = draw.sample(frames["students"], 2)
    values = {
        "person": draw.choice(frames["people"]),
        "student": student,
        "student2": other,
        "room": draw.randrange(100, 240),
        "grade": draw.choice(frames["grades"]),
        "period": draw.choice(frames["periods"]),
    }
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def _mistyped(text: str, draw: random.Random) -> str:
    """A text with one to three words typed wrong: two letters swapped, one missing, one twice."""
    for _ in range(draw.randint(1, 3)):
        words = [found for found in LONG_WORD.finditer(text) if not _is_slot(text, found)]
        if not words:
            break
        word = draw.choice(words)
        at = draw.randrange(word.start() + 1, word.end() - 1)
        pair = draw.choice([text[at + 1] + text[at], text[at + 1], text[at] * 2 + text[at + 1]])
        text = text[:at] + pair + text[at + 2 :]
    return text


def _is_slot(text: str, found: re.Match[str]) -> bool:
    return text[found.start() - 1 : found.start()] == "{"


def _category(own: str, menu: list[str], draw: random.Random) -> str:
    told = draw.random()
    if told < RIGHT_CATEGORY:
        return own
    return "" if told < RIGHT_CATEGORY + NO_CATEGORY else draw.choice(menu)
