"""Every address of the site against five people; see rows.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import PageViewRestriction

from courses.models import (
    Claim,
    Completion,
    CoursePage,
    Enrolment,
    Evaluation,
    LicenceCycle,
    Offering,
    Requirement,
)
from courses.operations.credit import award_credit
from courses.operations.look_book import look_book
from profiles.models import Goal, ImportRun, SpecialDay, Ticket, TicketFeed, TicketSource

from .rows import BREAKS_FOR_AUTHORS, NOBODY, PREFIXES, ROWS, Row

PEOPLE = ("anonymous", "outsider", "coach", "coordinator", "leader")
#: Words that stand in what belongs to the mentor, or on pages nobody may see.
CANARIES = ("canary", "Max Mentor")


def routes() -> Iterator[str]:
    """Yield every address of the URL configuration as it is written there."""

    def walk(patterns, prefix: str) -> Iterator[str]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern.url_patterns, route)

    yield from walk(get_resolver().url_patterns, "")


def row_of(route: str) -> Row | None:
    if route in ROWS:
        return ROWS[route]
    return next((row for prefix, row in PREFIXES.items() if route.startswith(prefix)), None)


ALL_ROUTES = sorted(set(routes()))


def test_every_address_has_a_row_and_every_row_an_address():
    assert [route for route in ALL_ROUTES if row_of(route) is None] == []
    assert [route for route in ROWS if route not in ALL_ROUTES] == []


@pytest.fixture
def world(mentor_teacher, east, grade_sync, settings) -> dict[str, object]:
    """One of everything, all of it the mentor's: parameter of an address -> value."""
    book = look_book()
    course = book.add_child(
        instance=CoursePage(title="Open to all", slug="open", summary="Yes.", minutes=20)
    )
    private = book.add_child(
        instance=CoursePage(title="A canary in private", slug="private", summary="c", minutes=20)
    )
    PageViewRestriction.objects.create(page=private, restriction_type="groups")
    book.add_child(
        instance=CoursePage(title="A canary in draft", slug="draft", summary="c", live=False)
    )
    now = timezone.now()
    source = TicketSource.objects.create(name="canary desk")
    ticket = Ticket.objects.create(
        source=source,
        external_id="canary-1",
        teacher=mentor_teacher,
        opened_at=now,
        kind="how-to",
        skill=grade_sync,
        category="canary category",
    )
    goal = Goal.objects.create(teacher=mentor_teacher, words="a canary goal")
    enrolment = Enrolment.objects.create(teacher=mentor_teacher, course=course, state="started")
    Completion.objects.create(
        teacher=mentor_teacher, course=course, title="canary done", minutes=5, ground="check"
    )
    document = Document.objects.create(
        title="Handout", file=ContentFile(b"%PDF-1.4 handout", "handout.pdf")
    )
    requirement = Requirement.objects.create(course=course, due_date=now.date())
    run = Offering.objects.create(
        course=course, starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=1)
    )
    award, *_ = award_credit(
        teacher=mentor_teacher,
        source="claim:0",
        title="A canary elsewhere",
        minutes=60,
        earned_date=now.date(),
        by=None,
        now=now,
    )
    licence = LicenceCycle.objects.create(
        teacher=mentor_teacher,
        title="A canary licence",
        from_date=now.date(),
        until_date=now.date() + timedelta(days=900),
    )
    claim = Claim.objects.create(
        teacher=mentor_teacher,
        title="canary claim",
        provider="canary",
        held_date=now.date(),
        minutes=60,
        evidence=ContentFile(b"%PDF-1.4 canary", "canary.pdf"),
        evidence_name="canary.pdf",
        evidence_type="application/pdf",
    )
    day = SpecialDay.objects.create(kind="pd", start_date=now.date(), end_date=now.date())
    return {
        "school_id": east.pk,
        "requirement_id": requirement.pk,
        "course_id": course.pk,
        "screen": "room",
        "what": "day",
        "kind": "roster",
        "block_id": "none",
        "path": "canary.png",
        "key": "x",
        "uidb36": "x",
        "year/": day.pk,
        "system": "rt",
        "help-desks/contacts/": mentor_teacher.pk,
        "help-desks/": TicketFeed.objects.create(source=source, kind="rt", address="https://x").pk,
        "imports/": ImportRun.objects.create(kind="roster", state="applied").pk,
        "path/noticed/tickets/": ticket.pk,
        "path/noticed/skills/": grade_sync.pk,
        "goals/": goal.pk,
        "enrolments/": enrolment.pk,
        "evaluations/": Evaluation.objects.create(
            teacher=mentor_teacher, course=course, moment="close", words="a canary said"
        ).pk,
        "credit/types/": award.credit_type_id,
        "credit/rules/": award.rule_id,
        "credit/awards/": award.pk,
        "record/certificates/": award.certificate.pk,
        "record/licences/": licence.pk,
        "sessions/": course.pk,
        "requirements/": requirement.pk,
        "runs/": run.pk,
        "record/claims/": claim.pk,
        "claims/": claim.pk,
        "page": course.pk,
        "document": f"{document.pk}/{document.filename}",
    }


def address_of(route: str, world: dict[str, object]) -> str:
    """Return the route with every parameter filled in."""
    own = next((name for name in world if name.endswith("/") and route.startswith(name)), None)

    def value(name: str, kind: str) -> str:
        if name == "pk":
            return str(world[own]) if own else "1"
        if name in world:
            return str(world[name])
        if "page" in name:
            return str(world["page"])
        return "1" if kind == "int" else "x"

    route = route.replace(r"^(\d+)/(.*)$", str(world["document"]))
    filled = re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: value(m[2], m[1] or "str"), plain(route))
    return "/" + filled


def plain(route: str) -> str:
    """Return a route whose regular expressions are replaced by something they match."""
    route = route.replace(r"(?P<revision_id_a>live|earliest|\d+)\.\.\.", "1...")
    route = route.replace(r"(?P<revision_id_b>live|latest|\d+)", "2")
    route = route.replace(r"(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)", "x-x")
    route = route.replace(r"(?P<key>[-:\w]+)", "x").replace(r"(?P<pk>\d+)", "1")
    route = route.replace(r"((?:[\w\-]+/)*)", "")
    return route.replace("^.*/$", "nowhere/").replace("^", "").replace("$", "")


@pytest.fixture
def clients(outsider, coach, coordinator, leader, signed_in) -> dict[str, Client]:
    everybody = {
        "outsider": outsider,
        "coach": coach,
        "coordinator": coordinator,
        "leader": leader,
    }
    return {"anonymous": Client()} | {name: signed_in(who) for name, who in everybody.items()}


def meets(response) -> str:
    """Return what an answer means, in the words of the table."""
    if response.status_code == 405:
        return "wrong verb"
    if response.status_code in {403, 404}:
        return "no"
    if response.status_code in {301, 302}:
        target = response.headers["Location"]
        if target.startswith(("/accounts/login/", "/admin/login/")):
            return "in"
    return "yes" if response.status_code < 500 else f"error {response.status_code}"


def content_of(response) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode(errors="replace")
    return response.content.decode(errors="replace")


def put_away(response) -> None:
    """Close an answer and the file it may hold, but not the connection that the test is in."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


# Several addresses to one test: the world is made once for each.
CHUNKS = [ALL_ROUTES[start : start + 30] for start in range(0, len(ALL_ROUTES), 30)]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("number", range(len(CHUNKS)))
def test_address_lets_in_whom_its_row_says(world, clients, person, number):
    surprises = []
    for route in CHUNKS[number]:
        row, address = row_of(route), address_of(route, world)
        assert row is not None
        for verb in ("get", "post"):
            if route == "accounts/logout/" or (row is NOBODY and verb == "post"):
                continue
            client = clients[person]
            client.raise_request_exception = False
            met = meets(response := getattr(client, verb)(address))
            expected = row.expected(person)
            if expected == "yes" and route in BREAKS_FOR_AUTHORS:
                continue
            if route.startswith("admin/") and route not in ROWS:
                fine = fits_admin(expected, met)
            else:
                fine = met in {*expected.split(" or "), "wrong verb"}
            if not fine:
                surprises.append((verb, address, person, f"expected {expected}, met {met}"))
            if person in {"anonymous", "outsider"} and verb == "get":
                shown = content_of(response)
                found = [canary for canary in CANARIES if canary in shown]
                if found:
                    surprises.append((verb, address, person, f"shows {found}"))
            put_away(response)
    assert surprises == []


def fits_admin(expected: str, met: str) -> bool:
    """Authors meet Wagtail's own table (any clean answer); everybody else stays outside."""
    if expected == "yes":
        return not met.startswith("error")
    return met in {"in", "no", "wrong verb"}


def test_wagtails_own_sign_in_leads_to_ours(db):
    answer = Client().get("/admin/login/?next=/admin/pages/")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/accounts/login/?next=/admin/pages/",
    )


def test_a_person_without_any_role_gets_into_nothing(db, world, django_user_model):
    """Somebody whose Teacher row was taken away, or who never had one."""
    client = Client()
    client.force_login(django_user_model.objects.create_user("left@example.org"))
    for route, row in ROWS.items():
        if row.outsider == "yes" and row.anonymous == "in" and row.coach == "no":
            answer = client.get(address_of(route, world))
            assert answer.status_code in {403, 404, 405}, route


def test_permission_denied_is_a_page_with_a_way_out(outsider, signed_in):
    answer = signed_in(outsider).get("/completion/")
    assert answer.status_code == 403
    assert PermissionDenied.__name__ not in answer.content.decode()
    assert 'href="/"' in answer.content.decode()
