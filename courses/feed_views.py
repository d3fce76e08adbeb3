"""The private calendar feed: its address in the settings, and what a calendar reads there."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profiles.access import SignedInRequest, role_required
from profiles.choices import Role
from profiles.queries import the_district

from .calendars import write_feed
from .calendars.events import fingerprint
from .models import CalendarFeed
from .operations.feeds import hash_of, note_read, remove_feed, renew_feed
from .queries.calendars import events_of

#: A calendar looks a few times an hour at most; so often in ten minutes is a program gone wild.
READS, WRONG_SECRETS, IN_SECONDS = 60, 100, 600

owner_required = role_required(Role.TEACHER, Role.COACH, Role.COORDINATOR)


@owner_required
@require_http_methods(["GET", "POST"])
@never_cache
def address(request: SignedInRequest) -> HttpResponse:
    """Say whether there is an address; by POST make one, in the place of the one before.

    The new address is in this one answer and nowhere else: stored is only a hash of its secret.
    """
    secret = renew_feed(user=request.user, now=timezone.now()) if request.method == "POST" else ""
    return render(
        request,
        "courses/feed.html",
        {
            "feed": CalendarFeed.objects.filter(user=request.user).first(),
            "address": feed_address(secret) if secret else "",
        },
    )


@owner_required
@require_POST
def remove(request: SignedInRequest) -> HttpResponse:
    """Take the address away."""
    remove_feed(user=request.user)
    messages.success(request, "The address is gone. Calendars that used it find nothing there now.")
    return redirect("courses:feed-address")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar reads: no sign-in, the secret in the address is the key."""
    now = timezone.now()
    found = (
        CalendarFeed.objects.filter(secret_hash=hash_of(secret), user__is_active=True)
        .select_related("user__teacher")
        .first()
    )
    if found is None:
        # Counted by where it comes from; who has the right secret is never in the way of others.
        if _too_often(f"wrong:{request.META.get('REMOTE_ADDR', '')}", WRONG_SECRETS):
            return _later()
        raise Http404
    if _too_often(f"read:{found.pk}", READS):
        return _later()
    events, district = events_of(found.user, now), the_district()
    title = f"Sessions · {district.name}" if district.name else "Sessions"
    mark = fingerprint(events, title, district.time_zone)
    found = note_read(feed=found, fingerprint=mark, now=now)
    response = HttpResponse(
        write_feed(events, title=title, zone=district.zone, stamp_at=found.changed_at),
        content_type="text/calendar; charset=utf-8",
    )
    etag, changed = quote_etag(mark), int(found.changed_at.timestamp())
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="sessions.ics"'
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag, changed, response) or response


def feed_address(secret: str) -> str:
    """Return the whole address of a feed."""
    return settings.WAGTAILADMIN_BASE_URL + reverse("courses:feed", args=[secret])


def _too_often(key: str, limit: int) -> bool:
    """Count one more; whether that is more than `limit` in this stretch of time."""
    key = f"feed:{key}"
    cache.add(key, 0, IN_SECONDS)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it ran out between the two lines
        return False


def _later() -> HttpResponse:
    response = HttpResponse(
        "Too often. Try again later.",
        status=429,
        content_type="text/plain",
        headers={"Retry-After": str(IN_SECONDS)},
    )
    # Django writes the address of every refusal into the log: here it is the key itself.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


urlpatterns = [
    path("calendar/address/", address, name="feed-address"),
    path("calendar/address/remove/", remove, name="feed-remove"),
    path("calendar/feed/<str:secret>/sessions.ics", feed, name="feed"),
]
