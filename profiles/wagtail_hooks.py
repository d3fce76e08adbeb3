"""Where Wagtail meets people and tickets: the sorting desk in the admin's menu."""

from __future__ import annotations

from django.urls import reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import desk


class SortingMenuItem(MenuItem):
    """A line of the desk, for coaches and coordinators."""

    def is_shown(self, request) -> bool:
        return desk.may_sort(request.user)


# The desk's menu stands in a part above; it takes whoever registers under this name.
@hooks.register("register_desk_menu_item")
def sorting_in_desk() -> MenuItem:
    """Tickets whose skill nobody knows yet."""
    return SortingMenuItem("Unsorted tickets", reverse("unsorted"), icon_name="tag", order=200)


@hooks.register("register_admin_urls")
def sorting_addresses() -> list:
    """Mount the sorting desk below the admin."""
    return desk.urlpatterns
