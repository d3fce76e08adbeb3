"""The `pdplanner` command: `run`, and every management command (with dashes for underscores)."""

from __future__ import annotations

import os
import sys

from pdplanner.place import UnusablePlace, bring_up_to_date, check_place, is_embedded

#: Commands that look at the code or make the database themselves.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "createcachetable",
    "diffsettings",
    "help",
    "makemigrations",
    "migrate",
    "restore",
    "test",
    "version",
}


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pdplanner.settings.embedded")
    name = arguments[0].replace("-", "_") if arguments else "help"
    if arguments and not arguments[0].startswith("-"):
        arguments[0] = name
    try:
        if name == "run":
            from pdplanner.supervisor import run_command

            return run_command(arguments[1:])
        if is_embedded():
            check_place()
            wants_help = {"--help", "-h"} & set(arguments)
            if name not in WITHOUT_DATABASE and not name.startswith("_") and not wants_help:
                bring_up_to_date()
    except UnusablePlace as error:
        print(error, file=sys.stderr)
        return 1

    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["pdplanner", *arguments])
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except BrokenPipeError:
        # Whoever read our output has stopped listening.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
        return 1
    except Exception as error:
        # Imported here: most commands never fail, and some run before Django can be loaded.
        from profiles.error_reports import is_of_reading, quiet_lines

        if not is_of_reading(error):
            raise
        print(quiet_lines(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
