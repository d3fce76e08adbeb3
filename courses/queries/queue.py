"""How a run stands for one teacher, read in one question under its lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from wagtail.models import Page, PageViewRestriction

from profiles.models import Teacher

from ..models import Enrolment, Offering


@dataclass(frozen=True, slots=True)
class QueueState:
    """What decides about the next one to come."""

    own_id: int | None  # the enrolment in which this teacher stands in it
    is_due: bool  # something has run out: an offer, a request's time, the line itself
    somebody_waits: bool
    is_open: bool  # its session is live, and public in Wagtail's sense

    def may_sit(self, offering: Offering) -> bool:
        """Whether there is a seat, and nobody waits for it already: nobody is overtaken."""
        return bool(offering.seats_left) and not self.somebody_waits


#: Written out because it is asked under the lock: building it anew from Django's parts takes ten
#: times as long as the answer. Private is what stands at or below a page with a restriction, as in
#: PageQuerySet.public. The parameters stand in the order of `queue_state`.
_STATE = f"""
SELECT
  (SELECT e.id FROM {Enrolment._meta.db_table} e WHERE e.offering_id = o.id AND e.teacher_id = %s
     AND e.state NOT IN ({", ".join(f"'{state}'" for state in Enrolment.ENDED_EARLY)}) LIMIT 1),
  EXISTS (SELECT 1 FROM {Enrolment._meta.db_table} e WHERE e.offering_id = o.id
     AND (e.state = 'offered' AND e.offered_until_at <= %s
          OR e.state = 'requested' AND o.starts_at <= %s
          OR e.state = 'waiting' AND o.ends_at <= %s)),
  EXISTS (SELECT 1 FROM {Enrolment._meta.db_table} e WHERE e.offering_id = o.id
     AND e.state = 'waiting'),
  EXISTS (SELECT 1 FROM {Page._meta.db_table} p WHERE p.id = o.course_id AND p.live
     AND NOT EXISTS (
       SELECT 1 FROM {PageViewRestriction._meta.db_table} r
       JOIN {Page._meta.db_table} above ON above.id = r.page_id
       WHERE substr(p.path, 1, length(above.path)) = above.path))
FROM {Offering._meta.db_table} o WHERE o.id = %s
"""  # noqa: S608 (names of tables and states alone)


def queue_state(offering: Offering, teacher: Teacher, now: datetime) -> QueueState:
    """Return how the run stands for this teacher, in one query."""
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [teacher.pk, moment, moment, moment, offering.pk])
        own_id, is_due, somebody_waits, is_open = cursor.fetchone()
    return QueueState(own_id, bool(is_due), bool(somebody_waits), bool(is_open))
