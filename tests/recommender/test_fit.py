from dataclasses import replace
from datetime import date

import pytest

from pdplanner.recommender import CourseFacts, SpecialDay, Variant, fits_of
from tests.recommender.cases import ANN, CALENDAR, SYNC, facts_of, run

DAY = date(2026, 10, 7)
NEUTRAL = {
    "room": 0.94,
    "tools": 1.0,
    "format": 0.95,
    "level": 0.95,
    "time": 1.0,
    "place": 1.0,
}


def fit(teacher=ANN, course=SYNC, **changes):
    return fits_of(facts_of(teachers=[teacher], courses=[course], **changes), "ann")[course.id].fit


def live(day=DAY, **changes):
    return replace(SYNC, format="live", runs=(run("sync-live", day, **changes),))


def test_fit_is_near_one_where_nothing_is_stated():
    assert fit() == NEUTRAL


@pytest.mark.parametrize(
    ("teacher", "course", "room"),
    [
        ({"grades": ("6-8",)}, {"grades": frozenset({"6-8", "9-12"})}, 0.97),
        ({"subjects": ("math",)}, {"subjects": frozenset({"math"})}, 0.97),
        ({"grades": ("6-8",)}, {"variants": (Variant(frozenset({"6-8"})),)}, 1.0),
        ({"grades": ("6-8",)}, {"variants": (Variant(frozenset({"9-12"})),)}, 0.85),
        ({}, {"variants": (Variant(frozenset({"9-12"})),)}, 0.94),
        (
            {"grades": ("6-8",), "tools": frozenset({"slides"})},
            {"variants": (Variant(frozenset({"6-8"}), tools=frozenset({"slides", "board"})),)},
            0.85,
        ),
    ],
)
def test_fit_of_the_room(teacher, course, room):
    assert fit(replace(ANN, **teacher), replace(SYNC, **course))["room"] == room


@pytest.mark.parametrize(
    ("tools", "needed", "share"),
    [({"board"}, {"board"}, 1.0), ({"board"}, set(), 1.0), (set(), {"board"}, 0.92)],
)
def test_fit_of_the_tools(tools, needed, share):
    teacher = replace(ANN, tools=frozenset(tools))
    assert fit(teacher, replace(SYNC, tools=frozenset(needed)))["tools"] == share


@pytest.mark.parametrize(
    ("style", "formats", "format_", "share"),
    [
        ("with-me", (), "coached", 1.0),
        ("with-me", (), "quick-card", 0.7),
        ("with-me", ("coached",), "quick-card", 0.7 * 0.8),
        ("point", ("quick-card",), "quick-card", 1.0),
        (None, ("live",), "self-paced", 0.95 * 0.8),
    ],
)
def test_fit_of_the_format(style, formats, format_, share):
    teacher = replace(ANN, support_style=style, formats=formats)
    assert fit(teacher, replace(SYNC, format=format_))["format"] == share


@pytest.mark.parametrize(
    ("stands", "level", "share"),
    [
        ({"sync": "A1"}, "A2", 1.0),
        ({"sync": "A2"}, "A2", 0.9),
        ({"sync": "B1"}, "A2", 0.65),
        ({"sync": "A1"}, "C2", 0.45),
        ({"sync": "C2"}, "A1", 0.4),
        ({"quiz": "A1"}, "A2", 0.95),
        ({"sync": "A1"}, None, 0.95),
    ],
)
def test_fit_of_the_level_is_best_just_above(stands, level, share):
    assert fit(replace(ANN, levels=stands), replace(SYNC, level=level))["level"] == share


def test_fit_of_the_level_weighs_skills_by_what_is_taught():
    course = CourseFacts("both", "Both", 30, "self-paced", "B1", effects={"sync": 0.6, "quiz": 0.2})
    teacher = replace(ANN, levels={"sync": "A2", "quiz": "B2"})
    # Stands at (2 * 600 + 4 * 200) / 800 = 2.5: half a level below.
    assert fit(teacher, course)["level"] == 0.95


@pytest.mark.parametrize(
    ("teacher", "course", "time", "place"),
    [
        ({}, live(school="north"), 0.95, 1.0),
        ({"free_slots": frozenset({"wed-after"})}, live(school="south"), 1.0, 0.85),
        ({}, live(online=True), 0.95, 0.97),
        ({}, live(release_time=True, slot=None), 0.85, 0.85),
        ({}, live(date(2026, 10, 12), slot=None, release_time=True), 1.0, 0.85),
    ],
)
def test_fit_of_time_and_place(teacher, course, time, place):
    pd_day = SpecialDay("pd", date(2026, 10, 12), date(2026, 10, 12))
    found = fit(replace(ANN, **teacher), course, calendar=replace(CALENDAR, special_days=(pd_day,)))
    assert (found["time"], found["place"]) == (time, place)


def test_fit_takes_the_run_that_suits_best():
    course = replace(
        SYNC,
        format="live",
        runs=(
            run("sync-live", DAY, school="south", name="away"),
            run("sync-live", date(2026, 10, 14), school="north", name="here"),
            run("sync-live", date(2026, 10, 21), school="north", name="full", seats=0),
        ),
    )
    assert fit(course=course)["place"] == 1.0
