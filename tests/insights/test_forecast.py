"""The coordinator's page on how well needs are foretold."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from pdplanner.insights.forecast import read_forecast
from pdplanner.plans.models import ForecastRun, RulesFit
from pdplanner.recommender.rules import DEFAULT_WEIGHTS

WEIGHTS = [*map(list, DEFAULT_WEIGHTS), ["level", 1.1], ["known share", 0.9]]


def measured(value: float) -> dict:
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


def method(name: str, gain: float, *, ours: bool = False) -> dict:
    return {
        "method": name,
        "ours": ours,
        "ndcg10": measured(gain),
        "deviance": measured(3.0),
        "calibration": measured(0.5),
    }


BACK_TEST = {
    "from_date": "2026-10-25",
    "until_date": "2026-11-21",
    "tickets": 102,
    "askers": 82,
    "methods": [
        method("ours", 0.31, ours=True),
        method("own history, decayed", 0.29),
        method("popularity, decayed", 0.16),
    ],
    "calibration_floor": 0.25,
}


def group(kind: str, name: str, teachers: int, askers: int) -> dict:
    return {
        "kind": kind,
        "name": name,
        "teachers": teachers,
        "reached": measured(0.876),
        "minutes_saved": measured(12.0),
        "need_met": measured(0.333),
        "askers": askers,
        "ndcg10": measured(0.456),
    }


FIGURES = {
    "as_of": "2026-11-21",
    "back_test": BACK_TEST,
    "on_path": [
        {"method": "ours", "ours": True, "share": measured(0.34)},
        {"method": "own history, decayed", "ours": False, "share": measured(0.45)},
        {"method": "popularity, decayed", "ours": False, "share": measured(0.25)},
    ],
    "groups": [
        group("school", "East Middle", 32, 4),
        group("school", "Tiny Elementary", 4, 4),
        group("tenure", "first year", 28, 9),
        group("hours", "part-time", 14, 9),
    ],
    "kept_overnight": measured(0.91),
}


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def add_fit(number: int, **fields) -> RulesFit:
    return RulesFit.objects.create(
        **{
            "number": number,
            "as_of_date": date(2026, 10, 31) + timedelta(days=number),
            "weights": WEIGHTS,
            "tickets": 1000 + number,
            "back_test": BACK_TEST,
            **fields,
        }
    )


def add_run(fit: RulesFit | None, day: int = 21, **fields) -> ForecastRun:
    return ForecastRun.objects.create(
        **{
            "what": "measure",
            "state": "done",
            "asked_at": timezone.now() - timedelta(days=30 - day),
            "as_of_date": date(2026, 11, day),
            "fit": fit,
            "figures": FIGURES,
            **fields,
        }
    )


def words_of(page) -> str:
    """What stands in the main part of a page, as one line."""
    text = re.sub(r"<[^>]+>", " ", page.content.decode().split("<main")[1])
    return re.sub(r" (?=[.,])", "", " ".join(text.split()))


def test_page_says_which_fit_is_in_use_and_how_it_did(office):
    add_run(add_fit(2))
    said = words_of(office.get("/forecast/"))
    for words in (
        "Fit no. 2, made on",
        "from 1002 tickets of this district up to 2 November 2026.",
        "in use. To foretell these weeks all was fitted anew, on what lay before them.",
        "Of 100 tickets from 25 Oct 2026 to 21 Nov 2026, 34 were about something that stood on the"
        " asker’s path already",
        "There were 102 such tickets of 82 teachers",
        "it would be 24 to 44 of 100.",
        "chosen by “what the person asked before” alone would have met 45; but such a list",
        "This program in use 34 24 – 44 0.31 0.21 – 0.41 3.00 2.90 – 3.10 0.50 0.40 – 0.60",
        "What everybody asks most 25 15 – 35 0.16",
        "East Middle 32 88 78 – 98 12 12 – 12 33 23 – 43 –",
        "Tiny Elementary fewer than 5 ",
        "In their first year 28 88 78 – 98 12 12 – 12 33 23 – 43 0.46",
        "Under three quarters of the usual hours 14",
        "Of 100 steps on yesterday’s paths, 91 stand on today’s (81 to 101).",
        "No. 2 in use 2 Nov 2026 1002 0.31 0.21 – 0.41 0.29 0.19 – 0.39 3.00",
    ):
        assert words in said


def test_page_without_anything_says_what_will_come(office, district):
    said = words_of(office.get("/forecast/"))
    assert "nothing has been fitted to this district’s own tickets yet" in said
    assert (
        "Nothing has been measured yet. It is done after every fit, and once a week by itself in a"
        " district of up to 2,000 teachers."
    ) in said


def test_page_says_that_there_is_too_little_to_learn_from(office, district):
    add_run(
        None, state="too-little", figures=FIGURES | {"back_test": None, "on_path": [], "groups": []}
    )
    said = words_of(office.get("/forecast/"))
    assert "there are too few tickets here to learn from yet" in said
    assert "There are too few tickets for a back-test" in said


def test_page_says_what_is_wrong_with_a_fit_of_another_version(office, district):
    add_fit(1, weights=[["mood", 1.0]])
    said = words_of(office.get("/forecast/"))
    assert "Fit no. 1 was made by another version of this program" in said
    assert "nothing has been fitted" not in said


def test_button_owes_the_work_and_the_worker_does_it(office, new_teacher, term, grade_sync):
    assert office.post("/forecast/ask/", {"what": "fit"})["Location"] == "/forecast/"
    page = office.get("/forecast/")
    assert "Waiting for its turn. It goes on by itself" in words_of(page)
    assert 'http-equiv="refresh"' in page.content.decode()
    again = office.post("/forecast/ask/", {"what": "measure"}, follow=True)
    assert "That is being worked out already." in again.content.decode()
    call_command("work", "--once")
    assert ForecastRun.objects.get(what="fit").state == "too-little"
    assert "too few tickets here to learn from yet" in words_of(office.get("/forecast/"))


def test_fit_that_is_asked_for_during_a_measuring_is_not_promised(office, district):
    ForecastRun.objects.create(what="measure", asked_at=timezone.now())
    page = office.post("/forecast/ask/", {"what": "fit"}, follow=True).content.decode()
    assert "Ask for the fit once that is done." in page
    assert not ForecastRun.objects.filter(what="fit").exists()


def test_failure_is_said(office, district):
    add_run(None, state="failed", figures=None)
    assert "The last try came to nothing" in words_of(office.get("/forecast/"))


def test_what_nobody_can_do_is_refused(office):
    assert office.post("/forecast/ask/", {"what": "guess"}).status_code == 400
    assert office.get("/forecast/ask/").status_code == 405
    assert not ForecastRun.objects.exists()


def test_download_holds_the_figures_and_hides_small_groups(office):
    add_run(add_fit(3))
    answer = office.get("/forecast/figures.json")
    assert answer["Content-Disposition"] == 'attachment; filename="forecast.json"'
    told = answer.json()
    assert (told["in_use"], told["fewest_shown"]) == ({"fit": 3, "note": ""}, 5)
    assert told["measured"]["back_test"] == BACK_TEST
    assert told["measured"]["groups"][0]["ndcg10"] is None
    assert told["measured"]["groups"][1] == dict.fromkeys(group("", "", 0, 0)) | {
        "kind": "school",
        "name": "Tiny Elementary",
    }
    assert told["fits"][0]["weights"] == dict(WEIGHTS)
    assert (told["fits"][0]["number"], told["fits"][0]["tickets"]) == (3, 1003)


@pytest.mark.parametrize("rows", [1, 11])
def test_forecast_is_read_in_two_queries(db, rows, django_assert_num_queries):
    for number in range(1, rows + 1):
        add_run(add_fit(number), day=number)
    with django_assert_num_queries(2):
        found = read_forecast()
    assert len(found.earlier) == rows - 1


def test_fits_page(office):
    for number in range(1, 53):
        add_fit(number, as_of_date=date(2026, 1, 1))
    assert "No. 52 in use" in words_of(office.get("/forecast/"))
    assert "No. 2 " in words_of(office.get("/forecast/?page=2"))
    assert "No. 52" not in words_of(office.get("/forecast/?page=2"))
