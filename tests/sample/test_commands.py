"""Made from a seed, made once, taken away whole."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from courses.models import CoursePage
from courses.operations import look_book
from pdplanner.sample.district import DistrictInUse, make_sample
from pdplanner.sample.removal import NoSampleHere, remove_sample
from profiles.models import District, Teacher

from .conftest import NOW

COMPARED = [
    *apps.get_app_config("courses").get_models(),
    *apps.get_app_config("profiles").get_models(),
]
#: Columns that say when a row was written, are a secret, or hold keys of other rows.
NOT_COMPARED = {
    *("imported_at", "password", "body"),
    *("token", "badge_id", "uid"),  # unguessable, so never the same
    "CreditAward.source",  # names a row by its key
}


def rows_of(model: type[models.Model]) -> list[tuple]:
    """The rows of a model without keys, which the database hands out."""
    fields = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.is_relation
        and not field.primary_key
        and not {field.name, f"{model.__name__}.{field.name}"} & NOT_COMPARED
    ]
    return sorted(model.objects.values_list(*fields), key=repr)


def blocks_of_sessions() -> list[tuple[str, list[str]]]:
    """The ids of the parts of each session."""
    pages = CoursePage.objects.order_by("external_id")
    return [(page.external_id, [block.id for block in page.body]) for page in pages]


def counts() -> dict[str, int]:
    """How many rows every table of ours and Wagtail's pages hold."""
    labels = ("profiles", "courses", "plans", "wagtailcore", "wagtailsearch")
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.app_label in labels
    }


def make() -> None:
    make_sample(seed=7, now=NOW, say=lambda words: None)


@pytest.mark.slow
def test_same_seed_and_day_make_the_same_district_and_nothing_stays(db):
    District.objects.create()
    look_book()
    before = counts()
    make()
    first = {model: rows_of(model) for model in COMPARED}
    blocks = blocks_of_sessions()
    remove_sample()
    assert counts() == before
    assert District.objects.get().is_sample is False
    make()
    for model, rows in first.items():
        assert rows_of(model) == rows, model
    assert blocks_of_sessions() == blocks


def test_sample_district_stays_out_of_a_district_in_use(new_teacher):
    with pytest.raises(CommandError, match="already holds teachers of its own"):
        call_command("sample_district", stdout=StringIO(), stderr=StringIO())
    assert Teacher.objects.get() == new_teacher
    with pytest.raises(DistrictInUse):
        make()


def test_remove_sample_without_one_changes_nothing(new_teacher):
    with pytest.raises(CommandError, match="no sample district here"):
        call_command("remove_sample", "--yes", stdout=StringIO())
    with pytest.raises(NoSampleHere):
        remove_sample()
    assert Teacher.objects.get() == new_teacher
