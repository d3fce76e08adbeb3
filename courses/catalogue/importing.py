"""From a file to an import: what the command line and the coordinator's upload share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from profiles.imports import (
    ImportRefused,
    Problems,
    Progress,
    TakenOver,
    hash_of,
    largest_upload,
    refuse_too_large,
    silent,
)
from profiles.models import ImportRun, User
from profiles.queries import the_district

from .applying import apply_catalogue
from .reading import read_catalogue
from .shape import CatalogueFile


def check_catalogue(
    path: Path, *, name: str = "", limit: int | None = None
) -> tuple[CatalogueFile, Problems, str]:
    """Return what a file holds, its warnings and its hash; nothing is written.

    Raises ImportRefused. `name` is what people call the file, `limit` the most bytes it may have
    (unset: what may be uploaded).
    """
    name = name or path.name
    limit = limit or largest_upload()
    if not path.is_file():
        raise ImportRefused.because(name, "there is no such file", "Check the path.")
    refuse_too_large(path, name, limit)
    content = path.read_bytes()
    problems = Problems()
    catalogue = read_catalogue(content, name=name, problems=problems, limit=limit)
    return catalogue, problems, hash_of(content)


@transaction.atomic
def import_catalogue(
    *,
    catalogue: CatalogueFile,
    problems: Problems,
    content_hash: str,
    source: str = "catalogue",
    as_draft: bool = False,
    by: User | None,
    now: datetime,
    is_dry: bool = False,
    run: ImportRun | None = None,
    progress: Progress = silent,
) -> dict[str, int]:
    """Apply a checked catalogue and write down that it happened; dry: write nothing.

    Raises TakenOver when another process has applied this run.
    """
    if run is None:
        run = ImportRun(kind=ImportRun.Kind.CATALOGUE, by=by, started_at=now)
    elif not ImportRun.objects.select_for_update().filter(pk=run.pk, state=ImportRun.State.RUNNING):
        raise TakenOver
    counts = apply_catalogue(
        catalogue=catalogue,
        source=source,
        as_draft=as_draft,
        zone=the_district().zone,
        now=now,
        is_dry=is_dry,
        progress=progress,
    )
    if is_dry:
        return counts
    run.state = ImportRun.State.APPLIED
    run.finished_at = timezone.now()
    run.content_hash = content_hash
    run.source = source
    run.cursor = run.total = catalogue.total
    run.counts = counts
    run.problems = problems.as_json()
    run.save()
    return counts


def in_words(counts: dict[str, int], *, is_dry: bool = False) -> list[str]:
    """Return what an import came to, as sentences."""
    would = "would be " if is_dry else ""
    lines = [
        f"{counts['sessions']:,} sessions: {counts['sessions_new']:,} {would}new, "
        f"{counts['sessions_changed']:,} {would}changed. {counts['skills_new']:,} new skills.",
        f"{counts['runs']:,} dated runs: {counts['runs_ahead']:,} ahead, "
        f"{counts['runs_past']:,} past and kept as history; {counts['runs_new']:,} {would}new, "
        f"{counts['runs_changed']:,} {would}changed.",
    ]
    told = {
        "sessions_without_minutes": "Sessions that have no minutes and stay drafts",
        "sessions_kept": "Sessions that a coach edited and that stay as they are",
        "sessions_gone": "Sessions of this source that are no longer in the file and stay",
        "runs_without_session": "Runs left out because they belong to no session of the file",
        "runs_without_length": "Runs left out because they have no length",
        "paths_left_out": "Learning paths left out, because paths are cut for each teacher",
    }
    lines.extend(f"{what}: {counts[name]:,}." for name, what in told.items() if counts[name])
    return lines
