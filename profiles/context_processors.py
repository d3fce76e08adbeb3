"""What every page knows: who is here and which doors are open to them."""

from django.http import HttpRequest

from .queries import roles_of, teacher_of


def who_is_here(request: HttpRequest) -> dict:
    """Return the visitor's roles and teacher row, read once per request."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"roles": frozenset(), "me": None}
    return {"roles": roles_of(user), "me": teacher_of(user)}
