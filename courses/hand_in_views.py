"""A teacher hands a task in on the session's page."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from profiles.access import SignedInRequest, teacher_required

from . import operations
from .queries import live_sessions
from .views import back_from


class HandInForm(forms.Form):
    """A short text, a link, or both."""

    words = forms.CharField(max_length=4000, required=False)
    link = forms.URLField(required=False, assume_scheme="https")


@teacher_required
@require_POST
def hand_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand in the task of a session, or put new words in place of those that wait."""
    course = get_object_or_404(live_sessions(), pk=pk)
    form = HandInForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "The link is no address, or the text too long. Nothing was sent.")
        return back_from(request, course, "#task")
    try:
        operations.hand_in(
            teacher=request.teacher,
            course=course,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except operations.NothingHandedIn:
        messages.warning(request, "Write a few words or give a link first.")
    except operations.NoTaskHere:
        messages.warning(request, "This session asks for no task any more.")
    except operations.NoSeatForTask:
        messages.warning(request, "The task is for those who have a seat.")
    except operations.AlreadyAccepted:
        messages.warning(request, "Your task is accepted already. Nothing was changed.")
    else:
        messages.success(request, "Handed in. A coach looks at it.")
    return back_from(request, course, "#task")


urlpatterns = [path("sessions/<int:pk>/hand-in/", hand_in, name="hand-in")]
