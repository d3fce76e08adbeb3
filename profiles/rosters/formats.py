"""Which format a set of files is: recognised by the files and their columns, or said."""

from __future__ import annotations

from dataclasses import dataclass

from ..csv_tables import CsvTable
from ..imports import ImportRefused, Problems, Unreadable
from ..mappings import Columns
from .files import RosterFiles

ONEROSTER, SDS, LEGACY_SDS, TABLE = "oneroster", "sds", "sds-1", "csv"
FORMATS = (ONEROSTER, SDS, LEGACY_SDS, TABLE)
LEGACY_FILES = {"school.csv", "teacher.csv", "section.csv"}


@dataclass(frozen=True)
class Wanted:
    """What is said of how a set is to be read; all of it may be left to recognition."""

    format: str = ""
    columns: Columns | None = None  # of a table
    name: str = "Teachers"  # of a table: its teachers are known under it


def recognise(files: RosterFiles) -> str:
    """Return the format of these files; OneRoster when none fits: it says what is missing."""
    names = files.names
    if "manifest.csv" in names:
        return ONEROSTER
    if {"school.csv", "teacher.csv"} <= names or len(names & LEGACY_FILES) == len(LEGACY_FILES):
        return LEGACY_SDS
    if {"orgs.csv", "users.csv"} <= names:
        return SDS if _is_school_data_sync(files) else ONEROSTER
    return TABLE if len(names) == 1 and not names & {"users.csv", "orgs.csv"} else ONEROSTER


def _is_school_data_sync(files: RosterFiles) -> bool:
    """School Data Sync's users have neither a status nor a time of change, its orgs no number."""
    headings = headings_of(files, "users.csv") | headings_of(files, "orgs.csv")
    return "roles.csv" in files.names and not headings & {"datelastmodified", "enableduser"}


def headings_of(files: RosterFiles, name: str) -> set[str]:
    """Return the headings of a file in lower case; none when they can't be read."""
    try:
        with files.open(name) as stream:
            header = CsvTable(stream, file=name, problems=Problems()).header
    except Unreadable:  # whoever reads the file says why
        return set()
    return {heading.casefold() for heading in header}


def chosen(files: RosterFiles, wanted: Wanted) -> str:
    """Return the format to read by; raises ImportRefused for one that there is none of."""
    if wanted.format and wanted.format not in FORMATS:
        raise ImportRefused.because(
            "--format", "there is no such format", f"The formats are {', '.join(FORMATS)}."
        )
    if wanted.columns and not wanted.format:
        return TABLE
    return wanted.format or recognise(files)
