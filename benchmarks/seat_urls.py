"""The site's addresses, the bare UPDATE that seats are measured against, and a coach's change."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from courses.models import Offering
from courses.operations import FewerSeatsThanTaken, SeatsAreContended, store_offering
from pdplanner.urls import urlpatterns as site
from profiles.access import SignedInRequest, teacher_required


@teacher_required
@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a seat by a bare conditional UPDATE: no queue, no history, nobody's name on it."""
    free = Offering.objects.filter(pk=pk, seats_taken__lt=F("seats"))
    return HttpResponse(status=204 if free.update(seats_taken=F("seats_taken") + 1) else 409)


@require_POST
def resize(request: HttpRequest, pk: int, seats: int) -> HttpResponse:
    """Change the seats of a run as the coach's form does."""
    offering = get_object_or_404(Offering, pk=pk)
    offering.seats = seats
    try:
        store_offering(offering=offering, by=None, now=timezone.now())
    except (FewerSeatsThanTaken, SeatsAreContended):
        return HttpResponse(status=409)
    return HttpResponse(status=204)


urlpatterns = [
    path("benchmark/take/<int:pk>/", take),
    path("benchmark/resize/<int:pk>/<int:seats>/", resize),
    *site,
]
