"""Every screen a teacher sees: open to everybody, and whole on the narrowest phone."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal import auth as totp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from profiles.models import Goal, Ticket, Tool

from .conftest import show_it_is_you, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
AT_THE_DOOR = (
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/nothing-here/",
)
INSIDE = (
    "/path/",
    "/path/noticed/",
    "/path/noticed/tickets/",
    "/look-book/",
    "/look-book/?q=zebra",
    "/fitting/room/",
    "/fitting/room/?change=1",
    "/fitting/style/",
    "/fitting/week/",
    "/fitting/goals/",
    "/settings/",
    "/settings/room/",
    "/settings/goals/",
    "/calendar/",
    "/calendar/address/",
    "/check-in/",
    "/closet/",
    "/my-data/",
    "/privacy/",
    "/record/",
    "/record/transcript/",
    "/record/claims/add/",
    "/record/licences/add/",
    "/certificates/none/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/nothing-here/",
    "/year/",  # a coordinator's: 403
)
AT_THE_OFFICE = (
    "/completion/",
    "/requirements/",
    "/credit/",
    "/credit/awards/",
    "/credit/types/add/",
    "/credit/rules/add/",
    "/claims/",
    "/help-desks/",
    "/help-desks/add/rt/",
    "/imports/",
    "/erasure-requests/",
    "/forecast/",
    "/year/",
)
LOOKS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


def faults_of(page: Page, address: str) -> list[str]:
    """Open a screen and all that can be opened in it; return what is wrong with it."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.goto(address)
    page.evaluate(
        "document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
    )
    found = Axe().run(page, options=RULES).response["violations"]
    faults = [f"{one['id']}: {one['nodes'][0]['target']}" for one in found]
    if not page.url.endswith(address):
        faults.append(f"led to {page.url}")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        faults.append("scrolls sideways")
    return faults + said


@pytest.mark.parametrize("look", LOOKS)
def test_screens_at_the_door_hold_for_everybody(world, open_page, look):
    page = open_page(**LOOKS[look])
    assert {url: faults_of(page, url) for url in AT_THE_DOOR} == {url: [] for url in AT_THE_DOOR}


@pytest.mark.parametrize("look", LOOKS)
def test_screens_inside_hold_for_everybody(world, open_page, look):
    page = open_page(**LOOKS[look])
    sign_in(page, world.teacher.email)
    show_it_is_you(page)
    ticket = f"/path/noticed/tickets/{Ticket.objects.first().pk}/"
    screens = (*INSIDE, world.sync.url, world.live.url, ticket)
    assert {url: faults_of(page, url) for url in screens} == {url: [] for url in screens}


@pytest.mark.parametrize("look", LOOKS)
def test_fitting_with_nothing_to_ask_holds_for_everybody(world, open_page, look):
    teacher = world.teacher
    teacher.support_style, teacher.minutes_a_term = "steps", 330
    teacher.free_slots, teacher.has_stated_slots = ["mon-prep", "tue-prep"], True
    teacher.save()
    teacher.tools.set(Tool.objects.all())
    Goal.objects.create(teacher=teacher, words="An exit ticket every Friday, read on Saturday")
    page = open_page(**LOOKS[look])
    sign_in(page, teacher.email)
    assert faults_of(page, "/fitting/") == []
    page.get_by_role("button", name="Yes, show me my path").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your path, cut to fit")


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_the_staff_hold_for_everybody(
    world, coordinator, coach, leader, signed_in_page, look
):
    door = f"/runs/{world.run.pk}/door/1/"
    screens = {
        coordinator: AT_THE_OFFICE,
        coach: ("/door/", door, f"{door}code/", f"{door}sheet/", "/privacy/", "/settings/"),
        leader: ("/completion/",),
    }
    found = {}
    for person, urls in screens.items():
        page = signed_in_page(person, **LOOKS[look])
        found |= {f"{person}: {url}": faults_of(page, url) for url in urls}
    assert found == {screen: [] for screen in found}


def test_second_step_holds_for_everybody(world, open_page):
    page = open_page(**LOOKS["narrow"])
    sign_in(page, world.teacher.email)
    show_it_is_you(page)
    found = {"set up": faults_of(page, "/accounts/2fa/totp/activate/")}
    secret = page.get_by_label("The secret, to type in by hand").input_value()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    for address in ("recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", ""):
        found[address] = faults_of(page, f"/accounts/2fa/{address}")
    page.context.clear_cookies()
    sign_in(page, world.teacher.email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your second step")
    found["asked"] = faults_of(page, page.url)
    assert found == {screen: [] for screen in found}


def code_of(secret: str) -> str:
    """What an authenticator app shows now for this secret."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_targets_are_large_enough_for_a_thumb(world, signed_in_page):
    """What can be pressed, links within sentences apart, is 44 px high and 24 px wide at least."""
    page = signed_in_page(world.teacher, viewport={"width": 320, "height": 640})
    small = {}
    for address in ("/path/", "/look-book/", "/fitting/week/", "/path/noticed/", world.sync.url):
        page.goto(address)
        small[address] = page.evaluate(
            """() => [...document.querySelectorAll("main button, main summary, main select,"
                 + " main a.button, header a, header summary, main label:has(input)")]
               .filter((one) => one.checkVisibility())
               .filter((one) => { const box = one.getBoundingClientRect();
                 return box.height < 44 || box.width < 24; })
               .map((one) => one.textContent.trim())"""
        )
    assert small == {address: [] for address in small}


def test_navigation_stands_in_one_line_on_a_phone_and_on_a_desk(world, coordinator, signed_in_page):
    """A teacher's five at 320 px; of a coordinator's nine, seven and "More" at 1280 px, under a
    long name too, and on a phone two and "More"."""
    coordinator.last_name = "Featherstonehaugh-Montgomery of the East"
    coordinator.save()
    line = """() => { const seen = [...document.querySelectorAll(".site-nav > a, .more > summary")]
        .filter((one) => one.checkVisibility());
        const tops = seen.map((one) => Math.round(one.getBoundingClientRect().top));
        return [seen.length, new Set(tops).size]; }"""
    found = []
    for person, width in ((world.teacher, 320), (coordinator, 1280), (coordinator, 1024)):
        page = signed_in_page(person, viewport={"width": width, "height": 640})
        page.goto("/look-book/")
        found.append(page.evaluate(line))
    assert found == [[5, 1], [8, 1], [8, 1]]
    page = signed_in_page(coordinator, viewport={"width": 320, "height": 640})
    page.goto("/forecast/")
    assert page.evaluate(line) == [3, 1]
    page.locator(".more > summary").click()
    shown = page.locator(".more .card a:visible").all_inner_texts()
    assert (shown[0], shown[-1], len(shown)) == ("Credit", "Forecast", 7)
    assert page.locator(".more .card a[aria-current]").inner_text() == "Forecast"
    assert Axe().run(page, context="header", options=RULES).response["violations"] == []
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_open_menu_holds_for_everybody(world, signed_in_page):
    page = signed_in_page(world.teacher)
    page.goto("/record/")
    page.locator("details.menu summary").click()
    assert Axe().run(page, context="header", options=RULES).response["violations"] == []


def test_path_prints_clean(world, signed_in_page):
    page = signed_in_page(world.teacher)
    page.goto("/path/")
    page.emulate_media(media="print")
    assert not page.locator(".site-header").is_visible()
    assert not page.locator(".actions").first.is_visible()
    assert page.locator(".why").first.is_visible()
