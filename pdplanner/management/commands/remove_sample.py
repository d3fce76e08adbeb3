"""`pdplanner remove-sample`: the sample district goes, everything else stays."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pdplanner.sample.removal import NoSampleHere, remove_sample


class Command(BaseCommand):
    help = "Take the sample district away: all of it, and nothing that anybody else made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="Do it; there is no way back.")

    def handle(self, *args, **options) -> None:
        if not options["yes"]:
            raise CommandError(
                "This deletes the sample’s people, tickets, sessions and paths for good. "
                "Nothing was changed. Say --yes to do it."
            )
        try:
            removed = remove_sample()
        except NoSampleHere:
            raise CommandError("There is no sample district here. Nothing was changed.") from None
        self.stdout.write(
            f"Removed {removed.teachers} teachers, {removed.tickets} tickets and "
            f"{removed.sessions} sessions of the sample."
        )
        for title in removed.kept:
            self.stdout.write(f"  Taken down, but kept for the record: {title}")
