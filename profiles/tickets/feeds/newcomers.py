"""Who has joined the roster since a help desk was read from its beginning.

A ticket whose requester is nobody here is passed over, and the next pass begins after it. Once
that person is on the roster it has to be found again, by whichever name the roster brought.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db.models import Max, Q

from ...models import Teacher, TeacherIdentifier, TicketFeed


def roster_now() -> dict[str, Any]:
    """Return how far the roster goes, as a help desk keeps it."""
    newest = Teacher.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return {
        "teacher": newest,
        "identifier": TeacherIdentifier.objects.aggregate(newest=Max("pk"))["newest"] or 0,
        "addresses": addresses_of(newest),
    }


def addresses_of(newest: int) -> str:
    """Return what changes with the addresses of the teachers up to this one, and names none."""
    known = Teacher.objects.filter(pk__lte=newest).exclude(email="").order_by("pk")
    digest = sha256()
    for pk, email in known.values_list("pk", "email").iterator():
        digest.update(f"{pk} {email.casefold()}\n".encode())
    return digest.hexdigest()


def joined_since(feed: TicketFeed) -> int | None:
    """Return how many people have joined who may have asked what this help desk's passes left out:
    0 when people are known by something new, None when there is nothing to be found again."""
    then = feed.roster_then
    if not feed.place or not feed.passed_over:
        return None
    if not then:  # kept since some version only
        return 0
    known = Teacher.objects.filter(erased_at=None)
    if joined := known.filter(pk__gt=then["teacher"]).count():
        return joined
    is_named = Q(identifiers__pk__gt=then["identifier"])
    if known.filter(is_named).exists() or addresses_of(then["teacher"]) != then["addresses"]:
        return 0
    return None
