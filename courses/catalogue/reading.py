"""From the bytes of a file to a CatalogueFile. Pure: no database, no clock, no disk."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from profiles.choices import Format, GradeBand, Level
from profiles.imports import ImportRefused, Problems, size_in_words

from .shape import CatalogueCourse, CatalogueFile, CatalogueRun

#: One import is one transaction; more than this would keep everybody else waiting.
MOST_COURSES = 5_000
MOST_RUNS = 50_000
MOST_MINUTES = 6_000
LONGEST_TEXT = 20_000
YEARS = range(1990, 2101)

LEVELS = {
    "beginner": Level.A1,
    "intermediate": Level.B1,
    "advanced": Level.C1,
    **{level.value.casefold(): level for level in Level},
}
FORMATS = {
    "online": Format.SELF_PACED,
    "self-paced": Format.SELF_PACED,
    "remote": Format.LIVE,
    "face-to-face": Format.LIVE,
    "live": Format.LIVE,
    "blended": Format.LIVE,
    "coached": Format.COACHED,
    "quick-card": Format.QUICK_CARD,
}
#: Ages in years and England's key stages, as the grades of the same ages.
BANDS = {
    "4-5 years": GradeBand.PK_2,
    "5-7 years": GradeBand.PK_2,
    "7-11 years": GradeBand.G3_5,
    "11-14 years": GradeBand.G6_8,
    "14-16 years": GradeBand.G9_12,
    "16-19 years": GradeBand.G9_12,
    "key stage 1": GradeBand.PK_2,
    "key stage 2": GradeBand.G3_5,
    "key stage 3": GradeBand.G6_8,
    "key stage 4": GradeBand.G9_12,
    "post 16": GradeBand.G9_12,
    **{band.value: band for band in GradeBand},
}


def read_catalogue(
    content: bytes, *, name: str, problems: Problems, limit: int | None = None
) -> CatalogueFile:
    """Return what the file holds; warnings go to `problems`. Raises ImportRefused.

    `limit` is the most bytes that are read at all.
    """
    document = _document(content, name, limit)
    reader = _Reader(name, problems)
    courses = reader.courses(document)
    runs, without_course, without_end = reader.runs(document, courses)
    if problems.forbid:
        raise ImportRefused(problems)
    paths = document.get("learningPaths")
    return CatalogueFile(
        courses=tuple(courses.values()),
        runs=tuple(runs),
        runs_without_course=without_course,
        runs_without_end=without_end,
        paths=len(paths) if isinstance(paths, list) else 0,
    )


def _document(content: bytes, name: str, limit: int | None) -> dict[str, Any]:
    """Return the JSON object in the file, or refuse the file as a whole."""
    if limit is not None and len(content) > limit:
        raise ImportRefused.because(
            name,
            f"the file has {size_in_words(len(content))}, more than {size_in_words(limit)}",
            "Split it into several catalogues.",
        )
    if not content.strip():
        raise ImportRefused.because(name, "the file is empty", "Export the catalogue again.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ImportRefused.because(
            f"{name}, line {line}", "the text is not UTF-8", "Save the file with encoding UTF-8."
        ) from None
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ImportRefused.because(
            f"{name}, line {error.lineno}, column {error.colno}",
            "the file is no JSON from here on",
            "Export it again, or correct it at this place.",
        ) from None
    except (RecursionError, ValueError):
        raise ImportRefused.because(
            name, "the file nests too deeply or holds an absurd number", "Export it again."
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("modules"), list):
        raise ImportRefused.because(
            name,
            "the file has no list of “modules”",
            "It has to be one JSON object with “modules”, as the Learn Catalog API gives it.",
        )
    for field, most in (("modules", MOST_COURSES), ("occurrences", MOST_RUNS)):
        rows = document.get(field)
        if isinstance(rows, list) and len(rows) > most:
            raise ImportRefused.because(
                f"{name}, {field}",
                f"{len(rows):,} entries are more than the {most:,} of one import",
                "Split the file.",
            )
    return document


class _Reader:
    """Reads entries one by one and notes what is wrong where."""

    def __init__(self, name: str, problems: Problems):
        self.name = name
        self.problems = problems

    def courses(self, document: dict[str, Any]) -> dict[str, CatalogueCourse]:
        """Return the sessions by uid."""
        courses: dict[str, CatalogueCourse] = {}
        for number, row in enumerate(document["modules"]):
            place = f"modules[{number}]"
            if not isinstance(row, dict):
                self._error(place, "this is no object", "Each module is one JSON object.")
                continue
            course = self._course(row, place)
            if course.uid in courses:
                self._error(
                    f"{place}.uid",
                    "another module has this uid",
                    "Give each module a uid of its own.",
                )
            elif course.uid:
                courses[course.uid] = course
        for course in courses.values():
            for uid in course.prerequisite_uids:
                if uid not in courses or uid == course.uid:
                    self._warning(
                        f"{course.place}.prerequisite_uids",
                        "one of these is no other module of this file",
                        "The link was left out.",
                    )
        if not courses and not self.problems.forbid:
            self._error("modules", "the list is empty", "Export the catalogue again.")
        return courses

    def _course(self, row: dict[str, Any], place: str) -> CatalogueCourse:
        uid = self._text(row, "uid", place, longest=255, needed=True)
        where = f"{place} ({uid[:60]})" if uid else place
        minutes = self._number(row, "duration_in_minutes", where, most=MOST_MINUTES)
        if minutes is None and row.get("duration_in_minutes") is None:
            self._warning(
                f"{where}.duration_in_minutes",
                "the session has no minutes",
                "It stays a draft until a coach says how long it takes.",
            )
        return CatalogueCourse(
            uid=uid,
            title=self._text(row, "title", where, longest=255, needed=True),
            summary=self._text(row, "summary", where),
            objectives=self._texts(row, "objectives", where),
            skills=self._texts(row, "subjects", where, longest=100),
            minutes=minutes,
            duration_words=self._text(row, "duration_text", where),
            format=self._format(row, where),
            level=self._level(row, where),
            grade_bands=self._bands(row, where),
            audience_words=self._text(row, "audience", where),
            before_words=self._text(row, "prerequisites", where),
            how_words=self._text(row, "how_you_will_learn", where),
            prerequisite_uids=self._texts(row, "prerequisite_uids", where),
            place=where,
        )

    def runs(
        self, document: dict[str, Any], courses: dict[str, CatalogueCourse]
    ) -> tuple[list[CatalogueRun], int, int]:
        """Return the runs, how many name no session here, and how many end before they begin."""
        rows = document.get("occurrences") or []
        if not isinstance(rows, list):
            self._error("occurrences", "this is no list", "Leave it out when there are no dates.")
            return [], 0, 0
        runs: dict[str, CatalogueRun] = {}
        without_course = without_end = 0
        for number, row in enumerate(rows):
            place = f"occurrences[{number}]"
            if not isinstance(row, dict):
                self._error(place, "this is no object", "Each occurrence is one JSON object.")
                continue
            run = self._run(row, place)
            if run is None:
                continue
            if run.number in runs:
                self._error(
                    f"{place}.occurrence_no",
                    "another occurrence has this number",
                    "Give each occurrence a number of its own.",
                )
            elif run.course_uid not in courses:
                without_course += 1
                self._warning(
                    f"{place}.module_uid",
                    "the run belongs to no module of this file",
                    "It was left out.",
                )
            elif run.ends_at <= run.starts_at:
                without_end += 1
                self._warning(f"{place}.end", "the run has no length", "It was left out.")
            else:
                runs[run.number] = run
        return list(runs.values()), without_course, without_end

    def _run(self, row: dict[str, Any], place: str) -> CatalogueRun | None:
        starts_at = self._moment(row, "start", place)
        ends_at = self._moment(row, "end", place)
        number = self._text(row, "occurrence_no", place, longest=255, needed=True)
        if starts_at is None or ends_at is None or not number:
            return None
        if (starts_at.tzinfo is None) != (ends_at.tzinfo is None):
            self._error(
                f"{place}.end",
                "start and end are written in two ways",
                "Give both with an offset, or both without.",
            )
            return None
        if ends_at < starts_at:
            self._error(
                f"{place}.end", "the run ends before it begins", "Correct one of the two dates."
            )
            return None
        return CatalogueRun(
            number=number,
            course_uid=self._text(row, "module_uid", place, longest=255),
            starts_at=starts_at,
            ends_at=ends_at,
            where=self._where(row, place),
            link=self._link(row, place),
            seats=self._number(row, "seats", place, most=100_000),
            place=place,
        )

    # ---- single fields -------------------------------------------------------------------------

    def _text(
        self,
        row: dict[str, Any],
        field: str,
        place: str,
        *,
        longest: int = LONGEST_TEXT,
        needed: bool = False,
    ) -> str:
        value = row.get(field)
        if value is None and not needed:
            return ""
        return self._checked(value, f"{place}.{field}", longest=longest, needed=needed)

    def _texts(
        self, row: dict[str, Any], field: str, place: str, *, longest: int = LONGEST_TEXT
    ) -> tuple[str, ...]:
        values = row.get(field)
        if values is None:
            return ()
        if not isinstance(values, list):
            self._error(f"{place}.{field}", "this is no list", "Put the texts in square brackets.")
            return ()
        texts = (self._checked(value, f"{place}.{field}", longest=longest) for value in values)
        return tuple(dict.fromkeys(text for text in texts if text))

    def _checked(self, value: Any, place: str, *, longest: int, needed: bool = False) -> str:
        """Return a text that the database can hold, trimmed; else note the problem."""
        if value is not None and not isinstance(value, str):
            self._error(place, "this is no text", "Put it in double quotes.")
            return ""
        text = (value or "").strip()
        if needed and not text:
            self._error(place, "this is missing or empty", "Every entry needs it.")
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            self._error(place, "the text holds a character that is none", "Take it out.")
            return ""
        if len(text) > longest:
            self._error(
                place,
                f"the text has {len(text):,} characters of {longest:,} allowed",
                "Shorten it.",
            )
            return ""
        return text

    def _number(self, row: dict[str, Any], field: str, place: str, *, most: int) -> int | None:
        value = row.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            self._error(
                f"{place}.{field}",
                f"this is no whole number from 1 to {most:,}",
                "Correct it, or write null when nobody knows.",
            )
            return None
        return value

    def _moment(self, row: dict[str, Any], field: str, place: str) -> datetime | None:
        value = row.get(field)
        try:
            # A day without a time would silently become midnight.
            moment = datetime.fromisoformat(value) if value and "T" in value else None
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.year not in YEARS:
            self._error(
                f"{place}.{field}",
                f"this is no date and time between {YEARS[0]} and {YEARS[-1]}",
                "Write it as 2026-09-14T15:30.",
            )
            return None
        return moment

    def _level(self, row: dict[str, Any], place: str) -> str:
        names = self._texts(row, "levels", place)
        known = sorted({LEVELS[name.casefold()] for name in names if name.casefold() in LEVELS})
        if names and not known:
            self._warning(f"{place}.levels", "the level is unknown", "It was left empty.")
        return known[0].value if known else ""

    def _format(self, row: dict[str, Any], place: str) -> str:
        mode = self._text(row, "delivery_mode", place)
        if mode and mode.casefold() not in FORMATS:
            self._warning(
                f"{place}.delivery_mode", "the way of delivery is unknown", "Taken as self-paced."
            )
        return FORMATS.get(mode.casefold(), Format.SELF_PACED).value

    def _bands(self, row: dict[str, Any], place: str) -> tuple[str, ...]:
        names = [name.casefold() for name in self._texts(row, "age_groups", place)]
        if any(name not in BANDS for name in names):
            self._warning(f"{place}.age_groups", "an age group is unknown", "It was left out.")
        found = {BANDS[name] for name in names if name in BANDS}
        return tuple(band.value for band in GradeBand if band in found)

    def _where(self, row: dict[str, Any], place: str) -> str:
        if row.get("online") is True or row.get("remote") is True:
            return "Online"
        parts = (self._text(row, field, place, longest=95) for field in ("city", "hub"))
        return ", ".join(part for part in parts if part)

    def _link(self, row: dict[str, Any], place: str) -> str:
        link = self._text(row, "link", place, longest=200)
        if link:
            try:
                URLValidator(schemes=["http", "https"])(link)
            except ValidationError:
                self._warning(f"{place}.link", "this is no web address", "It was left out.")
                return ""
        return link

    def _error(self, place: str, rule: str, remedy: str) -> None:
        self.problems.error(f"{self.name}, {place}", rule, remedy)

    def _warning(self, place: str, rule: str, remedy: str) -> None:
        self.problems.warning(f"{self.name}, {place}", rule, remedy)
