"""Backup and restore: what went in comes out, and a bad file replaces nothing."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.utils import timezone

from pdplanner.archive import UnusableArchive, read_archive, write_archive
from profiles.models import District


def pdplanner(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PDPLANNER")
    } | {
        "PDPLANNER_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "pdplanner.settings.embedded",
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pdplanner", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A data folder of the embedded mode with one coordinator and one picture."""
    folder = tmp_path_factory.mktemp("place")
    made = pdplanner(folder, "add-person", "carl@example.org", "--role", "coordinator")
    assert made.returncode == 0, made.stderr
    (folder / "media" / "images").mkdir(parents=True)
    (folder / "media" / "images" / "cover.png").write_bytes(b"a picture")
    return folder


def emails(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "pdplanner.sqlite3") as database:
        return [row[0] for row in database.execute("SELECT email FROM profiles_user ORDER BY 1")]


@pytest.mark.sqlite
@pytest.mark.slow
def test_backup_restored_elsewhere_holds_the_same(place, tmp_path):
    archive = tmp_path / "district.tar"
    written = pdplanner(place, "backup", str(archive))
    assert (written.returncode, written.stderr) == (0, "")
    elsewhere = tmp_path / "elsewhere"
    restored = pdplanner(elsewhere, "restore", str(archive))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert emails(elsewhere) == ["carl@example.org"]
    assert (elsewhere / "media" / "images" / "cover.png").read_bytes() == b"a picture"
    assert (elsewhere / "secret-key").read_text() != (place / "secret-key").read_text()

    again = pdplanner(elsewhere, "restore", str(archive))
    assert again.returncode == 1
    assert "Say --yes to replace it" in again.stderr
    assert pdplanner(elsewhere, "restore", str(archive), "--yes").returncode == 0


@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.parametrize("damage", ["truncated", "changed", "extra", "not-a-backup"])
def test_restore_of_a_bad_file_replaces_nothing(place, tmp_path, damage):
    archive = tmp_path / "district.tar"
    assert pdplanner(place, "backup", str(archive)).returncode == 0
    spoil(archive, damage)
    refused = pdplanner(place, "restore", str(archive), "--yes")
    assert refused.returncode == 1
    assert "Nothing was replaced" in refused.stderr
    assert emails(place) == ["carl@example.org"]
    assert (place / "media" / "images" / "cover.png").read_bytes() == b"a picture"


def spoil(archive: Path, damage: str) -> None:
    whole = archive.read_bytes()
    if damage == "truncated":
        archive.write_bytes(whole[: len(whole) // 2])
    elif damage == "changed":
        archive.write_bytes(whole.replace(b"a picture", b"a forgery"))
    elif damage == "extra":
        with tarfile.open(archive, "a") as tar:
            more = tarfile.TarInfo("media/images/more.png")
            more.size = 4
            tar.addfile(more, io.BytesIO(b"more"))
    else:
        archive.write_text(json.dumps({"not": "a backup"}))


def test_an_archive_that_climbs_out_of_its_folder_is_refused(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    archive = tmp_path / "climbing.tar"
    with tarfile.open(archive, "w") as tar:
        entry = tarfile.TarInfo("../climbed")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(UnusableArchive):
        read_archive(source=archive)
    assert not (tmp_path / "climbed").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_backup_of_postgresql_comes_back(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "data" / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    (settings.MEDIA_ROOT / "cover.png").write_bytes(b"a picture")
    District.objects.create(name="Before")
    archive = tmp_path / "district.tar"
    write_archive(target=archive, now=timezone.now())
    District.objects.update(name="After")
    (settings.MEDIA_ROOT / "cover.png").unlink()
    assert read_archive(source=archive) == 1
    assert list(District.objects.values_list("name", flat=True)) == ["Before"]
    assert (settings.MEDIA_ROOT / "cover.png").read_bytes() == b"a picture"
