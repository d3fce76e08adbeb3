"""Give every run that stood before a calendar name of its own and its one part."""

from uuid import uuid4

from django.db import migrations


def fill(apps, schema_editor):
    """Fill what is missing; done twice, it is done."""
    offerings = apps.get_model("courses", "Offering").objects
    parts = apps.get_model("courses", "OfferingPart").objects
    for offering in offerings.filter(uid=None).iterator():
        offerings.filter(pk=offering.pk).update(uid=uuid4())
    for offering in offerings.filter(parts=None).iterator():
        parts.create(
            offering=offering,
            number=1,
            starts_at=offering.starts_at,
            ends_at=offering.ends_at,
            place=offering.place,
            link=offering.link,
        )


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_seats_attendance_credit")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
