"""A small school on one day, a server that shows it, and a browser to walk through it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from courses.models import CoursePage, CoursePrerequisite, CourseSkill, Offering, Requirement
from courses.operations import look_book
from pdplanner.plans.operations import rebuild_plans
from profiles.models import Skill, SpecialDay, Teacher, Ticket, TicketSource, Tool
from tests.conftest import PASSWORD

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)  # a Monday morning in the district


def items(*values: dict) -> list[dict]:
    """Values as a list block stores them."""
    return [
        {"type": "item", "id": f"item-{number}", "value": value}
        for number, value in enumerate(values)
    ]


CHECK = {
    "type": "check",
    "id": "check-1",
    "value": {
        "question": "The grade did not arrive. What do you look at first?",
        "answers": items(
            {"text": "The gradebook", "is_right": False, "reply": "It only shows the gap."},
            {"text": "The sync report", "is_right": True, "reply": "It names the reason."},
        ),
    },
}
ROOMS = {
    "type": "rooms",
    "id": "rooms-1",
    "value": {
        "heading": "How it looks in your room",
        "variants": items(
            {"grade_bands": ["pk-2"], "subjects": [], "tools": [], "text": "<p>Once a week.</p>"},
            {"grade_bands": ["6-8"], "subjects": [], "tools": [], "text": "<p>Link totals.</p>"},
        ),
    },
}
STEPS = {
    "type": "steps",
    "id": "steps-1",
    "value": {
        "heading": "Try it now",
        "steps": items(
            {"title": "Open your class", "text": "<p>Choose Settings.</p>", "minutes": 2}
        ),
    },
}


@dataclass(frozen=True)
class World:
    """What the walks need to name."""

    teacher: Teacher
    sync: CoursePage  # self-paced, with one check
    tickets: CoursePage  # the next best for another skill
    live: CoursePage  # with a run
    run: Offering


@pytest.fixture(autouse=True)
def that_monday(monkeypatch):
    """Everything happens on one known day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def world(transactional_db, new_teacher, term, grade_sync, screen_sharing) -> World:
    """Nora's school: she asked thrice about grades, once about her screen, and has a goal."""
    exit_tickets = Skill.objects.create(name="Exit tickets", words="exit ticket\nquick quiz")
    Tool.objects.create(name="Classroom")
    book = look_book()

    def session(title: str, skill: Skill, **fields) -> CoursePage:
        page = CoursePage(title=title, summary=f"{title}, in two lines.", **fields)
        page.taught_skills = [CourseSkill(skill=skill, strength="masters")]
        return book.add_child(instance=page)

    basics = session("Classroom basics", exit_tickets, minutes=10, format="quick-card")
    sync = session(
        "Gradebook sync without double entry",
        grade_sync,
        minutes=30,
        format="self-paced",
        level="A2",
        objectives="Link one class.\nUndo a wrong sync.",
        body=[STEPS, ROOMS, CHECK],
    )
    other = session(
        "Grades in one place", grade_sync, minutes=40, format="self-paced", body=[CHECK]
    )
    live = session("Your iPad on the wall", screen_sharing, minutes=45, format="live")
    live.prerequisites.add(CoursePrerequisite(before=basics, is_required=False))
    live.save()
    starts_at = NOW + timedelta(days=10, hours=5)
    run = Offering.objects.create(
        course=live,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        place="East library",
        seats=20,
    )
    source = TicketSource.objects.create(name="RT")
    for number, (skill, days) in enumerate(
        [(grade_sync, 70), (grade_sync, 30), (grade_sync, 4), (screen_sharing, 12)]
    ):
        Ticket.objects.create(
            source=source,
            external_id=str(number),
            teacher=new_teacher,
            skill=skill,
            skill_origin="words",
            kind="how-to",
            opened_at=NOW - timedelta(days=days),
            minutes_lost=15,
            address=f"https://help.example.org/{number}",
        )
    SpecialDay.objects.create(
        kind="report-cards",
        title="Report cards due",
        start_date=date(2026, 12, 11),
        end_date=date(2026, 12, 11),
    )
    Requirement.objects.create(course=basics, due_date=date(2026, 12, 18), note="For January.")
    rebuild_plans(as_of=date(2026, 11, 23), now=NOW)
    return World(new_teacher, sync, other, live, run)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "The journeys need a browser: install the package chromium."
    # Playwright keeps an event loop in this thread; the rows are still ours alone to read.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser, live_server) -> Iterator[Callable[..., Page]]:
    """Return a function: a page of a fresh visitor, at our address."""
    opened: list[BrowserContext] = []

    def open_one(**options) -> Page:
        context = browser.new_context(
            base_url=live_server.url, **{"viewport": {"width": 1280, "height": 900}, **options}
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def signed_in_page(open_page, signed_in) -> Callable[..., Page]:
    """Return a function: a page of somebody who is signed in already."""

    def open_one(person, **options) -> Page:
        page = open_page(**options)
        cookie = signed_in(person).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
        )
        return page

    return open_one


def sign_in(page: Page, email: str) -> None:
    """Come in through the front door."""
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("/accounts/login/"))


def show_it_is_you(page: Page) -> None:
    """Give the password once more, as changes of the second step ask for."""
    page.goto("/accounts/reauthenticate/?next=/accounts/2fa/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")
