"""The Celery app. A task is only ever a nudge: what is owed stands in the database.

Without a broker (the embedded mode) a nudge goes nowhere and the sweep of the work process finds
what is owed within seconds.
"""

import logging

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import setup_logging, worker_process_init
from django.conf import settings
from django.utils.log import configure_logging
from kombu.exceptions import OperationalError

from pdplanner.collector import collect_rarely

logger = logging.getLogger(__name__)


class NudgeTask(DjangoTask):
    """A task that may be lost without harm, and that is not sent where there is no broker."""

    abstract = True

    def apply_async(self, *args, **kwargs):
        """Send the nudge, or do nothing in the embedded mode."""
        if not (settings.CELERY_BROKER_URL or settings.CELERY_TASK_ALWAYS_EAGER):
            return None
        try:
            return super().apply_async(*args, **kwargs)
        except OperationalError as error:
            # The work is written down in the database: a page must not fail for want of a nudge.
            logger.warning("No nudge for %s, the sweep will find it: %s", self.name, error)
            return None


@setup_logging.connect
def log_as_elsewhere(**kwargs) -> None:
    """Log by the site's own settings, whose lines withhold what was read; not by Celery's."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


@worker_process_init.connect
def begin(**kwargs) -> None:
    """Prepare a fresh worker process."""
    collect_rarely()


app = Celery("pdplanner", task_cls=NudgeTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
