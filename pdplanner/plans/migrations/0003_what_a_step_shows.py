import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0003_seats_attendance_credit'),
        ('plans', '0002_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='planstep',
            name='cloth',
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name='planstep',
            name='opens_after',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='planversion',
            name='since_date',
            field=models.DateField(null=True),
        ),
    ]
