"""Who may open a page. Default deny: every view of ours carries one of these."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from .choices import Role
from .models import Teacher, User
from .queries import roles_of, teacher_of

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """What a guarded view is given; only ever used as a type."""

    user: User
    teacher: Teacher  # behind `teacher_required` alone


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: even an empty answer is an answer when it was posted."""
    return request.POST if request.method == "POST" else None


def teacher_required(view: View) -> View:
    """Let active teachers in; the view finds their row in `request.teacher`."""

    @login_required
    @wraps(view)
    def guarded(request: SignedInRequest, *args, **kwargs) -> HttpResponseBase:
        teacher = teacher_of(request.user)
        if teacher is None:
            raise PermissionDenied
        request.teacher = teacher
        return view(request, *args, **kwargs)

    return guarded


def role_required(*roles: Role) -> Callable[[View], View]:
    """Let in whoever holds one of these roles."""

    def guard(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: SignedInRequest, *args, **kwargs) -> HttpResponseBase:
            if not roles_of(request.user) & {role.value for role in roles}:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard
