"""The sample as stored: every screen has something to show, and its rows hold together."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db.models import Count, F, Q

from courses.models import (
    Certificate,
    Completion,
    CoursePage,
    CreditAward,
    CreditType,
    Enrolment,
    Evaluation,
    EvaluationTotal,
    EvaluationWords,
    LicenceCycle,
    Offering,
    Requirement,
)
from courses.queries.evaluations import asked_of
from pdplanner.plans.models import CoachRequest, Plan, StepAnswer
from pdplanner.sample import content, sample_sign_ins
from pdplanner.sample.people import ROSA
from pdplanner.sample.sign_ins import CHANGED
from profiles.choices import Format, Role, TicketKind
from profiles.closet.queries import practices_of
from profiles.models import (
    District,
    Goal,
    Practice,
    School,
    Skill,
    SpecialDay,
    StaffRole,
    Teacher,
    Term,
    Ticket,
    TicketCategory,
    ToolAtSchool,
    User,
)
from profiles.queries import horizon_on, roles_of
from profiles.tickets.allowed import allowed_words
from profiles.tickets.learning import sorted_tickets

from .conftest import NOW

pytestmark = pytest.mark.usefixtures("sample")


@pytest.fixture
def rosa(sample) -> Teacher:
    return Teacher.objects.get(email=ROSA)


def test_closets_hold_what_colleagues_can_show(rosa):
    packed = Practice.objects.filter(state="packed")
    assert packed.count() == 12
    assert packed.values("teacher__main_school").distinct().count() >= 5
    assert [one.skill.name for one in practices_of(rosa)] == ["Document camera"]


def test_district_has_its_size():
    assert School.objects.count() == 13
    assert Teacher.objects.active().count() == 300
    assert Skill.objects.count() == len(content.skills())
    assert CoursePage.objects.live().count() == len(content.sessions())
    assert Term.objects.count() == 6
    assert Ticket.objects.count() > 2000


def test_every_school_has_its_leader():
    led = StaffRole.objects.filter(role=Role.LEADER).values_list("school__name", flat=True)
    assert sorted(led) == sorted(School.objects.values_list("name", flat=True))


def test_sessions_are_valid_and_say_what_was_written():
    texts = {text.key: text for text in content.sessions()}
    for page in CoursePage.objects.live():
        text = texts[page.external_id]
        page.full_clean()
        page.body.stream_block.clean(page.body)
        assert page.objective_lines == list(text.objectives)
        assert {skill.skill.name: skill.strength for skill in page.taught_skills.all()} == (
            dict(text.skills)
        )
        first = {p.before.external_id: p.is_required for p in page.prerequisites.all()}
        assert first == dict.fromkeys(text.advised, False) | dict.fromkeys(text.required, True)
        assert {other.external_id for other in page.equivalents.all()} == set(text.equivalents)
        checks = [block.id for block in page.body if block.block_type == "check"]
        assert checks == list(text.check_ids)


def test_addresses_are_nobodys():
    for model in (User, Teacher):
        emails = model.objects.values_list("email", flat=True)
        assert [email for email in emails if not email.endswith("@example.org")] == []
    assert User.objects.exclude(password="!").count() == 4


def test_one_sign_in_for_each_role_opens(client):
    signs = sample_sign_ins()
    assert [sign.role for sign in signs] == [role.label for role in Role]
    for sign in signs:
        user = User.objects.get(email=sign.email)
        assert user.check_password(sign.password)
        assert Role(next(iter(roles_of(user)))).label == sign.role
        assert client.login(email=sign.email, password=sign.password)


def test_sign_in_says_when_the_password_was_changed():
    user = User.objects.get(email=ROSA)
    user.set_password("a word of her own")
    user.save()
    assert sample_sign_ins()[0].password == CHANGED


def test_seats_agree_with_the_enrolments():
    holds = Q(enrolments__state__in=["seated", "attended", "no-show"])
    for run in Offering.objects.annotate(
        held=Count("enrolments", filter=holds), total=Count("enrolments")
    ):
        assert (run.seats_taken, run.next_position) == (run.held, run.total + 1)
    waiting = Enrolment.objects.filter(state="waiting")
    assert waiting.exclude(offering__seats_taken=F("offering__seats")).count() == 0
    assert waiting.count() > 0


def test_enrolments_stand_where_their_history_ends():
    for enrolment in Enrolment.objects.prefetch_related("events"):
        last = list(enrolment.events.all())[-1]
        assert (last.state, last.happened_at) == (enrolment.state, enrolment.since_at)


def test_completions_rest_on_an_enrolment():
    finished = Q(state__in=["attended", "finished"])
    ended = set(Enrolment.objects.filter(finished).values_list("teacher", "course"))
    assert set(Completion.objects.values_list("teacher", "course")) == ended


def test_required_prerequisites_were_done_before():
    done = {(c.teacher_id, c.course_id): c.completed_at for c in Completion.objects.all()}
    for page in CoursePage.objects.live():
        for first in page.prerequisites.filter(is_required=True):
            for teacher in Completion.objects.filter(course=page).values_list("teacher", flat=True):
                assert done[teacher, first.before_id] < done[teacher, page.pk]


def test_nothing_past_happens_after_today():
    assert Ticket.objects.filter(opened_at__gte=NOW).count() == 0
    assert Completion.objects.filter(completed_at__gte=NOW).count() == 0
    assert Enrolment.objects.filter(since_at__gte=NOW).count() == 0
    assert Offering.objects.filter(starts_at__lt=NOW, external_id__startswith="run").count() == 0


def test_tickets_have_seasons_repeat_askers_and_quiet_ones():
    asks = Ticket.objects.filter(kind__in=[TicketKind.HOW_TO, TicketKind.PEDAGOGY])
    by_month = Counter(opened.month for opened in asks.values_list("opened_at", flat=True))
    assert by_month[9] > 2 * by_month[5] > 10 * by_month[7]
    by_teacher = Counter(asks.values_list("teacher", flat=True))
    assert by_teacher.most_common(1)[0][1] > 25
    assert 20 < 300 - len(by_teacher) < 90
    repeats = Counter(asks.exclude(skill=None).values_list("teacher", "skill"))
    assert sum(count > 2 for count in repeats.values()) > 80
    assert set(Ticket.objects.values_list("kind", flat=True)) == set(TicketKind.values)


def test_a_launch_brings_asks_to_the_schools_it_reaches():
    asks = Ticket.objects.filter(skill__tool__name="Gradebook", kind=TicketKind.HOW_TO)
    fall = asks.filter(opened_at__gte="2026-08-24T00:00Z", opened_at__lt="2026-10-24T00:00Z")
    before = asks.filter(opened_at__gte="2025-08-18T00:00Z", opened_at__lt="2025-10-18T00:00Z")
    middle = Q(teacher__main_school__name__contains="Middle")
    high = Q(teacher__main_school__name__contains="High")
    assert fall.filter(middle).count() > 1.5 * before.filter(middle).count()
    assert before.filter(high).count() > 1.5 * fall.filter(high).count()


def test_sorting_desk_has_work():
    unsorted = Ticket.objects.unsorted()
    assert unsorted.count() >= 10
    assert set(unsorted.values_list("kind", flat=True)) <= {TicketKind.HOW_TO, TicketKind.PEDAGOGY}
    assert Ticket.objects.filter(skill_origin=Ticket.Origin.COACH).count() > 50
    assert Ticket.objects.filter(skill_origin=Ticket.Origin.WORDS).count() > 100
    assert TicketCategory.objects.filter(skill=None).count() > 3


def test_asks_keep_allowed_words_alone_and_the_sorted_ones_can_be_learned_from():
    words = {
        word for kept in Ticket.objects.values_list("words", flat=True) for word in kept.split()
    }
    assert len(words) > 100
    assert words <= allowed_words()
    asks = Ticket.objects.filter(kind__in=[TicketKind.HOW_TO, TicketKind.PEDAGOGY])
    assert not asks.filter(words="").exists()
    assert sorted_tickets().filter(skill_origin=Ticket.Origin.COACH).count() > 50


def test_completion_differs_between_schools():
    requirements = list(Requirement.objects.order_by("due_date"))
    assert len(requirements) == 3
    done = Completion.objects.filter(course=requirements[1].course)
    by_school = Counter(done.values_list("teacher__main_school__name", flat=True))
    sizes = Counter(Teacher.objects.values_list("main_school__name", flat=True))
    shares = [by_school[school] / sizes[school] for school in sizes]
    assert max(shares) - min(shares) > 0.15
    assert 0.4 < done.count() / 300 < 0.9


def test_people_spoke_up():
    assert 150 < Teacher.objects.exclude(fitted_at=None).count() < 260
    assert 1 <= Teacher.objects.filter(uses_tickets=False).count() <= 12
    assert Goal.objects.count() > 100
    assert StepAnswer.objects.count() > 100
    assert CoachRequest.objects.filter(closed_at=None).count() == 8
    assert Goal.objects.filter(skills=None).count() == 0


def test_calendar_and_rollouts_are_there():
    assert set(SpecialDay.objects.values_list("kind", flat=True)) == {
        *("pd", "early-release", "report-cards", "testing", "holiday")
    }
    assert horizon_on(NOW.date()).title == "Fall semester"
    coming = ToolAtSchool.objects.filter(from_date__gt=NOW.date())
    assert sorted(coming.values_list("tool__name", "school__name")) == [
        ("Interactive display", "East Middle"),
        ("Interactive display", "Oak Hill Elementary"),
    ]


def test_rosa_is_known_but_for_the_fitting(rosa):
    assert rosa.fitted_at is None
    assert (rosa.grades, rosa.subjects) == (["07"], ["science"])
    assert rosa.main_school.name == "East Middle"
    assert rosa.free_slots
    assert "Newcomers working on the same text as everyone else" in rosa.goals.values_list(
        "words", flat=True
    )
    sync = rosa.tickets.filter(skill__name="Grade sync").order_by("opened_at")
    assert [ticket.is_reopened for ticket in sync] == [False, False, True]
    assert horizon_on(NOW.date()).title == "Fall semester"


def test_rosas_path_shows_the_product(rosa):
    steps = list(rosa.plan.current.steps.select_related("course"))
    assert len(steps) >= 5
    kinds = {reason["kind"] for step in steps for reason in step.reasons}
    assert kinds >= {"asked", "goal", "required", "rollout", "variant", "style"}
    assert "gradebook-sync" in {step.course.external_id for step in steps}
    assert {step.course.format for step in steps} >= {Format.LIVE, Format.COACHED}


def test_every_teacher_has_a_path():
    plans = Plan.objects.filter(current__isnull=False, wanted=F("built"))
    assert plans.count() == 300
    empty = plans.exclude(current__nothing_because="").count()
    assert empty < 60


def test_district_is_marked_as_the_sample():
    assert District.objects.get().is_sample


def test_sessions_were_spoken_of_by_enough_people_and_by_too_few():
    shown = set(
        EvaluationTotal.objects.exclude(offering=None).values_list("offering_id", flat=True)
    )
    spoken_of = set(
        Evaluation.objects.exclude(offering=None)
        .filter(answered_at__isnull=False)
        .values_list("offering_id", flat=True)
    )
    assert len(shown) >= 8
    assert len(spoken_of - shown) > 5
    assert EvaluationTotal.objects.filter(moment="later").exists()
    assert EvaluationWords.objects.exists()
    rosas = Evaluation.objects.filter(teacher__email="rosa.alvarez@example.org")
    assert asked_of(rosas.first().teacher, NOW) != []


def test_what_was_finished_has_its_credit_and_each_award_one_certificate(rosa):
    standing = CreditAward.objects.filter(successor=None)
    usual = CreditType.objects.get(is_default=True)
    hours = standing.filter(credit_type=usual, source__startswith="course:")
    assert hours.count() == Completion.objects.count()
    assert Certificate.objects.count() == CreditAward.objects.count()
    assert CreditType.objects.filter(owed_at__isnull=False).count() == 0
    corrected = CreditAward.objects.get(is_by_hand=True)
    assert (corrected.teacher, corrected.version) == (rosa, 2)
    cycle = LicenceCycle.objects.get(teacher=rosa)
    assert [int(need.amount) for need in cycle.needs.all()] == [12, 2]
