"""`pdplanner evaluate [--json] [--as-of DATE]`."""

from __future__ import annotations

import json
from dataclasses import replace

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pdplanner.recommender import BadFacts
from pdplanner.recommender.evaluation import as_document, as_text, evaluate
from pdplanner.recommender.figures import Evaluation
from profiles.models import School
from profiles.queries import today_in_district

from ...arguments import BadArgument, day_from
from ...queries import read_facts
from ...queries.rules import rules_in_use


class Command(BaseCommand):
    help = "Measure the recommender on this district's own past: does it foretell, whom it reaches."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")
        parser.add_argument(
            "--as-of", metavar="DATE", help="nothing after this day is known (default: today)"
        )

    def handle(self, *args, **options) -> None:
        today = today_in_district(timezone.now())
        try:
            as_of = day_from(options["as_of"]) if options["as_of"] else today
            self.stderr.write(f"Measuring what is known on {as_of.isoformat()} …")
            found = evaluate(read_facts(as_of=as_of), rules_in_use())
        except (BadArgument, BadFacts) as error:
            raise CommandError(str(error)) from error
        found = with_school_names(found)
        told = json.dumps(as_document(found)) if options["json"] else as_text(found)
        self.stdout.write(told)


def with_school_names(found: Evaluation) -> Evaluation:
    """Return the figures with schools by name: the recommender knows them by number only."""
    names = {str(key): name for key, name in School.objects.values_list("pk", "name")}
    return replace(
        found,
        groups=tuple(
            replace(group, name=names.get(group.name, group.name))
            if group.kind == "school"
            else group
            for group in found.groups
        ),
    )
