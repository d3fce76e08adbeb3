"""`pdplanner import-roster PATH`: schools, terms and teachers from a district's export."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from profiles.imports import ImportRefused
from profiles.models import RosterProfile
from profiles.rosters.formats import FORMATS, Wanted
from profiles.rosters.importing import import_roster, in_words, read_roster, save_profile
from profiles.rosters.teacher_table import TEACHERS

from ._importing import ImportCommand

NAME = "Teachers"
LONGEST_NAME = 40


class Command(ImportCommand):
    help = (
        "Bring in schools, terms and teachers: OneRoster 1.1 or 1.2 (full or changes), Microsoft "
        "School Data Sync, or any table of teachers as CSV."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=Path, help="the folder, zip or CSV file")
        parser.add_argument("--dry-run", action="store_true", help="check it and write nothing")
        parser.add_argument(
            "--format", default="", choices=["", *FORMATS], help="recognised unless said"
        )
        parser.add_argument(
            "--map",
            default="",
            metavar="NAME=COLUMN,…",
            help=f"which column of a table is what; the names are {', '.join(TEACHERS.names)}",
        )
        parser.add_argument(
            "--profile",
            default="",
            metavar="NAME",
            help="read a table by the columns saved under this name; with --map: save them",
        )
        parser.add_argument(
            "--allow-inactive",
            "--confirm-departures",
            dest="allow_inactive",
            action="store_true",
            help="let more than 15 %% of the active teachers become inactive",
        )

    def run(
        self,
        *,
        path: Path,
        dry_run: bool = False,
        allow_inactive: bool = False,
        format: str = "",
        map: str = "",
        profile: str = "",
        **options,
    ) -> None:
        now = timezone.now()
        wanted = self.wanted(format, map, profile)
        roster, problems, content_hash = read_roster(
            path, now=now, progress=self.say, wanted=wanted
        )
        counts = import_roster(
            roster=roster,
            problems=problems,
            content_hash=content_hash,
            now=now,
            confirm_departures=allow_inactive,
            is_dry=dry_run,
            progress=self.say,
        )
        if map and not dry_run:
            save_profile(name=wanted.name, columns=wanted.columns or {})
        self.show(problems)
        for line in in_words(counts, is_dry=dry_run):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")

    def wanted(self, format: str, map: str, profile: str) -> Wanted:
        """Return how the set is to be read; raises ImportRefused."""
        if map:
            if len(profile) > LONGEST_NAME:
                raise ImportRefused.because(
                    "--profile",
                    f"the name is longer than {LONGEST_NAME} characters",
                    "Choose a shorter one.",
                )
            return Wanted(format, TEACHERS.parse(map), profile or NAME)
        if not profile:
            return Wanted(format, None, NAME)
        saved = RosterProfile.objects.filter(name=profile).first()
        if saved is None:
            names = ", ".join(RosterProfile.objects.values_list("name", flat=True)) or "none yet"
            raise ImportRefused.because(
                "--profile", f"nothing is saved as “{profile[:40]}”", f"Saved are: {names}."
            )
        return Wanted(format, saved.columns, profile)
