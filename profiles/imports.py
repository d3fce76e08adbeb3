"""What every import shares: problems with a place and a remedy, limits, and what can be imported.

A problem never quotes a cell: cells hold names of people, and problems are kept in the history.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from django.conf import settings

#: How much larger than an upload a file on the command line, or an unpacked zip, may be.
ROOM_ON_COMMAND_LINE = 40
ROOM_UNPACKED = 10


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


#: Problems of one rule in one column that are listed one by one; the rest is counted.
LISTED_PER_RULE = {Severity.ERROR: 10, Severity.WARNING: 3}


class Problem(NamedTuple):
    """One thing wrong with a file: where, which rule, and what to do."""

    file: str
    line: int | None
    column: str
    rule: str
    remedy: str
    severity: Severity

    @property
    def place(self) -> str:
        """Where it is: file, line and column as far as known."""
        line = f"line {self.line}" if self.line else ""
        column = f"column {self.column}" if self.column else ""
        return ", ".join(part for part in (self.file, line, column) if part)

    def __str__(self) -> str:
        return f"{self.severity}: {self.place}: {self.rule}. {self.remedy}".rstrip()


class Rule(NamedTuple):
    """What problems of one kind share."""

    severity: Severity
    file: str
    column: str
    rule: str


@dataclass
class Problems:
    """Collects problems: a few of each rule one by one, the rest as a count, so that a million
    bad rows cost no memory."""

    listed: dict[Rule, list[Problem]] = field(default_factory=dict)
    counts: Counter[Rule] = field(default_factory=Counter)

    def error(
        self, file: str, rule: str, remedy: str = "", *, line: int | None = None, column: str = ""
    ) -> None:
        """Record what forbids the import."""
        self.add(Problem(file, line, column, rule, remedy, Severity.ERROR))

    def warning(
        self, file: str, rule: str, remedy: str = "", *, line: int | None = None, column: str = ""
    ) -> None:
        """Record what the import can live with."""
        self.add(Problem(file, line, column, rule, remedy, Severity.WARNING))

    def add(self, problem: Problem) -> None:
        """Record a problem."""
        rule = Rule(problem.severity, problem.file, problem.column, problem.rule)
        self.counts[rule] += 1
        if self.counts[rule] <= LISTED_PER_RULE[rule.severity]:
            self.listed.setdefault(rule, []).append(problem)

    def count(self, severity: Severity) -> int:
        """Return how many problems of this severity there are, listed or not."""
        return sum(number for rule, number in self.counts.items() if rule.severity == severity)

    @property
    def forbid(self) -> bool:
        """Whether anything here forbids the import."""
        return self.count(Severity.ERROR) > 0

    def __iter__(self) -> Iterator[Problem]:
        """Yield the listed problems, errors first, and after those of a rule how many are left."""
        for rule in sorted(self.listed, key=lambda rule: list(Severity).index(rule.severity)):
            yield from self.listed[rule]
            if left := self.counts[rule] - len(self.listed[rule]):
                remedy = f"And {left:,} more like it."
                yield Problem(rule.file, None, rule.column, rule.rule, remedy, rule.severity)

    def as_json(self) -> list[dict]:
        """Return what the history keeps."""
        return [problem._asdict() | {"place": problem.place} for problem in self]


class ImportRefused(Exception):
    """A file that cannot be imported as it is; `problems` say why. Nothing was written."""

    def __init__(self, problems: Problems):
        super().__init__(str(next(iter(problems), "The import was refused.")))
        self.problems = problems

    @classmethod
    def because(cls, file: str, rule: str, remedy: str = "") -> ImportRefused:
        """Return a refusal for a single reason."""
        problems = Problems()
        problems.error(file, rule, remedy)
        return cls(problems)


class Unreadable(Exception):
    """A file that stops being readable at some line."""

    def __init__(self, rule: str, remedy: str = "", *, line: int | None = None):
        super().__init__(rule)
        self.rule = rule
        self.remedy = remedy
        self.line = line


def largest_upload() -> int:
    """Return the bytes that a file uploaded in the browser may have."""
    return settings.IMPORT_MAX_BYTES


def largest_file() -> int:
    """Return the bytes that a file named on the command line may have."""
    return settings.IMPORT_MAX_BYTES * ROOM_ON_COMMAND_LINE


def largest_unpacked() -> int:
    """Return the bytes that the files of a zip or folder may have together."""
    return settings.IMPORT_MAX_BYTES * ROOM_UNPACKED


def size_in_words(size: int) -> str:
    """Return a number of bytes as a person says it."""
    return f"{size / 1024 / 1024:,.0f} MB"


def refuse_too_large(path: Path, name: str, limit: int) -> None:
    """Raise ImportRefused when the file is larger than it may be."""
    size = path.stat().st_size
    if size > limit:
        raise ImportRefused.because(
            name,
            f"the file has {size_in_words(size)}, more than the {size_in_words(limit)} allowed",
            "Export fewer rows or columns, and import the parts one after the other.",
        )


def hash_of(*parts: Path | bytes) -> str:
    """Return the SHA-256 over these files and bytes, in this order."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, bytes):
            digest.update(part)
            continue
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


class TakenOver(Exception):
    """Another process goes on with this import; this one must stop."""


@dataclass(frozen=True)
class Report:
    """What a check found: what an import would do, and what is wrong.

    `must_confirm` is a claim that somebody must say yes to before the import may be applied.
    """

    problems: Problems
    total: int
    content_hash: str
    counts: dict[str, int]
    must_confirm: str = ""
    leaving: tuple[int, ...] = ()  # ids of the teachers who would become inactive


class Progress(Protocol):
    """Told what is being done and, where it is known, which part of the whole is done."""

    def __call__(self, message: str, part: int = 0, whole: int = 0) -> None: ...


def silent(message: str, part: int = 0, whole: int = 0) -> None:
    """Show no progress."""
