"""The look book's root page, and what its authors may do."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import get_supported_language_variant
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from profiles.choices import Role
from profiles.operations import GROUP_OF_ROLE

from ..models import LookBookPage

COACHES, COORDINATORS = GROUP_OF_ROLE[Role.COACH], GROUP_OF_ROLE[Role.COORDINATOR]

#: What authors do to pages below the look book, to files, and to the lists beside it. Nothing is
#: deleted here: a run is cancelled and a session unpublished, so that records keep their ground.
PAGE_RIGHTS = {
    COACHES: ("add_page", "change_page", "publish_page", "lock_page"),
    COORDINATORS: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
}
FILE_RIGHTS = (
    "add_image",  # Wagtail asks for the rights on its own image model, whatever the real one
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
)
LIST_RIGHTS = tuple(
    f"{verb}_{name}"
    for name in ("skill", "tool", "toolatschool", "ticketcategory", "offering")
    for verb in ("view", "add", "change")
)
REVIEW = "Review by a colleague"
#: What Wagtail calls the host of a site that nobody has named.
UNNAMED = "localhost"


@transaction.atomic
def look_book(*, title: str = "Look book") -> LookBookPage:
    """Return the catalogue's page, made when missing: the root of the default site."""
    page = LookBookPage.objects.first()
    if page is None:
        page = _wagtail_root().add_child(instance=LookBookPage(title=title, slug="look-book"))
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname=UNNAMED, root_page=page, is_default_site=True)
    elif site.root_page_id != page.pk:
        welcome = site.root_page
        site.root_page = page
        site.save()
        if welcome.slug == "home" and welcome.is_leaf() and type(welcome.specific) is Page:
            welcome.delete()  # Wagtail's own first page: nobody can reach it any more
    name_site()
    return page


def name_site() -> None:
    """Give the default site our name and address where it still has Wagtail's, which are
    "localhost"; what somebody has set there since stays."""
    site = Site.objects.get(is_default_site=True)
    before = (site.site_name, site.hostname, site.port)
    site.site_name = site.site_name or settings.WAGTAIL_SITE_NAME
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    if site.hostname == UNNAMED and address.hostname and address.hostname != UNNAMED:
        port = address.port or (443 if address.scheme == "https" else 80)
        if not Site.objects.filter(hostname=address.hostname, port=port).exists():
            site.hostname, site.port = address.hostname, port
    if (site.site_name, site.hostname, site.port) != before:
        site.save()


@transaction.atomic
def set_up_authors(*, page: LookBookPage) -> None:
    """Give coaches and coordinators their rights, and the look book its way of review."""
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    groups = [Group.objects.get_or_create(name=name)[0] for name in PAGE_RIGHTS]
    for group in groups:
        group.permissions.add(*_permissions(("access_admin", *LIST_RIGHTS)))
        for permission in _permissions(PAGE_RIGHTS[group.name]):
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
        for permission in _permissions(FILE_RIGHTS):
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=collection, permission=permission
            )
    _set_up_review(page, groups)


def _set_up_review(page: LookBookPage, groups: Iterable[Group]) -> None:
    """Let another coach or a coordinator read a session before it is published, if asked to."""
    if WorkflowPage.objects.filter(page=page).exists():
        return
    workflow, _ = Workflow.objects.get_or_create(name=REVIEW)
    task = GroupApprovalTask.objects.filter(name=REVIEW).first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=REVIEW)
        task.groups.set(groups)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.create(workflow=workflow, page=page)


def _permissions(codenames: Iterable[str]) -> list[Permission]:
    """Return the permissions of these names; one that is missing is a fault of ours."""
    found = {
        permission.codename: permission
        for permission in Permission.objects.filter(
            codename__in=codenames,
            content_type__app_label__in=(
                "courses",
                "profiles",
                "wagtailadmin",
                "wagtailcore",
                "wagtaildocs",
                "wagtailimages",
            ),
        )
    }
    return [found[codename] for codename in codenames]


def _wagtail_root() -> Page:
    """Return the root of Wagtail's page tree, made where no migration made it."""
    root = Page.get_first_root_node()
    if root is None:
        language = get_supported_language_variant(settings.LANGUAGE_CODE)
        Locale.objects.get_or_create(language_code=language)
        root = Page.add_root(instance=Page(title="Root", slug="root"))
    return root
