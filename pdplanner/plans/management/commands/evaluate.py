"""`pdplanner evaluate [--json] [--as-of DATE] [--keep]`."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pdplanner.recommender import BadFacts
from pdplanner.recommender.evaluation import as_document, as_text, evaluate
from profiles.queries import today_in_district

from ...arguments import BadArgument, day_from
from ...operations.forecasting import keep_figures
from ...queries import read_facts
from ...queries.figures import with_school_names
from ...queries.rules import standing_rules


class Command(BaseCommand):
    help = "Measure the recommender on this district's own past: does it foretell, whom it reaches."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")
        parser.add_argument(
            "--as-of", metavar="DATE", help="nothing after this day is known (default: today)"
        )
        parser.add_argument(
            "--keep", action="store_true", help="show the coordinator these figures from now on"
        )

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        today = today_in_district(now)
        try:
            as_of = day_from(options["as_of"]) if options["as_of"] else today
            self.stderr.write(f"Measuring what is known on {as_of.isoformat()} …")
            standing = standing_rules()
            found = evaluate(read_facts(as_of=as_of), standing.rules)
        except (BadArgument, BadFacts) as error:
            raise CommandError(str(error)) from error
        found = with_school_names(found)
        if options["keep"]:
            keep_figures(found, fit=standing.fit, now=now)
        told = json.dumps(as_document(found)) if options["json"] else as_text(found)
        self.stdout.write(told)
