import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RosterProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('columns', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='teacher',
            name='erased_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='ticket',
            name='is_repeated',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='user',
            name='wants_evaluations',
            field=models.BooleanField(default=True, help_text='When a session is over, and some weeks on.'),
        ),
        migrations.AddField(
            model_name='user',
            name='wants_invitations',
            field=models.BooleanField(default=True, help_text='At once, so that your calendar follows your seats by itself.'),
        ),
        migrations.AddField(
            model_name='user',
            name='wants_reminders',
            field=models.BooleanField(default=True, help_text='The day before, and while a seat is offered to you.'),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='state',
            field=models.CharField(choices=[('checking', 'Being checked'), ('checked', 'Checked, nothing written yet'), ('running', 'Running'), ('applied', 'Applied'), ('refused', 'Refused, nothing written'), ('stopped', 'Stopped before its end')], max_length=20),
        ),
        migrations.AlterField(
            model_name='user',
            name='wants_digest',
            field=models.BooleanField(default=False, help_text='On days when something on it changed.'),
        ),
        migrations.CreateModel(
            name='RosterBase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=50)),
                ('file', models.CharField(max_length=50)),
                ('rows', models.JSONField(default=list)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'file'), name='roster_base_once')],
            },
        ),
        migrations.CreateModel(
            name='TicketFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('rt', 'Request Tracker 5'), ('zendesk', 'Zendesk'), ('freshdesk', 'Freshdesk'), ('zammad', 'Zammad'), ('incident-iq', 'Incident IQ'), ('servicenow', 'ServiceNow'), ('jira', 'Jira Service Management'), ('glpi', 'GLPI')], max_length=20)),
                ('address', models.CharField(max_length=300)),
                ('account', models.CharField(blank=True, max_length=200)),
                ('sealed_token', models.TextField(blank=True)),
                ('sealed_hook_key', models.TextField(blank=True)),
                ('queue', models.CharField(blank=True, max_length=200)),
                ('fields', models.JSONField(blank=True, default=dict)),
                ('is_on', models.BooleanField(default=False)),
                ('set_up_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('place', models.JSONField(blank=True, default=dict)),
                ('checked_to', models.BigIntegerField(default=0)),
                ('turn', models.PositiveBigIntegerField(default=0)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('not_before_at', models.DateTimeField(blank=True, null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('good_at', models.DateTimeField(blank=True, null=True)),
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feed', to='profiles.ticketsource')),
            ],
            options={
                'ordering': ['source__name'],
            },
        ),
        migrations.CreateModel(
            name='FeedCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=100)),
                ('signature', models.CharField(max_length=64, unique=True)),
                ('called_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='profiles.ticketfeed')),
            ],
            options={
                'ordering': ['called_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('erased', 'Erased'), ('withdrawn', 'Taken back'), ('declined', 'Not done')], max_length=20)),
                ('reply', models.CharField(blank=True, max_length=300)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='erasure_requests', to='profiles.teacher')),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('teacher',), name='one_open_erasure_request')],
            },
        ),
        migrations.CreateModel(
            name='Practice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('kept', 'You do this'), ('packed', 'You can show someone this'), ('picked', 'You want to try this')], max_length=10)),
                ('since_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('picked_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='picked_up', to='profiles.practice')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='practices', to='profiles.skill')),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='practices', to='profiles.teacher')),
            ],
            options={
                'ordering': ['-since_at', '-id'],
                'indexes': [models.Index(fields=['state', 'skill'], name='profiles_pr_state_e4d14c_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None), ('picked_from__isnull', False)), fields=('teacher', 'picked_from'), name='picked_up_once')],
            },
        ),
        migrations.CreateModel(
            name='SignalLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(max_length=200)),
                ('what', models.CharField(max_length=100)),
                ('why', models.CharField(max_length=200)),
                ('looked_at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('teacher', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='looks', to='profiles.teacher')),
            ],
            options={
                'ordering': ['-looked_at', '-id'],
                'indexes': [models.Index(fields=['teacher', '-looked_at'], name='profiles_si_teacher_6fb9f3_idx')],
            },
        ),
        migrations.CreateModel(
            name='FeedRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField(blank=True, default=dict)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='profiles.ticketfeed')),
            ],
            options={
                'ordering': ['-started_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('feed',), name='one_open_run_a_feed')],
            },
        ),
        migrations.CreateModel(
            name='TicketTombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=100)),
                ('gone_at', models.DateTimeField()),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tombstones', to='profiles.ticketsource')),
            ],
            options={
                'ordering': ['-gone_at', '-id'],
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='tombstone_once')],
            },
        ),
    ]
