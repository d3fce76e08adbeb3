"""A coach writes and publishes a session and sees whom it reaches; a coordinator requires it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from courses.models import CoursePage
from courses.operations import look_book

from .conftest import sign_in
from .test_screens import LOOKS, faults_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def test_coach_writes_previews_and_publishes_a_session_and_sees_whom_it_reaches(
    world, coach, grade_sync, open_page
):
    page = open_page(viewport={"width": 1280, "height": 900})
    sign_in(page, coach.email)
    page.goto(f"/admin/pages/add/courses/coursepage/{look_book().pk}/", wait_until="networkidle")
    page.locator("#id_title").press_sequentially("Grades, the short way")
    # Wagtail's script makes the slug out of the title once it is there to listen.
    expect(page.locator("#id_slug")).to_have_value("grades-the-short-way")
    page.locator("[name=summary]").fill("One sync a week, and no double entry.")
    page.locator("[name=format]").select_option("self-paced")
    page.get_by_role("button", name="Save draft").first.click()
    page.wait_for_url("**/edit/**")
    draft = CoursePage.objects.get(title="Grades, the short way")
    assert (draft.live, draft.minutes) == (False, None)

    page.goto(f"/admin/pages/{draft.pk}/view_draft/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Grades, the short way")

    page.goto(f"/admin/pages/{draft.pk}/edit/")
    page.locator("[name=minutes]").fill("25")
    page.get_by_role("button", name="Add skill").click()
    page.get_by_role("button", name="Choose skill").click()
    page.get_by_role("link", name="Grade sync").click()
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="See who it reaches").click()
    expect(page.get_by_role("heading", name="On paths now")).to_be_visible()
    expect(page.get_by_text("It serves Grade sync.")).to_be_visible()
    assert CoursePage.objects.get(pk=draft.pk).live


@pytest.mark.parametrize("look", LOOKS)
def test_requirement_screens_hold_for_everybody(world, coordinator, open_page, look):
    page = open_page(**LOOKS[look])
    sign_in(page, coordinator.email)
    screens = ("/requirements/", "/requirements/?ended=1", "/requirements/add/")
    assert {url: faults_of(page, url) for url in screens} == {url: [] for url in screens}


def test_coordinator_requires_a_session_and_sees_whom_it_touches(world, coordinator, open_page):
    page = open_page(viewport={"width": 1280, "height": 900})
    sign_in(page, coordinator.email)
    page.goto("/requirements/add/")
    expect(page.locator("#touched")).to_contain_text("1 teacher")
    page.get_by_label("Grades 9 to 12").check()
    expect(page.locator("#touched")).to_contain_text("0 teachers")
    page.get_by_label("Grades 9 to 12").uncheck()
    page.get_by_label("Session").select_option(str(world.sync.pk))
    page.get_by_label("By when").fill("2026-12-18")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name=world.sync.title)
    expect(row).to_contain_text("Everybody")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Require it no longer").click()
    expect(page.get_by_text("Withdrawn.")).to_be_visible()
