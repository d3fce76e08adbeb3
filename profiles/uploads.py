"""Files that a coordinator uploads: kept in a private folder until applied or left, an hour at
most, and what can be done with them. Every part registers the kinds it can import."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from .imports import ImportRefused, Report, TakenOver, hash_of
from .models import ImportRun, User

logger = logging.getLogger("pdplanner.imports")

LONGEST_WAIT = timedelta(hours=1)
#: Nothing of these is written yet, so they may be left without a trace.
WAITING = (ImportRun.State.CHECKED, ImportRun.State.CHECKING)

Options = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """A file that waits, how it is to be read, and the run that stands for it."""

    run: ImportRun
    path: Path
    options: Options


@dataclass(frozen=True)
class Kind:
    """Something that can be imported by upload."""

    name: str  # a value of ImportRun.Kind
    title: str
    words: str  # what file is wanted, in a sentence
    accept: str  # for the file field
    order: int
    #: Reads the whole file and writes nothing; raises ImportRefused.
    check: Callable[[Upload, datetime], Report]
    #: Writes it and moves the run to APPLIED. May stop half-way, without harm, once the last
    #: argument says so. Raises ImportRefused or TakenOver.
    apply: Callable[[Upload, datetime, Callable[[], bool]], None]
    #: What a run's counts say, as sentences; the second argument: nothing is written yet.
    in_words: Callable[[ImportRun, bool], list[str]]
    fields: tuple[str, ...] = field(default=())  # options asked for with the file


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known: parts above call it when they are loaded."""
    KINDS[kind.name] = kind


def kinds() -> list[Kind]:
    """Return what can be uploaded, in the order it is needed."""
    return sorted(KINDS.values(), key=lambda kind: kind.order)


# ---- the folder ---------------------------------------------------------------------------------


def folder() -> Path:
    """Return the private folder of uploads, made when missing."""
    path = Path(settings.DATA) / "uploads"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def place_of(run: ImportRun) -> Path:
    """Return where a run's upload lies."""
    return folder() / str(run.pk)


def private(path: Path) -> BinaryIO:
    """Open a file for writing that nobody else on this machine may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def keep(
    chunks: Iterable[bytes], *, kind: Kind, options: Options, by: User, now: datetime
) -> Upload:
    """Store an upload under a fresh run, readable by this program alone. Its name is forgotten."""
    run = ImportRun.objects.create(
        kind=kind.name, state=ImportRun.State.CHECKED, by=by, started_at=now
    )
    place = place_of(run)
    place.mkdir(mode=0o700)
    with private(place / "file") as out:
        for chunk in chunks:
            out.write(chunk)
    upload = Upload(run=run, path=place / "file", options=options)
    set_options(upload, options)
    return upload


def set_options(upload: Upload, options: Options) -> Upload:
    """Store how an upload is to be read; return it with them."""
    path = upload.path.with_name("options.json")
    fresh = upload.path.with_name("options.new")
    with private(fresh) as out:
        out.write(json.dumps(options).encode())
    fresh.replace(path)
    return Upload(run=upload.run, path=upload.path, options=options)


def find(run: ImportRun) -> Upload | None:
    """Return a run's upload, None when it is gone."""
    path = place_of(run) / "file"
    try:
        options = json.loads(path.with_name("options.json").read_text())
    except (OSError, ValueError):
        return None
    return Upload(run=run, path=path, options=options) if path.is_file() else None


def forget(run: ImportRun) -> None:
    """Delete a run's upload."""
    shutil.rmtree(place_of(run), ignore_errors=True)


def note(run: ImportRun, words: str, part: int = 0, whole: int = 0) -> None:
    """Write down how far an upload is: beside it, because what is written in the database shows
    only when all of it is there."""
    place = place_of(run)
    fresh = place / f"progress.{os.getpid()}"
    try:
        with private(fresh) as out:
            out.write(json.dumps({"words": words, "part": part, "whole": whole}).encode())
        fresh.replace(place / "progress.json")
    except OSError:
        return  # the upload is gone meanwhile; so is whoever wanted to know


def progress_of(run: ImportRun) -> dict[str, Any]:
    """Return what was last noted of an upload: words, part and whole; empty without any."""
    try:
        noted: dict[str, Any] = json.loads((place_of(run) / "progress.json").read_text())
    except (OSError, ValueError):
        return {}
    return noted


def leave(run: ImportRun) -> bool:
    """Forget an upload that was never applied, and its run; return whether it was one."""
    gone, _ = ImportRun.objects.filter(pk=run.pk, state__in=WAITING).delete()
    if gone:
        forget(run)
    return bool(gone)


# ---- checking and applying ----------------------------------------------------------------------


def check(upload: Upload, *, now: datetime) -> Upload:
    """Check an upload and write the report into its run. Raises ImportRefused, the file gone."""
    try:
        report = KINDS[upload.run.kind].check(upload, now)
    except ImportRefused as refusal:
        refuse(upload, refusal, now=now)
        raise
    # Not saved but updated: whoever left the upload meanwhile must not find it back.
    is_wanted = ImportRun.objects.filter(pk=upload.run.pk, state__in=WAITING).update(
        state=ImportRun.State.CHECKED,
        total=report.total,
        content_hash=report.content_hash,
        counts=report.counts,
        problems=report.problems.as_json(),
    )
    if not is_wanted:
        forget(upload.run)
        return upload
    (place_of(upload.run) / "progress.json").unlink(missing_ok=True)
    found = {"must_confirm": report.must_confirm, "leaving": list(report.leaving)}
    return set_options(upload, upload.options | found)


def refuse(upload: Upload, refusal: ImportRefused, *, now: datetime) -> None:
    """Write down why an upload can't be used, and forget it."""
    ImportRun.objects.filter(pk=upload.run.pk, state__in=WAITING).update(
        state=ImportRun.State.REFUSED,
        finished_at=now,
        content_hash=hash_of(upload.path),
        problems=refusal.problems.as_json(),
    )
    forget(upload.run)


def check_later(upload: Upload) -> None:
    """Leave the check of a large upload to the background."""
    ImportRun.objects.filter(pk=upload.run.pk, state=ImportRun.State.CHECKED).update(
        state=ImportRun.State.CHECKING
    )


def start(run: ImportRun, *, now: datetime) -> bool:
    """Say that a checked run is to be applied; return whether this call was the one."""
    return bool(
        ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.CHECKED).update(
            state=ImportRun.State.RUNNING, started_at=now
        )
    )


def go_on(run: ImportRun, *, now: datetime, may_go_on: Callable[[], bool] = lambda: True) -> None:
    """Apply a running upload as far as it gets; what is left is gone on with later."""
    upload = find(run)
    if upload is None:
        return
    try:
        KINDS[run.kind].apply(upload, now, may_go_on)
    except TakenOver:
        return
    except ImportRefused as refused:
        ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.RUNNING).update(
            state=ImportRun.State.REFUSED,
            finished_at=timezone.now(),
            problems=refused.problems.as_json(),
        )
    run.refresh_from_db()
    if run.state != ImportRun.State.RUNNING:
        forget(run)


def continue_runs(*, now: datetime) -> int:
    """Go on with every upload that is being checked or applied; return how many there were."""
    sweep(now=now)
    unchecked = [
        upload
        for run in ImportRun.objects.filter(state=ImportRun.State.CHECKING).order_by("pk")
        if (upload := find(run)) is not None
    ]
    for upload in unchecked:
        with contextlib.suppress(ImportRefused):  # its run says why
            check(upload, now=now)
    waiting = [
        run
        for run in ImportRun.objects.filter(state=ImportRun.State.RUNNING).order_by("pk")
        if place_of(run).exists()
    ]
    for run in waiting:
        go_on(run, now=now)
    return len(unchecked) + len(waiting)


def sweep(*, now: datetime) -> None:
    """Delete what has waited an hour, what was applied, and what no run stands for."""
    before = now - LONGEST_WAIT
    old = ImportRun.objects.filter(started_at__lt=before)
    for run in old.filter(state__in=WAITING):
        leave(run)
    # By upload only: an import from the command line is gone on with there.
    stuck = old.filter(state=ImportRun.State.RUNNING).exclude(by=None)
    stuck.update(state=ImportRun.State.STOPPED, finished_at=now)
    # Listed before the runs are read: a run is there before its folder, so that what arrives in
    # between is either not listed or known.
    places = list(folder().iterdir())
    alive = set(
        ImportRun.objects.filter(state__in=(*WAITING, ImportRun.State.RUNNING)).values_list(
            "pk", flat=True
        )
    )
    for place in places:
        if not place.name.isdecimal() or int(place.name) not in alive:
            shutil.rmtree(place, ignore_errors=True)
