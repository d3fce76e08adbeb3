"""Say of minutes that were kept before their origin was that the help desk told them."""

from django.db import migrations


def fill(apps, schema_editor):
    """Fill what is missing; done twice, it is done."""
    tickets = apps.get_model("profiles", "Ticket").objects
    tickets.filter(minutes_lost__isnull=False, minutes_origin="").update(minutes_origin="field")


class Migration(migrations.Migration):
    dependencies = [("profiles", "0003_words_classifier_date_order")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
