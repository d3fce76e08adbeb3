"""What is written by hand, read from the files beside this module: tools, skills and sessions."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from profiles.choices import Format

FILES = resources.files(__package__)


@dataclass(frozen=True, slots=True)
class ToolText:
    name: str
    description: str
    aliases: tuple[str, ...]
    words: tuple[str, ...]
    rooms: tuple[str, ...]  # kinds of school that have it from the start
    share: float  # of the teachers there who use it


@dataclass(frozen=True, slots=True)
class SkillText:
    name: str
    description: str
    area: str
    tool: str
    aliases: tuple[str, ...]
    words: tuple[str, ...]
    digcompedu: str
    iste: str
    category: str  # of the help desk; "": its people can't tell
    season: str
    rate: float  # how often it is asked about, against the others
    minutes: float  # that a question costs a class on average
    pedagogy: float  # share of questions about teaching with it
    kinds: tuple[str, ...]  # kinds of school; none: all
    subjects: tuple[str, ...]  # none: all
    needs_tool: bool  # only rooms with the tool can ask


@dataclass(frozen=True, slots=True)
class RunText:
    """An upcoming run: on the first such weekday that many days ahead, or on the next PD day."""

    in_days: int
    day: str  # mon … fri, or pd
    at: str  # HH:MM
    place: str
    school: str
    seats: int
    left: int  # seats nobody holds
    waiting: int


@dataclass(frozen=True, slots=True)
class SessionText:
    key: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    minutes: int
    format: str
    level: str
    skills: Mapping[str, str]  # name -> strength
    tools: tuple[str, ...]
    grade_bands: tuple[str, ...]
    subjects: tuple[str, ...]
    advised: tuple[str, ...]
    required: tuple[str, ...]
    equivalents: tuple[str, ...]
    since: int  # school years ago it was published: 0 is new this year
    completion_rule: tuple[str, ...]  # empty: what suits the format
    task: str
    runs: tuple[RunText, ...]
    body: tuple[Mapping[str, Any], ...]

    @property
    def is_live(self) -> bool:
        """Whether it happens on dates."""
        return self.format == Format.LIVE

    @property
    def check_ids(self) -> tuple[str, ...]:
        """The block ids of its quick checks."""
        return tuple(
            block_id(self.key, number)
            for number, part in enumerate(self.body)
            if "question" in part
        )

    @property
    def is_complete(self) -> bool:
        """Whether a teacher could learn from it today: text, steps, a check and several rooms."""
        return (
            any("text" in part for part in self.body)
            and sum(len(part.get("steps", ())) for part in self.body) >= 3
            and bool(self.check_ids)
            and sum(len(part.get("rooms", ())) for part in self.body) >= 3
        )


@cache
def tools() -> tuple[ToolText, ...]:
    """The tools, in the order of their file."""
    return tuple(ToolText(**_tuples(row)) for row in tomllib.loads(_read("tools.toml"))["tool"])


@cache
def skills() -> tuple[SkillText, ...]:
    """The skills, in the order of their file."""
    defaults: dict[str, Any] = {
        "tool": "",
        "pedagogy": 0.15,
        "kinds": (),
        "subjects": (),
        "needs_tool": False,
    }
    rows = tomllib.loads(_read("skills.toml"))["skill"]
    return tuple(SkillText(**defaults | _tuples(row)) for row in rows)


@cache
def sessions() -> tuple[SessionText, ...]:
    """The sessions, each after those that come before it, else by key."""
    files = sorted(
        (file for file in (FILES / "sessions").iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    found = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for file in files
    }
    ordered: dict[str, SessionText] = {}

    def visit(key: str) -> None:
        if key not in ordered:
            session = _session(key, found[key])
            for before in (*session.required, *session.advised):
                visit(before)
            ordered[key] = session

    for key in found:
        visit(key)
    return tuple(ordered.values())


def body_of(session: SessionText, tool_ids: Mapping[str, int]) -> str:
    """The session's body as the stream field stores it. The same text, the same block ids."""
    blocks = []
    for number, part in enumerate(session.body):
        kind, value = _block(part, tool_ids, session.key, number)
        blocks.append({"type": kind, "value": value, "id": block_id(session.key, number)})
    return json.dumps(blocks)


def block_id(key: str, *numbers: int) -> str:
    """A block's id, made from its place in the session."""
    return str(uuid5(NAMESPACE_URL, "/".join(("pdplanner-sample", key, *map(str, numbers)))))


def html_of(text: str) -> str:
    """Paragraphs and lists ("- " and "1. ") of plain text with **bold**, as HTML."""
    html = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        if lines[0].startswith("### "):
            html.append(f"<h3>{_inline(lines[0][4:])}</h3>")
        elif lines[0].startswith(("- ", "1. ")):
            tag = "ul" if lines[0].startswith("- ") else "ol"
            items = re.split(r"\n(?:- |\d+\. )", "\n" + "\n".join(lines))[1:]
            html.append(f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>")
        else:
            html.append(f"<p>{_inline(' '.join(lines))}</p>")
    return "".join(html)


def _block(
    part: Mapping[str, Any], tool_ids: Mapping[str, int], key: str, number: int
) -> tuple[str, Any]:
    def items(name: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {"type": "item", "value": value, "id": block_id(key, number, index)}
            for index, value in enumerate(values)
        ]

    if "text" in part:
        return "text", html_of(part["text"])
    if "steps" in part:
        steps = [
            {
                "title": step["title"],
                "text": html_of(step["text"]) if "text" in step else "",
                "minutes": step.get("minutes"),
            }
            for step in part["steps"]
        ]
        heading = part.get("heading", "Try it now")
        return "steps", {"heading": heading, "steps": items("steps", steps)}
    if "question" in part:
        answers = [
            {
                "text": answer["text"],
                "is_right": answer.get("right", False),
                "reply": answer.get("reply", ""),
            }
            for answer in part["answers"]
        ]
        return "check", {"question": part["question"], "answers": items("answers", answers)}
    rooms = [
        {
            "grade_bands": room.get("grade_bands", []),
            "subjects": room.get("subjects", []),
            "tools": [
                {
                    "type": "item",
                    "value": tool_ids[tool],
                    "id": block_id(key, number, index, place),
                }
                for place, tool in enumerate(room.get("tools", []))
            ],
            "text": html_of(room["text"]),
        }
        for index, room in enumerate(part["rooms"])
    ]
    heading = part.get("heading", "How it looks in your room")
    return "rooms", {"heading": heading, "variants": items("rooms", rooms)}


def _session(key: str, row: Mapping[str, Any]) -> SessionText:
    defaults: dict[str, Any] = {
        "tools": (),
        "grade_bands": (),
        "subjects": (),
        "advised": (),
        "required": (),
        "equivalents": (),
        "since": 1,
        "completion_rule": (),
        "task": "",
        "runs": (),
    }
    values = defaults | _tuples(row)
    run: dict[str, Any] = {"school": "", "left": 8, "seats": 20, "waiting": 0}
    values["runs"] = tuple(RunText(**run | dict(one)) for one in values["runs"])
    return SessionText(key=key, **values)


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _inline(text: str) -> str:
    flat = escape(" ".join(text.split()), quote=False)
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", flat)


def _read(name: str) -> str:
    return (FILES / name).read_text("utf-8")
