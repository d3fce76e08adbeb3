from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from profiles.corrections import claim_ticket, set_asking_for_others
from profiles.imports import ImportRefused, Problems, Report, TakenOver
from profiles.models import (
    ImportRun,
    TeacherIdentifier,
    Ticket,
    TicketCategory,
    TicketSource,
    TicketTombstone,
)
from profiles.signals import tickets_changed
from profiles.tickets import importing
from profiles.tickets.importing import (
    TicketImport,
    begin_run,
    check_tickets,
    continue_run,
    source_named,
)
from profiles.tickets.repeating import mark_repeated

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)
HEADER = "number,requester_email,opened_at,resolved_at,category,subcategory,subject,body,kind\n"
ROWS = (
    "1,nora.new@example.org,2026-09-01T08:30,2026-09-02T10:00,Screens,,Cast my screen,,\n"
    "2,Max Mentor <MAX.mentor@example.org>,2026-09-03T08:30,,Grades,Sync,,,access\n"
    "3,max-77,2026-09-04T08:30,,Other,,Odd,nothing known,\n"
    "4,stranger@elsewhere.org,2026-09-05T08:30,,Other,,Kanary Bird,,\n"
)


@pytest.fixture
def people(new_teacher, mentor_teacher, grade_sync, screen_sharing):
    TeacherIdentifier.objects.create(teacher=mentor_teacher, source="x", external_id="MAX-77")
    return new_teacher, mentor_teacher


@pytest.fixture
def export(tmp_path):
    def write(rows: str = ROWS, header: str = HEADER):
        path = tmp_path / "kanary-bird.csv"
        path.write_text(header + rows)
        return path

    return write


@pytest.fixture
def heard():
    """What the parts above hear of tickets."""
    said = []

    def hear(sender, teacher_ids, count, cause, **kwargs):
        said.append((teacher_ids, count, cause))

    tickets_changed.connect(hear)
    yield said
    tickets_changed.disconnect(hear)


def bring_in(path, **options) -> None:
    call_command("import_tickets", path, **options)


def tickets() -> list[dict]:
    return list(Ticket.objects.order_by("external_id").values())


def test_import_keeps_derived_fields_of_matched_rows(people, export, grade_sync, capsys):
    categories = export().with_name("categories.csv")
    categories.write_text("category,subcategory,skill,kind\nGrades,,grade SYNC,break\n")
    bring_in(export(), categories=categories)
    fields = (
        "external_id",
        "teacher__given_name",
        "opened_at",
        "skill__name",
        "skill_origin",
        "skill_confidence",
        "kind",
    )
    assert list(Ticket.objects.order_by("external_id").values_list(*fields)) == [
        ("1", "Nora", at(1), "Screen sharing", "words", 0.984, "how-to"),
        ("2", "Max", at(3), "Grade sync", "category", None, "access"),
        ("3", "Max", at(4), None, "", 0.0, "how-to"),
    ]
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "4 rows: 3 of teachers here, 1 left out.",
        "Skill by category 1, by words 1 (98 % sure on average), unsorted 1.",
        "3 tickets new, 0 changed, 0 there already.",
    ]
    assert err.splitlines() == [
        "warning: the tickets, column requester: rows left out because their requester is no "
        "teacher here: 1. A teacher is known by the roster's address or id.",
        "warning: the tickets, column requester: st…@elsewhere.org matched no teacher in 1 row.",
    ]
    run = ImportRun.objects.get()
    assert (run.state, run.cursor, run.total, run.counts["new"]) == ("applied", 4, 4, 3)


def test_id_that_two_lists_give_to_two_people_names_nobody(people, export, capsys):
    nora, max_ = people
    TeacherIdentifier.objects.create(teacher=nora, source="y", external_id="max-77")
    TeacherIdentifier.objects.create(teacher=max_, source="y", external_id="8")
    TeacherIdentifier.objects.create(teacher=max_, source="z", external_id="8")
    rows = (
        "1,max-77,2026-09-01,,,,,,\n"
        "2,Max-77 <nora.new@example.org>,2026-09-01,,,,,,\n"
        "3,8,2026-09-01,,,,,,\n"
    )
    bring_in(export(rows))
    assert list(Ticket.objects.order_by("external_id").values_list("external_id", "teacher")) == [
        ("2", nora.pk),
        ("3", max_.pk),
    ]
    assert capsys.readouterr().err.splitlines() == [
        "warning: the tickets, column requester: rows left out because their requester is no "
        "teacher here: 1. A teacher is known by the roster's address or id.",
        "warning: the tickets, column requester: rows among them whose id two rosters give to two "
        "teachers: 1. Nobody is guessed: export the address of whoever asked.",
    ]


def test_ticket_is_of_the_person_helped_and_of_nobody_where_they_are_unknown(people, export):
    nora, max_ = people
    header = "number,requester,opened,requested_for\n"
    rows = (
        "1,max.mentor@example.org,2026-09-01,nora.new@example.org\n"
        "2,max.mentor@example.org,2026-09-01,\n"
        "3,max.mentor@example.org,2026-09-01,stranger@elsewhere.org\n"
    )
    bring_in(export(rows, header))
    assert list(Ticket.objects.order_by("external_id").values_list("external_id", "teacher")) == [
        ("1", nora.pk),
        ("2", max_.pk),
    ]


def test_text_in_a_category_column_is_not_stored_and_its_line_is_told(people, export, capsys):
    rows = (
        "1,nora.new@example.org,2026-09-01,,Grades,Sync,,,\n"
        "2,nora.new@example.org,2026-09-01,,Mia Johnson,Mia can't open her form in period 3,,,\n"
    )
    work = TicketImport(path=export(rows), source=source_named(None, None), columns=None)
    for reads_words in (True, False):
        problems = check_tickets(work, now=NOW, reads_words=reads_words).problems
        assert [(one.line, one.column, one.rule) for one in problems] == [
            (
                3,
                column,
                "1 cell is left empty that may be a text or name somebody, the first on this line",
            )
            for column in ("category", "subcategory")
        ]
    bring_in(export(rows))
    assert list(Ticket.objects.order_by("external_id").values_list("category", "subcategory")) == [
        ("Grades", "Sync"),
        ("", ""),
    ]


def test_column_of_texts_chosen_as_category_refuses_the_file(people, export, capsys):
    rows = "".join(
        f"{number},nora.new@example.org,2026-09-01,,,Student {number} can't log in,,,\n"
        for number in range(100)
    )
    with pytest.raises(CommandError):
        bring_in(export(rows))
    assert capsys.readouterr().err.splitlines() == [
        "error: the tickets, column subcategory: nearly every row says something else here, which"
        " categories don't. Choose the column with the help desk's list of categories, or none. A"
        " column of texts can be read as subject or text: then nothing of it is stored."
    ]
    assert (Ticket.objects.count(), ImportRun.objects.count()) == (0, 0)


def test_category_with_a_skill_is_kept_whatever_it_says(people, export, grade_sync):
    rows = "1,nora.new@example.org,2026-09-01,,I can't see my marks at all,,,,\n"
    categories = export().with_name("categories.csv")
    categories.write_text(
        "category,subcategory,skill,kind\nI can't see my marks at all,,Grade sync,how-to\n"
    )
    bring_in(export(rows), categories=categories)
    ticket = Ticket.objects.get()
    assert (ticket.category, ticket.skill) == ("I can't see my marks at all", grade_sync)


def at(day: int) -> datetime:
    return datetime(2026, 9, day, 12, 30, tzinfo=UTC)


def test_import_twice_changes_nothing_and_says_so(people, export, capsys, heard):
    bring_in(export())
    before = tickets()
    heard.clear()
    capsys.readouterr()
    bring_in(export())
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "0 tickets new, 0 changed, 3 there already.",
        "Nothing changed: everything is there already.",
    ]
    assert (tickets(), heard) == (before, [])


def test_import_tells_whose_tickets_changed_once_a_chunk(people, export, heard, monkeypatch):
    new_teacher, mentor_teacher = people
    each_ticket = sorted([new_teacher.pk, mentor_teacher.pk, mentor_teacher.pk])
    bring_in(export())
    assert heard == [(each_ticket, 3, "tickets")]
    monkeypatch.setattr(importing, "CHUNK", 2)
    bring_in(export(ROWS.replace("2026-09-04", "2026-09-14")))
    assert heard[1:] == [([mentor_teacher.pk], 1, "tickets")]


def test_dry_run_writes_nothing(people, export, capsys):
    bring_in(export(), dry_run=True)
    assert capsys.readouterr().out.splitlines()[-1] == "Dry run: nothing was written."
    assert not (Ticket.objects.exists() or ImportRun.objects.exists())
    assert not TicketSource.objects.exists()


def test_what_people_said_of_a_ticket_stands(people, export, grade_sync):
    bring_in(export())
    Ticket.objects.filter(external_id="1").update(
        skill=grade_sync, skill_origin="teacher", hidden_at=NOW
    )
    Ticket.objects.filter(external_id="3").update(sorted_at=NOW, kind="outage")
    bring_in(export(ROWS.replace("2026-09-0", "2026-09-1")))
    kept = Ticket.objects.order_by("external_id").values_list(
        "skill__name", "skill_origin", "kind", "hidden_at", "sorted_at", "opened_at__day"
    )
    assert list(kept) == [
        ("Grade sync", "teacher", "how-to", NOW, None, 11),
        (None, "", "access", None, None, 13),
        (None, "", "outage", None, NOW, 14),
    ]


def test_profile_saves_the_columns_and_uses_them(people, export, capsys):
    rows = "9,nora.new@example.org,2026-09-01\n"
    path = export(rows, "Nr,Wer,Wann\n")
    bring_in(path, profile="desk", pairs="external_id=Nr,requester=Wer,opened=Wann")
    assert TicketSource.objects.get().columns == {
        "external_id": "Nr",
        "requester": "Wer",
        "opened": "Wann",
    }
    bring_in(path, profile="desk")
    assert Ticket.objects.count() == 1
    with pytest.raises(CommandError):
        bring_in(path, profile="dsek")
    assert capsys.readouterr().err.splitlines()[-1] == (
        "error: --profile: no profile “dsek” is saved. Saved are: desk. "
        "Give --map with --profile once to save one."
    )


def test_address_of_a_ticket_comes_from_its_source(people, export):
    TicketSource.objects.create(name="csv", address_template="https://help.example.org/t?id={id}")
    bring_in(export("a b/1" + ROWS.splitlines(keepends=True)[0][1:]))
    assert Ticket.objects.get().address == "https://help.example.org/t?id=a%20b%2F1"


def test_last_row_of_a_ticket_counts(people, export):
    twice = "1,nora.new@example.org,2026-09-01,,A,,,,\n1,nora.new@example.org,2026-09-01,,B,,,,\n"
    bring_in(export(twice))
    assert [ticket["category"] for ticket in tickets()] == ["B"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "A,,Grade snyc,how-to",
            "the categories, line 2, column skill: there is no skill “Grade snyc”. "
            "Did you mean “grade sync”?",
        ),
        (
            "A,,Grade sync,loud",
            "the categories, line 2, column kind: the kind is unknown. "
            "Use one of how-to, pedagogy, access, break, outage, request.",
        ),
        (
            ",,Grade sync,",
            "the categories, line 2, column category: a required cell is empty. Name the category.",
        ),
        (
            "A,,Grade sync,\nA,,Grade sync,",
            "the categories, line 3, column category: the category stands twice. "
            "Leave one of the two lines out.",
        ),
        ("", "the categories: the file has only a header. Give each category a line."),
    ],
)
def test_bad_categories_are_refused_by_line(people, export, capsys, line, message):
    categories = export().with_name("categories.csv")
    categories.write_text(f"category,subcategory,skill,kind\n{line}\n")
    with pytest.raises(CommandError):
        bring_in(export(), categories=categories)
    assert capsys.readouterr().err.splitlines() == [f"error: {message}"]
    assert not (Ticket.objects.exists() or TicketCategory.objects.exists())


def test_exact_subcategory_beats_the_category(people, export, screen_sharing, grade_sync):
    categories = export().with_name("categories.csv")
    categories.write_text(
        "category,subcategory,skill,kind\nGrades,,Screen sharing,break\nGrades,sync,Grade sync,\n"
    )
    bring_in(export(), categories=categories)
    assert Ticket.objects.get(external_id="2").skill == grade_sync


def test_new_categories_sort_tickets_that_are_there_already(people, export, grade_sync):
    bring_in(export())
    categories = export().with_name("categories.csv")
    categories.write_text("category,subcategory,skill,kind\nOther,,Grade sync,how-to\n")
    bring_in(export(ROWS.splitlines(keepends=True)[0]), categories=categories)
    assert Ticket.objects.get(external_id="3").skill == grade_sync


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ("", "the file has only a header"),
        (ROWS + "5,nora.new@example.org,yesterday,,,,,,\n", "the time is not ISO 8601"),
        (ROWS + "5,nora.new@example.org\n", "the row has 2 cells, the header 9"),
    ],
)
def test_one_bad_row_at_the_end_writes_nothing(people, export, capsys, rows, rule):
    with pytest.raises(CommandError) as failed:
        bring_in(export(rows))
    assert str(failed.value) == "1 error. Nothing was written."
    assert rule in capsys.readouterr().err
    assert not (
        Ticket.objects.exists() or ImportRun.objects.exists() or TicketSource.objects.exists()
    )


def test_file_that_is_not_there_or_too_large_is_refused(people, export, settings, capsys):
    with pytest.raises(CommandError):
        bring_in(export().with_name("no.csv"))
    settings.IMPORT_MAX_BYTES = 5
    with pytest.raises(CommandError):
        bring_in(export())
    assert capsys.readouterr().err.splitlines() == [
        "error: the tickets: there is no such file. Check the path.",
        "error: the tickets: the file has 0 MB, more than the 0 MB allowed. "
        "Export fewer rows or columns, and import the parts one after the other.",
    ]


# ---- cut off and gone on with -------------------------------------------------------------------


def work_of(path) -> tuple[TicketImport, Report]:
    work = TicketImport(path=path, source=source_named(None, None), columns=None)
    return work, check_tickets(work, now=NOW, reads_words=False)


def test_cut_off_import_goes_on_where_it_stopped(people, export, monkeypatch, capsys):
    monkeypatch.setattr(importing, "CHUNK", 2)
    work, report = work_of(export())
    run = begin_run(work, report=report, now=NOW)
    assert continue_run(work, run=run, now=NOW, may_go_on=lambda: False) is False
    run.refresh_from_db()
    assert (run.state, run.cursor, run.counts["new"]) == ("running", 2, 2)
    first = tickets()
    bring_in(export())
    out, err = capsys.readouterr()
    assert "Going on after row 2: an earlier import was cut off there." in err
    assert out.splitlines()[-1] == "3 tickets new, 0 changed, 0 there already."
    assert tickets()[:2] == first
    run.refresh_from_db()
    assert (run.state, run.cursor, ImportRun.objects.count()) == ("applied", 4, 1)


def test_other_file_of_the_same_source_ends_what_was_cut_off(people, export, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    work, report = work_of(export())
    run = begin_run(work, report=report, now=NOW)
    continue_run(work, run=run, now=NOW, may_go_on=lambda: False)
    bring_in(export(ROWS + "5,nora.new@example.org,2026-09-09,,,,,,\n"))
    run.refresh_from_db()
    assert (run.state, Ticket.objects.count()) == ("stopped", 4)


def test_two_processes_never_write_the_same_chunk_twice(people, export, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    work, report = work_of(export())
    run = begin_run(work, report=report, now=NOW)
    other = ImportRun.objects.get(pk=run.pk)
    continue_run(work, run=run, now=NOW, may_go_on=lambda: False)
    with pytest.raises(TakenOver):
        continue_run(work, run=other, now=NOW)
    run.refresh_from_db()
    assert (run.cursor, run.counts["new"], Ticket.objects.count()) == (1, 1, 1)


def test_file_that_changes_under_our_hands_is_refused(people, export, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    work, report = work_of(export())
    run = begin_run(work, report=report, now=NOW)
    continue_run(work, run=run, now=NOW, may_go_on=lambda: False)
    export(ROWS.replace("2026-09-03", "soon"))
    with pytest.raises(ImportRefused):
        continue_run(work, run=run, now=NOW)


# ---- privacy ------------------------------------------------------------------------------------


def test_subject_and_body_are_found_nowhere_afterwards(people, export, caplog, capsys):
    """Not in a table, a log line, the output, or a problem of a refused file."""
    caplog.set_level(logging.DEBUG)
    secret = "Kanary Bird"
    rows = (
        f"1,nora.new@example.org,2026-09-01,,A,,Cast my screen for {secret},{secret},{secret}\n"
        f"2,{secret},2026-09-01,,A,,{secret},{secret},{secret}\n"
    )
    bring_in(export(rows))
    with pytest.raises(CommandError):
        bring_in(export(rows + f"3,nora.new@example.org,{secret},{secret},,,{secret},,\n"))
    assert Ticket.objects.count() == 1
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "anary" not in repr(cursor.fetchall()), table
    assert "anary" not in caplog.text.replace("kanary-bird.csv", "")
    assert "anary" not in "".join(capsys.readouterr())


def test_problems_stay_few_in_memory():
    problems = Problems()
    for line in range(100_000):
        problems.error("x.csv", "the time is not ISO 8601", line=line, column="opened")
    assert [problem.remedy for problem in problems][-1] == "And 99,990 more like it."
    assert len(list(problems)) == 11


def test_import_marks_the_need_by_day_in_the_district(people, export):
    bring_in(
        export(
            "1,nora.new@example.org,2026-09-01,2026-09-09T02:00:00Z\n",
            "number,email,opened,need_by\n",
        )
    )
    assert Ticket.objects.get().need_by_date == date(2026, 9, 8)


def test_osticket_export_is_known_by_its_headings(people, tmp_path, screen_sharing):
    """As it comes: a mark at the start, semicolons, quotes before what looks like a formula."""
    path = tmp_path / "export.csv"
    path.write_text(
        "\ufeffTicket Number;Date Created;Subject;From;From Email;Priority;Department;Help Topic;"
        "Current Status;Last Updated;Closed Date;Merged;Reopen Count\r\n"
        "'-104;2026-09-01 08:30:00;'=Cast my screen;Nora New;nora.new@example.org;Normal;Support;"
        "'@Screens;Closed;2026-09-02 10:00:00;2026-09-02 10:00:00;No;2\r\n",
        encoding="utf-8",
    )
    bring_in(path)
    fields = ("external_id", "teacher__given_name", "category", "skill__name", "is_reopened")
    assert list(Ticket.objects.values_list(*fields)) == [
        ("-104", "Nora", "@Screens", "Screen sharing", True)
    ]
    assert not Ticket.objects.get().is_solved


def test_deleted_and_merged_rows_are_forgotten_until_they_come_again(people, tmp_path, capsys):
    path = tmp_path / "osticket.csv"

    def bring(*states: str) -> list[str]:
        lines = [
            f"{number},nora.new@example.org,2026-09-0{number},{state}"
            for number, state in enumerate(states, 1)
        ]
        path.write_text("Ticket Number,From Email,Date Created,Current Status\n" + "\n".join(lines))
        capsys.readouterr()
        bring_in(path)
        return capsys.readouterr().out.splitlines()[2:]

    assert bring("Open", "Closed", "Deleted") == ["2 tickets new, 0 changed, 0 there already."]
    assert bring("Deleted", "Merged", "Deleted") == [
        "0 tickets new, 0 changed, 0 there already.",
        "2 forgotten: deleted or merged in the help desk.",
    ]
    gone = TicketTombstone.objects.order_by("external_id").values_list("external_id", flat=True)
    assert (list(gone), Ticket.objects.count()) == (["1", "2"], 0)
    bring("Open", "Merged", "Deleted")
    assert (list(gone.all()), [one["external_id"] for one in tickets()]) == (["2"], ["1"])


def minutes() -> list[tuple]:
    return list(
        Ticket.objects.order_by("external_id").values_list("minutes_lost", "minutes_origin")
    )


def test_minutes_come_from_the_field_else_from_words_and_say_which(export, people):
    head = "number,requester_email,opened_at,body,minutes_lost\n"
    who = "nora.new@example.org,2026-09-01T08:30"
    rows = (
        f"1,{who},We lost 20 minutes of class,35\n"
        f"2,{who},We lost 20 minutes of class,\n"
        f"3,{who},It starts in 20 minutes,\n"
    )
    bring_in(export(rows, head))
    assert minutes() == [(35, "field"), (20, "words"), (None, "")]
    assert [ticket.minutes_in_words for ticket in Ticket.objects.order_by("external_id")] == [
        "35 min of class, said in the help desk",
        "20 min of class, from its words",
        "about 15 min of class, usual for its kind",
    ]
    bring_in(export(rows.replace(",35", ","), head))  # words don't overrule what a field said
    assert minutes() == [(35, "field"), (20, "words"), (None, "")]
    bring_in(export(f"1,{who},,0\n2,{who},,\n", head))  # a field that says none does
    assert minutes() == [(0, "field"), (None, ""), (None, "")]


def test_minutes_older_than_their_origins_count_as_a_field_s(export, people):
    head = "number,requester_email,opened_at,body,minutes_lost\n"
    bring_in(export("1,nora.new@example.org,2026-09-01T08:30,,35\n", head))
    Ticket.objects.update(minutes_origin="")
    bring_in(export("1,nora.new@example.org,2026-09-01T08:30,We lost 20 minutes,\n", head))
    assert minutes() == [(35, "")]
    assert Ticket.objects.get().minutes_in_words == "35 min of class, said in the help desk"


REPEATS = (
    "1,nora.new@example.org,2026-09-01T08:30,2026-09-02T10:00,Cast my screen\n"  # asked again: 2
    "2,nora.new@example.org,2026-09-10T08:30,2026-09-11T10:00,Cast my screen\n"  # not soon enough
    "3,nora.new@example.org,2026-09-28T08:30,,Cast my screen\n"
    "4,nora.new@example.org,2026-09-03T08:30,2026-09-04T10:00,Grades not syncing\n"
    "5,max-77,2026-09-03T08:30,,Cast my screen\n"  # somebody else asked
)


def repeated() -> list[str]:
    marked = Ticket.objects.filter(is_repeated=True).order_by("external_id")
    return list(marked.values_list("external_id", flat=True))


def test_imported_ticket_that_was_asked_again_soon_is_not_solved(export, people):
    head = "number,requester_email,opened_at,resolved_at,subject\n"
    for _ in range(2):
        bring_in(export(REPEATS, head))
        assert repeated() == ["1"]
    later = "6,nora.new@example.org,2026-09-20T08:30,,Cast my screen\n"
    bring_in(export(later, head))  # a later file makes an earlier one's ticket a repeated one
    assert repeated() == ["1", "2"]
    corrected = later.replace("Cast my screen", "Grades not syncing")
    bring_in(export(corrected, head))
    assert repeated() == ["1"]


def test_import_cut_off_before_its_end_marks_what_came_before_too(
    export, people, district, monkeypatch
):
    monkeypatch.setattr(importing, "CHUNK", 2)
    head = "number,requester_email,opened_at,resolved_at,subject\n"
    work = TicketImport(export(REPEATS, head), source_named(None, None), None)
    run = begin_run(work, report=check_tickets(work, now=NOW), now=NOW)
    assert not continue_run(work, run=run, now=NOW, may_go_on=lambda: False)
    assert repeated() == []
    assert continue_run(work, run=run, now=NOW)
    assert repeated() == ["1"]


def test_marking_takes_as_many_statements_for_many_tickets(
    export, people, django_assert_num_queries
):
    head = "number,requester_email,opened_at,resolved_at,subject\n"
    bring_in(export(REPEATS, head))
    with django_assert_num_queries(2):
        assert mark_repeated(teachers=[teacher.pk for teacher in people]) == 0


WHOSE = "number,requester,opened,helped,asset,subject,kind\n"


def test_ticket_about_something_shared_is_kept_and_makes_nobody_s_need(
    people, export, grade_sync, capsys
):
    rows = (
        "1,nora.new@example.org,2026-09-01,,,Grade sync on the library computers,how-to\n"
        "2,nora.new@example.org,2026-09-01,,Cart 3,Grade sync,how-to\n"
        "3,nora.new@example.org,2026-09-01,,,Grade sync in my class,how-to\n"
        "4,max.mentor@example.org,2026-09-01,nora.new@example.org,Cart 3,Grade sync,how-to\n"
    )
    for options in ({"dry_run": True}, {}):
        bring_in(export(rows, WHOSE), **options)
        out = capsys.readouterr().out.splitlines()
        assert out[2] == "2 about shared things or others: kept, and nobody's need."
    fields = ("external_id", "teacher__given_name", "skill__name", "whose")
    assert list(Ticket.objects.order_by("external_id").values_list(*fields)) == [
        ("1", "Nora", "Grade sync", "shared"),
        ("2", "Nora", "Grade sync", "shared"),
        ("3", "Nora", "Grade sync", ""),
        ("4", "Nora", "Grade sync", "named"),
    ]
    assert sorted(Ticket.objects.usable().values_list("external_id", flat=True)) == ["3", "4"]


def test_what_a_teacher_claimed_stays_theirs(people, export, grade_sync):
    nora, _ = people
    row = "1,{},2026-09-01,,,Grade sync on the library computers,how-to\n"
    bring_in(export(row.format("nora.new@example.org"), WHOSE))
    claim_ticket(teacher=nora, ticket=Ticket.objects.get(), now=NOW)
    bring_in(export(row.format("nora.new@example.org").replace("computers", "printer"), WHOSE))
    assert Ticket.objects.usable().get().whose == "mine"
    bring_in(export(row.format("max.mentor@example.org"), WHOSE))
    assert (Ticket.objects.usable().count(), Ticket.objects.get().whose) == (0, "shared")


def test_tickets_of_whoever_asks_for_others_are_theirs_only_where_somebody_says_so(
    people, export, grade_sync
):
    nora, _ = people
    rows = (
        "1,nora.new@example.org,2026-09-01,,,Grade sync,how-to\n"
        "2,max.mentor@example.org,2026-09-01,nora.new@example.org,,Grade sync,how-to\n"
        "3,nora.new@example.org,2026-09-01,max.mentor@example.org,,Grade sync,how-to\n"
        "4,nora.new@example.org,2026-09-01,nora.new@example.org,,Grade sync,how-to\n"
    )
    bring_in(export(rows, WHOSE))

    def theirs() -> list[str]:
        return sorted(Ticket.objects.usable().values_list("external_id", flat=True))

    assert theirs() == ["1", "2", "3", "4"]
    set_asking_for_others(teacher=nora, asks=True, now=NOW)
    assert theirs() == ["2", "3"]
    claim_ticket(teacher=nora, ticket=Ticket.objects.get(external_id="1"), now=NOW)
    assert theirs() == ["1", "2", "3"]
    bring_in(export(rows, WHOSE))
    assert theirs() == ["1", "2", "3"]
    set_asking_for_others(teacher=nora, asks=False, now=NOW)
    assert theirs() == ["1", "2", "3", "4"]


def test_cells_longer_than_their_columns_are_cut_left_out_or_refused_and_never_an_error(
    people, export, grade_sync
):
    header = "number,requester,opened,category,subcategory,kind,status,subject\n"
    long = "Grades " * 200
    row = f"{{}},nora.new@example.org,2026-09-01,{long},{long},{long},{long},{long}\n"
    categories = export().with_name("categories.csv")
    categories.write_text(f"category,subcategory,skill,kind\n{'Marks ' * 60},,Grade sync,how-to\n")
    marks = f"2,nora.new@example.org,2026-09-01,{'Marks ' * 60},,,,\n"
    bring_in(export(row.format("x" * 100) + marks, header), categories=categories)
    fields = ("external_id", "category", "subcategory", "kind", "skill__name")
    assert list(Ticket.objects.order_by("external_id").values_list(*fields)) == [
        ("2", ("Marks " * 60)[:200], "", "how-to", "Grade sync"),
        ("x" * 100, "", "", "how-to", None),
    ]
    with pytest.raises(CommandError):
        bring_in(export(row.format("x" * 101), header))


def test_address_longer_than_its_column_is_left_out(people, export, settings):
    source = TicketSource(
        name="csv", address_template=f"https://help.example.org/{'x' * 270}/{{id}}"
    )
    work = TicketImport(
        path=export("é" * 50 + ",nora.new@example.org,2026-09-01,,,,,,\n"),
        source=source,
        columns=None,
    )
    run = begin_run(work, report=check_tickets(work, now=NOW), now=NOW)
    assert continue_run(work, run=run, now=NOW)
    assert Ticket.objects.get().address == ""


def test_rows_of_empty_cells_are_no_rows(people, export, capsys):
    bring_in(export("1,nora.new@example.org,2026-09-01,,,,,,\n,,,,,,,,\n  ,,,,,,,,\n"))
    assert capsys.readouterr().out.splitlines()[0] == "1 rows: 1 of teachers here, 0 left out."
