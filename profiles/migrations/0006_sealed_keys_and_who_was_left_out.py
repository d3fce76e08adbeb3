"""Seal the application tokens that stood in the clear, and count whom help desks left out."""

from django.db import migrations, models

from profiles.seals import Secret, seal


def seal_tokens(apps, schema_editor):
    """GLPI alone kept its application's token as its account; done twice, it is done."""
    feeds = apps.get_model("profiles", "TicketFeed").objects
    for feed in feeds.filter(kind="glpi").exclude(account=""):
        feed.sealed_app_token, feed.account = seal(Secret(feed.account)), ""
        feed.save(update_fields=["sealed_app_token", "account"])


def count_left_out(apps, schema_editor):
    """As far back as passes are kept: enough to know whether there was anybody."""
    for feed in apps.get_model("profiles", "TicketFeed").objects.filter(passed_over=0):
        passes = feed.runs.values_list("counts", flat=True)
        feed.passed_over = sum(counts.get("unmatched", 0) for counts in passes)
        feed.save(update_fields=["passed_over"])


class Migration(migrations.Migration):
    dependencies = [("profiles", "0005_said_of_room")]
    operations = [
        migrations.AddField("ticketfeed", "sealed_app_token", models.TextField(blank=True)),
        migrations.AddField("ticketfeed", "passed_over", models.PositiveBigIntegerField(default=0)),
        migrations.AddField(
            "ticketfeed", "roster_then", models.JSONField(blank=True, default=dict)
        ),
        migrations.RunPython(seal_tokens, migrations.RunPython.noop),
        migrations.RunPython(count_left_out, migrations.RunPython.noop),
    ]
