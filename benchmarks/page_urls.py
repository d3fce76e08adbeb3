"""The site's addresses and an empty page of the same frame, for signed-in people."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from pdplanner.urls import urlpatterns as site


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """Return the frame with nothing in it."""
    return render(request, "base.html")


urlpatterns = [path("benchmark-empty/", empty), *site]
