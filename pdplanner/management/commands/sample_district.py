"""`pdplanner sample-district`: a district to look at, made from a seed."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pdplanner.sample import sample_sign_ins
from pdplanner.sample.district import DistrictInUse, is_sample_here, make_sample


class Command(BaseCommand):
    help = "Fill an empty district with 300 teachers, a look book and two school years of tickets."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=1, help="The same seed on the same day, the same district."
        )

    def handle(self, *args, **options) -> None:
        if is_sample_here():
            self.stdout.write("The sample district is here already; nothing was changed.")
        else:
            try:
                made = make_sample(
                    seed=options["seed"],
                    now=timezone.now(),
                    say=lambda words: self.stderr.write(f"{words} …"),
                )
            except DistrictInUse as error:
                raise CommandError(
                    f"This district already holds {error} of its own, so the sample was not added. "
                    "It needs an empty database: name another folder in PDPLANNER_DATA."
                ) from None
            self.stdout.write(
                f"{made.teachers} teachers in {made.schools} schools, {made.sessions} sessions for "
                f"{made.skills} skills, {made.tickets} tickets, {made.plans.plans} paths "
                f"({made.plans.empty} with nothing to recommend)."
            )
        for sign in sample_sign_ins():
            self.stdout.write(f"  {sign.role:<14} {sign.email:<32} {sign.password}")
