"""The coordinator's look at the forecast: which fit is in use, how it does, and a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from pdplanner.plans.models import ForecastRun, RulesFit
from pdplanner.plans.operations.forecasting import STAGES, ask_forecast
from pdplanner.plans.operations.rebuilding import TOGETHER
from pdplanner.plans.queries.figures import FEWEST_SHOWN
from pdplanner.plans.tasks import work_out_forecast
from profiles.access import SignedInRequest, role_required
from profiles.choices import Role

from .forecast import as_json, fit_rows, read_forecast
from .views import page_of

coordinator_only = role_required(Role.COORDINATOR)


@coordinator_only
@require_GET
def forecast(request: SignedInRequest) -> HttpResponse:
    """How well needs are foretold here."""
    found = read_forecast()
    page = page_of(RulesFit.objects.all(), request)
    return render(
        request,
        "insights/forecast.html",
        {
            "found": found,
            "page": page,
            "fits": fit_rows(list(page.object_list), found.in_use),
            "fewest": FEWEST_SHOWN,
            "stages": len(STAGES) - 1,
            "together": f"{TOGETHER:,}",
        },
    )


@coordinator_only
@require_POST
def ask(request: SignedInRequest) -> HttpResponse:
    """Owe a fit or a measuring to the worker."""
    what = request.POST.get("what", "")
    if what not in ForecastRun.What.values:
        return HttpResponseBadRequest("Say what to do: fit or measure.")
    run = ask_forecast(what=what, by=request.user, now=timezone.now())
    work_out_forecast.delay_on_commit()
    if what == ForecastRun.What.FIT and run.what != what:
        messages.info(request, "It is being measured just now. Ask for the fit once that is done.")
    elif run.what != what or run.by != request.user:
        messages.info(request, "That is being worked out already.")
    return redirect("insights:forecast")


@coordinator_only
@require_GET
def figures(request: SignedInRequest) -> HttpResponse:
    """All figures as one JSON object to keep."""
    answer = JsonResponse(
        as_json(read_forecast(), list(RulesFit.objects.all())), json_dumps_params={"indent": 1}
    )
    answer["Content-Disposition"] = 'attachment; filename="forecast.json"'
    answer["Cache-Control"] = "no-store"
    return answer
