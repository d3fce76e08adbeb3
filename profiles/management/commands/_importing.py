"""What the import commands share: progress and problems to people, exit code 1 on refusal."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError

from profiles.imports import ImportRefused, Problems, Severity

#: More lines than this are nobody's reading; the counts say how much is left.
MOST_LINES = 200


class ImportCommand(BaseCommand):
    """A command that imports a file: `run` does it, or raises ImportRefused."""

    run: Callable[..., None]

    def handle(self, *args, **options) -> None:
        try:
            self.run(**options)
        except ImportRefused as refused:
            self.show(refused.problems)
            errors = refused.problems.count(Severity.ERROR)
            raise CommandError(
                f"{errors:,} {'error' if errors == 1 else 'errors'}. Nothing was written."
            ) from None

    def say(self, message: str, part: int = 0, whole: int = 0) -> None:
        """Show progress, apart from the result."""
        self.stderr.write(message, self.style.SUCCESS)

    def show(self, problems: Problems) -> None:
        """Write one line per problem."""
        for number, problem in enumerate(problems):
            if number == MOST_LINES:
                self.stderr.write("… and more. Correct these first.")
                break
            self.stderr.write(str(problem), lambda text: text)
