"""The front door, the fitting and My settings, as their visitors meet them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from profiles.models import Goal, Skill, Teacher, User

NOW = datetime(2026, 9, 14, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def that_monday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def words_of(response) -> list[str]:
    """What the site said back."""
    return [str(message) for message in response.context["messages"]]


# ---- the front door -----------------------------------------------------------------------------


def test_home_asks_strangers_to_sign_in(db):
    response = Client().get("/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/")


def test_home_leads_a_new_teacher_to_the_fitting_and_a_fitted_one_to_the_path(
    new_teacher, signed_in
):
    assert signed_in(new_teacher).get("/")["Location"] == "/fitting/"
    Teacher.objects.update(fitted_at=NOW)
    assert signed_in(new_teacher).get("/")["Location"] == "/path/"


@pytest.mark.parametrize(
    ("who", "where"),
    [("coach", "/admin/"), ("coordinator", "/completion/"), ("leader", "/completion/")],
)
def test_home_leads_each_role_to_its_work(request, signed_in, who, where):
    assert signed_in(request.getfixturevalue(who)).get("/")["Location"] == where


def test_home_tells_somebody_without_a_role_whom_to_ask(db, signed_in):
    response = signed_in(User.objects.create_user("nobody@example.org")).get("/")
    assert response.status_code == 200
    assert "not on the roster" in response.content.decode()
    assert "<summary>More" not in response.content.decode()  # with nothing in it


@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("new_teacher", ["My path", "Look book", "Calendar", "Record", "Closet"]),
        ("coach", ["Look book", "At the door", "CMS"]),
        (
            "coordinator",
            [
                *("Completion", "Requirements", "Credit", "Look book", "School year"),
                *("Imports", "Help desks", "Claims", "Forecast"),
            ],
        ),
        ("leader", ["Completion", "Look book"]),
    ],
)
def test_navigation_shows_each_role_its_own_doors(request, signed_in, who, labels):
    response = signed_in(request.getfixturevalue(who)).get(reverse("profiles:settings"))
    shown = response.content.decode().split('aria-label="Main">')[1].split("</nav>")[0]
    line, _, behind = shown.partition("<details")
    named = [re.findall(r"<a [^>]*>([^<]+)</a>", part) for part in (line, behind)]
    # All stand in the line where there is room, or else behind "More"; on a phone two do.
    assert (list(dict.fromkeys([*named[0], *named[1]])), named[0][:2]) == (labels, labels[:2])
    assert (named[0], named[1]) == ((labels, []) if len(labels) <= 5 else (labels[:7], labels[2:]))


# ---- one question ------------------------------------------------------------------------------


def test_unknown_screens_are_not_there(new_teacher, signed_in):
    client = signed_in(new_teacher)
    assert client.get("/fitting/shoes/").status_code == 404
    assert client.get("/settings/shoes/").status_code == 404


# ---- goals --------------------------------------------------------------------------------------


def test_goal_is_asked_about_before_it_is_kept(new_teacher, signed_in, grade_sync, screen_sharing):
    client = signed_in(new_teacher)
    asked = client.post("/fitting/goals/", {"words": "sync grades without tears"})
    assert (asked.status_code, asked.context["suggested"]) == (200, [grade_sync])
    assert not Goal.objects.exists()
    kept = client.post(
        "/fitting/goals/",
        {"words": "sync grades without tears", "skills": [grade_sync.pk], "save": "1"},
    )
    assert kept["Location"] == "/fitting/goals/"
    goal = Goal.objects.get()
    assert (goal.teacher, goal.words, list(goal.skills.all())) == (
        new_teacher,
        "sync grades without tears",
        [grade_sync],
    )


def test_goal_without_words_is_refused(new_teacher, signed_in):
    response = signed_in(new_teacher).post("/settings/goals/", {"words": "  ", "save": "1"})
    assert "Write a few words first." in response.content.decode()
    assert not Goal.objects.exists()


def test_goal_suggestions_come_alone_for_a_partial_update(new_teacher, signed_in, grade_sync):
    response = signed_in(new_teacher).post("/goals/suggestions/", {"words": "sync grades"})
    page = response.content.decode()
    assert "Grade sync" in page
    assert "<html" not in page


def test_goal_can_be_let_go_by_its_teacher_alone(new_teacher, outsider, signed_in):
    goal = Goal.objects.create(teacher=new_teacher, words="Less paper")
    assert signed_in(outsider).post(f"/goals/{goal.pk}/end/").status_code == 404
    response = signed_in(new_teacher).post(f"/goals/{goal.pk}/end/", {"settings": "1"})
    assert response["Location"] == "/settings/goals/"
    goal.refresh_from_db()
    assert goal.ended_at == NOW


def test_goals_of_others_and_past_ones_are_not_shown(new_teacher, outsider, signed_in):
    Goal.objects.create(teacher=outsider, words="Somebody else's wish")
    Goal.objects.create(teacher=new_teacher, words="Long ago", ended_at=NOW)
    mine = Goal.objects.create(teacher=new_teacher, words="Less paper")
    assert list(signed_in(new_teacher).get("/settings/goals/").context["goals"]) == [mine]


# ---- My settings --------------------------------------------------------------------------------


def test_settings_say_what_is_known_in_words(new_teacher, signed_in):
    page = signed_in(new_teacher).get("/settings/").content.decode()
    for words in ("East Middle", "Grade 7", "Science", "8 h, as usual in your district"):
        assert words in page


def test_settings_of_a_coach_hold_mail_and_security_only(coach, signed_in):
    page = signed_in(coach).get("/settings/").content.decode()
    assert "Your room" not in page
    assert "Who asks for a coach" in page
    assert "What changed on my path" not in page


def test_settings_change_one_part_and_lead_back(new_teacher, signed_in):
    client = signed_in(new_teacher)
    response = client.post("/settings/style/", {"support_style": "point"}, follow=True)
    assert response.redirect_chain == [("/settings/", 302)]
    assert words_of(response) == ["Saved. Your path is being cut again."]
    new_teacher.refresh_from_db()
    assert new_teacher.support_style == "point"


def test_digest_is_switched_on_and_off(new_teacher, signed_in):
    client = signed_in(new_teacher)
    client.post("/settings/", {"wants_digest": "on"})
    assert User.objects.get(pk=new_teacher.user_id).wants_digest is True
    client.post("/settings/", {})
    assert User.objects.get(pk=new_teacher.user_id).wants_digest is False


def test_goals_page_asks_as_many_queries_for_one_goal_as_for_many(
    new_teacher, signed_in, grade_sync, django_assert_num_queries
):
    client = signed_in(new_teacher)
    for wanted in (1, 5):
        while Goal.objects.count() < wanted:
            goal = Goal.objects.create(teacher=new_teacher, words="A goal")
            goal.skills.add(grade_sync, Skill.objects.create(name=f"Skill {goal.pk}"))
        with django_assert_num_queries(7):
            client.get("/settings/goals/")
