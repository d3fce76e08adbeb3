"""A catalogue by upload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from profiles.imports import Report, TakenOver
from profiles.models import ImportRun
from profiles.queries import the_district
from profiles.uploads import Kind, Upload

from .applying import apply_catalogue
from .importing import check_catalogue, import_catalogue, in_words

FILE = "the catalogue"


def check(upload: Upload, now: datetime) -> Report:
    """Return what the catalogue would change; nothing is written."""
    catalogue, problems, content_hash = check_catalogue(upload.path, name=FILE)
    counts = import_catalogue(
        catalogue=catalogue,
        problems=problems,
        content_hash=content_hash,
        as_draft=upload.options.get("as_draft", False),
        by=None,
        now=now,
        is_dry=True,
    )
    return Report(problems, len(catalogue.courses) + len(catalogue.runs), content_hash, counts)


def apply(upload: Upload, now: datetime, may_go_on: Callable[[], bool]) -> None:
    """Apply the catalogue, in one piece."""
    catalogue, problems, _ = check_catalogue(upload.path, name=FILE)
    with transaction.atomic():
        run = (
            ImportRun.objects.select_for_update()
            .filter(pk=upload.run.pk, state=ImportRun.State.RUNNING)
            .first()
        )
        if run is None:
            raise TakenOver
        run.counts = apply_catalogue(
            catalogue=catalogue,
            as_draft=upload.options.get("as_draft", False),
            zone=the_district().zone,
            now=now,
        )
        run.state = ImportRun.State.APPLIED
        run.finished_at = timezone.now()
        run.source = "catalogue"
        run.cursor = run.total
        run.problems = problems.as_json()
        run.save()


def words(run: ImportRun, is_dry: bool) -> list[str]:
    """Return the run's counts as sentences."""
    sentences = in_words(run.counts, is_dry=is_dry)
    return sentences[:-1] if is_dry else sentences  # the page says itself that nothing is written


KIND = Kind(
    name=ImportRun.Kind.CATALOGUE,
    title="Catalogue",
    words="A JSON file of sessions and their dates, in the shape of the Learn Catalog API.",
    accept=".json",
    order=2,
    check=check,
    apply=apply,
    in_words=words,
    fields=("as_draft",),
)
