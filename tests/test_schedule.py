from __future__ import annotations

from celery import current_app
from django.conf import settings
from django.utils.module_loading import import_string

from pdplanner.schedule import WORK, beat_schedule


def test_schedule_names_tasks_that_there_are():
    for work in WORK:
        task = import_string(work.task)
        assert (task.name, current_app.tasks[work.task].name) == (work.task, work.task)


def test_schedule_of_celery_beat_is_the_table():
    assert beat_schedule() == settings.CELERY_BEAT_SCHEDULE
    assert {name: entry["task"] for name, entry in settings.CELERY_BEAT_SCHEDULE.items()} == {
        work.name: work.task for work in WORK
    }


def test_schedule_pays_what_is_owed_each_minute_and_within_seconds_without_a_broker():
    owed = {work.task: (work.seconds, work.embedded_seconds) for work in WORK}
    assert owed["pdplanner.plans.tasks.rebuild_owed_plans"] == (60, 2)
    assert owed["pdplanner.plans.tasks.send_owed_notices"] == (60, 5)
