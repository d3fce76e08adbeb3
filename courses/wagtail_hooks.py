"""Where Wagtail meets us: who may open the look book, and what stands in the admin's menu."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from profiles.queries import roles_of

from . import desk_urls
from .desk_views import may_open_desk
from .models import Completion, CoursePage, LookBookPage
from .run_snippets import OfferingViewSet
from .snippets import SkillsAndToolsGroup

#: Pages of the desk register themselves here: `hooks.register(DESK_MENU)` gives a MenuItem.
DESK_MENU = "register_desk_menu_item"
NOT_WITHOUT = "Without the look book no session could be opened."


@hooks.register("before_serve_page")
def let_in_whoever_belongs_here(page, request, serve_args, serve_kwargs):
    """Show pages of the look book to whoever is signed in and has a role here."""
    return _turn_away(request)


@hooks.register("before_serve_document")
def hand_out_to_whoever_belongs_here(document, request):
    """Hand out downloads on the same terms as the pages they hang on."""
    return _turn_away(request)


def _turn_away(request):
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not roles_of(request.user) and not request.user.is_superuser:
        raise PermissionDenied
    return None


@hooks.register("before_delete_page")
def keep_what_records_stand_on(request, page):
    """Refuse to delete the look book, and sessions that stand on somebody's record."""
    if reason := _why_kept([page]):
        messages.error(request, reason)
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("before_bulk_action")
def keep_what_records_stand_on_in_bulk(request, action_type, objects, action):
    """Refuse the same for many pages at once, and to publish what lacks its minutes."""
    pages = [item for item in objects if isinstance(item, Page)]
    reason = ""
    if action_type == "delete":
        reason = _why_kept(pages)
    elif action_type == "publish":
        reason = _why_unfinished(pages)
    elif action_type == "unpublish" and any(isinstance(p.specific, LookBookPage) for p in pages):
        reason = NOT_WITHOUT
    if not reason:
        return None
    messages.error(request, reason)
    # Without a place to go on to, Wagtail names the action itself, which then finds no pages.
    return redirect("wagtailadmin_home" if action.next_url == request.path else action.next_url)


@hooks.register("before_unpublish_page")
def keep_the_look_book_open(request, page):
    """Refuse to take the whole look book down: every session hangs below it."""
    if isinstance(page.specific, LookBookPage):
        messages.error(request, NOT_WITHOUT)
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


def _why_kept(pages) -> str:
    """Return why one of these pages can't be deleted, or nothing."""
    ids = [page.pk for page in pages]
    if LookBookPage.objects.filter(pk__in=ids).exists():
        return "The look book can't be deleted: every session hangs below it."
    kept = Completion.objects.filter(course__in=ids).values_list("course__title", flat=True)
    if title := kept.first():
        return f"“{title}” stands on people's records, so it can't be deleted. Unpublish it."
    return ""


def _why_unfinished(pages) -> str:
    """Return which of these pages and those below can't be published yet, or nothing."""
    ids = {page.pk for page in pages}
    for page in pages:
        ids |= set(page.get_descendants().not_live().values_list("pk", flat=True))
    for page in CoursePage.objects.filter(pk__in=ids):
        newest = page.get_latest_revision_as_object()
        if newest.minutes is None or not newest.summary:
            return f"“{newest.title}” lacks its minutes or its summary. Nothing was published."
    return ""


class DeskMenuItem(MenuItem):
    """A line of the desk, for coaches and coordinators."""

    def is_shown(self, request) -> bool:
        return may_open_desk(request.user)


desk_menu = Menu(register_hook_name=DESK_MENU)


@hooks.register("register_admin_menu_item")
def desk_in_menu() -> SubmenuMenuItem:
    """Put the desk near the top of the admin's menu."""
    return SubmenuMenuItem("Desk", desk_menu, icon_name="clipboard-list", order=50)


@hooks.register(DESK_MENU)
def runs_in_desk() -> MenuItem:
    """Who comes, who came."""
    return DeskMenuItem("Who came", reverse("desk:runs"), icon_name="group", order=100)


@hooks.register(DESK_MENU)
def tasks_in_desk() -> MenuItem:
    """Tasks that were handed in."""
    return DeskMenuItem("Tasks handed in", reverse("desk:tasks"), icon_name="doc-full", order=200)


@hooks.register(DESK_MENU)
def month_in_desk() -> MenuItem:
    """What is on, day by day."""
    return DeskMenuItem("Month of runs", reverse("desk:run-calendar"), icon_name="date", order=150)


@hooks.register(DESK_MENU)
def confirming_in_desk() -> MenuItem:
    """Sessions that only a coach can call finished."""
    return DeskMenuItem("Confirm finished", reverse("desk:finished"), icon_name="check", order=300)


@hooks.register(DESK_MENU)
def evaluations_in_desk() -> MenuItem:
    """What teachers say when a session is over."""
    return DeskMenuItem("How it went", reverse("desk:evaluations"), icon_name="view", order=400)


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def results_button(page, user, next_url=None, view_name=None):
    """Lead from a session to what teachers said of it."""
    if page.pk and isinstance(page.specific_deferred, CoursePage):
        address = reverse("desk:evaluation", args=[page.pk])
        yield Button("How it went", address, icon_name="view", priority=85)


@hooks.register("register_admin_urls")
def desk_addresses() -> list:
    """Mount the desk below the admin."""
    return [path("desk/", include(desk_urls, namespace="desk"))]


register_snippet(OfferingViewSet)
register_snippet(SkillsAndToolsGroup)
