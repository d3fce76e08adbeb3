"""A coach sorts fifty tickets by keyboard alone; every press of a key is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from profiles.models import Ticket, TicketSource

from .conftest import NOW
from .test_screens import LOOKS, faults_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

LIST = "/admin/desk/unsorted/tickets/"
GUESSED = "/admin/desk/unsorted/guessed/"
FIFTY = 50
#: What the tickets are about, by their number: most are what the words say, some are not.
TYPED, LEFT = range(5, FIFTY, 10), range(9, FIFTY, 10)


@pytest.fixture
def fifty(world, grade_sync, screen_sharing):
    """Fifty unsorted tickets, each with words that speak for one skill, and one more page."""
    words = {grade_sync: "grade gradebook sync", screen_sharing: "airplay cast ipad mirror"}
    skills = list(words)
    return Ticket.objects.bulk_create(
        Ticket(
            source=TicketSource.objects.get(),
            external_id=f"N{number:02}",
            teacher=world.teacher,
            kind="how-to",
            category="Classroom",
            words=words[skills[number % 2]],
            opened_at=NOW - timedelta(minutes=number),
            address=f"https://help.example.org/N{number:02}",
        )
        for number in range(FIFTY + 3)
    )


class Keys:
    """A keyboard that counts its presses, and nothing else of the browser."""

    def __init__(self, page: Page):
        self._page = page
        self.presses = 0

    def press(self, key: str) -> None:
        self.presses += 1
        self._page.keyboard.press(key)

    def type(self, text: str) -> None:
        for letter in text:
            self.press(letter)


def said() -> list[str | None]:
    """What the fifty are about now, newest first."""
    tickets = Ticket.objects.filter(external_id__startswith="N").exclude(sorted_at=None)
    return [ticket.skill and ticket.skill.name for ticket in tickets.select_related("skill")]


def wanted() -> list[str | None]:
    result: list[str | None] = []
    for number in range(FIFTY):
        own = ("Grade sync", "Screen sharing")[number % 2]
        result.append("Exit tickets" if number in TYPED else None if number in LEFT else own)
    return result


def test_fifty_tickets_are_sorted_by_keyboard_with_a_press_each(fifty, coach, signed_in_page):
    page = signed_in_page(coach)
    page.goto(f"{LIST}#tickets")
    expect(page.locator("[data-done]")).to_have_text("0 of 50")
    expect(page.locator("[data-ticket]").first).to_be_focused()
    keys = Keys(page)
    for number in range(FIFTY):
        if number in TYPED:
            keys.press("s")
            keys.type("Exit tickets")
            keys.press("Enter")
        else:
            keys.press("n" if number in LEFT else "1")
    expect(page.locator("[data-done]")).to_have_text("50 of 50")
    expect(page.get_by_role("button", name="Save and go on")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_text("50 tickets sorted just now.")).to_be_visible()
    assert said() == wanted()
    # One press each, but for the five whose skill is typed out in full, and one to save.
    assert keys.presses == 45 + 5 * (1 + 12 + 1) + 1
    expect(page.locator("[data-done]")).to_have_text("0 of 3")  # the next ones
    expect(page.locator("[data-ticket]").first).to_be_focused()

    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-done]")).to_have_text("0 of 50")
    assert said() == []


def test_fifty_tickets_are_sorted_by_keyboard_without_a_script(fifty, coach, signed_in_page):
    page = signed_in_page(coach, java_script_enabled=False)
    page.goto(f"{LIST}#tickets")
    keys = Keys(page)
    first = page.get_by_role("link", name="Read it in RT : N00")
    while keys.presses < 3 and first.and_(page.locator(":focus")).count() == 0:
        keys.press("Tab")  # from where the list begins to the first ticket's link
    expect(first).to_be_focused()
    begun = keys.presses
    for number in range(FIFTY):
        keys.press("Tab")  # its answers, at "Later"
        if number not in TYPED:
            keys.press("ArrowLeft" if number in LEFT else "ArrowRight")
        keys.press("Tab")  # another skill
        if number in TYPED:
            keys.type("Exit tickets")
        keys.press("Tab")  # kind
        keys.press("Tab")  # the next one's link, at last the button
    keys.press("Enter")
    expect(page.get_by_text("50 tickets sorted just now.")).to_be_visible()
    assert said() == wanted()
    assert keys.presses == begun + 4 * FIFTY + 45 + 5 * 12 + 1


def test_keys_work_in_the_list_alone_and_can_be_switched_off(fifty, coach, signed_in_page):
    page = signed_in_page(coach)
    page.goto(LIST)
    done = page.locator("[data-done]")
    page.keyboard.press("1")  # the focus is nowhere in the list
    expect(done).to_have_text("0 of 50")
    page.locator("[data-ticket]").first.focus()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(page.locator("[data-ticket]").nth(1)).to_be_focused()
    page.keyboard.press("1")
    expect(done).to_have_text("1 of 50")
    page.get_by_label("Sort by single keys").uncheck()
    page.locator("[data-ticket]").first.focus()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(done).to_have_text("1 of 50")
    expect(page.locator("[data-keys-legend]")).to_be_hidden()
    page.reload()
    expect(page.get_by_label("Sort by single keys")).not_to_be_checked()


@pytest.mark.parametrize("look", LOOKS)
def test_sorting_desk_holds_for_everybody(fifty, coach, signed_in_page, look):
    page = signed_in_page(coach, **LOOKS[look])
    screens = ("/admin/desk/unsorted/", LIST, GUESSED)
    assert {url: faults_of(page, url) for url in screens} == {url: [] for url in screens}
