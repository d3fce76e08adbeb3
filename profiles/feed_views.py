"""The coordinator's help desks: set one up, try it, switch it on, see how it goes; and the door
that a help desk calls at."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .access import SignedInRequest, posted, role_required
from .choices import Role
from .feed_forms import FeedForm
from .models import TicketFeed
from .tasks import sync_feeds
from .tickets.feeds.hooks import HEADER, LARGEST_CALL, CallRefused, take_call
from .tickets.feeds.line import FeedProblem
from .tickets.feeds.queries import feeds_by_name, health_of, in_words, with_health
from .tickets.feeds.setting_up import NameTaken, new_hook_key, read_all_again, set_up, switch
from .tickets.feeds.systems import SYSTEMS
from .tickets.feeds.trying import try_feed

PER_PAGE = 20

coordinator_only = role_required(Role.COORDINATOR)


@coordinator_only
@require_GET
def feeds(request: SignedInRequest) -> HttpResponse:
    """Every help desk that is read, with how it goes, and what can be added."""
    page = Paginator(feeds_by_name(), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "profiles/feeds/feeds.html",
        {
            "page": page,
            "rows": with_health(page, now=timezone.now()),
            "kinds": TicketFeed.Kind.choices,
        },
    )


@coordinator_only
@sensitive_post_parameters("token", "app_token")
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, system: str) -> HttpResponse:
    """Set a help desk up."""
    if system not in SYSTEMS:
        raise Http404
    return edit(request, system, None)


@coordinator_only
@sensitive_post_parameters("token", "app_token")
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set a help desk up anew."""
    feed = get_object_or_404(feeds_by_name(), pk=pk)
    return edit(request, feed.kind, feed)


def edit(request: SignedInRequest, kind: str, feed: TicketFeed | None) -> HttpResponse:
    """Show the form of a help desk, and keep what it says."""
    form = FeedForm(kind, SYSTEMS[kind], feed, posted(request))
    if form.is_bound and form.is_valid():
        try:
            kept = set_up(setting=form.setting(), feed=feed, **form.tokens())
        except NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            messages.success(request, "Kept. Try the connection next.")
            return redirect("profiles:feed", kept.pk)
    return render(
        request,
        "profiles/feeds/edit.html",
        {"form": form, "feed": feed, "label": TicketFeed.Kind(kind).label},
        status=422 if form.is_bound else 200,
    )


@coordinator_only
@require_GET
def feed(request: SignedInRequest, pk: int) -> HttpResponse:
    """One help desk: how it goes, its passes, and what can be done with it."""
    row = get_object_or_404(feeds_by_name(), pk=pk)
    return show(request, row)


def show(request: SignedInRequest, row: TicketFeed, **more) -> HttpResponse:
    """Show one help desk."""
    page = Paginator(row.runs.all(), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "profiles/feeds/feed.html",
        {
            "feed": row,
            "health": health_of(row, row.runs.first(), now=timezone.now()),
            "page": page,
            "runs": [(run, in_words(run.counts)) for run in page],
            **more,
        },
    )


@coordinator_only
@require_POST
def trial(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the help desk for its first tickets and show what would be kept of them."""
    row = get_object_or_404(feeds_by_name(), pk=pk)
    try:
        return show(request, row, tried=try_feed(row, clock=timezone.now), was_tried=True)
    except FeedProblem as problem:
        return show(request, row, problem=str(problem), was_tried=True)


@coordinator_only
@require_POST
def turn(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switch a help desk on or off."""
    row = get_object_or_404(TicketFeed, pk=pk)
    is_on = request.POST.get("on") == "1"
    switch(feed=row, is_on=is_on)
    if is_on:
        sync_feeds.delay_on_commit()
        messages.success(request, "Switched on. The first tickets come in within a minute.")
    else:
        messages.success(request, "Switched off. The tickets that were read stay.")
    return redirect("profiles:feed", pk)


@coordinator_only
@require_POST
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read a help desk from its beginning: no ticket comes in twice, none is lost."""
    row = get_object_or_404(TicketFeed, pk=pk)
    read_all_again(feed=row, now=timezone.now())
    if row.is_on:
        sync_feeds.delay_on_commit()
    when = "beginning within a minute" if row.is_on else "once it is switched on"
    messages.success(request, f"All of it is read again, {when}.")
    return redirect("profiles:feed", pk)


@coordinator_only
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget a help desk's address and token. Its tickets stay."""
    row = get_object_or_404(TicketFeed, pk=pk)
    row.delete()
    messages.success(request, "Removed, with its token. The tickets that were read stay.")
    return redirect("profiles:feeds")


@coordinator_only
@require_POST
def hook_key(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a new key for the calls of a help desk, and show it this once."""
    row = get_object_or_404(feeds_by_name(), pk=pk)
    key = new_hook_key()
    row.hook_key = key
    row.save(update_fields=["sealed_hook_key"])
    answer = show(request, row, new_key=key.open())
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@require_POST
def hook(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a help desk's word that a ticket changed. Its signature is the sign-in here."""
    row = TicketFeed.objects.filter(pk=pk, is_on=True).first()
    length = request.META.get("CONTENT_LENGTH") or "0"
    if row is None or not length.isdecimal() or int(length) > LARGEST_CALL:
        raise Http404
    try:
        is_first = take_call(
            feed=row,
            header=request.headers.get(HEADER, ""),
            body=request.body,
            now=timezone.now(),
        )
    except CallRefused:
        raise Http404 from None
    if is_first:
        sync_feeds.delay_on_commit()
    return HttpResponse(status=202 if is_first else 200)
