"""`pdplanner recompute-completions [--course SLUG …] [--apply [--take-away]]`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses.models import CoursePage
from courses.operations import apply_change
from courses.queries.finishing import Change, changes_due


class Command(BaseCommand):
    help = (
        "Hold what counts as finished against each session's rule: say every change it would "
        "make and why, and make none of them without --apply."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--course",
            metavar="SLUG",
            action="append",
            help="only this session (may be given again)",
        )
        parser.add_argument("--apply", action="store_true", help="make the changes")
        parser.add_argument(
            "--take-away",
            action="store_true",
            help="with --apply: also take away what no longer meets its rule",
        )

    def handle(self, *args, **options) -> None:
        if options["take_away"] and not options["apply"]:
            raise CommandError("--take-away says what --apply may do: give both.")
        given = taken = left = 0
        for course in self._courses(options["course"]):
            for change in changes_due(course):
                is_left = not change.is_given and not options["take_away"]
                self.stdout.write(_in_words(change, is_left=is_left and options["apply"]))
                # Said above, made here: stopped in between, the next run says it again.
                is_due = options["apply"] and not is_left
                if is_due and not apply_change(change=change, now=timezone.now()):
                    self.stdout.write("  It has changed meanwhile, so nothing was done.")
                    continue
                given += change.is_given
                taken += not change.is_given and not is_left
                left += is_left
        self.stdout.write(_sum(given, taken, left, is_applied=options["apply"]))

    def _courses(self, slugs: list[str] | None) -> list[CoursePage]:
        courses = CoursePage.objects.order_by("title", "pk")
        if not slugs:
            return list(courses)
        found = list(courses.filter(slug__in=slugs))
        if missing := sorted(set(slugs) - {course.slug for course in found}):
            raise CommandError(f"There is no session called {', '.join(missing)}.")
        return found


def _in_words(change: Change, *, is_left: bool) -> str:
    """Return who, which session, from what to what, and why, on two lines."""
    verb = "Give" if change.is_given else "Take away"
    stays = " It stays, without --take-away." if is_left else ""
    address = f" <{change.teacher.email}>" if change.teacher.email else ""
    return (
        f"{verb}: {change.teacher}{address}, “{change.course.title}”: "
        f"{change.before} -> {change.after}.\n  Why: {change.why}{stays}"
    )


def _sum(given: int, taken: int, left: int, *, is_applied: bool) -> str:
    if not (given or taken or left):
        return "Everything counts as its rule says. Nothing to change."
    if not is_applied:
        return (
            f"{given} would be given, {taken + left} would be taken away. Nothing was changed: "
            "add --apply, and --take-away for those."
        )
    return f"{given} given, {taken} taken away, {left} left as they are."
