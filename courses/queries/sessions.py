"""The catalogue: live and public sessions only, searched, filtered and paged."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page as ListPage
from wagtail.models import PageQuerySet


@dataclass(frozen=True)
class SessionFilters:
    """What a reader asked for; an empty filter asks for nothing. Slugs and choice values."""

    skill: str = ""
    tool: str = ""
    format: str = ""
    level: str = ""
    grade_band: str = ""
    subject: str = ""
    max_minutes: int | None = None
    has_dates: bool = False


def live_sessions() -> PageQuerySet:
    """Return the sessions anybody signed in may see: live, and public in Wagtail's sense."""
    raise NotImplementedError


def search_sessions(
    *,
    words: str = "",
    filters: SessionFilters = SessionFilters(),
    page: int | str = 1,
    size: int = 24,
) -> ListPage:
    """Return one page of sessions that hold all these words, best first.

    Each session comes with its skills and tools loaded; the number of queries is fixed.
    """
    raise NotImplementedError


def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what each filter can be set to, by filter name: only what live sessions have."""
    raise NotImplementedError
