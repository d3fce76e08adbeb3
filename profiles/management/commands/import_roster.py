"""`pdplanner import-roster PATH`: schools, terms and teachers from a full OneRoster set."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from profiles.models import ImportRun
from profiles.rosters.importing import read_roster
from profiles.rosters.operations import apply_roster, changes_nothing

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
        with transaction.atomic():
            counts = apply_roster(
                roster=roster,
                now=now,
                problems=problems,
                confirm_departures=confirm_departures,
            )
            if dry_run:
                transaction.set_rollback(True)
            else:
                ImportRun.objects.create(
                    kind=ImportRun.Kind.ROSTER,
                    state=ImportRun.State.APPLIED,
                    started_at=now,
                    finished_at=timezone.now(),
                    content_hash=content_hash,
                    source=roster.source,
                    cursor=roster.rows_read,
                    total=roster.rows_read,
                    counts=counts,
                    problems=problems.as_json(),
                )
        self.show(problems)
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{counts['teachers']} teachers: {counts['new']} {would}new, "
            f"{counts['changed']} {would}changed, {counts['back']} {would}back, "
            f"{counts['left']} {would}left. "
            f"{counts['schools']} schools, {counts['terms']} school years and terms."
        )
        if changes_nothing(counts):
            self.stdout.write("Nothing changed: everything was there already.")
        elif dry_run:
            self.stdout.write("Dry run: nothing was written.")
