"""What a mail says: each notice turned into a headline, a few lines and a link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from courses.models import CoursePage, Offering
from profiles.models import Notice
from profiles.notices import Letter
from profiles.queries import the_district

from ..models import CoachRequest, PlanVersion
from ..wording import causes_words, run_words
from .paths import changes_of


@dataclass(frozen=True, slots=True)
class News:
    """One thing that a mail tells."""

    title: str
    lines: tuple[str, ...]
    link_words: str
    address: str


def news_of(letter: Letter) -> tuple[News, ...]:
    """Return what there is to tell; what concerns something that is gone since is left out."""
    zone = the_district().zone
    told: list[News] = []
    kinds = dict.fromkeys(notice.kind for notice in letter.notices)
    for kind in kinds:
        notices = [notice for notice in letter.notices if notice.kind == kind]
        told += _TELL[kind](notices, zone)
    return tuple(told)


def _path_changed(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    """All changes since the last mail under one headline, oldest first."""
    versions = PlanVersion.objects.filter(
        pk__in=[notice.facts["version"] for notice in notices]
    ).order_by("number")
    lines: dict[str, None] = {}
    first = False
    for version in versions:
        first |= version.number == 1
        if why := causes_words(version.causes) if version.number > 1 else "":
            lines[f"Because of this: {why}."] = None
        lines |= dict.fromkeys(change.text for change in changes_of(version))
    if versions and (lines or first):
        title = "Your path is ready" if first else "Your path changed"
        yield News(title, tuple(lines), "See your path", _address("plans:path"))


def _coach_asked(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
    for request in CoachRequest.objects.filter(
        pk__in=[notice.facts["request"] for notice in notices], closed_at=None
    ).select_related("teacher", "course"):
        yield News(
            f"{request.teacher} would like a coach",
            (f"To walk through “{request.course.title}” together.",),
            "See who asks",
            _address("coach-requests"),
        )


def _of_run(title: str) -> Callable[[Iterable[Notice], ZoneInfo], Iterable[News]]:
    """Tell about a run: which session, when, where."""

    def tell(notices: Iterable[Notice], zone: ZoneInfo) -> Iterable[News]:
        for notice in notices:
            run = (
                Offering.objects.filter(pk=notice.facts["offering"])
                .select_related("course", "school")
                .first()
            )
            if run is not None:
                yield News(
                    title.format(run.course.title),
                    (run_words(run, zone),),
                    "See the session",
                    settings.WAGTAILADMIN_BASE_URL
                    + (run.course.url or reverse("courses:calendar")),
                )

    return tell


def _page_address(course: CoursePage) -> str:
    parts = course.get_url_parts()
    return settings.WAGTAILADMIN_BASE_URL + (parts[2] if parts else reverse("courses:calendar"))


def _address(name: str) -> str:
    return settings.WAGTAILADMIN_BASE_URL + reverse(name)


_TELL: dict[str, Callable[[Iterable[Notice], ZoneInfo], Iterable[News]]] = {
    "path-changed": _path_changed,
    "coach-asked": _coach_asked,
    "seat-free": _of_run("You have a seat: {}"),
    "run-moved": _of_run("New time or place: {}"),
    "run-cancelled": _of_run("Called off: {}"),
}
