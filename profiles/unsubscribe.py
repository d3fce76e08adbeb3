"""Switching the daily mail off from the mail itself, without signing in (RFC 8058)."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .models import User

SALT = "profiles.unsubscribe"


def unsubscribe_address(user: User) -> str:
    """Return the link, for this person alone, that switches their daily mail off."""
    token = signing.dumps(user.pk, salt=SALT)
    return settings.WAGTAILADMIN_BASE_URL + reverse("profiles:unsubscribe", args=[token])


# A mail program presses the button without a cookie or a token of ours: the signed link is the
# proof, and all it can do is switch one mail off.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and on the press of the button switch the daily mail off."""
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    user = get_object_or_404(User, pk=key)
    if request.method == "POST":
        User.objects.filter(pk=user.pk).update(wants_digest=False)
    return render(request, "profiles/unsubscribe.html", {"is_done": request.method == "POST"})


urlpatterns = [path("mail/stop/<str:token>/", unsubscribe, name="unsubscribe")]
