"""What a migration does to rows that stood before it."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

from django.apps import apps

from courses.models import Offering, OfferingPart


def test_old_runs_get_one_part_and_a_calendar_name_of_their_own(course_of):
    begin, end = datetime(2026, 12, 3, 20, tzinfo=UTC), datetime(2026, 12, 3, 21, tzinfo=UTC)
    for number in range(2):
        Offering.objects.create(
            course=course_of(f"Session {number}"), starts_at=begin, ends_at=end, place="Library"
        )
    OfferingPart.objects.all().delete()
    Offering.objects.update(uid=None)
    fill = import_module("courses.migrations.0004_parts_of_old_runs").fill
    fill(apps, None)
    names = set(Offering.objects.values_list("uid", flat=True))
    fill(apps, None)
    assert len(names) == 2 and None not in names
    assert names == set(Offering.objects.values_list("uid", flat=True))
    parts = OfferingPart.objects.values_list("number", "starts_at", "ends_at", "place")
    assert list(parts) == [(1, begin, end, "Library")] * 2
