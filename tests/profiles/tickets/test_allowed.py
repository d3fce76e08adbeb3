from __future__ import annotations

import pytest
from django.core.management import call_command

from profiles.models import Skill, Teacher, Ticket, Tool, User
from profiles.tickets import allowed
from profiles.tickets.allowed import Keeper, SessionWords, allowed_of, allowed_words

pytestmark = pytest.mark.django_db


def test_words_of_skills_tools_texts_and_the_general_list_are_allowed():
    words = allowed_of(
        named=["Grade sync", "My PDF", "AI"], texts=["Ox, weaving the looms"], people=[]
    )
    assert {"grade", "sync", "pdf", "ai", "weaving", "loom", "printing"} <= words
    assert not {"ox", "the", "my", "canary", "looms"} & words


def test_names_of_people_are_taken_out_unless_a_tool_is_called_so():
    words = allowed_of(
        named=["Canvas"],
        texts=["Weaving with Baker"],
        people=["Ann-Marie", "Baker", "Canvas", "Weaving Print", "O’Folder"],
    )
    assert "canva" in words  # as words are compared
    assert not {"weaving", "baker", "print", "folder", "marie"} & words


def test_usual_given_names_are_taken_out_and_numbers_never_in():
    words = allowed_of(named=["Mark 7b"], texts=["Grace and Zoe look at 24 things"], people=[])
    assert "mark" in words  # a skill is called so
    assert not {"grace", "zoe", "24", "7b"} & words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("gradebook", "gradebook"),
        ("gradebok", "gradebook"),  # a letter missing
        ("gradebbook", "gradebook"),  # one twice
        ("gardebook", "gradebook"),  # two swapped
        ("gradebaok", ""),  # another in its place: good words are that near as well
        ("garbedook", ""),  # two that stand apart are swapped
        ("grad", ""),  # too short
        ("scree", ""),  # it could be two words
        ("fodler", "folder"),
        ("foldre", ""),  # somebody is called so
        ("folde7", ""),
        ("quickwater", ""),
    ],
)
def test_word_typed_wrong_leaves_the_one_that_was_meant(typed, kept):
    keeper = Keeper(["gradebook", "screed", "screen", "folder", "grade"], people=["Ann Foldre"])
    assert keeper.kept_of([typed]) == ([kept] if kept else [])


def test_kept_words_come_once_and_in_order_whatever_is_remembered(monkeypatch):
    monkeypatch.setattr(allowed, "MOST_REMEMBERED", 1)
    keeper = Keeper(["screen", "grade", "sync"])
    said = ["sync", "screeen", "unheard", "garde", "screen", "scren", "sync"]
    assert keeper.kept_of(said) == keeper.kept_of(said) == ["grade", "screen", "sync"]
    assert "screeen" in keeper
    assert "unheard" not in keeper  # no place was left for it


def test_allowed_words_come_from_the_district(grade_sync, new_teacher, monkeypatch):
    monkeypatch.setattr(allowed, "_catalogues", [lambda: [SessionWords("Weaving for Nora", ())]])
    Tool.objects.create(name="Loomly", description="A shuttle for warps")
    User.objects.create(email="w@example.org", first_name="Warps")
    words = allowed_words()
    assert {"grade", "passback", "loomly", "shuttle", "weaving"} <= words
    assert not {"nora", "warp"} & words


def test_sessions_on_offer_are_part_of_it():
    from courses.queries.words import session_words

    assert session_words in allowed._catalogues


def test_import_keeps_no_word_of_a_text_but_allowed_ones(
    new_teacher, mentor_teacher, grade_sync, tmp_path
):
    """Whoever is on the roster is named nowhere, even by a word that the list holds."""
    Teacher.objects.create(given_name="Zelda", family_name="Folder")
    Skill.objects.create(name="Max sound")  # a skill may be called like somebody
    path = tmp_path / "export.csv"
    path.write_text(
        "number,requester_email,opened_at,subject,body\n"
        "1,nora.new@example.org,2026-09-01T08:30,Grades of Zelda Folder,"
        "Jory Quickwater and Max can not print a score: 4711 Elm Street\n"
        "2,nora.new@example.org,2026-09-02T08:30,Zelda Folder,Nora New\n"
    )
    call_command("import_tickets", path)
    assert list(Ticket.objects.order_by("external_id").values_list("words", flat=True)) == [
        "grade max print score",
        "",
    ]
