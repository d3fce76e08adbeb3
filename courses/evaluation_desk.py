"""The desk's pages on how sessions went: totals of five people or more, and nothing below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone

from profiles.exports import csv_response
from profiles.models import User

from .desk_views import DeskMixin, DeskPage
from .models import CoursePage
from .models.evaluations import FEWEST_TOGETHER
from .queries.evaluations import (
    evaluated_sessions,
    results_of,
    results_to_export,
    run_counts,
    runs_seen_by,
    session_counts,
)

COLUMNS = ("Session", "Run", "Level", "Question", "Answer", "People", "Of")


class EvaluationsView(DeskPage):
    """Every session that somebody was asked about."""

    template_name = "courses/desk/evaluations.html"
    page_title = "How it went"
    header_icon = "view"

    def get_context_data(self, **kwargs):
        words = self.request.GET.get("q", "").strip()[:100]
        found = evaluated_sessions()
        if words:
            found = found.filter(title__icontains=words)
        page = self.page_of(found)
        lines = session_counts(list(page.object_list))
        return super().get_context_data(
            page=page, lines=lines, words=words, fewest=FEWEST_TOGETHER, **kwargs
        )


class EvaluationView(DeskPage):
    """What came of one session, or of one run of it that is this coach's."""

    template_name = "courses/desk/evaluation.html"
    page_title = "How it went"
    header_icon = "view"
    crumbs = (("desk:evaluations", "How it went"),)

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.course = get_object_or_404(CoursePage, pk=kwargs["pk"])

    def get_page_subtitle(self):
        return self.course.title

    def get_context_data(self, **kwargs):
        runs = runs_seen_by(cast(User, self.request.user), self.course)
        asked_for = self.request.GET.get("run", "")
        run = get_object_or_404(runs, pk=asked_for) if asked_for.isdecimal() else None
        page = self.page_of(runs)
        return super().get_context_data(
            course=self.course,
            run=run,
            results=results_of(self.course, run=run),
            runs=run_counts(page.object_list),
            page=page,
            fewest=FEWEST_TOGETHER,
            **kwargs,
        )


class EvaluationsExport(DeskMixin):
    """The totals as a table."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        # The rows are written when the page's time zone has been left again.
        rows = _rows(cast(User, request.user), timezone.get_current_timezone())
        return csv_response("evaluations.csv", COLUMNS, rows)


def _rows(user: User, zone: tzinfo) -> Iterator[tuple[object, ...]]:
    for course, run, results in results_to_export(user):
        when = f"{run.starts_at.astimezone(zone):%Y-%m-%d %H:%M}" if run else "the rest"
        for level in results.levels:
            for result in level.questions:
                if not result.people:
                    continue
                for answer in result.answers:
                    yield (
                        course.title,
                        when,
                        level.number,
                        result.question.words,
                        answer.words,
                        answer.people,
                        result.people,
                    )


urlpatterns = [
    path("evaluations/", EvaluationsView.as_view(), name="evaluations"),
    path("evaluations/<int:pk>/", EvaluationView.as_view(), name="evaluation"),
    path("evaluations.csv", EvaluationsExport.as_view(), name="evaluations-export"),
]
