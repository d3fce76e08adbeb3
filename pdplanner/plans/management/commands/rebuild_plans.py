"""`pdplanner rebuild-plans [--teacher EMAIL] [--as-of DATE]`."""

from __future__ import annotations

import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pdplanner.recommender import BadFacts
from profiles.queries import today_in_district

from ...arguments import BadArgument, day_from, teacher_from
from ...operations import rebuild_plans


class Command(BaseCommand):
    help = "Work out the paths of all teachers, or of one, and store those that changed."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--teacher", metavar="EMAIL", help="only this teacher")
        parser.add_argument(
            "--as-of", metavar="DATE", help="nothing after this day is known (default: today)"
        )

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        try:
            teacher = teacher_from(options["teacher"]) if options["teacher"] else None
            as_of = day_from(options["as_of"]) if options["as_of"] else today_in_district(now)
        except BadArgument as error:
            raise CommandError(str(error)) from error
        if teacher is not None and not teacher.is_active:
            raise CommandError(f"{teacher} is no longer active, so there is no path to rebuild.")
        self.stderr.write(f"Reading what is known on {as_of.isoformat()} …")
        begun = time.monotonic()
        try:
            rebuilt = rebuild_plans(
                teacher_ids=None if teacher is None else [teacher.pk],
                as_of=as_of,
                now=now,
                on_progress=self.show_progress,
            )
        except BadFacts as error:
            raise CommandError(f"No path was changed: {error}.") from error
        seconds = time.monotonic() - begun
        self.stdout.write(
            f"Looked at {rebuilt.plans} paths in {seconds:.1f} s: {rebuilt.stored} changed, "
            f"{rebuilt.empty} have nothing to recommend."
        )

    def show_progress(self, done: int, total: int) -> None:
        if total > 1 and (done == total or done % 100 == 0):
            self.stderr.write(f"{done} of {total} stored")
