"""`pdplanner import-roster PATH`: schools, terms and teachers from a full OneRoster set."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from profiles.rosters.importing import import_roster, in_words, read_roster

from ._importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in schools, terms and teachers from a OneRoster 1.1 or 1.2 folder or zip."

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=Path, help="the folder or zip of the full (bulk) set")
        parser.add_argument("--dry-run", action="store_true", help="check it and write nothing")
        parser.add_argument(
            "--confirm-departures",
            action="store_true",
            help="let more than 15 %% of the active teachers become inactive",
        )

    def run(self, *, path: Path, dry_run: bool, confirm_departures: bool, **options) -> None:
        now = timezone.now()
        roster, problems, content_hash = read_roster(path, now=now, progress=self.say)
        counts = import_roster(
            roster=roster,
            problems=problems,
            content_hash=content_hash,
            now=now,
            confirm_departures=confirm_departures,
            is_dry=dry_run,
        )
        self.show(problems)
        for line in in_words(counts, is_dry=dry_run):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
