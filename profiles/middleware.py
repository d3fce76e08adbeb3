"""Every page speaks in the district's time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from .queries import same_district


class DistrictTimeMiddleware:
    """Makes the district's zone the current one for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with same_district() as district, timezone.override(district.zone):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> None:
        """Let Wagtail's admin do the same.

        It switches to the zone on the user's profile, else to settings.TIME_ZONE, which is UTC:
        a coach's half past three would be stored as that of Greenwich. The profile is only lent
        the zone for this request; who has chosen one there keeps it.
        """
        user = request.user
        if user.is_authenticated and request.path.startswith(reverse("wagtailadmin_home")):
            profile = getattr(user, "wagtail_userprofile", None) or UserProfile(user=user)
            profile.current_time_zone = (
                profile.current_time_zone or timezone.get_current_timezone_name()
            )
