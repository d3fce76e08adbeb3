"""The data folder of an installation on one machine: made, checked, and brought up to date.

Imports no Django until the folder is known to be good, so that a wrong place gets one sentence.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class UnusablePlace(Exception):
    """The data folder can't be made or written to; the message says what to do."""


def data_folder() -> Path:
    """Return PDPLANNER_DATA, or `var` beside the code."""
    return Path(os.environ.get("PDPLANNER_DATA") or ROOT / "var").resolve()


def check_place() -> Path:
    """Return the data folder, made when missing; raise UnusablePlace when it can't be used."""
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise UnusablePlace(
            f"The data folder {folder} can't be written to ({error.strerror or error}): "
            "give PDPLANNER_DATA another folder, or make this one yours."
        ) from None
    return folder


def is_embedded() -> bool:
    """Return whether the settings in force are those of one machine without other servers."""
    return os.environ.get("DJANGO_SETTINGS_MODULE") == "pdplanner.settings.embedded"


@contextmanager
def only_one(folder: Path, name: str, *, wait: bool) -> Iterator[bool]:
    """Hold a lock in the data folder; yields False at once when another process has it."""
    with (folder / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def migrations_mark() -> str:
    """Return a mark that changes whenever a migration of ours or of a dependency does."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    for package in ("Django", "wagtail", "django-allauth"):
        digest.update(version(package).encode())
    for path in sorted(ROOT.glob("*/migrations/0*.py")) + sorted(ROOT.glob("*/*/migrations/0*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def bring_up_to_date() -> None:
    """Make or migrate the database of this folder when the code has moved on; else a no-op.

    Says on standard error what it does, since a first time takes about ten seconds.
    """
    folder = check_place()
    database, mark = folder / "pdplanner.sqlite3", folder / "migrated"
    wanted = migrations_mark()
    if database.exists() and mark.exists() and mark.read_text() == wanted:
        return
    with only_one(folder, "migrate", wait=True):
        if database.exists() and mark.exists() and mark.read_text() == wanted:
            return
        import django
        from django.core.management import call_command

        print("Preparing the database …", file=sys.stderr)
        django.setup()
        # The cache comes first: Wagtail empties its own when the look book is made.
        call_command("createcachetable", verbosity=0)
        call_command("migrate", verbosity=0, interactive=False)
        mark.write_text(wanted)
