"""Keep of the room which facts are the teacher's word, not one moment for all of them."""

from django.db import migrations

import profiles.models.fields

FACTS = [("schools", "schools"), ("grades", "grades"), ("subjects", "subjects")]


def take_over(apps, schema_editor):
    """Whoever had said anything keeps all of it: which part they changed was not kept."""
    teachers = apps.get_model("profiles", "Teacher").objects
    said = [fact for fact, _ in FACTS]
    teachers.filter(room_said_at__isnull=False).update(said_of_room=said)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0004_where_old_minutes_come_from")]
    operations = [
        migrations.AddField(
            "teacher",
            "said_of_room",
            profiles.models.fields.ChoiceListField(blank=True, default=list),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RemoveField("teacher", "room_said_at"),
    ]
