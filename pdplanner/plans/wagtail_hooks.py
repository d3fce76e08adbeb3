"""Where Wagtail meets paths: who asks for a coach, and whom a session reaches."""

from __future__ import annotations

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from courses.models import CoursePage
from courses.wagtail_hooks import DESK_MENU, DeskMenuItem

from . import desk


@hooks.register(DESK_MENU)
def requests_in_desk() -> MenuItem:
    """Teachers who would like a coach."""
    return DeskMenuItem(
        "Who asks for a coach", reverse("coach-requests"), icon_name="comment", order=50
    )


@hooks.register(DESK_MENU)
def unmet_in_desk() -> MenuItem:
    """What to write next."""
    return DeskMenuItem(
        "Needs nobody meets yet", reverse("unmet-needs"), icon_name="help", order=60
    )


@hooks.register("register_admin_urls")
def desk_addresses() -> list:
    """Mount these pages below the admin."""
    return desk.urlpatterns


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def reach_button(page, user, next_url=None, view_name=None):
    """Lead from a session to whom it reaches."""
    if page.pk and isinstance(page.specific_deferred, CoursePage):
        address = reverse("session-reach", args=[page.pk])
        yield Button("Who it reaches", address, icon_name="group", priority=80)


@hooks.register("after_publish_page")
def say_whom_it_reaches(request, page) -> None:
    """Point to it once a session is published; paths are cut anew in the background."""
    if isinstance(page, CoursePage):
        address = reverse("session-reach", args=[page.pk])
        messages.info(request, format_html('<a href="{}">See who it reaches</a>', address))
