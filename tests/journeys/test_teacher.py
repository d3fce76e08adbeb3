"""A teacher's way through the site, as a new user would take it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from courses.models import Completion
from profiles.models import Goal

from .conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def take_the_fitting(page: Page) -> None:
    """Change what we knew of the room, and answer the three questions that are left."""
    expect(page.get_by_role("main")).to_contain_text("School · from the roster")
    page.get_by_role("link", name=re.compile("Change it ?: Tools")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this your room?")
    expect(page.get_by_label("Your school")).to_have_value(re.compile(r"\d+"))
    page.get_by_label("Classroom").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("1 of 3")
    expect(page.get_by_role("main")).to_contain_text("Tools · you said so")
    page.get_by_label("Do it with me").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Hours you set aside this term").fill("5")
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Your goal").fill("An exit ticket every Friday")
    if page.get_by_role("button", name="Find the skills in it").is_visible():
        page.get_by_role("button", name="Find the skills in it").click()
    expect(page.get_by_label("Exit tickets")).to_be_checked()
    page.get_by_role("button", name="Keep this goal").click()
    expect(page.get_by_role("status").first).to_contain_text("Your goal is kept.")
    page.get_by_role("button", name="Show me my path").click()


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_teacher_is_fitted_swaps_finishes_and_sees_it_on_the_record(world, open_page, java_script):
    page = open_page(java_script_enabled=java_script)
    sign_in(page, world.teacher.email)
    take_the_fitting(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Your path, cut to fit")
    thread = page.locator(".thread")
    expect(thread).to_contain_text(world.sync.title)
    expect(thread).to_contain_text("You asked about Grade sync 3 times since 14 September")

    step = page.locator(f"#step-{world.sync.pk}")
    if not step.get_by_role("button", name="Swap").is_visible():
        step.get_by_role("link", name="Why, and what you can do").click()
    step.get_by_role("button", name="Swap").click()
    expect(page.locator("#messages")).to_contain_text("is out")
    expect(thread).not_to_contain_text(world.sync.title)
    page.get_by_role("button", name=f"Undo for {world.sync.title}").click()
    expect(page.locator("#messages")).to_contain_text("Taken back")

    page.goto(world.sync.url)
    expect(page.locator(".variant").first).to_contain_text("Link totals.")
    page.get_by_role("button", name="Start now").click()
    page.get_by_label("The gradebook").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#check-check-1")).to_contain_text("It only shows the gap.")
    page.get_by_label("The sync report").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#check-check-1")).to_contain_text("It names the reason.")
    expect(page.locator("#messages")).to_contain_text("You have finished")

    page.get_by_role("link", name="Record", exact=True).click()
    expect(page.locator("table.data tbody")).to_contain_text(world.sync.title)
    assert Completion.objects.get().course_id == world.sync.pk
    assert [skill.name for skill in Goal.objects.get().skills.all()] == ["Exit tickets"]
    world.teacher.refresh_from_db()
    assert (world.teacher.support_style, world.teacher.minutes_a_term) == ("with-me", 300)


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_teacher_reserves_a_seat_and_gives_it_back(world, signed_in_page, java_script):
    page = signed_in_page(world.teacher, java_script_enabled=java_script)
    page.goto(world.live.url)
    page.get_by_role("button", name="Reserve my seat").click()
    expect(page.locator("#standing")).to_contain_text("you have a seat")
    page.goto("/calendar/")
    expect(page.locator(".weeks")).to_contain_text("East library")
    page.goto(world.live.url)
    page.get_by_role("button", name="Give my seat back").click()
    expect(page.get_by_role("button", name="Reserve my seat")).to_be_visible()
    world.run.refresh_from_db()
    assert world.run.seats_taken == 0


def press_until(page: Page, name: str, *, most: int = 60) -> None:
    """Go on by Tab until what has the focus is called so."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and re.search(name, " ".join(focused.inner_text().split())):
            return
    raise AssertionError(f"Tab never reached “{name}”.")


def test_teacher_answers_a_step_by_keyboard_alone(world, signed_in_page):
    page = signed_in_page(world.teacher)
    page.goto("/path/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    first = page.locator(".is-next h2").inner_text()
    press_until(page, "^Not a fit")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # into the reasons
    page.keyboard.press("Space")
    press_until(page, "^Take it off my path")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("is off your path")
    expect(page.locator(".thread")).not_to_contain_text(first)
    # The focus is on the renewed path, not lost at the top of the page.
    assert page.evaluate("document.querySelector('#path').contains(document.activeElement)")


def test_menu_opens_and_closes_by_keyboard(world, signed_in_page):
    page = signed_in_page(world.teacher)
    page.goto("/path/")
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="My settings")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
