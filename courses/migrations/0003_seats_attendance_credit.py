import courses.models.certificates
import courses.models.claims
import courses.models.offerings
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import modelcluster.fields
import profiles.models.fields
import secrets
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('courses', '0002_initial'),
        ('profiles', '0002_feeds_privacy_closet'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Achievement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('mark', models.CharField(max_length=64, unique=True)),
                ('name', models.CharField(max_length=255)),
                ('description', models.TextField()),
                ('criteria', models.TextField()),
                ('credits', models.DecimalField(decimal_places=2, max_digits=8)),
            ],
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_date', models.DateField(blank=True, null=True)),
                ('fingerprint', models.CharField(blank=True, max_length=64)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='CalendarTold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField()),
                ('run_sequence', models.IntegerField(default=-1)),
                ('parts', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=courses.models.certificates.new_token, max_length=40, unique=True)),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('badge_id', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('badge', models.JSONField(blank=True, null=True)),
                ('badge_jwt', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-issued_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('provider', models.CharField(max_length=200)),
                ('held_date', models.DateField()),
                ('minutes', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(6000)])),
                ('words', models.TextField(blank=True, max_length=2000)),
                ('link', models.URLField(blank=True)),
                ('evidence', models.FileField(blank=True, upload_to=courses.models.claims.evidence_place)),
                ('evidence_name', models.CharField(blank=True, max_length=150)),
                ('evidence_type', models.CharField(blank=True, max_length=50)),
                ('state', models.CharField(choices=[('sent', 'Waits for an answer'), ('approved', 'Approved'), ('returned', 'Sent back'), ('withdrawn', 'Taken back by you')], default='sent', max_length=10)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['-sent_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ClaimEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('sent', 'Waits for an answer'), ('approved', 'Approved'), ('returned', 'Sent back'), ('withdrawn', 'Taken back by you')], max_length=10)),
                ('happened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('why', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['happened_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CompletionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('given', 'Counted as finished'), ('taken', 'No longer counted')], max_length=10)),
                ('ground', models.CharField(choices=[('check', 'Every quick check answered right'), ('attended', 'The coach marked who came'), ('task', 'The task was accepted'), ('coach', 'Confirmed by a coach'), ('rule', 'Everything it asks for is done'), ('claim', 'Finished elsewhere')], max_length=20)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('happened_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['happened_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_whole', models.BooleanField(default=False)),
                ('why', models.CharField(max_length=300)),
                ('confirmed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='CourseCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('minutes', models.PositiveIntegerField(blank=True, help_text="Empty: all of the session's minutes.", null=True)),
            ],
            options={
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CreditAward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60)),
                ('version', models.PositiveIntegerField(default=1)),
                ('name', models.CharField(max_length=250)),
                ('title', models.CharField(max_length=255)),
                ('district', models.CharField(max_length=200)),
                ('earned_date', models.DateField()),
                ('minutes', models.PositiveIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=8)),
                ('unit', models.CharField(max_length=40)),
                ('awarded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('is_by_hand', models.BooleanField(default=False)),
                ('is_revoked', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['-earned_date', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CreditRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jurisdiction', models.CharField(help_text='Who says so: the state, or the district.', max_length=100)),
                ('unit', models.CharField(default='hour', help_text='One of it: hour, CEU, point.', max_length=40)),
                ('minutes_per_unit', models.PositiveIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1)])),
                ('minimum_minutes', models.PositiveIntegerField(default=0, help_text='In minutes. What is shorter earns nothing.', validators=[django.core.validators.MaxValueValidator(6000)], verbose_name='shortest session')),
                ('rounding', models.CharField(choices=[('0.01', 'To the hundredth'), ('0.25-down', 'Down to a quarter'), ('0.25', 'To the nearest quarter'), ('0.5-down', 'Down to a half'), ('1-down', 'Down to a whole')], default='0.25-down', max_length=12)),
                ('from_date', models.DateField(verbose_name='from')),
                ('until_date', models.DateField(blank=True, help_text='The last day.', null=True, verbose_name='until')),
            ],
            options={
                'ordering': ['credit_type', '-from_date', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CreditType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('is_default', models.BooleanField(default=False, help_text='Every session that names no credit of its own earns it.', verbose_name='usual')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('owed_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ['-is_default', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('close', 'At the close'), ('later', 'Some weeks on')], max_length=10)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('skipped_at', models.DateTimeField(blank=True, null=True)),
                ('counted_at', models.DateTimeField(blank=True, null=True)),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('words', models.TextField(blank=True)),
                ('outcome', models.CharField(blank=True, choices=[('works', 'It works'), ('stuck', 'I still get stuck'), ('not-used', 'I have not used it yet')], max_length=10)),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='EvaluationTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('close', 'At the close'), ('later', 'Some weeks on')], max_length=10)),
                ('people', models.PositiveIntegerField()),
                ('counts', models.JSONField()),
                ('counted_date', models.DateField()),
            ],
            options={
                'ordering': ['counted_date', 'id'],
            },
        ),
        migrations.CreateModel(
            name='EvaluationWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('close', 'At the close'), ('later', 'Some weeks on')], max_length=10)),
                ('people', models.PositiveIntegerField()),
                ('words', models.JSONField()),
                ('counted_date', models.DateField()),
            ],
            options={
                'ordering': ['counted_date', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HandIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(blank=True, max_length=4000)),
                ('link', models.URLField(blank=True)),
                ('state', models.CharField(choices=[('sent', 'Waits for a coach'), ('accepted', 'Accepted'), ('returned', 'Sent back')], default='sent', max_length=10)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['-sent_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='LicenceCycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(help_text='As it is called: “Professional, grades 5 to 8”.', max_length=150, verbose_name='licence')),
                ('from_date', models.DateField(verbose_name='from')),
                ('until_date', models.DateField(help_text='The day by which it must be renewed.', verbose_name='until')),
            ],
            options={
                'ordering': ['until_date', 'id'],
            },
        ),
        migrations.CreateModel(
            name='LicenceNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=8, validators=[django.core.validators.MinValueValidator(0)])),
            ],
            options={
                'ordering': ['credit_type', 'id'],
            },
        ),
        migrations.CreateModel(
            name='OfferingPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('starts_at', models.DateTimeField(db_index=True)),
                ('ends_at', models.DateTimeField()),
                ('place', models.CharField(blank=True, max_length=200)),
                ('link', models.URLField(blank=True, help_text='Where to join, when it is online.')),
            ],
            options={
                'verbose_name': 'part of a run',
                'verbose_name_plural': 'parts of runs',
                'ordering': ['offering', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.PositiveSmallIntegerField(default=1)),
                ('minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('how', models.CharField(choices=[('door', 'Marked at the door'), ('code', 'Checked in by code'), ('sheet', 'From the paper sheet'), ('list', 'Marked on the list')], max_length=10)),
                ('marked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['part', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PresenceMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('how', models.CharField(choices=[('door', 'Marked at the door'), ('code', 'Checked in by code'), ('sheet', 'From the paper sheet'), ('list', 'Marked on the list')], max_length=10)),
                ('is_undo', models.BooleanField(default=False)),
                ('marked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['marked_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret', models.CharField(default=secrets.token_hex, editable=False, max_length=64)),
                ('grace_minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MaxValueValidator(120)])),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('RS256', 'RSA, for badges as JWT'), ('EdDSA', 'Ed25519, for proofs within the badge')], max_length=10)),
                ('public', models.JSONField()),
                ('private', models.TextField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='WalkIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_over_the_seats', models.BooleanField(default=False)),
                ('let_in_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='enrolment',
            name='enrolled_once_in_a_run',
        ),
        migrations.RemoveConstraint(
            model_name='enrolment',
            name='enrolled_once_self_paced',
        ),
        migrations.AddField(
            model_name='completion',
            name='why',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='attended_share',
            field=models.PositiveSmallIntegerField(default=80, help_text="In percent: who was there for so much of a run's minutes has attended it.", validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='share of the time'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='completion_rule',
            field=profiles.models.fields.ChoiceListField(blank=True, default=list, help_text='All that you mark is needed. None marked: a live session is done when somebody was there; any other when its quick checks are answered right, or, without a check, when a coach confirms it.', verbose_name='it counts as done when'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='for_students',
            field=models.CharField(blank=True, help_text='5. Begin here: what will be different for students when it works?', max_length=400, verbose_name='what students will do'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='in_use',
            field=models.CharField(blank=True, help_text='4. What does a teacher do, in class, weeks later?', max_length=400, verbose_name='what use looks like'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='should_feel',
            field=models.CharField(blank=True, help_text='1. What should somebody say at the door?', max_length=400, verbose_name='how it should feel'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='support_needed',
            field=models.CharField(blank=True, help_text='3. Time, tools and backing without which it will not last.', max_length=400, verbose_name='what support is needed'),
        ),
        migrations.AddField(
            model_name='coursepage',
            name='task',
            field=models.CharField(blank=True, help_text='What to hand in, in a sentence or two, when the rule asks for a task.', max_length=400),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='offered_until_at',
            field=models.DateTimeField(blank=True, db_index=True, null=True),
        ),
        migrations.AddField(
            model_name='offering',
            name='asked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='offering',
            name='calls_itself_off',
            field=models.BooleanField(default=False, help_text='With too few people by then. Otherwise a coach says go or no-go.', verbose_name='call it off by itself'),
        ),
        migrations.AddField(
            model_name='offering',
            name='cancel_until_at',
            field=models.DateTimeField(blank=True, help_text='Empty: until it starts.', null=True, verbose_name='seats can be given back until'),
        ),
        migrations.AddField(
            model_name='offering',
            name='cancelled_why',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='offering',
            name='closes_at',
            field=models.DateTimeField(blank=True, help_text='Empty: when it starts.', null=True, verbose_name='registration closes'),
        ),
        migrations.AddField(
            model_name='offering',
            name='coaches',
            field=models.ManyToManyField(blank=True, help_text='Who coaches it besides.', related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='more coaches'),
        ),
        migrations.AddField(
            model_name='offering',
            name='decide_by_at',
            field=models.DateTimeField(blank=True, help_text='When to count whether enough people come.', null=True, verbose_name='go or no-go by'),
        ),
        migrations.AddField(
            model_name='offering',
            name='decided_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='offering',
            name='needs_approval',
            field=models.BooleanField(default=False, help_text='People ask for a seat, and a coach says yes or no.'),
        ),
        migrations.AddField(
            model_name='offering',
            name='needs_substitute',
            field=models.BooleanField(default=False, help_text='It falls into class hours: whoever goes needs a substitute.'),
        ),
        migrations.AddField(
            model_name='offering',
            name='offer_hours',
            field=models.PositiveIntegerField(default=24, help_text='Then the next in line is asked.', verbose_name='hours to answer an offer'),
        ),
        migrations.AddField(
            model_name='offering',
            name='opens_at',
            field=models.DateTimeField(blank=True, help_text='Empty: at once.', null=True, verbose_name='registration opens'),
        ),
        migrations.AddField(
            model_name='offering',
            name='seats_min',
            field=models.PositiveIntegerField(default=0, help_text='With fewer, you are asked whether it takes place.', verbose_name='fewest people'),
        ),
        migrations.AddField(
            model_name='offering',
            name='sequence',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='offering',
            name='uid',
            field=courses.models.offerings.UidField(editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='offering',
            name='waiting_policy',
            field=models.CharField(choices=[('automatic', 'Whoever waits first gets the seat'), ('offer', 'Whoever waits first is offered the seat, until a deadline'), ('coach', 'A coach decides who gets the seat')], default='automatic', max_length=10, verbose_name='when a seat comes free'),
        ),
        migrations.AlterField(
            model_name='completion',
            name='ground',
            field=models.CharField(choices=[('check', 'Every quick check answered right'), ('attended', 'The coach marked who came'), ('task', 'The task was accepted'), ('coach', 'Confirmed by a coach'), ('rule', 'Everything it asks for is done'), ('claim', 'Finished elsewhere')], max_length=20),
        ),
        migrations.AlterField(
            model_name='coursepage',
            name='objectives',
            field=models.TextField(blank=True, help_text='2. What you will be able to do: one sentence to a line.', verbose_name='what is learned'),
        ),
        migrations.AlterField(
            model_name='enrolment',
            name='state',
            field=models.CharField(choices=[('requested', 'Asked for a seat'), ('approved', 'Approved'), ('seated', 'Has a seat'), ('waiting', 'Waiting for a seat'), ('offered', 'Offered a seat'), ('started', 'Started'), ('withdrawn', 'Withdrawn'), ('expired', 'Let an offer pass'), ('cancelled', 'Cancelled by us'), ('partly', 'Attended in part'), ('attended', 'Attended'), ('no-show', 'Did not come'), ('finished', 'Finished')], max_length=20),
        ),
        migrations.AlterField(
            model_name='enrolmentevent',
            name='state',
            field=models.CharField(choices=[('requested', 'Asked for a seat'), ('approved', 'Approved'), ('seated', 'Has a seat'), ('waiting', 'Waiting for a seat'), ('offered', 'Offered a seat'), ('started', 'Started'), ('withdrawn', 'Withdrawn'), ('expired', 'Let an offer pass'), ('cancelled', 'Cancelled by us'), ('partly', 'Attended in part'), ('attended', 'Attended'), ('no-show', 'Did not come'), ('finished', 'Finished')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['withdrawn', 'cancelled', 'expired']), _negated=True), fields=('teacher', 'offering'), name='enrolled_once_in_a_run'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('offering', None), models.Q(('state__in', ['withdrawn', 'cancelled', 'expired']), _negated=True)), fields=('teacher', 'course'), name='enrolled_once_self_paced'),
        ),
        migrations.AddConstraint(
            model_name='offering',
            constraint=models.CheckConstraint(condition=models.Q(('seats_min__lte', models.F('seats'))), name='offering_minimum_fits'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='calendartold',
            name='offering',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.offering'),
        ),
        migrations.AddField(
            model_name='calendartold',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='achievement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.achievement'),
        ),
        migrations.AddField(
            model_name='claim',
            name='course',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='claims', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='claim',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claim',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='claimevent',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claimevent',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='courses.claim'),
        ),
        migrations.AddField(
            model_name='completionevent',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='completionevent',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='completionevent',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='coursecredit',
            name='course',
            field=modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='credits', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='creditaward',
            name='awarded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='creditaward',
            name='course',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='creditaward',
            name='supersedes',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='successor', to='courses.creditaward'),
        ),
        migrations.AddField(
            model_name='creditaward',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='awards', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='certificate',
            name='award',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='certificate', to='courses.creditaward'),
        ),
        migrations.AddField(
            model_name='creditaward',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='courses.creditrule'),
        ),
        migrations.AddField(
            model_name='creditrule',
            name='credit_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='courses.credittype'),
        ),
        migrations.AddField(
            model_name='creditaward',
            name='credit_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='courses.credittype'),
        ),
        migrations.AddField(
            model_name='coursecredit',
            name='credit_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.credittype'),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluations', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='offering',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='evaluations', to='courses.offering'),
        ),
        migrations.AddField(
            model_name='evaluation',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluations', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='evaluationtotal',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluation_totals', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='evaluationtotal',
            name='offering',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evaluation_totals', to='courses.offering'),
        ),
        migrations.AddField(
            model_name='evaluationwords',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluation_words', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='handin',
            name='course',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hand_ins', to='courses.coursepage'),
        ),
        migrations.AddField(
            model_name='handin',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='handin',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hand_ins', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='licencecycle',
            name='teacher',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='licence_cycles', to='profiles.teacher'),
        ),
        migrations.AddField(
            model_name='licenceneed',
            name='credit_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.credittype'),
        ),
        migrations.AddField(
            model_name='licenceneed',
            name='cycle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='courses.licencecycle'),
        ),
        migrations.AddField(
            model_name='offeringpart',
            name='offering',
            field=modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='courses.offering'),
        ),
        migrations.AddField(
            model_name='presence',
            name='enrolment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='courses.enrolment'),
        ),
        migrations.AddField(
            model_name='presence',
            name='marked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='presencemark',
            name='marked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='presencemark',
            name='presence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='courses.presence'),
        ),
        migrations.AddField(
            model_name='roster',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='roster',
            name='offering',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='roster', to='courses.offering'),
        ),
        migrations.AddConstraint(
            model_name='signingkey',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('kind',), name='one_active_key'),
        ),
        migrations.AddField(
            model_name='walkin',
            name='enrolment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='walk_in', to='courses.enrolment'),
        ),
        migrations.AddField(
            model_name='walkin',
            name='let_in_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='calendartold',
            constraint=models.UniqueConstraint(fields=('teacher', 'offering'), name='calendar_told_once'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(fields=['state', 'sent_at'], name='claims_by_state'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='claim_sent_back_with_a_reason'),
        ),
        migrations.AddIndex(
            model_name='completionevent',
            index=models.Index(fields=['teacher', 'course'], name='completion_history'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.UniqueConstraint(fields=('teacher', 'course'), name='confirmed_once'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='confirmed_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='creditrule',
            constraint=models.CheckConstraint(condition=models.Q(('until_date', None), ('until_date__gte', models.F('from_date')), _connector='OR'), name='credit_rule_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='creditrule',
            constraint=models.CheckConstraint(condition=models.Q(('minutes_per_unit__gte', 1)), name='credit_rule_has_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='creditrule',
            constraint=models.UniqueConstraint(fields=('credit_type', 'from_date'), name='credit_rule_begins_once'),
        ),
        migrations.AddIndex(
            model_name='creditaward',
            index=models.Index(fields=['teacher', 'course'], name='credit_of_a_course'),
        ),
        migrations.AddConstraint(
            model_name='creditaward',
            constraint=models.UniqueConstraint(fields=('teacher', 'credit_type', 'source', 'version'), name='credit_awarded_once'),
        ),
        migrations.AddConstraint(
            model_name='creditaward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount', 0), ('is_revoked', True)), models.Q(('amount__gt', 0), ('is_revoked', False)), _connector='OR'), name='credit_award_has_an_amount'),
        ),
        migrations.AddConstraint(
            model_name='creditaward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('supersedes', None), ('version', 1)), models.Q(('supersedes__isnull', False), ('version__gt', 1)), _connector='OR'), name='credit_award_names_what_it_supersedes'),
        ),
        migrations.AddConstraint(
            model_name='coursecredit',
            constraint=models.UniqueConstraint(fields=('course', 'credit_type'), name='course_credit_once'),
        ),
        migrations.AddIndex(
            model_name='evaluation',
            index=models.Index(condition=models.Q(('answered_at__isnull', False), ('counted_at', None)), fields=['course', 'moment', 'offering'], name='evaluation_to_count'),
        ),
        migrations.AddConstraint(
            model_name='evaluation',
            constraint=models.UniqueConstraint(fields=('teacher', 'course', 'offering', 'moment'), name='evaluation_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='evaluationtotal',
            constraint=models.CheckConstraint(condition=models.Q(('people__gte', 5)), name='evaluation_total_of_five'),
        ),
        migrations.AddConstraint(
            model_name='evaluationwords',
            constraint=models.CheckConstraint(condition=models.Q(('people__gte', 5)), name='evaluation_words_of_five'),
        ),
        migrations.AddConstraint(
            model_name='handin',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'returned'), _negated=True), fields=('teacher', 'course'), name='handed_in_once'),
        ),
        migrations.AddConstraint(
            model_name='licencecycle',
            constraint=models.CheckConstraint(condition=models.Q(('until_date__gt', models.F('from_date'))), name='licence_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='licencecycle',
            constraint=models.UniqueConstraint(fields=('teacher', 'title', 'from_date'), name='licence_once'),
        ),
        migrations.AddConstraint(
            model_name='licenceneed',
            constraint=models.UniqueConstraint(fields=('cycle', 'credit_type'), name='licence_need_once'),
        ),
        migrations.AddConstraint(
            model_name='licenceneed',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='licence_needs_some'),
        ),
        migrations.AddConstraint(
            model_name='offeringpart',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='part_ends_later', violation_error_message='It has to end after it starts.'),
        ),
        migrations.AddConstraint(
            model_name='offeringpart',
            constraint=models.UniqueConstraint(fields=('offering', 'number'), name='part_once'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('enrolment', 'part'), name='present_once_in_a_part'),
        ),
    ]
