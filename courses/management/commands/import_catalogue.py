"""`pdplanner import-catalogue PATH`: sessions and their dated runs from a catalogue in JSON."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from courses.catalogue.importing import check_catalogue, import_catalogue, in_words
from profiles.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in sessions and dated runs from a catalogue in the Learn Catalog API's shape."

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=Path, help="the JSON file")
        parser.add_argument("--dry-run", action="store_true", help="check it and write nothing")
        parser.add_argument("--draft", action="store_true", help="make drafts, publish nothing")
        parser.add_argument(
            "--source", default="catalogue", help="whose catalogue it is (default: catalogue)"
        )

    def run(  # type: ignore[override]
        self, *, path: Path, dry_run: bool, draft: bool, source: str, **options
    ) -> None:
        now = timezone.now()
        self.say(f"Reading {path.name}")
        catalogue, problems, content_hash = check_catalogue(path)
        counts = import_catalogue(
            catalogue=catalogue,
            problems=problems,
            content_hash=content_hash,
            source=source,
            as_draft=draft,
            by=None,
            now=now,
            is_dry=dry_run,
            progress=self.say,
        )
        self.show(problems)
        for line in in_words(counts, is_dry=dry_run):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
