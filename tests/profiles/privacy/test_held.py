"""Nothing is held about a teacher that the list does not name."""

from __future__ import annotations

from django.db.models import CASCADE, Model

from profiles.models import Teacher, User
from profiles.privacy import Erasure, all_held

OURS = {"profiles", "courses", "plans", "insights", "account", "mfa", "socialaccount"}
#: Held for a moment of signing in, or only about authors at work in the CMS.
MOMENTARY = {"account.EmailConfirmation", "socialaccount.SocialToken"}


def tables_about(models: set[type[Model]]) -> set[str]:
    """Walk from these models to all that is deleted with their rows, so is about them."""
    found: set[type[Model]] = set()
    left = set(models)
    while left:
        model = left.pop()
        found.add(model)
        for relation in model._meta.get_fields(include_hidden=True):
            if not relation.auto_created or relation.concrete or relation.many_to_many:
                continue
            other = relation.related_model
            if getattr(relation, "on_delete", None) is not CASCADE or other._meta.auto_created:
                continue
            if other not in found and other._meta.app_label in OURS:
                left.add(other)
    return {model._meta.label for model in found}


def test_every_table_about_a_teacher_is_on_the_list():
    named = {held.model._meta.label for held in all_held()}
    found = tables_about({Teacher, User})
    assert {"profiles.Ticket", "plans.PlanStep", "courses.PresenceMark"} <= found
    assert found - MOMENTARY - named == set()


def test_the_list_leads_to_teachers_and_says_why_something_stays():
    for held in all_held():
        assert str(held.model._default_manager.filter(**{held.path: 1}).query)
        assert bool(held.why_kept) == (held.erasure is Erasure.KEEP)
        for name in held.secret:
            held.model._meta.get_field(name)
