"""`pdplanner restore FILE`."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from pdplanner.archive import DumpFailed, UnusableArchive, read_archive
from pdplanner.place import is_embedded, only_one


class Command(BaseCommand):
    help = "Put a backup in place of the present database and media. Stop the site first."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--yes", action="store_true", help="Replace what is there without being asked again."
        )

    def handle(self, *args, file: Path, yes: bool, **options) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        if is_embedded():
            with only_one(Path(settings.DATA), "running", wait=False) as alone:
                if not alone:
                    raise CommandError("The site is running on this data: stop it first.")
                self.replace(file, yes)
        else:
            self.replace(file, yes)

    def replace(self, file: Path, yes: bool) -> None:
        if self.holds_people() and not yes:
            raise CommandError(
                "There is a district here already. Say --yes to replace it by the backup."
            )
        try:
            media = read_archive(source=file)
        except (UnusableArchive, DumpFailed, OSError) as error:
            raise CommandError(f"Nothing was replaced: {error}") from error
        # A backup of an older version is brought up to today's tables.
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        self.stdout.write(f"Restored {file}: the database and {media} media files.")

    def holds_people(self) -> bool:
        """Return whether the present database has any user in it."""
        with connection.cursor() as cursor:
            if "profiles_user" not in connection.introspection.table_names(cursor):
                return False
            cursor.execute("SELECT 1 FROM profiles_user LIMIT 1")
            return cursor.fetchone() is not None
