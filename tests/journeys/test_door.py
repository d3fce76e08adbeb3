"""A run at the door: two people in two browsers, one code; and a claim all the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from courses.models import Claim, Enrolment, Offering, Presence
from courses.operations import enrol

from .conftest import NOW, World
from .test_screens import LOOKS, faults_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
def at_the_door(world: World, mentor_teacher) -> Offering:
    """The run begins in five minutes; Nora and Max have a seat."""
    for teacher in (world.teacher, mentor_teacher):
        enrol(teacher=teacher, offering=world.run, by=None, now=NOW - timedelta(days=1))
    starts_at = NOW + timedelta(minutes=5)
    Offering.objects.filter(pk=world.run.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45)
    )
    world.run.refresh_from_db()
    return world.run


def test_teacher_is_in_by_the_code_on_the_coachs_screen_and_the_roster_shows_it(
    at_the_door, world, coach, signed_in_page
):
    screen = signed_in_page(coach)
    screen.goto("/door/")
    screen.get_by_role("link", name="Show the code").click()
    digits = screen.locator("p.digits").inner_text()
    phone = signed_in_page(world.teacher, **PHONE)
    phone.goto("/check-in/")
    phone.get_by_role("link", name="Check in to").click()
    phone.get_by_label("The code on the screen").fill(digits)
    phone.get_by_role("button", name="Check me in").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are in")

    roster = signed_in_page(coach, **PHONE)
    roster.goto(f"/runs/{at_the_door.pk}/door/1/")
    expect(roster.locator("#door-counts")).to_contain_text("1 here · 1 to mark")
    nora = roster.locator(".door-person", has_text="Nora New")
    expect(nora).to_contain_text("checked in by code")


@pytest.mark.parametrize("scripts", [True, False])
def test_coach_marks_and_undoes_with_one_tap_each_with_scripts_and_without(
    at_the_door, coach, signed_in_page, scripts
):
    page = signed_in_page(coach, **PHONE, java_script_enabled=scripts)
    page.goto(f"/runs/{at_the_door.pk}/door/1/")
    nora = page.locator(".door-person", has_text="Nora New")
    nora.locator("[value=here]").click()
    expect(page.locator("#door-counts")).to_contain_text("1 here · 1 to mark")
    nora.get_by_role("button", name="Undo").click()
    expect(page.locator("#door-counts")).to_contain_text("0 here · 2 to mark")
    line = page.locator(".door-person", has_text="Max Mentor")
    line.get_by_text("Partly").click()
    line.get_by_label("Minutes of 45").fill("20")
    line.get_by_role("button", name="Save").click()
    expect(page.locator(".door-person", has_text="Max Mentor")).to_contain_text("20 of 45 min")
    assert list(
        Presence.objects.order_by("pk").values_list("minutes", "marked_by__first_name")
    ) == [(None, "Cora"), (20, "Cora")]
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"seated"}


def test_targets_at_the_door_are_as_large_as_a_thumb(at_the_door, coach, signed_in_page):
    page = signed_in_page(coach, **PHONE)
    page.goto(f"/runs/{at_the_door.pk}/door/1/")
    targets = page.locator(".door-actions > form > .button, .door-actions summary")
    sizes = [target.bounding_box() for target in targets.all()]
    assert len(sizes) == 6
    assert min(box["height"] for box in sizes) >= 52
    assert min(box["width"] for box in sizes) >= 100


def test_keyboard_alone_marks_and_stays_where_the_work_is(at_the_door, coach, signed_in_page):
    page = signed_in_page(coach)
    page.goto(f"/runs/{at_the_door.pk}/door/1/")
    nora = page.locator(".door-person", has_text="Nora New")
    nora.locator("[value=here]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#door-counts")).to_contain_text("1 here")
    expect(nora.get_by_role("heading")).to_be_focused()


def test_teacher_sends_a_claim_in_and_the_coordinator_approves_it(
    world, coordinator, signed_in_page
):
    page = signed_in_page(world.teacher, **PHONE)
    page.goto("/record/")
    page.get_by_role("link", name="Send something in").click()
    page.get_by_label("What it was called").fill("Summer institute")
    page.get_by_label("Who held it").fill("State university")
    page.get_by_label("Last day of it").fill("2026-07-06")
    page.get_by_label("Hours").fill("6")
    page.get_by_label("Certificate or program").set_input_files(
        files=[{"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 paper"}]
    )
    page.get_by_role("button", name="Send it in").click()
    expect(page.locator("#elsewhere")).to_contain_text("waits for an answer")

    office = signed_in_page(coordinator)
    office.goto("/claims/")
    office.get_by_role("link", name="Summer institute").click()
    with office.expect_download() as download:
        office.get_by_role("link", name="paper.pdf").click()
    assert download.value.suggested_filename == "paper.pdf"
    office.get_by_label("Equal to a session").select_option(label=world.sync.title)
    office.get_by_role("button", name="Approve").click()
    expect(office.get_by_role("status")).to_contain_text("Approved.")
    page.goto("/record/")
    expect(page.locator("#elsewhere")).to_contain_text("equal to Gradebook sync")
    assert Claim.objects.get().state == "approved"


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_the_door_and_of_claims_hold_for_everybody(
    at_the_door, world, coach, coordinator, signed_in_page, look
):
    claim = Claim.objects.create(
        teacher=world.teacher,
        title="Summer institute",
        provider="State university",
        held_date="2026-07-06",
        minutes=360,
        link="https://example.org/",
    )
    door = f"/runs/{at_the_door.pk}/door/1/"
    screens = {
        coach: ("/door/", door, f"{door}?q=o", f"{door}code/", f"{door}print/", f"{door}sheet/"),
        coordinator: ("/claims/", f"/claims/{claim.pk}/"),
        world.teacher: (
            "/check-in/",
            f"/runs/{at_the_door.pk}/check-in/1/?code=123456",
            "/record/claims/add/",
            f"/record/claims/{claim.pk}/",
        ),
    }
    found = {}
    for person, urls in screens.items():
        page = signed_in_page(person, **LOOKS[look])
        found |= {url: faults for url in urls if (faults := faults_of(page, url))}
    assert found == {}
