"""A coach writes, previews, hands in and publishes a session; nobody else does."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction, Site, WorkflowState
from wagtail.test.utils.form_data import (
    inline_formset,
    nested_form_data,
    rich_text,
    streamfield,
)

from courses.models import Completion, CoursePage, LookBookPage
from courses.operations import add_requirement, look_book
from profiles.choices import Role

from ..conftest import person_of
from .conftest import CHECK


def page_data(*, skills=(), before=(), body=None, **fields) -> dict:
    """Return what the browser sends for a session's form."""
    data = {
        "title": "Grades that sync",
        "slug": "grades-that-sync",
        "summary": "Once a week, done.",
        "objectives": "",
        "minutes": "30",
        "format": "self-paced",
        "level": "",
        "credit_minutes": "",
        "attended_share": "80",
        "picture": "",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "body": body if body is not None else streamfield([("text", rich_text("<p>Open it.</p>"))]),
        "taught_skills": inline_formset(
            [{"skill": skill.pk, "strength": "teaches"} for skill in skills]
        ),
        "prerequisites": inline_formset(
            [
                {"before": page.pk, "is_required": "on" if required else ""}
                for page, required in before
            ]
        ),
        "credits": inline_formset([]),
        "comments": inline_formset([]),
    }
    return nested_form_data(data | fields)


def add_address() -> str:
    return reverse("wagtailadmin_pages:add", args=["courses", "coursepage", look_book().pk])


def edit_address(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def errors_of(response) -> dict:
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


@pytest.fixture
def desk(signed_in, coach):
    """A coach at the CMS."""
    return signed_in(coach)


# ---- set up by the migration itself -----------------------------------------------------------


def test_an_empty_district_has_one_look_book_at_its_address(db):
    page = LookBookPage.objects.get()
    assert (page.live, page.url) == (True, "/look-book/")
    assert list(Site.objects.values_list("root_page_id", "is_default_site")) == [(page.pk, True)]
    assert look_book() == page
    assert LookBookPage.objects.count() == 1


def test_site_has_our_name_and_address_and_keeps_what_somebody_gave_it(db, settings):
    site = Site.objects.get()
    assert (site.site_name, site.hostname, site.port) == ("pdplanner", "localhost", 80)
    site.site_name = ""  # an installation of before
    site.save()
    settings.WAGTAILADMIN_BASE_URL = "https://learn.example.org"
    look_book()
    site.refresh_from_db()
    assert (site.site_name, site.hostname, site.port) == ("pdplanner", "learn.example.org", 443)
    site.site_name, site.hostname = "Sunfield learns", "pd.example.org"
    site.save()
    look_book()
    site.refresh_from_db()
    assert (site.site_name, site.hostname) == ("Sunfield learns", "pd.example.org")


def test_site_keeps_its_host_when_another_site_has_our_address(db, settings):
    Site.objects.create(hostname="learn.example.org", port=443, root_page=look_book())
    settings.WAGTAILADMIN_BASE_URL = "https://learn.example.org"
    look_book()
    assert list(Site.objects.order_by("pk").values_list("hostname", "port")) == [
        ("localhost", 80),
        ("learn.example.org", 443),
    ]


def test_cms_is_called_by_the_product_s_name(desk):
    page = desk.get("/admin/").content.decode()
    assert "pdplanner" in page.split("<h1")[1].split("</h1>")[0]
    assert "localhost" not in page.split("<main")[1]


# ---- writing ----------------------------------------------------------------------------------


def test_a_coach_saves_a_draft_without_minutes_and_publishes_it_with(
    desk, grade_sync, told, django_capture_on_commit_callbacks
):
    desk.post(add_address(), page_data(minutes="", skills=[grade_sync]))
    page = CoursePage.objects.get()
    assert (page.live, page.minutes, told) == (False, None, [])

    refused = desk.post(
        edit_address(page), page_data(minutes="", skills=[grade_sync]) | {"action-publish": "1"}
    )
    assert errors_of(refused) == {
        "minutes": ["Say how long it takes before you publish it: teachers plan their time by it."]
    }
    page.refresh_from_db()
    assert (page.live, told) == (False, [])

    row = page.taught_skills.get()
    data = page_data(minutes="25") | nested_form_data(
        {
            "taught_skills": inline_formset(
                [{"id": row.pk, "skill": grade_sync.pk, "strength": "masters"}], initial=1
            )
        }
    )
    desk.post(edit_address(page), data | {"action-publish": "1"})
    page = CoursePage.objects.get()
    assert (page.live, page.minutes) == (True, 25)
    assert list(page.taught_skills.values_list("skill__name", "strength")) == [
        ("Grade sync", "masters")
    ]
    assert ("catalogue", (page.pk,), "session") in told


def test_publishing_without_a_right_answer_says_where(desk):
    check = {
        "question": "Which?",
        "answers": streamfield([]),
    }
    answers = {
        "count": "2",
        **{
            f"{number}": {
                "type": "item",
                "deleted": "",
                "order": str(number),
                "value": {"text": text, "is_right": "", "reply": ""},
                "id": "",
            }
            for number, text in enumerate(("One", "Two"))
        },
    }
    body = streamfield([("check", check | {"answers": answers})])
    response = desk.post(add_address(), page_data(body=body) | {"action-publish": "1"})
    assert CoursePage.objects.count() == 0
    assert "Mark at least one answer as right." in response.content.decode()


def test_the_same_skill_twice_is_refused_with_a_place(desk, grade_sync):
    response = desk.post(
        add_address(), page_data(skills=[grade_sync, grade_sync]) | {"action-publish": "1"}
    )
    assert CoursePage.objects.count() == 0
    assert "Please correct the duplicate values below." in response.content.decode()


def test_a_session_can_not_require_what_requires_it(desk, course_of):
    first, second = course_of("First"), course_of("Second")
    data = page_data(title="Second", slug="second", before=[(first, True)])
    desk.post(edit_address(second), data | {"action-publish": "1"})
    assert second.required_ids() == {first.pk}

    circle = page_data(title="First", slug="first", before=[(second, True)])
    response = desk.post(edit_address(first), circle | {"action-publish": "1"})
    assert "That session requires this one" in response.content.decode()
    assert first.required_ids() == set()

    itself = page_data(title="First", slug="first", before=[(first, False)])
    response = desk.post(edit_address(first), itself | {"action-publish": "1"})
    assert "A session can’t come before itself." in response.content.decode().replace("&#x27;", "’")
    advised = page_data(title="First", slug="first", before=[(second, False)])
    desk.post(edit_address(first), advised | {"action-publish": "1"})
    assert list(first.prerequisites.values_list("before", "is_required")) == [(second.pk, False)]


def test_a_coach_previews_a_draft_though_no_teacher(desk, coach):
    body = streamfield([("text", rich_text("<p>Open the gradebook first.</p>"))])
    address = reverse(
        "wagtailadmin_pages:preview_on_add", args=["courses", "coursepage", look_book().pk]
    )
    assert json.loads(desk.post(address, page_data(body=body)).content)["is_valid"] is True
    preview = desk.get(address)
    assert preview.status_code == 200
    assert "Open the gradebook first." in preview.content.decode()
    assert CoursePage.objects.count() == 0


def test_a_draft_goes_through_review_by_a_colleague(desk, signed_in, coordinator, coach):
    desk.post(add_address(), page_data() | {"action-submit": "1"})
    page = CoursePage.objects.get()
    state = WorkflowState.objects.get()
    assert (page.live, state.status, state.workflow.name) == (
        False,
        "in_progress",
        "Review by a colleague",
    )
    colleague = signed_in(coordinator)
    colleague.post(
        reverse(
            "wagtailadmin_pages:workflow_action",
            args=[page.pk, "approve", state.current_task_state.pk],
        ),
        {"comment": "Good."},
    )
    page.refresh_from_db()
    state.refresh_from_db()
    assert (page.live, state.status) == (True, "approved")


def test_a_draft_under_review_keeps_its_minutes(desk):
    desk.post(add_address(), page_data() | {"action-submit": "1"})
    page = CoursePage.objects.get()
    refused = desk.post(edit_address(page), page_data(minutes=""))
    assert list(errors_of(refused)) == ["minutes"]
    assert page.get_latest_revision_as_object().minutes == page.minutes


def test_publishing_many_at_once_refuses_what_lacks_minutes(desk, course_of):
    ready = course_of("Ready", live=False)
    unready = course_of("Unready", live=False, minutes=None)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = desk.post(
        f"{address}?id={ready.pk}&id={unready.pk}", {"include_descendants": ""}, follow=True
    )
    assert list(CoursePage.objects.live()) == []
    assert "“Unready” lacks its minutes or its summary." in response.content.decode()
    desk.post(f"{address}?id={ready.pk}", {"include_descendants": ""})
    assert list(CoursePage.objects.live()) == [ready]


def test_taking_a_session_down_is_told_once(desk, course_of, told):
    page = course_of()
    told.clear()
    desk.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    page.refresh_from_db()
    assert (page.live, told) == (False, [("catalogue", (page.pk,), "session")])


def test_what_stands_on_a_record_is_not_deleted(desk, course_of, new_teacher, coach):
    kept, free = course_of("Kept"), course_of("Free")
    Completion.objects.create(
        teacher=new_teacher, course=kept, title="Kept", minutes=30, ground="coach"
    )
    for page in (kept, free, look_book()):
        desk.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert list(CoursePage.objects.all()) == [kept]
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    desk.post(f"{bulk}?id={kept.pk}")
    assert list(CoursePage.objects.all()) == [kept]
    desk.post(reverse("wagtailadmin_pages:unpublish", args=[look_book().pk]))
    assert look_book().live


# ---- reading ----------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_sign_in(client, course_of):
    page = course_of()
    for address in (page.url, look_book().url):
        response = client.get(address)
        assert (response.status_code, response.url) == (
            302,
            f"/accounts/login/?next={address}",
        )


def test_somebody_without_a_role_stays_outside(course_of, new_teacher, signed_in):
    page = course_of()
    reader = signed_in(new_teacher)
    assert reader.get(page.url).status_code == 200
    new_teacher.is_active = False
    new_teacher.save()
    assert reader.get(page.url).status_code == 403


def test_drafts_and_private_pages_open_for_no_teacher(course_of, new_teacher, signed_in, coach):
    draft = course_of("Draft", live=False)
    private = course_of("Private")
    PageViewRestriction.objects.create(page=private, restriction_type="groups").groups.set(
        coach.groups.all()
    )
    reader = signed_in(new_teacher)
    assert reader.get(draft.url).status_code == 404
    assert reader.get(private.url).status_code in (302, 403)
    assert signed_in(coach).get(private.url).status_code == 200


# ---- who may write ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.COACH, {"add", "edit", "publish", "runs", "skills", "images", "documents"}),
        (Role.COORDINATOR, {"add", "edit", "publish", "runs", "skills", "images", "documents"}),
        (Role.LEADER, set()),
        (Role.TEACHER, set()),
    ],
)
def test_who_may_write_what(role, may, east, signed_in, course_of):
    page = course_of()
    client = signed_in(person_of("somebody@example.org", role, east, name="Some Body"))
    addresses = {
        "add": add_address(),
        "edit": edit_address(page),
        "publish": reverse("wagtailadmin_pages:unpublish", args=[page.pk]),
        "runs": reverse("wagtailsnippets_courses_offering:add"),
        "skills": reverse("wagtailsnippets_profiles_skill:add"),
        "images": reverse("wagtailimages:add"),
        "documents": reverse("wagtaildocs:add"),
        "users": reverse("wagtailusers_users:index"),
        "sites": reverse("wagtailsites:index"),
        "groups": reverse("wagtailusers_groups:index"),
        "workflows": reverse("wagtailadmin_workflows:index"),
        "root": reverse("wagtailadmin_pages:add_subpage", args=[Page.get_first_root_node().pk]),
    }
    opened = {name for name, address in addresses.items() if client.get(address).status_code == 200}
    assert opened == may


def test_a_requirement_of_a_session_taken_down_asks_nobody(course_of, new_teacher, now):
    from courses.queries import required_for

    page = course_of()
    add_requirement(course=page, due_date=now.date(), now=now)
    assert len(required_for(new_teacher, now.date())) == 1
    page.unpublish()
    assert required_for(new_teacher, now.date()) == []


def test_checks_survive_the_form(desk):
    answers = {
        "count": "2",
        **{
            f"{number}": {
                "type": "item",
                "deleted": "",
                "order": str(number),
                "value": {"text": text, "is_right": right, "reply": ""},
                "id": "",
            }
            for number, (text, right) in enumerate((("One", "on"), ("Two", "")))
        },
    }
    body = streamfield([("check", {"question": CHECK["value"]["question"], "answers": answers})])
    desk.post(add_address(), page_data(body=body) | {"action-publish": "1"})
    (check,) = CoursePage.objects.get().checks_by_id.values()
    assert [(answer["text"], answer["is_right"]) for answer in check["answers"]] == [
        ("One", True),
        ("Two", False),
    ]


# ---- when it counts as done ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (
            {"completion_rule": ["check"]},
            {"completion_rule": ["The rule asks for quick checks, and the body has none."]},
        ),
        (
            {"completion_rule": ["attended", "coach"]},
            {"completion_rule": ["Only a live session has dates that somebody can attend."]},
        ),
        (
            {"completion_rule": ["task"]},
            {"task": ["Say what to hand in: the rule asks for it."]},
        ),
        (
            {"attended_share": "101"},
            {"attended_share": ["Ensure this value is less than or equal to 100."]},
        ),
    ],
)
def test_a_rule_that_nobody_could_meet_is_refused_at_its_field(desk, fields, errors):
    assert errors_of(desk.post(add_address(), page_data() | fields)) == errors
    assert CoursePage.objects.count() == 0


def test_author_sets_the_rule_and_the_page_prints_it(desk, signed_in, new_teacher):
    fields = {
        "format": "live",
        "completion_rule": ["attended", "task"],
        "attended_share": "75",
        "task": "Send one exit ticket.",
    }
    desk.post(add_address(), page_data() | fields | {"action-publish": "1"})
    page = CoursePage.objects.get()
    assert (page.rule.parts, page.attended_share) == (("attended", "task"), 75)
    shown = " ".join(signed_in(new_teacher).get(page.url).content.decode().split())
    assert "It counts as done when" in shown
    assert "You were there for at least 75% of the time" in shown.replace("&#x27;", "'")
    assert "Send one exit ticket." in shown
