"""What Wagtail follows for its "usage" pages: what authors write, and nothing that happens to
people. A row of history costs its own statement and no other, and no author reads of it there."""

from __future__ import annotations

import pytest
from django.utils import timezone
from wagtail.models import ReferenceIndex

from courses.models import Completion, Enrolment, Presence
from pdplanner.plans.models import Plan
from profiles.models import Goal, Notice, Ticket, TicketSource

OURS = ("courses", "profiles", "plans", "insights")


def test_wagtail_follows_what_authors_write_and_no_history():
    followed = {model._meta.label for model in ReferenceIndex.tracked_models}
    assert {label for label in followed if label.split(".")[0] in OURS} == {
        "courses.CourseCredit",
        "courses.CoursePage",
        "courses.CoursePrerequisite",
        "courses.CourseSkill",
        "courses.LookBookPage",
        "courses.Offering",
        "courses.TrainingImage",
        "profiles.Skill",
        "profiles.TicketCategory",
        "profiles.ToolAtSchool",
    }


@pytest.fixture
def history(new_teacher, course_of, grade_sync):
    """A row of everything that is written often."""
    course, now = course_of("Grades"), timezone.now()
    source = TicketSource.objects.create(name="Help desk")
    enrolment = Enrolment.objects.create(teacher=new_teacher, course=course, state="seated")
    return [
        new_teacher,
        enrolment,
        Presence(enrolment=enrolment, part=1, minutes=30, how="door", marked_at=now),
        Completion(
            teacher=new_teacher, course=course, title="Grades", minutes=30, completed_at=now
        ),
        Ticket(
            source=source, external_id="1", teacher=new_teacher, skill=grade_sync, opened_at=now
        ),
        Goal(teacher=new_teacher, words="Less paper"),
        Plan.objects.get_or_create(teacher=new_teacher)[0],
        Notice(user=new_teacher.user, kind="plan"),
    ]


def test_history_is_written_without_looking_for_references(
    history, django_capture_on_commit_callbacks, django_assert_num_queries
):
    with (
        django_assert_num_queries(2 * len(history)) as asked,
        django_capture_on_commit_callbacks(execute=True),
    ):
        for row in history:
            row.save()
        for row in history:
            row.save()
    assert not any("referenceindex" in query["sql"] for query in asked.captured_queries)
