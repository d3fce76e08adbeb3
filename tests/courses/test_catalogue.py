"""A catalogue comes in whole or not at all, and again without doubling anything."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from courses.catalogue import apply_catalogue, read_catalogue
from courses.catalogue.pages import short, stem
from courses.models import CoursePage, Offering
from courses.operations import enrol
from profiles.imports import ImportRefused, Problems
from profiles.models import ImportRun, Skill

MODULE = {
    "uid": "acme.1",
    "type": "module",
    "title": "Grade sync, end to end",
    "summary": "Sync <b>once</b>.\nThen twice.",
    "objectives": ["sync grades", "read the log"],
    "prerequisites": None,
    "prerequisite_uids": [],
    "levels": ["beginner"],
    "subjects": ["Gradebook", "Rosters"],
    "duration_in_minutes": 45,
    "duration_text": "45 minutes",
    "audience": "Whoever grades",
    "age_groups": ["11-14 years", "Key stage 3", "14-16 years"],
    "delivery_mode": "remote",
    "how_you_will_learn": None,
}
RUN = {
    "occurrence_no": "r-1",
    "module_uid": "acme.1",
    "start": "2026-11-05T15:30",
    "end": "2026-11-05T16:30",
    "online": False,
    "remote": False,
    "hub": "East Middle",
    "city": "Sunfield",
}
NOW = datetime(2026, 9, 14, 15, 0, tzinfo=UTC)


def catalogue(*modules: dict, runs=(), **more) -> bytes:
    return json.dumps({"modules": list(modules), "occurrences": list(runs), **more}).encode()


def bring_in(content: bytes, **options) -> dict:
    """Apply a catalogue; return its counts that are not nought."""
    read = read_catalogue(content, name="c.json", problems=Problems())
    options = {"zone": ZoneInfo("America/New_York"), "now": NOW} | options
    return {name: n for name, n in apply_catalogue(catalogue=read, **options).items() if n}


def refusal_of(content: bytes, **options) -> list[str]:
    """Return the errors a file is refused with."""
    with pytest.raises(ImportRefused) as refused:
        read_catalogue(content, name="c.json", problems=Problems(), **options)
    return [str(line) for line in refused.value.problems if str(line).startswith("error")]


def warnings_of(content: bytes) -> list[str]:
    problems = Problems()
    read_catalogue(content, name="c.json", problems=problems)
    return [str(problem) for problem in problems]


# ---- what comes in ------------------------------------------------------------------------------


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


def changed(**fields) -> bytes:
    return catalogue(MODULE | fields)


def changed_run(**fields) -> bytes:
    return catalogue(MODULE, runs=[RUN | fields])


HERE = "error: c.json, modules[0] (acme.1)"


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        (b"", ["error: c.json: the file is empty. Export the catalogue again."]),
        (b" \n ", ["error: c.json: the file is empty. Export the catalogue again."]),
        (
            b'{"modules":\n "caf\xe9"}',
            ["error: c.json, line 2: the text is not UTF-8. Save the file with encoding UTF-8."],
        ),
        (
            catalogue(MODULE).decode().encode("utf-16"),
            ["error: c.json, line 1: the text is not UTF-8. Save the file with encoding UTF-8."],
        ),
        (
            b'{"modules": [\n  {"uid" 1}]}',
            [
                "error: c.json, line 2, column 10: the file is no JSON from here on. "
                "Export it again, or correct it at this place."
            ],
        ),
        (
            b"uid;title\n1;x",
            [
                "error: c.json, line 1, column 1: the file is no JSON from here on. "
                "Export it again, or correct it at this place."
            ],
        ),
        (
            b"[" * 100_000,
            [
                "error: c.json: the file nests too deeply or holds an absurd number. "
                "Export it again."
            ],
        ),
        (
            b'{"modules": [{"uid": "a", "title": "b", "duration_in_minutes": '
            + b"9" * 5000
            + b"}]}",
            [
                "error: c.json: the file nests too deeply or holds an absurd number. "
                "Export it again."
            ],
        ),
        *(
            (
                content,
                [
                    "error: c.json: the file has no list of “modules”. It has to be one JSON "
                    "object with “modules”, as the Learn Catalog API gives it."
                ],
            )
            for content in (b"[]", b'"x"', b"null", b"{}", b'{"modules": {}}')
        ),
        (catalogue(), ["error: c.json, modules: the list is empty. Export the catalogue again."]),
        (
            catalogue(3),
            ["error: c.json, modules[0]: this is no object. Each module is one JSON object."],
        ),
        (
            changed(uid=None),
            [
                "error: c.json, modules[0].uid: this is missing or empty. Every entry needs it.",
            ],
        ),
        (changed(title=" "), [f"{HERE}.title: this is missing or empty. Every entry needs it."]),
        (changed(title=["x"]), [f"{HERE}.title: this is no text. Put it in double quotes."]),
        (
            changed(title="x" * 256),
            [f"{HERE}.title: the text has 256 characters of 255 allowed. Shorten it."],
        ),
        (
            changed(summary="a\0b"),
            [f"{HERE}.summary: the text holds a character that is none. Take it out."],
        ),
        (
            changed(summary="\ud800"),
            [f"{HERE}.summary: the text holds a character that is none. Take it out."],
        ),
        (
            changed(subjects="Computing"),
            [f"{HERE}.subjects: this is no list. Put the texts in square brackets."],
        ),
        (changed(subjects=[1]), [f"{HERE}.subjects: this is no text. Put it in double quotes."]),
        *(
            (
                changed(duration_in_minutes=minutes),
                [
                    f"{HERE}.duration_in_minutes: this is no whole number from 1 to 6,000. "
                    "Correct it, or write null when nobody knows."
                ],
            )
            for minutes in (0, -5, 6001, 4.5, "45", True)
        ),
        (
            catalogue(MODULE, MODULE),
            [
                "error: c.json, modules[1].uid: another module has this uid. "
                "Give each module a uid of its own."
            ],
        ),
        (
            catalogue(MODULE, runs=[RUN, RUN]),
            [
                "error: c.json, occurrences[1].occurrence_no: another occurrence has this number. "
                "Give each occurrence a number of its own."
            ],
        ),
        *(
            (
                changed_run(start=start),
                [
                    "error: c.json, occurrences[0].start: this is no date and time between 1990 "
                    "and 2100. Write it as 2026-09-14T15:30."
                ],
            )
            for start in ("2026-02-30T10:00", "2026-11-05", "0026-11-05T15:30", "soon", 5, None)
        ),
        (
            changed_run(end="2026-11-04T15:30"),
            [
                "error: c.json, occurrences[0].end: the run ends before it begins. "
                "Correct one of the two dates."
            ],
        ),
        (
            changed_run(end="2026-11-05T16:30+01:00"),
            [
                "error: c.json, occurrences[0].end: start and end are written in two ways. "
                "Give both with an offset, or both without."
            ],
        ),
        (
            json.dumps({"modules": [MODULE], "occurrences": {"a": 1}}).encode(),
            ["error: c.json, occurrences: this is no list. Leave it out when there are no dates."],
        ),
    ],
)
def test_a_bad_file_is_refused_with_a_place_and_a_remedy(content, errors):
    assert refusal_of(content) == errors


def test_every_problem_of_a_file_is_named_at_once():
    bad = deepcopy(MODULE) | {"title": "", "duration_in_minutes": -1}
    assert refusal_of(catalogue(bad, runs=[RUN | {"start": "x", "module_uid": "acme.1"}])) == [
        f"{HERE}.duration_in_minutes: this is no whole number from 1 to 6,000. "
        "Correct it, or write null when nobody knows.",
        f"{HERE}.title: this is missing or empty. Every entry needs it.",
        "error: c.json, occurrences[0].start: this is no date and time between 1990 and 2100. "
        "Write it as 2026-09-14T15:30.",
    ]


def test_a_file_that_is_too_large_is_refused_unread():
    assert refusal_of(b"x" * 2_000_000, limit=1_000_000) == [
        "error: c.json: the file has 2 MB, more than 1 MB. Split it into several catalogues."
    ]
    many = json.dumps({"modules": [1] * 5001}).encode()
    assert refusal_of(many) == [
        "error: c.json, modules: 5,001 entries are more than the 5,000 of one import. "
        "Split the file."
    ]


def test_unknown_words_are_warned_of_and_left_out():
    odd = MODULE | {"levels": ["wizard"], "age_groups": ["adults"], "delivery_mode": "pigeon"}
    assert warnings_of(catalogue(odd, runs=[RUN | {"link": "javascript:alert(1)"}])) == [
        "warning: c.json, modules[0] (acme.1).delivery_mode: the way of delivery is unknown. "
        "Taken as self-paced.",
        "warning: c.json, modules[0] (acme.1).levels: the level is unknown. It was left empty.",
        "warning: c.json, modules[0] (acme.1).age_groups: an age group is unknown. "
        "It was left out.",
        "warning: c.json, occurrences[0].link: this is no web address. It was left out.",
    ]


# ---- the words ----------------------------------------------------------------------------------


def test_short_cuts_at_a_sentence_and_never_in_a_word():
    assert short("One. Two.") == "One. Two."
    assert (
        short(
            "A first sentence that is long enough to stand alone, it says a lot. " * 3 + "x" * 400
        )
        == ("A first sentence that is long enough to stand alone, it says a lot. " * 3).strip()
    )
    cut = short("word " * 200)
    assert (len(cut) <= 400, cut[-6:]) == (True, " word…")


@pytest.mark.parametrize(
    ("title", "common"),
    [
        ("Maths in computer science - remote", "maths in computer science"),
        ("Maths in computer science - face to face", "maths in computer science"),
        ("KS3 computing (module 1) (remote)", "ks3 computing (module 1)"),
        ("New leaders -remote", "new leaders"),
        ("Foundation knowledge (face to face)", "foundation knowledge"),
        ("Teaching online", "teaching"),
        ("Remote control", "remote control"),
    ],
)
def test_stem_takes_the_way_of_giving_off_the_title(title, common):
    assert stem(title) == common


# ---- the command --------------------------------------------------------------------------------


def run_command(path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_catalogue", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_sums_up_and_writes_down_the_import(db, district, tmp_path):
    path = tmp_path / "acme.json"
    path.write_bytes(catalogue(MODULE, MODULE | {"uid": "acme.2", "duration_in_minutes": None}))
    out, err = run_command(path)
    assert out.splitlines() == [
        "2 sessions: 2 new, 0 changed. 2 new skills.",
        "0 dated runs: 0 ahead, 0 past and kept as history; 0 new, 0 changed.",
        "1 sessions have no minutes and stay drafts.",
    ]
    assert "acme.2" in err
    run = ImportRun.objects.get()
    assert (run.kind, run.state, run.total, run.counts["sessions_new"], len(run.problems)) == (
        "catalogue",
        "applied",
        2,
        2,
        1,
    )


def test_a_dry_run_says_the_same_and_writes_nothing(db, district, tmp_path, told):
    path = tmp_path / "acme.json"
    path.write_bytes(catalogue(MODULE, runs=[RUN]))
    out, _ = run_command(path, "--dry-run")
    assert out.splitlines()[0] == "1 sessions: 1 would be new, 0 would be changed. 2 new skills."
    assert out.splitlines()[-1] == "Dry run: nothing was written."
    assert (CoursePage.objects.count(), Skill.objects.count(), ImportRun.objects.count(), told) == (
        0,
        0,
        0,
        [],
    )


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_bad_file_ends_the_command_and_writes_nothing(db, tmp_path, options):
    path = tmp_path / "acme.json"
    path.write_bytes(catalogue(MODULE, MODULE))
    with pytest.raises(CommandError, match=r"1 error\. Nothing was written\."):
        run_command(path, *options)
    with pytest.raises(CommandError, match=r"1 error\. Nothing was written\."):
        run_command(tmp_path / "missing.json", *options)
    assert (CoursePage.objects.count(), ImportRun.objects.count()) == (0, 0)
