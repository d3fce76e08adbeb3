"""Keeps the look book in place, and tells the parts above when the catalogue changed."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import PageViewRestriction

from profiles.queries import today_in_district

from .models import Claim, ClaimEvent, Completion, CompletionEvent, CoursePage
from .signals import catalogue_changed, completion_changed

#: Parts whose permissions authors are given, and tables the look book stands on.
PERMISSIONS_FROM = (
    "courses",
    "profiles",
    "wagtailadmin",
    "wagtailcore",
    "wagtaildocs",
    "wagtailimages",
)
TABLES = {
    "courses_credittype",
    "courses_lookbookpage",
    "wagtailcore_page",
    "wagtailcore_locale",
    "auth_group",
}


@receiver(post_migrate, dispatch_uid="look book")
def make_look_book(sender, using: str, **kwargs) -> None:
    """Make the look book and its authors' rights after a migration, so that nobody has to."""
    if sender.name != "courses" or using != "default":
        return
    if not set(connection.introspection.table_names()) >= TABLES:
        return  # on the way back to an empty database
    from .operations import look_book, set_up_authors
    from .operations.credit_rules import set_up_credit

    # Wagtail clears its cache when a site changes; a cache in the database needs its table then.
    call_command("createcachetable", database=using, verbosity=0)
    for label in PERMISSIONS_FROM:
        create_permissions(apps.get_app_config(label), verbosity=0, using=using)
    set_up_authors(page=look_book())
    set_up_credit(now=timezone.now())


@receiver([post_save, post_delete], sender=PageViewRestriction, dispatch_uid="session private")
def tell_privacy_changed(sender, instance, **kwargs) -> None:
    """Tell that a session became private or public again."""
    if isinstance(page := instance.page.specific, CoursePage):
        catalogue_changed.send(sender=CoursePage, course_ids=[page.pk], cause="session")


@receiver(post_delete, sender=CoursePage, dispatch_uid="session deleted")
def tell_page_deleted(sender, instance, **kwargs) -> None:
    """Tell that a session is gone."""
    catalogue_changed.send(sender=CoursePage, course_ids=[instance.pk], cause="session")


@receiver(completion_changed, dispatch_uid="credit for completions")
def give_or_take_credit(sender, completion: Completion, what: str, now, **kwargs) -> None:
    """Give credit for what is finished; take it back, with the same words, when that is."""
    from .operations.credit import award_for_completion, revoke_credit, source_of

    if what == CompletionEvent.What.GIVEN:
        day = today_in_district(completion.completed_at)
        award_for_completion(completion=completion, earned_date=day, now=now)
        return
    said = CompletionEvent.objects.filter(
        teacher=completion.teacher_id, course=completion.course_id, what=what
    ).last()
    revoke_credit(
        teacher_id=completion.teacher_id,
        source=source_of(completion.course_id),
        by=said.by if said else None,
        reason=said.why if said else "",
        now=now,
    )


@receiver(post_save, sender=ClaimEvent, dispatch_uid="credit for claims")
def give_or_take_credit_for_claim(sender, instance: ClaimEvent, created: bool, **kwargs) -> None:
    """Give credit for an approved claim that is equal to no session, which gives its own."""
    from .operations.credit import award_credit, revoke_credit

    claim, source = instance.claim, f"claim:{instance.claim_id}"
    if not created:
        return
    if instance.state == Claim.State.APPROVED and claim.course_id is None:
        award_credit(
            teacher=claim.teacher,
            source=source,
            title=claim.title,
            minutes=claim.minutes,
            earned_date=claim.held_date,
            by=instance.by,
            now=instance.happened_at,
        )
    elif instance.state == Claim.State.RETURNED:
        revoke_credit(
            teacher_id=claim.teacher_id,
            source=source,
            by=instance.by,
            reason=instance.why,
            now=instance.happened_at,
        )
