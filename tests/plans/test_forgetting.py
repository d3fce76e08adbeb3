"""What paths tell of tickets goes at their teacher's word, and by age."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pdplanner.plans.models import DailyRun, Plan, PlanStep, PlanVersion
from pdplanner.plans.operations import (
    forget_old_reasons,
    forgetting,
    owe_plans,
    rebuild_plans,
    rebuilding,
    swap_step,
)
from pdplanner.plans.operations.versions import store_drafts
from pdplanner.plans.queries.drafts import draft_paths
from pdplanner.recommender import PathRules
from profiles.corrections import hide_ticket, set_ticket_use
from profiles.fitting import set_goal
from profiles.models import Teacher
from profiles.privacy.operations import erase

from .conftest import NOW, TODAY

pytestmark = pytest.mark.django_db

#: By then the district has kept no ticket of these tests for a while.
LATER = NOW + timedelta(days=800)


def told(teacher: Teacher) -> list[tuple[int, list[int], list[str]]]:
    """Every version, newest first: its number, asks noticed, kinds of reasons."""
    return [
        (
            version.number,
            [need["asks"] for need in version.noticed],
            [reason["kind"] for step in version.steps.all() for reason in step.reasons],
        )
        for version in PlanVersion.objects.filter(plan__teacher=teacher)
    ]


@pytest.fixture
def with_old_path(asker, add_session, grade_sync) -> Teacher:
    """Nora with a goal, a path that stands and an older one, both out of her three asks."""
    set_goal(teacher=asker, words="Marks in one place", skills=[grade_sync], now=NOW)
    rebuild_plans(as_of=TODAY, now=NOW)
    first = asker.plan.current.steps.get().course
    add_session("Grade sync, the short way", grade_sync, minutes=20)
    owe_plans(teacher_ids=[asker.pk], cause="tickets", count=3, now=NOW)
    swap_step(teacher=asker, course=first, now=NOW)
    asker.refresh_from_db()
    assert told(asker) == [(2, [3], ["asked", "goal"]), (1, [3], ["asked", "goal"])]
    return asker


def test_opt_out_takes_back_what_old_and_new_paths_tell_before_any_rebuild(with_old_path):
    set_ticket_use(teacher=with_old_path, uses=False, now=NOW)
    assert told(with_old_path) == [(2, [0], ["goal"]), (1, [0], ["goal"])]
    new, old = PlanVersion.objects.all()
    assert (new.causes, old.causes) == ({"session": 1, "swapped": 1}, {"profile": 1})
    assert old.noticed[0] | {"skill": 0} == {
        "skill": 0,
        "skill_name": "Grade sync",
        "minutes": 0.0,
        "asks": 0,
        "minutes_lost": 0,
        "since_date": "",
        "last_date": "",
        "goal": "Marks in one place",
        "tool_name": "",
        "rollout_date": "",
    }


def test_opt_out_leaves_no_word_of_tickets_that_wait_for_a_rebuild(with_old_path):
    owe_plans(teacher_ids=[with_old_path.pk], cause="tickets", count=2, now=NOW)
    set_ticket_use(teacher=with_old_path, uses=False, now=NOW)
    assert Plan.objects.get().causes == {"history": 1}


def test_hidden_ticket_takes_the_reasons_that_cite_it_along(
    with_old_path, add_ticket, screen_sharing, add_session
):
    for days in (3, 9, 30):
        other = add_ticket(with_old_path, screen_sharing, TODAY - timedelta(days=days))
    add_session("Cast your screen", screen_sharing)
    rebuild_plans(as_of=TODAY, now=NOW)
    newest = with_old_path.plan.versions.first()
    cited = [
        reason["facts"]["skill_name"] for step in newest.steps.all() for reason in step.reasons[:1]
    ]
    assert sorted(cited) == ["Grade sync", "Screen sharing"]
    hide_ticket(teacher=with_old_path, ticket=other, now=NOW)
    left = [
        reason["facts"]["skill_name"]
        for step in PlanStep.objects.filter(version__plan__teacher=with_old_path)
        for reason in step.reasons
        if reason["kind"] == "asked"
    ]
    assert left == ["Grade sync"] * 3
    assert [asks for _, asks, _ in told(with_old_path)] == [[0], [0], [0]]
    rebuild_plans(as_of=TODAY, now=NOW)
    assert told(with_old_path)[0][1] == [3, 2]


def test_history_that_counts_again_brings_back_what_is_worth_little(
    asker, add_session, grade_sync, screen_sharing
):
    """Paths are steady against small gains, but not against one's own word."""
    add_session("Cast your screen", screen_sharing)
    set_goal(teacher=asker, words="Show it on the wall", skills=[screen_sharing], now=NOW)
    asker.tickets.update(minutes_lost=1)
    asker.tickets.first().delete()

    def path() -> dict[str, float]:
        rebuild_plans(as_of=TODAY, now=NOW)
        steps = Plan.objects.get().current.steps.select_related("course")
        return {step.course.title: step.value for step in steps}

    before = path()
    assert list(before) == ["Cast your screen", "Gradebook sync without double entry"]
    little = before["Gradebook sync without double entry"]
    assert little < PathRules().search.change_threshold_minutes
    set_ticket_use(teacher=asker, uses=False, now=NOW)
    assert list(path()) == ["Cast your screen"]
    set_ticket_use(teacher=asker, uses=True, now=NOW)
    assert path() == before
    assert Plan.objects.get().current.causes == {"history": 1}


def test_draft_that_a_teacher_corrected_meanwhile_is_not_stored(asker):
    rebuild_plans(as_of=TODAY, now=NOW)
    owe_plans(teacher_ids=[asker.pk], cause="night", now=NOW)
    seen = rebuilding._plans_of([asker.pk])[asker.pk]
    draft = draft_paths(as_of=TODAY, teacher_ids=[asker.pk])[asker.pk]
    set_ticket_use(teacher=asker, uses=False, now=NOW)
    assert store_drafts([(seen, draft)], now=NOW, tells=True) == 0
    assert told(asker) == [(1, [], [])]
    plan = Plan.objects.get()
    assert (plan.wanted > plan.built, plan.causes) == (True, {"night": 1, "history": 1})


def test_erased_teacher_has_no_path_until_a_new_one_is_cut(with_old_path):
    erase(teacher=with_old_path, now=NOW)
    assert told(with_old_path) == []
    rebuild_plans(as_of=TODAY, now=NOW)
    assert told(with_old_path) == [(1, [], [])]


def test_others_keep_what_their_paths_tell(with_old_path, mentor_teacher, add_ticket, grade_sync):
    add_ticket(mentor_teacher, grade_sync, TODAY)
    add_ticket(mentor_teacher, grade_sync, TODAY)
    rebuild_plans(as_of=TODAY, now=NOW)
    before = told(mentor_teacher)
    assert before[0][1] == [2]
    set_ticket_use(teacher=with_old_path, uses=False, now=NOW)
    assert told(mentor_teacher) == before


# ---- by age -------------------------------------------------------------------------------------


@pytest.fixture
def many_old(with_old_path, settings):
    """Five versions more, each with what the last one told."""
    settings.TICKET_MONTHS = 24
    last = PlanVersion.objects.get(number=1)
    steps = list(last.steps.all())
    for number in range(3, 8):
        last.pk, last.number = None, number
        last.save()
        for step in steps:
            step.pk, step.version = None, last
            step.save()
    return with_old_path


def test_versions_that_may_cite_tickets_too_old_to_keep_are_emptied_in_small_bites(
    many_old, monkeypatch
):
    monkeypatch.setattr(forgetting, "VERSIONS_AT_ONCE", 2)
    standing = many_old.plan.current.number
    # A ticket of a year before the version is two years old by then.
    a_year_on = NOW + timedelta(days=365)
    assert forget_old_reasons(now=a_year_on) == 0
    assert forget_old_reasons(now=a_year_on + timedelta(days=2)) == 6
    kept = [(number, asks, kinds) for number, asks, kinds in told(many_old) if asks or kinds]
    assert kept == [(standing, [3], ["asked", "goal"])]
    assert PlanVersion.objects.count() == 7
    assert forget_old_reasons(now=LATER) == 0


def test_night_that_was_killed_goes_on_and_each_is_seen_to_once(many_old, monkeypatch):
    monkeypatch.setattr(forgetting, "VERSIONS_AT_ONCE", 2)
    real = forgetting._parts

    def killed(versions):
        yield next(real(versions))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "_parts", killed)
        with pytest.raises(KeyboardInterrupt):
            forget_old_reasons(now=LATER)
    assert not DailyRun.objects.filter(name=forgetting.NAME).exists()
    assert forget_old_reasons(now=LATER) == 4
    PlanVersion.objects.exclude(plan__current__isnull=True).update(noticed=[{"asks": 1}])
    assert forget_old_reasons(now=LATER) == 0
    assert forget_old_reasons(now=LATER + timedelta(days=1)) == 6


def test_last_path_of_whoever_left_is_emptied_too(many_old):
    Teacher.objects.update(is_active=False)
    assert forget_old_reasons(now=LATER) == 7
    assert {(*asks, *kinds) for _, asks, kinds in told(many_old)} == {()}
    assert list(PlanVersion.objects.values_list("causes", flat=True)) == [{}] * 7


def test_short_keeping_empties_what_is_not_of_today(many_old, settings):
    settings.TICKET_MONTHS = 3
    assert forget_old_reasons(now=NOW) == 0
    assert forget_old_reasons(now=NOW + timedelta(days=1)) == 6


def test_nothing_is_emptied_where_the_district_keeps_all(many_old, settings):
    settings.TICKET_MONTHS = 0
    assert forget_old_reasons(now=LATER) == 0
