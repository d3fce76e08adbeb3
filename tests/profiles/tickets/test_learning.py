from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from profiles.models import Skill, Teacher, Ticket, TicketCategory, TicketClassifier, TicketSource
from profiles.signals import tickets_changed
from profiles.tickets import classifier, learning, training
from profiles.tickets.classifier import newest_classifier
from profiles.tickets.deriving import TicketReader
from profiles.tickets.learning import (
    FEWEST,
    KEPT,
    filed_tickets,
    forget_names,
    learn_from_sorting,
    read_unsorted_again,
    sorted_tickets,
)
from profiles.tickets.queries import slips_of
from profiles.tickets.rows import TicketRow
from profiles.tickets.sorting import Sorted, sort_tickets

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
HEADER = "number,requester_email,opened_at,category,subject\n"


@pytest.fixture(autouse=True)
def nothing_remembered():
    """A test's model may have the number of another's, which was rolled back."""
    classifier._made_of.cache_clear()


@pytest.fixture
def desk(db):
    return TicketSource.objects.create(name="csv")


@pytest.fixture
def add(desk, new_teacher, mentor_teacher):
    """Return a function that adds a ticket with these words."""

    def add_ticket(words, teacher=None, **fields):
        number = Ticket.objects.count()
        values = {"kind": "how-to", "opened_at": NOW - timedelta(hours=number), **fields}
        return Ticket.objects.create(
            source=desk,
            external_id=f"T{number}",
            teacher=teacher or (new_teacher, mentor_teacher)[number // 2 % 2],
            words=words,
            **values,
        )

    return add_ticket


@pytest.fixture
def sorted_by_coach(add, grade_sync, screen_sharing):
    """Tickets in words that no skill has, sorted by a coach."""
    tickets = [add(words) for words in ("mirror wall", "score transfer") * (FEWEST // 2)]
    skills = [screen_sharing.pk, grade_sync.pk] * (FEWEST // 2)
    answers = [Sorted(one.pk, skill) for one, skill in zip(tickets, skills, strict=True)]
    sort_tickets(answers=answers, now=NOW)
    return tickets


@pytest.fixture
def heard():
    said = []

    def hear(sender, teacher_ids, count, cause, **kwargs):
        said.append((teacher_ids, count, cause))

    tickets_changed.connect(hear)
    yield said
    tickets_changed.disconnect(hear)


def test_learning_keeps_one_model_and_its_measures(sorted_by_coach):
    made = learn_from_sorting(now=NOW)
    assert (made.trained_at, made.tickets) == (NOW, FEWEST)
    assert set(made.measures) == {*training.Measures._fields, "ground"}
    assert (made.measures["top1"], made.measures["tickets"]) == (1.0, FEWEST)
    assert newest_classifier().is_learned


def test_nothing_new_teaches_nothing(sorted_by_coach, grade_sync):
    assert learn_from_sorting(now=NOW)
    assert learn_from_sorting(now=NOW + timedelta(days=1)) is None
    assert TicketClassifier.objects.count() == 1
    grade_sync.words += "\nscore transfer"
    grade_sync.save()
    assert learn_from_sorting(now=NOW + timedelta(days=2))
    Ticket.objects.filter(pk=sorted_by_coach[0].pk).update(skill=grade_sync)
    assert learn_from_sorting(now=NOW + timedelta(days=3))
    assert TicketClassifier.objects.count() == 3


def test_too_little_teaches_nothing_and_what_was_taken_back_is_forgotten(
    sorted_by_coach, new_teacher
):
    assert learn_from_sorting(now=NOW)
    new_teacher.uses_tickets = False
    new_teacher.save()
    assert learn_from_sorting(now=NOW + timedelta(days=1)) is None
    assert TicketClassifier.objects.count() == 0
    assert not newest_classifier().is_learned


def test_hidden_opted_out_wordless_and_guessed_tickets_teach_nothing(
    add, grade_sync, new_teacher, mentor_teacher
):
    mentor_teacher.uses_tickets = False
    mentor_teacher.save()
    said = {"teacher": new_teacher, "skill": grade_sync, "skill_origin": "coach", "sorted_at": NOW}
    usable = [
        add("score", **said),
        add("score", **said | {"skill_origin": "teacher"}),
        add("bus", teacher=new_teacher, sorted_at=NOW),
    ]
    add("score", **said | {"hidden_at": NOW})
    add("score", **said | {"teacher": mentor_teacher})
    add("", **said)
    add("score", **said | {"skill": None})  # its skill was deleted
    for origin in ("words", "learned", "category"):
        add("score", **said | {"skill_origin": origin, "sorted_at": None})
    add("score", teacher=new_teacher)
    assert list(sorted_tickets().order_by("pk")) == usable


def test_categories_teach_a_little_but_alone_are_nothing_new(
    sorted_by_coach, add, grade_sync, new_teacher
):
    assert learn_from_sorting(now=NOW)
    filed = {"skill": grade_sync, "skill_origin": "category", "teacher": new_teacher}
    for _ in range(8):
        add("passback criteria", **filed)
    hidden = add("criteria", hidden_at=NOW, **filed)
    assert hidden not in filed_tickets()
    assert filed_tickets().count() == 8
    hidden.delete()
    assert learn_from_sorting(now=NOW + timedelta(days=1)) is None
    add("wall", skill=grade_sync, skill_origin="coach", sorted_at=NOW)
    made = learn_from_sorting(now=NOW + timedelta(days=2))
    assert (made.tickets, made.measures["tickets"]) == (FEWEST + 1, FEWEST + 1)
    assert newest_classifier().guesses(["criteria"], 1)[0][0] == grade_sync.pk


def test_categories_of_sorted_tickets_are_learned(add, grade_sync, screen_sharing, desk):
    """The words alone say nothing here; what coaches sort under a category does."""
    told = {"Marks": grade_sync, "Big screens": screen_sharing}
    for _ in range(FEWEST // 2):
        for category, skill in told.items():
            ticket = add("help page", category="Apps", subcategory=category)
            sort_tickets(answers=[Sorted(ticket.pk, skill.pk)], now=NOW)
    made = learn_from_sorting(now=NOW)
    assert made.measures["top1"] == 1.0
    assert b"Marks" not in bytes(made.parameters)
    waiting = [add("help page", category="Apps", subcategory=category) for category in told]
    guesses = [slip.guesses[0].name for slip in slips_of(waiting)]
    assert guesses == [grade_sync.name, screen_sharing.name]
    read_unsorted_again()
    for ticket in waiting:
        ticket.refresh_from_db()
    assert [ticket.skill for ticket in waiting] == [grade_sync, screen_sharing]
    row = TicketRow(
        line=2,
        external_id="9",
        requester="",
        opened_at=NOW,
        first_answered_at=None,
        resolved_at=None,
        category="APPS",
        subcategory="big screens",
        kind="",
        minutes_lost=None,
        need_by_date=None,
        is_reopened=False,
        subject="Help, page",
        body="",
    )
    reader = TicketReader(source=desk)
    [(_, _, derived)] = reader.settle([(row, 1, reader.read(row))])
    assert (derived.skill, derived.origin) == (screen_sharing.pk, Ticket.Origin.LEARNED)


def test_category_that_was_renamed_on_a_sorted_ticket_teaches_anew(sorted_by_coach):
    assert learn_from_sorting(now=NOW)
    Ticket.objects.filter(pk=sorted_by_coach[0].pk).update(category="Screens")
    assert learn_from_sorting(now=NOW + timedelta(days=1))


def test_hiding_a_filed_ticket_teaches_anew(sorted_by_coach, add, grade_sync):
    filed = add("criteria", skill=grade_sync, skill_origin="category")
    assert learn_from_sorting(now=NOW)
    Ticket.objects.filter(pk=filed.pk).update(hidden_at=NOW)
    assert learn_from_sorting(now=NOW + timedelta(days=1))


def test_old_models_go(sorted_by_coach, grade_sync):
    for day in range(KEPT + 3):
        grade_sync.words += f"\nword {chr(97 + day)}{chr(97 + day)}"
        grade_sync.save()
        assert learn_from_sorting(now=NOW + timedelta(days=day))
    assert [made.trained_at.day for made in TicketClassifier.objects.all()] == [8, 7, 6, 5, 4]


def test_killed_training_leaves_nothing_and_the_next_one_does_it_all(sorted_by_coach, monkeypatch):
    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(training, "measured", killed)
        with pytest.raises(KeyboardInterrupt):
            learn_from_sorting(now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(learning.TicketClassifier.objects, "values_list", killed)
        with pytest.raises(KeyboardInterrupt):
            learn_from_sorting(now=NOW)
    assert TicketClassifier.objects.count() == 0
    assert learn_from_sorting(now=NOW)


def test_unsorted_tickets_are_read_again_and_their_teachers_told(
    sorted_by_coach, add, screen_sharing, mentor_teacher, new_teacher, heard, monkeypatch
):
    monkeypatch.setattr(learning, "AT_ONCE", 2)
    open_to = [add("mirror wall", teacher=mentor_teacher) for _ in range(3)]
    add("unheard", teacher=new_teacher)
    add("", teacher=new_teacher)
    add("mirror wall", teacher=new_teacher, hidden_at=NOW)
    assert read_unsorted_again() == 0  # nothing was learned yet
    learn_from_sorting(now=NOW)
    heard.clear()
    assert read_unsorted_again() == 3
    changed = Ticket.objects.filter(skill_origin="learned")
    assert list(changed.order_by("pk")) == open_to
    assert set(changed.values_list("skill", "sorted_at")) == {(screen_sharing.pk, None)}
    assert all(0.5 <= sure <= 1 for sure in changed.values_list("skill_confidence", flat=True))
    assert heard == [([mentor_teacher.pk] * 2, 2, "learned"), ([mentor_teacher.pk], 1, "learned")]
    assert read_unsorted_again() == 0


def test_ticket_sorted_meanwhile_keeps_the_coachs_word(
    sorted_by_coach, add, grade_sync, monkeypatch
):
    ticket = add("mirror wall")
    learn_from_sorting(now=NOW)
    real = learning._read_again

    def sort_first(rows, classifier):
        sort_tickets(answers=[Sorted(ticket.pk, grade_sync.pk)], now=NOW)
        return real(rows, classifier)

    monkeypatch.setattr(learning, "_read_again", sort_first)
    assert read_unsorted_again() == 0
    ticket.refresh_from_db()
    assert (ticket.skill, ticket.skill_origin) == (grade_sync, "coach")


def test_import_reads_as_coaches_sort_but_categories_and_people_first(
    sorted_by_coach, desk, grade_sync, screen_sharing, tmp_path, capsys
):
    TicketCategory.objects.create(source=desk, category="Grades", skill=grade_sync)
    path = tmp_path / "export.csv"
    rows = [
        ("A1", "Other", "On the wall: mirror please"),
        ("A2", "Grades", "mirror on the wall"),
        ("A3", "Other", "something unheard"),
        ("T0", "Other", "score transfer"),  # a coach said: screen sharing
    ]
    path.write_text(
        HEADER
        + "".join(
            f"{number},nora.new@example.org,2026-09-01T08:30,{category},{subject}\n"
            for number, category, subject in rows
        )
    )
    # the columns of the allow-list are those of skills and of the general list
    call_command("import_tickets", path)
    fields = ("skill__name", "skill_origin", "words")
    before = Ticket.objects.filter(external_id="A1").values_list(*fields).get()
    assert before == (None, "", "mirror wall")
    learn_from_sorting(now=NOW)
    call_command("import_tickets", path)
    after = Ticket.objects.filter(external_id__in=["A1", "A2", "A3", "T0"])
    assert list(after.order_by("external_id").values_list(*fields)) == [
        ("Screen sharing", "learned", "mirror wall"),
        ("Grade sync", "category", "mirror wall"),
        (None, "", ""),
        ("Screen sharing", "coach", "score transfer"),
    ]
    assert "by words 2" in capsys.readouterr().out.splitlines()[-2]


def test_name_that_joins_the_roster_goes_out_of_words_kept_before(add, monkeypatch):
    monkeypatch.setattr(learning, "LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(learning, "AT_ONCE", 1)
    tickets = [add(words) for words in ("bell ring", "bell", "wall", "bell mirror", "ring")]
    assert forget_names() == 0
    Teacher.objects.create(given_name="Ada", family_name="Bell-Ring")
    assert forget_names() == 4
    assert forget_names() == 0
    kept = [Ticket.objects.get(pk=ticket.pk).words for ticket in tickets]
    assert kept == ["", "", "wall", "mirror", ""]


def test_word_that_a_skill_is_called_by_stays_whoever_joins(add):
    ticket = add("canvas")
    Skill.objects.create(name="Canvas quizzes", slug="canvas-quizzes")
    Teacher.objects.create(given_name="Ada", family_name="Canvas")
    assert forget_names() == 0
    ticket.refresh_from_db()
    assert ticket.words == "canvas"
