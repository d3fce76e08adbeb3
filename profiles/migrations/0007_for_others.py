"""Whose need a ticket is: nobody's that is about something shared, or asked for others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("profiles", "0006_sealed_keys_and_who_was_left_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="teacher",
            name="asks_for_others",
            field=models.BooleanField(
                default=False,
                help_text="A school's tech contact: tickets are about colleagues unless"
                " somebody says so.",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="whose",
            field=models.CharField(
                blank=True,
                choices=[
                    ("named", "the help desk names you as the one to help"),
                    ("shared", "about something shared, or for somebody else"),
                    ("mine", "yours: you said so"),
                ],
                max_length=20,
            ),
        ),
    ]
