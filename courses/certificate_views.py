"""What anybody may see: a certificate at its unguessable address, and what badges are read by."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_safe

from .badges.canonical import OB_3, VC_2
from .badges.credential import (
    achievement_document,
    issuer_document,
    key_document,
    revocations_document,
)
from .models import Achievement, Certificate, SigningKey
from .queries.credit import certificates

LINKED = "application/ld+json"


def unlisted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep an address out of search engines, other sites' logs and shared caches."""

    @wraps(view)
    def quiet(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return quiet


@require_safe
@unlisted
def certificate(request: HttpRequest, token: str) -> HttpResponse:
    """What a certificate says, and whether it stands."""
    found = certificates().filter(token=token).first()
    return render(
        request,
        "courses/certificates/verify.html",
        {"certificate": found, "successor": getattr(found and found.award, "successor", None)},
        status=200 if found else 404,
    )


@require_safe
def issuer(request: HttpRequest) -> HttpResponse:
    """Who issues our badges, with the keys that proofs in them are read by."""
    return public(issuer_document(list(SigningKey.objects.order_by("-pk"))))


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every public key that ever signed a badge of ours, as a JWK set."""
    found = SigningKey.objects.order_by("-pk")
    return public({"keys": [key_document(key) for key in found]}, "application/jwk-set+json")


@require_safe
def key(request: HttpRequest, name: str) -> HttpResponse:
    """One public key as a JWK: where the header of a badge leads."""
    found = get_object_or_404(SigningKey, name=name)
    return public(key_document(found), "application/jwk+json")


@require_safe
def achievement(request: HttpRequest, key: UUID) -> HttpResponse:
    """What a badge is for."""
    found = get_object_or_404(Achievement, key=key)
    return public({"@context": [VC_2, OB_3]} | achievement_document(found))


@require_safe
def revocations(request: HttpRequest) -> HttpResponse:
    """The badges that no longer stand, by their own numbers, which lead to nobody."""
    gone = Certificate.objects.filter(award__successor__isnull=False).exclude(badge_jwt="")
    numbers = gone.order_by("pk").values_list("badge_id", flat=True)
    return public(revocations_document([number.urn for number in numbers]))


def public(document: dict, kind: str = LINKED) -> JsonResponse:
    """Return a document that any verifier on any site may read."""
    response = JsonResponse(document, content_type=kind)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


urlpatterns = [
    path("certificates/<str:token>/", certificate, name="certificate"),
    path("badges/issuer/", issuer, name="badge-issuer"),
    path("badges/keys/", keys, name="badge-keys"),
    path("badges/keys/<str:name>/", key, name="badge-key"),
    path("badges/achievements/<uuid:key>/", achievement, name="badge-achievement"),
    path("badges/revocations/", revocations, name="badge-revocations"),
]
