from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pdplanner.plans.models import PlanVersion


def show(*arguments: str) -> str:
    out = StringIO()
    call_command("show_path", *arguments, stdout=out)
    return out.getvalue()


def test_show_path_prints_one_json_object(asker):
    told = json.loads(show("nora.new@example.org", "--json", "--as-of", "2026-11-23"))
    course = told["steps"][0].pop("course")
    assert isinstance(course, int)
    told["steps"][0]["reasons"][0] |= {"skill": 0, "tickets": 0, "minutes": 0}
    assert told == {
        "teacher": "nora.new@example.org",
        "as_of": "2026-11-23",
        "steps": [
            {
                "title": "Gradebook sync without double entry",
                "minutes": 45,
                "date": None,
                "reasons": [
                    {
                        "kind": "asked",
                        "text": "You asked about Grade sync 3 times since 4 September; the last"
                        " time, on 17 November, cost about 20 minutes of class.",
                        "date": "2026-11-17",
                        "skill": 0,
                        "skill_name": "Grade sync",
                        "count": 3,
                        "since_date": "2026-09-04",
                        "last_date": "2026-11-17",
                        "last_minutes": 20,
                        "unsolved": False,
                        "repeated": False,
                        "tickets": 0,
                        "minutes": 0,
                    }
                ],
            }
        ],
        "nothing_because": None,
    }
    assert not PlanVersion.objects.exists()


def test_show_path_knows_nothing_after_the_day(asker):
    told = json.loads(show("nora.new@example.org", "--json", "--as-of", "2026-09-03"))
    assert (told["steps"], told["nothing_because"]) == ([], "no-need")


def test_show_path_reads_as_text(asker):
    assert show("NORA.NEW@example.org", "--as-of", "2026-11-23").splitlines() == [
        "Nora New, 2026-11-23 (Fall semester)",
        "45 of 480 minutes planned",
        "",
        "1. Gradebook sync without double entry (45 min, any time, planned for the week of"
        " 23 November)",
        "   - You asked about Grade sync 3 times since 4 September; the last time, on"
        " 17 November, cost about 20 minutes of class.",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["nobody@example.org"],
            "There is no teacher with the address nobody@example.org.",
        ),
        (
            ["nora.new@example.org", "--as-of", "26/11/2026"],
            "“26/11/2026” is no date: write it like 2026-11-26.",
        ),
    ],
)
def test_show_path_says_what_is_wrong_with_an_argument(asker, arguments, sentence):
    with pytest.raises(CommandError) as refusal:
        show(*arguments)
    assert str(refusal.value) == sentence


def test_show_path_without_a_term_says_how_far_it_looks(new_teacher):
    assert show("nora.new@example.org", "--as-of", "2026-11-23").splitlines()[0] == (
        "Nora New, 2026-11-23 (no term on record: 18 weeks ahead)"
    )
