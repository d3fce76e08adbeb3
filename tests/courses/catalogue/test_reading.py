"""What a catalogue file says is read, warned of, or refused with a place and a remedy."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from courses.catalogue.pages import short, stem

from .files import MODULE, RUN, catalogue, refusal_of, warnings_of


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
