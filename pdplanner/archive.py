"""A backup: one file with the database and the media of an installation.

A tar of data only: a manifest with the SHA-256 of every part, the database in its own dump
format (SQLite's file or PostgreSQL's custom format) and the media files. Nothing in it is ever
run. The signing key and other secrets are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

FORMAT = "pdplanner-backup-1"
DUMP_OF_VENDOR = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


class UnusableArchive(Exception):
    """The file is no backup of ours, or a damaged one, or one of another database."""


class DumpFailed(Exception):
    """The database's own tool could not write or read the dump; the message is the tool's."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_archive(*, target: Path, now: datetime) -> dict[str, int]:
    """Write a backup and return its counts; a half-written file is never left under its name."""
    media = Path(settings.MEDIA_ROOT)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DUMP_OF_VENDOR[connection.vendor]
        dump_database(dump)
        parts = {dump.name: dump} | {
            f"media/{path.relative_to(media).as_posix()}": path for path in files_below(media)
        }
        manifest = {
            "format": FORMAT,
            "written_at": now.isoformat(),
            "parts": {name: sha256_of(path) for name, path in parts.items()},
        }
        listing = Path(folder) / "manifest.json"
        listing.write_text(json.dumps(manifest, indent=1))
        unfinished = Path(folder) / "unfinished.tar"
        with tarfile.open(unfinished, "w") as tar:
            tar.add(listing, "manifest.json")
            for name, path in parts.items():
                tar.add(path, name, recursive=False)
        unfinished.chmod(0o600)
        unfinished.replace(target)
    return {"media": len(parts) - 1, "bytes": target.stat().st_size}


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the plain files below a folder, in order; nothing when there is no such folder."""
    if folder.is_dir():
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def read_archive(*, source: Path) -> int:
    """Put the database and media of a backup in place of the present ones.

    Everything is unpacked and checked before anything is replaced. Returns the number of media
    files. Raises UnusableArchive with what is wrong.
    """
    media = Path(settings.MEDIA_ROOT)
    media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.parent, prefix=".restore-") as name:
        folder = Path(name)
        manifest = unpack(source, folder)
        dump = folder / DUMP_OF_VENDOR[connection.vendor]
        if not dump.exists():
            held = next(part for part in manifest["parts"] if part.startswith("database."))
            raise UnusableArchive(
                f"{source} holds {held}, which is for another database than the one in use "
                f"({connection.vendor})."
            )
        if connection.vendor == "sqlite":
            check_sqlite(dump, source)
        load_database(dump)
        fresh, old = folder / "media", folder / "media-before"
        fresh.mkdir(exist_ok=True)
        if media.exists():
            media.rename(old)
        fresh.rename(media)
    return len(manifest["parts"]) - 1


def unpack(source: Path, folder: Path) -> dict:
    """Unpack a backup into an empty folder and return its manifest, every part checked."""
    try:
        with tarfile.open(source, "r:") as tar:
            tar.extractall(folder, filter="data")
        manifest = json.loads((folder / "manifest.json").read_text())
        if manifest["format"] != FORMAT:
            raise UnusableArchive(f"{source} is a backup of another kind: {manifest['format']}.")
        for name, digest in manifest["parts"].items():
            if sha256_of(folder / name) != digest:
                raise UnusableArchive(f"{source} is damaged: {name} is not what was written.")
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableArchive(f"{source} can't be read as a backup: {error}") from error
    unpacked = {path.relative_to(folder).as_posix() for path in files_below(folder)}
    if extra := unpacked - set(manifest["parts"]) - {"manifest.json"}:
        raise UnusableArchive(f"{source} holds what its list does not name: {min(extra)}")
    return manifest


def dump_database(target: Path) -> None:
    """Write the database into a file while others go on writing to it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        return
    postgres_tool("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def load_database(dump: Path) -> None:
    """Replace the database by a dump."""
    connections.close_all()
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"])
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(dump, database.with_name(database.name + ".restoring"))
        database.with_name(database.name + ".restoring").replace(database)
        return
    postgres_tool(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}",
        str(dump),
    )


def check_sqlite(dump: Path, source: Path) -> None:
    """Refuse a file that SQLite finds broken."""
    try:
        with sqlite3.connect(dump) as database:
            (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise UnusableArchive(f"{source} is damaged: its database says “{verdict}”.")


def postgres_tool(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own tools on our database; raise DumpFailed with its words."""
    access = connection.settings_dict
    environment = {
        **os.environ,
        "PGHOST": str(access["HOST"] or ""),
        "PGPORT": str(access["PORT"] or ""),
        "PGUSER": str(access["USER"] or ""),
        "PGPASSWORD": str(access["PASSWORD"] or ""),
        "PGDATABASE": str(access["NAME"]),
    }
    found = shutil.which(program)
    if found is None:
        raise DumpFailed(f"{program} is missing: install PostgreSQL's client programs.")
    done = subprocess.run(  # noqa: S603
        [found, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DumpFailed(done.stderr.strip() or f"{program} ended with {done.returncode}.")
