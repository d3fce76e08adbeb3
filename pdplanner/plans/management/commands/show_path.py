"""`pdplanner show-path EMAIL [--json] [--as-of DATE]`."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pdplanner.recommender import BadFacts
from profiles.queries import today_in_district

from ...arguments import BadArgument, day_from, teacher_from
from ...queries.told import told_path


class Command(BaseCommand):
    help = "Show one teacher's path and why each step is on it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email", help="the teacher's address")
        parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")
        parser.add_argument(
            "--as-of", metavar="DATE", help="nothing after this day is known (default: today)"
        )

    def handle(self, *args, **options) -> None:
        try:
            teacher = teacher_from(options["email"])
            today = today_in_district(timezone.now())
            as_of = day_from(options["as_of"]) if options["as_of"] else today
            path = told_path(teacher, as_of=as_of, today=today)
        except BadArgument as error:
            raise CommandError(str(error)) from error
        except BadFacts as error:
            raise CommandError(f"There is no path: {error}.") from error
        if options["json"]:
            self.stdout.write(json.dumps(path.as_json(), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(path.as_lines()))
