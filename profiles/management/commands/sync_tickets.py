"""`pdplanner sync-tickets`: read a help desk over the network, by hand or from cron."""

from __future__ import annotations

import os
import time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from profiles.imports import TakenOver
from profiles.models import TicketFeed, TicketSource
from profiles.seals import Secret
from profiles.tickets.feeds.line import FeedProblem
from profiles.tickets.feeds.queries import in_words
from profiles.tickets.feeds.setting_up import NameTaken, typed_feed
from profiles.tickets.feeds.syncing import Sync
from profiles.tickets.feeds.systems import SYSTEMS
from profiles.tickets.feeds.trying import TRIED


class Command(BaseCommand):
    help = "Read the tickets that changed in a help desk. Subjects and texts are read, never kept."

    def add_arguments(self, parser) -> None:
        kinds = ", ".join(TicketFeed.Kind.values)
        parser.add_argument("--kind", choices=TicketFeed.Kind.values, metavar="KIND", help=kinds)
        parser.add_argument("--url", help="its address; one given here may be a private one")
        parser.add_argument("--token-env", help="the environment variable that holds the token")
        parser.add_argument(
            "--app-token-env", help="the same for the application's token, where there is one"
        )
        parser.add_argument("--account", default="", help="the account that the token belongs to")
        parser.add_argument("--queue", default="", help="only this queue, project or the like")
        parser.add_argument("--source", help="the name of a help desk that is set up here")

    def handle(self, *args, **options) -> None:
        options |= {name: self.token(options[f"{name}_env"]) for name in ("token", "app_token")}
        feed = self.known_feed(options) if options["url"] is None else self.typed_feed(options)
        try:
            run = self.sync(feed, options).run(by_hand=True)
        except FeedProblem as problem:
            raise CommandError(
                f"{problem} What was read so far stands; the next sync goes on there."
            ) from None
        except TakenOver:
            raise CommandError(
                "Another process reads this help desk now. Nothing is lost or doubled."
            ) from None
        for line in in_words(run.counts):
            self.stdout.write(line)

    def token(self, name: str | None) -> Secret | None:
        """Return the token that the environment holds."""
        if name is None:
            return None
        if not os.environ.get(name):
            raise CommandError(f"The environment has no {name}, or an empty one.")
        return Secret(os.environ[name])

    def known_feed(self, options: dict) -> TicketFeed:
        """Return the help desk of a name."""
        feed = TicketFeed.objects.filter(source__name=options["source"] or "").first()
        if feed is None:
            known = ", ".join(TicketFeed.objects.values_list("source__name", flat=True))
            raise CommandError(
                "Name a help desk with --source, or give --kind, --url and --token-env. "
                f"Set up are: {known or 'none yet'}."
            )
        return feed

    def typed_feed(self, options: dict) -> TicketFeed:
        """Return the help desk at an address. A new one is kept once its first page was read: a
        slip in the address takes no name."""
        if options["kind"] is None or options["token"] is None:
            raise CommandError("With --url, give --kind and --token-env too.")
        if options["account"] and not SYSTEMS[options["kind"]].account_label:
            raise CommandError("This kind of help desk has no account beside its token.")
        name = (options["source"] or options["kind"])[:50]
        said = {
            "kind": options["kind"],
            "address": options["url"],
            "account": options["account"],
            "queue": options["queue"],
        }
        try:
            if not TicketFeed.objects.filter(source__name=name).exists():
                unkept = TicketFeed(source=TicketSource(name=name), **said)
                self.sync(unkept, options).first_rows(TRIED)
            return typed_feed(name=name, **said)
        except FeedProblem as problem:
            raise CommandError(f"{problem} Nothing is kept of it.") from None
        except NameTaken as taken:
            raise CommandError(f"{taken} Give this one another name with --source.") from None

    def sync(self, feed: TicketFeed, options: dict) -> Sync:
        """Return a pass over a help desk, with the tokens of the environment."""
        return Sync(
            feed,
            clock=timezone.now,
            token=options["token"],
            app_token=options["app_token"],
            is_typed=bool(options["url"]),
            wait=self.wait,
            progress=self.say,
        )

    def wait(self, seconds: float) -> None:
        """Do as the help desk asks."""
        self.say(f"The help desk asks us to wait {seconds:,.0f} s.")
        time.sleep(seconds)

    def say(self, message: str, part: int = 0, whole: int = 0) -> None:
        """Show progress, apart from the result."""
        self.stderr.write(message, self.style.SUCCESS)
