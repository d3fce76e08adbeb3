"""What an installation must not be set to."""

from __future__ import annotations

from django.conf import settings
from django.core.checks import Error, register


@register()
def seats_need_read_committed(app_configs, **kwargs) -> list[Error]:
    """Refuse isolation levels at which a full run is an error for people instead of a queue."""
    found = []
    for alias, database in settings.DATABASES.items():
        level = (database.get("OPTIONS") or {}).get("isolation_level")
        # psycopg counts READ COMMITTED as 2.
        if "postgresql" in database["ENGINE"] and level not in (None, 2):
            found.append(
                Error(
                    f"The database “{alias}” is set to another isolation than READ COMMITTED.",
                    hint="Take isolation_level out of its OPTIONS; docs/decisions/seats.md.",
                    id="courses.E001",
                )
            )
        if database.get("ATOMIC_REQUESTS"):
            found.append(
                Error(
                    f"The database “{alias}” wraps every request in a transaction.",
                    hint="Take ATOMIC_REQUESTS out: seats would stay locked for whole requests.",
                    id="courses.E002",
                )
            )
    return found
