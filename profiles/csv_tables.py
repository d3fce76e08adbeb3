"""Reads CSV strictly: what Python's reader lets through silently is a named problem here."""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from .imports import Problems, Unreadable

#: A longer line is a broken file, not a row.
LONGEST_LINE = 8 * 1024 * 1024

# A record whose quotes stand only where RFC 4180 allows them. Every branch starts with another
# character, so the time is linear.
WELL_QUOTED = {
    delimiter: re.compile(
        rf'(?:"[^"]*(?:""[^"]*)*"|[^"{delimiter}\r\n]*)'
        rf'(?:{delimiter}(?:"[^"]*(?:""[^"]*)*"|[^"{delimiter}\r\n]*))*\r?\n?'
    )
    for delimiter in ",;"
}


class CsvTable:
    """One CSV file: its `header` at once, then its rows with the line each starts on.

    Anything that makes the rest unreadable raises Unreadable from `__init__` or `rows`; a row
    that is merely too short or long goes to `problems` and is left out.
    """

    def __init__(self, stream: BinaryIO, *, file: str, problems: Problems, delimiters: str = ","):
        self.file = file
        self._stream = stream
        self._problems = problems
        self._lines_read = 0
        self._record: list[str] = []
        first = next(self._lines(), "")
        if not first.strip():
            raise Unreadable(
                "the file is empty, or its first line is", "Export it again, with its header line."
            )
        self.delimiter = self._sniffed(first, delimiters)
        self._lines_read, self._record = 0, []
        self._reader = csv.reader(
            self._lines(first), strict=True, delimiter=self.delimiter, skipinitialspace=False
        )
        _, cells = next(self._records())
        self.width = len(cells)
        self.header = [cell.strip() for cell in cells]
        while self.header and not self.header[-1]:
            self.header.pop()
        self._refuse_twins()

    @staticmethod
    def _sniffed(first: str, delimiters: str) -> str:
        """The delimiter that the header line uses most."""
        return max(delimiters, key=first.count)

    def _refuse_twins(self) -> None:
        # By their places: in a file without a header these are cells of a person.
        seen: dict[str, int] = {}
        for place, name in enumerate(self.header, start=1):
            first = seen.setdefault(name.casefold(), place)
            if name and first != place:
                raise Unreadable(
                    f"columns {first} and {place} of the header have the same name",
                    "Leave one of the two out of the export: nobody can tell which one counts.",
                    line=1,
                )

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, cells) for every row that is as long as the header. Rows of empty cells,
        as spreadsheets leave them at the end, are none."""
        wanted, width = len(self.header), self.width
        for line, cells in self._records():
            if not any(map(str.strip, cells)):
                continue
            if len(cells) < wanted:
                self._problems.error(
                    self.file,
                    f"the row has {len(cells)} cells, the header {wanted}",
                    "A comma or a quote is missing on this line.",
                    line=line,
                )
            elif len(cells) > width or any(cells[wanted:]):
                self._problems.error(
                    self.file,
                    f"the row has {len(cells)} cells, the header {wanted}",
                    "Put a cell that holds a comma in double quotes.",
                    line=line,
                )
            else:
                yield line, cells

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        well_quoted = WELL_QUOTED[self.delimiter]
        while True:
            line = self._lines_read + 1
            self._record.clear()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._named(error, line) from None
            if not cells:
                continue  # a blank line
            if '"' in "".join(cells) and not well_quoted.fullmatch("".join(self._record)):
                raise Unreadable(
                    "a quote stands inside a cell that is not in quotes",
                    "Put the whole cell in double quotes and double each quote within.",
                    line=line,
                )
            yield line, cells

    def _named(self, error: csv.Error, line: int) -> Unreadable:
        """What Python's reader objects to, in our words, at the line where the row starts."""
        words = str(error)
        if "field limit" in words and len(self._record) == 1:
            return Unreadable(
                f"a cell has more than {csv.field_size_limit():,} characters",
                "Shorten it, or leave the column out of the export.",
                line=line,
            )
        if "new-line" in words:
            return Unreadable(
                "the lines end in a way that can't be read",
                "Save the file with Windows (CRLF) or Unix (LF) line ends.",
                line=line,
            )
        return Unreadable(
            "a quote that starts on this line is never closed, or closed in the wrong place",
            "Close it, and double each quote within the cell.",
            line=line,
        )

    def _lines(self, pushed_back: str = "") -> Iterator[str]:
        """Decoded lines; the first may have been read already."""
        if pushed_back:
            self._lines_read += 1
            self._record.append(pushed_back)
            yield pushed_back
        while raw := self._read_line():
            self._lines_read += 1
            text = self._decoded(raw)
            self._record.append(text)
            yield text

    def _read_line(self) -> bytes:
        try:
            raw = self._stream.readline(LONGEST_LINE + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
            raise Unreadable(
                "the file can't be read to its end",
                "It was cut off or damaged on the way; export or download it again.",
                line=self._lines_read + 1,
            ) from None
        if len(raw) > LONGEST_LINE:
            raise Unreadable(
                f"the line is longer than {LONGEST_LINE // 1024 // 1024} MB",
                "This is no CSV file, or its line ends were lost.",
                line=self._lines_read + 1,
            )
        return raw

    def _decoded(self, raw: bytes) -> str:
        line = self._lines_read
        if line == 1:
            if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise Unreadable("the file is not UTF-8 but UTF-16", "Save it as UTF-8.", line=1)
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if b"\0" in raw:
            raise Unreadable(
                "a NUL character stands on this line",
                "This is no text, or was damaged on the way; export it again.",
                line=line,
            )
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable(
                "the line is not UTF-8", "Save the file with the encoding UTF-8.", line=line
            ) from None
