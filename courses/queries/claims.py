"""Claims: a teacher's own, and the queue in front of the coordinator."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from profiles.models import Teacher

from ..models import Claim

#: What the queue can be narrowed to, and how it is called.
SHOWN = (
    ("sent", "To answer"),
    ("approved", "Approved"),
    ("returned", "Sent back"),
    ("withdrawn", "Taken back"),
)
MOST_WORDS = 5


def claims_of(teacher: Teacher) -> list[Claim]:
    """Return a teacher's claims, newest first; those they took back are left out."""
    return list(
        teacher.claims.exclude(state=Claim.State.WITHDRAWN).select_related("course", "decided_by")
    )


def claims_to_answer(*, state: str, words: str = "") -> QuerySet[Claim]:
    """Return claims in a state with these words in them; what waits: longest first."""
    claims = Claim.objects.filter(state=state).select_related(
        "teacher", "teacher__main_school", "course", "decided_by"
    )
    for word in words.split()[:MOST_WORDS]:
        claims = claims.filter(
            Q(title__icontains=word)
            | Q(provider__icontains=word)
            | Q(teacher__given_name__icontains=word)
            | Q(teacher__family_name__icontains=word)
        )
    if state == Claim.State.SENT:
        return claims.order_by("sent_at", "pk")
    return claims.order_by("-decided_at", "-pk")
