"""Keeps the look book in place, and tells the parts above when the catalogue changed."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver
from wagtail.models import PageViewRestriction

from .models import CoursePage
from .signals import catalogue_changed

#: Parts whose permissions authors are given, and tables the look book stands on.
PERMISSIONS_FROM = (
    "courses",
    "profiles",
    "wagtailadmin",
    "wagtailcore",
    "wagtaildocs",
    "wagtailimages",
)
TABLES = {"courses_lookbookpage", "wagtailcore_page", "wagtailcore_locale", "auth_group"}


@receiver(post_migrate, dispatch_uid="look book")
def make_look_book(sender, using: str, **kwargs) -> None:
    """Make the look book and its authors' rights after a migration, so that nobody has to."""
    if sender.name != "courses" or using != "default":
        return
    if not set(connection.introspection.table_names()) >= TABLES:
        return  # on the way back to an empty database
    from .operations import look_book, set_up_authors

    # Wagtail clears its cache when a site changes; a cache in the database needs its table then.
    call_command("createcachetable", database=using, verbosity=0)
    for label in PERMISSIONS_FROM:
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    set_up_authors(page=look_book())


@receiver([post_save, post_delete], sender=PageViewRestriction, dispatch_uid="session private")
def tell_privacy_changed(sender, instance, **kwargs) -> None:
    """Tell that a session became private or public again."""
    if isinstance(page := instance.page.specific, CoursePage):
        catalogue_changed.send(sender=CoursePage, course_ids=[page.pk], cause="session")


@receiver(post_delete, sender=CoursePage, dispatch_uid="session deleted")
def tell_page_deleted(sender, instance, **kwargs) -> None:
    """Tell that a session is gone."""
    catalogue_changed.send(sender=CoursePage, course_ids=[instance.pk], cause="session")
