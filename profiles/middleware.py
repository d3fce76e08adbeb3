"""Every page speaks in the district's time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .queries import the_district


class DistrictTimeMiddleware:
    """Makes the district's zone the current one for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(the_district().zone):
            return self.get_response(request)
