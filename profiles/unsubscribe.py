"""Switching mail off from the mail itself, without signing in (RFC 8058)."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .models import User
from .notices import DIGEST_CHOICES

#: Of links without a time in them, and of those in earlier mails.
LINK_SALT, SALT = "profiles.unsubscribe.link", "profiles.unsubscribe"

#: What the page offers beside stopping all of it: the name on the button, and what it switches.
KINDS = (
    ("Only what changed on my path", "wants_digest"),
    ("Only dates that come up", "wants_reminders"),
    ("Only how a session went", "wants_evaluations"),
)


def unsubscribe_address(user: User) -> str:
    """Return the link, for this person alone, that switches their daily mail off."""
    # Without a time in it: a mail that has to be sent again is the same to the letter.
    token = signing.Signer(salt=LINK_SALT).sign_object(user.pk)
    return settings.WAGTAILADMIN_BASE_URL + reverse("profiles:unsubscribe", args=[token])


# A mail program presses the button without a cookie or a token of ours: the signed link is the
# proof, and all it can do is switch one mail off.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and on the press of a button switch the daily mail off, or one kind of news in it."""
    user = get_object_or_404(User, pk=_key_in(token))
    only = request.POST.get("only", "")
    is_done = request.method == "POST"
    if is_done:
        choices = (only,) if only in DIGEST_CHOICES else DIGEST_CHOICES
        User.objects.filter(pk=user.pk).update(**dict.fromkeys(choices, False))
        user.refresh_from_db(fields=DIGEST_CHOICES)
    return render(
        request,
        "profiles/unsubscribe.html",
        {
            "is_done": is_done,
            "is_all_off": not any(getattr(user, choice) for choice in DIGEST_CHOICES),
            "kinds": [(words, field) for words, field in KINDS if getattr(user, field)],
        },
    )


def _key_in(token: str) -> int:
    """Return whose link it is; links in earlier mails carry the time they were made at."""
    try:
        return signing.Signer(salt=LINK_SALT).unsign_object(token)
    except signing.BadSignature:
        pass
    try:
        return signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None


urlpatterns = [path("mail/stop/<str:token>/", unsubscribe, name="unsubscribe")]
