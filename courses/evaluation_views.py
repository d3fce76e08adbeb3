"""A teacher says how it went: a short form, once, with a way round it."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from profiles.access import SignedInRequest, posted, teacher_required
from profiles.templatetags.words import clock

from .models import Evaluation
from .models.evaluations import CHANGEABLE_FOR
from .operations.evaluations import (
    AnswerIsKept,
    QuestionIsClosed,
    answer_evaluation,
    skip_evaluation,
)
from .questions import Question, questions_of

LONGEST_WORDS = 1000


class EvaluationForm(forms.Form):
    """The questions of one moment, and room for a few words."""

    words = forms.CharField(
        label="Anything else you want to say?",
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name no students. Your words are shown as you write them, without your name,"
        " when five people have written.",
    )

    def __init__(self, data: QueryDict | None, *, evaluation: Evaluation):
        known = {**evaluation.answers, "words": evaluation.words}
        super().__init__(data, initial=known, label_suffix="")
        self.course = evaluation.course
        self.questions = questions_of(evaluation.moment)
        for question in self.questions:
            self.fields[question.key] = forms.ChoiceField(
                label=question.words,
                choices=question.answers,
                widget=forms.RadioSelect,
                help_text=question.hint,
                error_messages={"required": "Pick one, please."},
            )

    def lines(self) -> Iterator[tuple[Question, forms.BoundField, list[str]]]:
        """Yield each question with its field and what the session's author hoped for."""
        for question in self.questions:
            aim = getattr(self.course, question.aim) if question.aim else ""
            yield question, self[question.key], [line for line in aim.splitlines() if line.strip()]


@teacher_required
@require_http_methods(["GET", "POST"])
def evaluation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask how it went, and keep what is said."""
    asked = _mine(request, pk)
    now = timezone.now()
    if asked.is_kept(now) or (not asked.answered_at and asked.is_closed(now)):
        return render(request, "courses/evaluation_closed.html", {"evaluation": asked})
    form = EvaluationForm(posted(request), evaluation=asked)
    if request.method == "POST" and form.is_valid():
        answers = {key: form.cleaned_data[key] for key in form.fields if key != "words"}
        try:
            kept = answer_evaluation(
                evaluation=asked, answers=answers, words=form.cleaned_data["words"], now=now
            )
        except (AnswerIsKept, QuestionIsClosed):  # since the page was opened
            return redirect("courses:evaluation", pk)
        until = timezone.localtime((kept.answered_at or now) + CHANGEABLE_FOR)
        words = f"Thank you. You can change it until {until:%A}, {clock(until)}."
        if kept.outcome == Evaluation.Outcome.STUCK:
            words += " Your path counts it as one more ask; you can also ask a coach here."
        messages.success(request, words)
        if kept.outcome == Evaluation.Outcome.STUCK:
            return redirect(kept.course.get_url(request))
        return redirect("courses:record")
    return render(request, "courses/evaluation.html", {"evaluation": asked, "form": form})


@teacher_required
@require_POST
def skip(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let it go."""
    asked = skip_evaluation(evaluation=_mine(request, pk), now=timezone.now())
    if asked.skipped_at:
        messages.success(request, "Skipped. You won’t be asked this again.")
    return redirect("courses:record")


def _mine(request: SignedInRequest, pk: int) -> Evaluation:
    return get_object_or_404(
        Evaluation.objects.select_related("course", "offering"), pk=pk, teacher=request.teacher
    )


urlpatterns = [
    path("evaluations/<int:pk>/", evaluation, name="evaluation"),
    path("evaluations/<int:pk>/skip/", skip, name="evaluation-skip"),
]
