"""A catalogue by upload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from profiles.imports import Report
from profiles.models import ImportRun
from profiles.uploads import Kind, Upload

from .importing import check_catalogue, import_catalogue, in_words

#: What problems call the file: its own name is forgotten.
NAME = "the catalogue"


def check(upload: Upload, now: datetime) -> Report:
    """Return what the catalogue would change; nothing is written."""
    catalogue, problems, content_hash = check_catalogue(upload.path, name=NAME)
    counts = import_catalogue(
        catalogue=catalogue,
        problems=problems,
        content_hash=content_hash,
        as_draft=bool(upload.options.get("as_draft")),
        by=upload.run.by,
        now=now,
        is_dry=True,
    )
    return Report(problems, catalogue.total, content_hash, counts)


def apply(upload: Upload, now: datetime, may_go_on: Callable[[], bool]) -> None:
    """Apply the catalogue, in one piece."""
    catalogue, problems, content_hash = check_catalogue(upload.path, name=NAME)
    import_catalogue(
        catalogue=catalogue,
        problems=problems,
        content_hash=content_hash,
        as_draft=bool(upload.options.get("as_draft")),
        by=upload.run.by,
        now=now,
        run=upload.run,
    )


def words(run: ImportRun, is_dry: bool) -> list[str]:
    """Return the run's counts as sentences."""
    return in_words(run.counts, is_dry=is_dry)


KIND = Kind(
    name=ImportRun.Kind.CATALOGUE,
    title="Catalogue",
    words=(
        "A JSON file in the shape of the Microsoft Learn Catalog API: sessions with their dated "
        "runs. What a coach has edited here stays as it is."
    ),
    accept=".json",
    order=2,
    check=check,
    apply=apply,
    in_words=words,
    fields=("as_draft",),
)
