"""The files of a roster, from a folder, a zip or a single table. A zip is read in place, never
unpacked to disk."""

from __future__ import annotations

import codecs
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..imports import (
    ImportRefused,
    Unreadable,
    hash_of,
    largest_file,
    largest_unpacked,
    refuse_too_large,
    size_in_words,
)

#: A roster has some twenty files; more entries are no roster.
MOST_ENTRIES = 1000
#: Name under which a single table that is no zip is opened.
TABLE = "table.csv"
#: A CSV file shrinks to a tenth or so; a file that shrinks more than this is a trap.
LARGEST_RATIO = 500
#: Any program that zips can pack so; other ways are refused rather than met by surprise.
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def is_text(path: Path) -> bool:
    """Whether a file begins as a table does, and not as a zip or another heap of bytes."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    is_utf_16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return bool(start.strip()) and not start.startswith(b"PK") and (b"\0" not in start or is_utf_16)


class RosterFiles:
    """Opens roster files by name, whatever the case of the names on disk."""

    def __init__(self, path: Path):
        self._zip: zipfile.ZipFile | None = None
        self._table: Path | None = None
        if not path.exists():
            raise ImportRefused.because(
                path.name, "there is no such file or folder", "Check the path."
            )
        self.path = path = self._zip_within(path) if path.is_dir() else path
        if path.is_dir():
            self._places = self._of_folder()
            return
        refuse_too_large(path, "the file", largest_file())
        if is_text(path):
            self._places = {TABLE: path.name}
            self.path = path.parent
            self._table = path
            return
        try:
            self._zip = zipfile.ZipFile(path)
            self._places = self._of_zip(self._zip)
        except (
            zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, OverflowError,
            struct.error, RuntimeError,
        ):  # fmt: skip
            raise ImportRefused.because(
                "the zip",
                "the file is no zip, or a broken one",
                "Download it again, or give the folder that holds the CSV files.",
            ) from None

    @staticmethod
    def _zip_within(folder: Path) -> Path:
        """The one zip of a folder that holds no CSV file itself, else the folder."""
        entries = [entry for entry in folder.iterdir() if entry.is_file()]
        zips = [entry for entry in entries if entry.suffix.casefold() == ".zip"]
        if not zips or any(entry.suffix.casefold() == ".csv" for entry in entries):
            return folder
        if len(zips) > 1:
            raise ImportRefused.because(
                "the folder",
                f"it holds {len(zips)} zips and no CSV file",
                f"Name the one that is meant: {', '.join(sorted(z.name for z in zips)[:10])}.",
            )
        return zips[0]

    @property
    def names(self) -> set[str]:
        """The names of the CSV files there are, in lower case."""
        return {name for name in self._places if name.endswith(".csv")}

    @property
    def only_table(self) -> str:
        """The name of the one CSV file there is; raises ImportRefused when there are more."""
        if len(self.names) != 1:
            raise ImportRefused.because(
                "the files",
                f"there are {len(self.names)} CSV files, and no format is known for them",
                "Give one table, or a full export of OneRoster or School Data Sync.",
            )
        return next(iter(self.names))

    def close(self) -> None:
        """Let go of the zip."""
        if self._zip is not None:
            self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._places

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Give a file's bytes as a stream, to be read by CsvTable; raises Unreadable."""
        place = self._places[name.casefold()]
        try:
            stream = (self.path / place).open("rb") if self._zip is None else self._zip.open(place)
        except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, struct.error):
            raise Unreadable("the file can't be opened", "Export or zip it again.") from None
        with stream:
            yield stream  # type: ignore[misc]

    def content_hash(self) -> str:
        """Return the SHA-256 over all that was given."""
        if self._zip is not None:
            return hash_of(self.path)
        if self._table is not None:
            return hash_of(self._table)
        parts: list[Path | bytes] = []
        for name in sorted(self._places):
            parts += [name.encode(), self.path / self._places[name]]
        return hash_of(*parts)

    def _of_folder(self) -> dict[str, str]:
        found = [entry for entry in self.path.iterdir() if entry.is_file()]
        self._refuse_bulk(sum(entry.stat().st_size for entry in found), "the folder")
        return self._by_name({entry.name: entry.name for entry in found}, "the folder")

    def _of_zip(self, archive: zipfile.ZipFile) -> dict[str, str]:
        entries = [
            entry
            for entry in archive.infolist()
            if not entry.is_dir() and "__MACOSX" not in entry.filename
        ]
        if len(entries) > MOST_ENTRIES:
            raise ImportRefused.because(
                "the zip", f"it holds {len(entries):,} files", "Zip the roster's CSV files alone."
            )
        for entry in entries:
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
                raise ImportRefused.because(
                    "the zip",
                    "it holds a file that points outside the zip",
                    "Zip the CSV files themselves, without folders.",
                )
            if entry.flag_bits & 1:
                raise ImportRefused.because(
                    "the zip", "it is locked with a password", "Zip the files without one."
                )
            if entry.compress_type not in PACKED:
                raise ImportRefused.because(
                    "the zip",
                    "a file in it is packed in a way that can't be read here",
                    "Zip the CSV files again, in the usual way.",
                )
            if entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1024):
                raise ImportRefused.because(
                    "the zip",
                    "a file in it grows more than any roster does when unpacked",
                    "Zip the CSV files again.",
                )
        self._refuse_bulk(sum(entry.file_size for entry in entries), "the zip")
        names = {entry.filename: PurePosixPath(entry.filename).name for entry in entries}
        return self._by_name(names, "the zip")

    @staticmethod
    def _refuse_bulk(size: int, what: str) -> None:
        if size > (limit := largest_unpacked()):
            raise ImportRefused.because(
                what,
                f"its files have {size_in_words(size)} together, "
                f"more than the {size_in_words(limit)} allowed",
                "Leave files out that are no part of the roster.",
            )

    @staticmethod
    def _by_name(names: dict[str, str], what: str) -> dict[str, str]:
        """Lower-case file name -> place; the same name twice is refused."""
        places: dict[str, str] = {}
        for place, name in names.items():
            if name.casefold() in places and name.casefold().endswith(".csv"):
                raise ImportRefused.because(
                    what, "two files in it have the same name", "Leave only the one that counts."
                )
            places[name.casefold()] = place
        return places
