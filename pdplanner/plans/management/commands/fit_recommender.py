"""`pdplanner fit-recommender [--as-of DATE]`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pdplanner.recommender import BadFacts
from profiles.queries import today_in_district

from ...arguments import BadArgument, day_from
from ...models import ForecastRun
from ...operations.fitting import fit_rules
from ...operations.forecasting import ask_forecast


class Command(BaseCommand):
    help = "Fit the recommender's weights to this district's own history, and go by them."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--as-of", metavar="DATE", help="nothing after this day is known (default: today)"
        )

    def handle(self, *args, **options) -> None:
        now = timezone.now()
        try:
            as_of = day_from(options["as_of"]) if options["as_of"] else today_in_district(now)
            self.stderr.write(f"Fitting on what is known on {as_of.isoformat()} …")
            fitted = fit_rules(as_of=as_of, now=now)
        except (BadArgument, BadFacts) as error:
            raise CommandError(str(error)) from error
        if fitted is None:
            self.stdout.write(
                "Too little history to fit: the documented defaults stay in use. Come back with a"
                " few months of tickets."
            )
            return
        fit, test = fitted
        ask_forecast(what=ForecastRun.What.MEASURE, by=None, now=now)  # for the coordinator's page
        self.stdout.write(
            f"{fit}, in use from now on. Back-test {test.from_date} to {test.until_date}, "
            f"{test.tickets} tickets of {test.askers} people:"
        )
        for row in test.methods:
            self.stdout.write(
                f"  {row.method:<28} nDCG@10 {row.ndcg10.value:.3f} "
                f"({row.ndcg10.low:.3f} to {row.ndcg10.high:.3f}), "
                f"deviance {row.deviance.value:.2f}"
            )
