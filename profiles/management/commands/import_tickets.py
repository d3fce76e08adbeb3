"""`pdplanner import-tickets PATH`: a help desk's CSV export."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from profiles.choices import DateOrder
from profiles.imports import ImportRefused, TakenOver
from profiles.tickets.categories import read_categories
from profiles.tickets.columns import parse_map
from profiles.tickets.importing import (
    TicketImport,
    begin_run,
    check_tickets,
    continue_run,
    in_words,
    source_named,
)

from ._importing import ImportCommand


class Command(ImportCommand):
    help = "Bring in a help desk's CSV export. Subjects and texts are read, never stored."

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=Path, help="the CSV file")
        parser.add_argument("--profile", help="the name of a saved help desk, or one to save")
        parser.add_argument(
            "--map", dest="pairs", help="which column is what: NAME=COLUMN,NAME=COLUMN"
        )
        parser.add_argument(
            "--dates",
            choices=DateOrder.values,
            help="the order in dates that are not ISO 8601; saved with the profile",
        )
        parser.add_argument(
            "--categories", type=Path, help="a CSV of category,subcategory,skill,kind"
        )
        parser.add_argument("--dry-run", action="store_true", help="check it and write nothing")

    def run(
        self,
        *,
        path: Path,
        profile: str | None,
        pairs: str | None,
        dates: str | None,
        categories: Path | None,
        dry_run: bool,
        **options,
    ) -> None:
        now = timezone.now()
        columns = parse_map(pairs) if pairs is not None else None
        source = source_named(profile, columns)
        work = TicketImport(
            path=path,
            source=source,
            columns=columns or (source.columns if profile else None) or None,
            date_order=dates or (source.date_order if profile else ""),
            categories=tuple(read_categories(categories)) if categories else (),
        )
        report = check_tickets(work, now=now, reads_words=dry_run, progress=self.say)
        self.show(report.problems)
        if dry_run:
            for line in in_words(report.counts, report.total, is_dry=True):
                self.stdout.write(line)
            self.stdout.write("Dry run: nothing was written.")
            return
        run = begin_run(work, report=report, now=now)
        if run.cursor:
            self.say(f"Going on after row {run.cursor:,}: an earlier import was cut off there.")
        try:
            continue_run(work, run=run, now=now, progress=self.say)
        except TakenOver:
            raise ImportRefused.because(
                "the tickets",
                "another process is importing this file right now",
                "Wait for it; nothing is lost or doubled.",
            ) from None
        for line in in_words(run.counts, run.total):
            self.stdout.write(line)
