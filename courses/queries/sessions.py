"""The catalogue: live and public sessions only, searched, filtered and paged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, TextField, When
from django.db.models.functions import Cast
from wagtail.models import PageQuerySet

from profiles.choices import Format, GradeBand, Level, Subject
from profiles.models import Skill, Tool

from ..models import CoursePage, CourseSkill, Offering

#: More words than this are not looked at: nobody types them, and each costs a scan.
MOST_WORDS = 8


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
    runs_after: datetime | None = None  # only sessions with a run to enrol in after this moment


def live_sessions() -> PageQuerySet:
    """Return the sessions anybody signed in may see: live, and public in Wagtail's sense."""
    return CoursePage.objects.live().public()


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
    sessions = _filtered(live_sessions(), filters)
    sessions = _found(sessions, words)
    sessions = sessions.prefetch_related("taught_skills__skill__tool", "tools")
    return Paginator(sessions, size).get_page(page)


def filter_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what each filter can be set to, by filter name: only what live sessions have."""
    live = live_sessions()
    rows = list(live.values_list("format", "level", "grade_bands", "subjects"))
    formats = {row[0] for row in rows}
    levels = {row[1] for row in rows}
    bands = {band for row in rows for band in row[2]}
    subjects = {subject for row in rows for subject in row[3]}
    taught = CourseSkill.objects.filter(course__in=live.values("pk")).values("skill")
    return {
        "skill": list(Skill.objects.filter(pk__in=taught).values_list("slug", "name")),
        "tool": list(
            Tool.objects.filter(courses__in=live.values("pk"))
            .distinct()
            .values_list("slug", "name")
        ),
        "format": [choice for choice in Format.choices if choice[0] in formats],
        "level": [choice for choice in Level.choices if choice[0] in levels],
        "grade_band": [choice for choice in GradeBand.choices if choice[0] in bands],
        "subject": [choice for choice in Subject.choices if choice[0] in subjects],
    }


def _filtered(sessions: QuerySet, filters: SessionFilters) -> QuerySet:
    """Keep what passes every filter that is set."""
    if filters.skill:
        taught = CourseSkill.objects.filter(course=OuterRef("pk"), skill__slug=filters.skill)
        sessions = sessions.filter(Exists(taught))
    if filters.tool:
        sessions = sessions.filter(tools__slug=filters.tool)
    if filters.format:
        sessions = sessions.filter(format=filters.format)
    if filters.level:
        sessions = sessions.filter(level=filters.level)
    if filters.grade_band:
        sessions = _for_audience(sessions, "grade_bands", filters.grade_band)
    if filters.subject:
        sessions = _for_audience(sessions, "subjects", filters.subject)
    if filters.max_minutes is not None:
        sessions = sessions.filter(minutes__lte=filters.max_minutes)
    if filters.runs_after is not None:
        ahead = Offering.objects.filter(
            course=OuterRef("pk"), is_cancelled=False, starts_at__gt=filters.runs_after
        )
        sessions = sessions.filter(Exists(ahead))
    return sessions


def _for_audience(sessions: QuerySet, column: str, value: str) -> QuerySet:
    """Keep sessions whose list holds the value, or is empty: those are for everybody.

    The list is read as the text it is stored as, because SQLite can't ask JSON for a member.
    """
    text = f"{column}_text"
    return sessions.annotate(**{text: Cast(column, TextField())}).filter(
        Q(**{f"{text}__contains": f'"{value}"'}) | Q(**{column: []})
    )


def _found(sessions: QuerySet, words: str) -> QuerySet:
    """Keep what holds all the words; the title counts most, then the skills."""
    terms = [_stem(word) for word in words.replace("\0", " ").split()[:MOST_WORDS]]
    if not terms:
        return sessions.order_by("title", "pk")
    in_title = Q()
    in_title_or_skills = Q()
    for term in terms:
        named = Q(skill__name__icontains=term) | Q(skill__aliases__icontains=term)
        named |= Q(skill__words__icontains=term)
        taught = Exists(CourseSkill.objects.filter(named, course=OuterRef("pk")))
        tooled = Exists(
            CoursePage.tools.through.objects.filter(
                Q(tool__name__icontains=term) | Q(tool__aliases__icontains=term),
                coursepage=OuterRef("pk"),
            )
        )
        here = Q(title__icontains=term)
        in_title &= here
        in_title_or_skills &= here | Q(taught) | Q(tooled)
        text = Q(summary__icontains=term) | Q(objectives__icontains=term)
        sessions = sessions.filter(here | Q(taught) | Q(tooled) | text)
    rank = Case(
        When(in_title, then=0),
        When(in_title_or_skills, then=1),
        default=2,
        output_field=IntegerField(),
    )
    return sessions.annotate(rank=rank).order_by("rank", "title", "pk")


def _stem(word: str) -> str:
    """Return the word without a plural's s, so that “screens” finds “screen”."""
    word = word[:40]
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word
