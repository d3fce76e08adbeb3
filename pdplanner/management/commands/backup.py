"""`pdplanner backup FILE`."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pdplanner.archive import DumpFailed, write_archive


class Command(BaseCommand):
    help = "Write the database and the media into one file, while the site goes on."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options) -> None:
        target = file.resolve()
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}.")
        try:
            counts = write_archive(target=target, now=timezone.now())
        except (DumpFailed, OSError) as error:
            raise CommandError(f"The backup was not written: {error}") from error
        self.stdout.write(
            f"Wrote {target}: the database and {counts['media']} media files, "
            f"{counts['bytes'] / 1e6:.1f} MB. The signing key is not in it: keep it apart."
        )
