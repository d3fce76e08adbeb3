"""A catalogue comes in whole or not at all, and again without doubling anything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from courses.models import CoursePage, Offering
from courses.operations import enrol
from profiles.models import Skill

from .files import MODULE, NOW, RUN, bring_in, catalogue, warnings_of


def test_a_session_arrives_with_all_that_the_file_says(db):
    assert bring_in(catalogue(MODULE, runs=[RUN])) == {
        "sessions": 1,
        "sessions_new": 1,
        "skills_new": 2,
        "runs": 1,
        "runs_new": 1,
        "runs_ahead": 1,
    }
    page = CoursePage.objects.get()
    assert {
        "live": page.live,
        "url": page.url,
        "summary": page.summary,
        "objectives": page.objective_lines,
        "minutes": page.minutes,
        "format": page.format,
        "level": page.level,
        "bands": page.grade_bands,
        "skills": [(row.skill.name, row.strength) for row in page.taught_skills.all()],
        "origin": (page.source, page.external_id),
        "body": [block.value.source for block in page.body],
    } == {
        "live": True,
        "url": "/look-book/grade-sync-end-to-end/",
        "summary": "Sync <b>once</b>. Then twice.",
        "objectives": ["sync grades", "read the log"],
        "minutes": 45,
        "format": "live",
        "level": "A1",
        "bands": ["6-8", "9-12"],
        "skills": [("Gradebook", "teaches"), ("Rosters", "teaches")],
        "origin": ("catalogue", "acme.1"),
        "body": [
            "<p>Sync &lt;b&gt;once&lt;/b&gt;.</p><p>Then twice.</p>",
            "<h3>Who it is for</h3><p>Whoever grades</p>",
            "<h3>How long</h3><p>45 minutes</p>",
        ],
    }
    run = Offering.objects.get()
    assert (run.course, run.place, run.seats) == (page, "Sunfield, East Middle", 20)
    # Half past three in New York, where clocks went back on the first.
    assert run.starts_at == datetime(2026, 11, 5, 20, 30, tzinfo=UTC)


def test_the_same_file_twice_changes_nothing_and_tells_once(db, told):
    content = catalogue(MODULE, MODULE | {"uid": "acme.2", "title": "More"}, runs=[RUN])
    bring_in(content)
    assert told == [
        (
            "catalogue",
            tuple(CoursePage.objects.order_by("pk").values_list("pk", flat=True)),
            "catalogue",
        )
    ]
    told.clear()
    assert bring_in(content) == {"sessions": 2, "runs": 1, "runs_ahead": 1}
    assert told == []
    assert (CoursePage.objects.count(), Offering.objects.count(), Skill.objects.count()) == (
        2,
        1,
        2,
    )


def test_a_newer_file_changes_sessions_and_runs(db, new_teacher):
    bring_in(catalogue(MODULE, runs=[RUN]))
    run = Offering.objects.get()
    enrol(teacher=new_teacher, offering=run, by=None, now=NOW)
    newer = MODULE | {"title": "Grade sync", "duration_in_minutes": 60, "subjects": ["Rosters"]}
    later = RUN | {"start": "2026-11-06T15:30", "end": "2026-11-06T17:00", "seats": 1}
    assert bring_in(catalogue(newer, runs=[later])) == {
        "sessions": 1,
        "sessions_changed": 1,
        "runs": 1,
        "runs_changed": 1,
        "runs_ahead": 1,
    }
    page, run = CoursePage.objects.get(), Offering.objects.get()
    assert (page.title, page.minutes, page.slug) == ("Grade sync", 60, "grade-sync-end-to-end")
    assert [row.skill.name for row in page.taught_skills.all()] == ["Rosters"]
    assert (run.minutes, run.seats, run.seats_taken) == (90, 1, 1)


def test_fewer_seats_in_a_newer_file_take_nobodys_seat(db, new_teacher, mentor_teacher):
    bring_in(catalogue(MODULE, runs=[RUN | {"seats": 2}]))
    for teacher in (new_teacher, mentor_teacher):
        enrol(teacher=teacher, offering=Offering.objects.get(), by=None, now=NOW)
    bring_in(catalogue(MODULE, runs=[RUN | {"seats": 1}]))
    run = Offering.objects.get()
    assert (run.seats, run.seats_taken) == (2, 2)


def test_what_a_coach_edited_or_took_down_stays_the_coachs(db, coach):
    bring_in(catalogue(MODULE, MODULE | {"uid": "acme.2", "title": "Other"}))
    edited, taken_down = CoursePage.objects.order_by("pk")
    edited.summary = "Better said."
    edited.save_revision(user=coach).publish()
    taken_down.unpublish()
    newer = [MODULE | {"summary": "New"}, MODULE | {"uid": "acme.2", "title": "Newer"}]
    assert bring_in(catalogue(*newer)) == {
        "sessions": 2,
        "sessions_kept": 1,
        "sessions_changed": 1,
    }
    assert list(CoursePage.objects.order_by("pk").values_list("title", "summary", "live")) == [
        (MODULE["title"], "Better said.", True),
        ("Newer", "Sync <b>once</b>. Then twice.", False),
    ]


def test_a_session_without_minutes_stays_a_draft_until_the_file_says_them(db):
    lacking = MODULE | {"duration_in_minutes": None}
    assert bring_in(catalogue(lacking))["sessions_without_minutes"] == 1
    assert CoursePage.objects.get().live is False
    assert bring_in(catalogue(MODULE))["sessions_changed"] == 1
    assert CoursePage.objects.get().live is True


def test_as_drafts_nothing_is_published(db):
    bring_in(catalogue(MODULE), as_draft=True)
    assert CoursePage.objects.get().live is False


def test_a_name_of_a_known_skill_makes_no_new_one(db):
    known = Skill.objects.create(name="Grade book", aliases="Gradebook\nMarks")
    assert bring_in(catalogue(MODULE))["skills_new"] == 1
    assert known in [row.skill for row in CoursePage.objects.get().taught_skills.all()]


def test_prerequisites_and_twins_are_linked(db):
    live = MODULE | {"title": "Maths in code - remote", "prerequisite_uids": ["acme.0", "gone"]}
    other = MODULE | {"uid": "acme.2", "title": "Maths in code - Face to Face"}
    first = MODULE | {"uid": "acme.0", "title": "Before that"}
    content = catalogue(live, other, first)
    assert warnings_of(content) == [
        "warning: c.json, modules[0] (acme.1).prerequisite_uids: one of these is no other module "
        "of this file. The link was left out."
    ]
    bring_in(content)
    bring_in(content)
    pages = {page.external_id: page for page in CoursePage.objects.all()}
    assert [(row.before, row.is_required) for row in pages["acme.1"].prerequisites.all()] == [
        (pages["acme.0"], False)
    ]
    assert list(pages["acme.1"].equivalents.all()) == [pages["acme.2"]]
    assert list(pages["acme.2"].equivalents.all()) == [pages["acme.1"]]


def test_past_runs_are_history_and_odd_ones_are_counted(db):
    rows = [
        RUN | {"start": "2019-12-06T09:30", "end": "2020-06-13T15:30"},
        RUN | {"occurrence_no": "r-2", "module_uid": None},
        RUN | {"occurrence_no": "r-3", "end": RUN["start"]},
    ]
    content = catalogue(MODULE, runs=rows, learningPaths=[{}, {}])
    assert bring_in(content) == {
        "sessions": 1,
        "sessions_new": 1,
        "skills_new": 2,
        "runs": 1,
        "runs_new": 1,
        "runs_past": 1,
        "runs_without_session": 1,
        "runs_without_length": 1,
        "paths_left_out": 2,
    }
    assert warnings_of(content) == [
        "warning: c.json, occurrences[1].module_uid: the run belongs to no module of this file. "
        "It was left out.",
        "warning: c.json, occurrences[2].end: the run has no length. It was left out.",
    ]


def test_a_failure_half_way_writes_nothing(db, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr("courses.catalogue.applying.catalogue_changed.send", fail)
    with pytest.raises(RuntimeError):
        bring_in(catalogue(MODULE, runs=[RUN]))
    assert (CoursePage.objects.count(), Offering.objects.count(), Skill.objects.count()) == (
        0,
        0,
        0,
    )


# ---- what is refused ----------------------------------------------------------------------------
