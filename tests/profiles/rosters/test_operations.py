from datetime import date, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from profiles.choices import Role
from profiles.imports import ImportRefused
from profiles.models import (
    ImportRun,
    School,
    SchoolYear,
    Teacher,
    TeacherIdentifier,
    Term,
    Ticket,
    TicketSource,
    User,
)
from profiles.operations import add_person
from profiles.rosters.importing import import_roster, in_words, read_roster
from profiles.rosters.matching import Names, is_same_person
from profiles.signals import profiles_changed, surroundings_changed

from .conftest import NOW, SHARED, USERS_1_1

pytestmark = pytest.mark.django_db

WITHOUT_OMAR = "".join(
    line for line in USERS_1_1.splitlines(keepends=True) if not line.startswith("u2,")
)


def bring_in(path, now: datetime = NOW, **options) -> dict[str, int]:
    roster, problems, content_hash = read_roster(path, now=now)
    return import_roster(
        roster=roster, problems=problems, content_hash=content_hash, now=now, **options
    )


def everything() -> dict[str, list]:
    """Every row of the tables that a roster touches, as it stands."""
    models = (School, SchoolYear, Term, Teacher, TeacherIdentifier, User, Teacher.schools.through)
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def teacher(identifier: str) -> Teacher:
    return Teacher.objects.get(identifiers__external_id=identifier)


def test_roster_makes_schools_terms_teachers_and_users(folder, district):
    assert bring_in(folder({})) == {
        "teachers": 3,
        "new": 3,
        "changed": 0,
        "back": 0,
        "left": 0,
        "schools": 2,
        "schools changed": 2,
        "terms": 3,
        "terms changed": 3,
    }
    east, north = School.objects.order_by("name")
    nora = teacher("u1")
    assert (nora.email, nora.main_school, list(nora.schools.all())) == (
        "nora.new@example.org",
        east,
        [east],
    )
    assert (nora.grades, nora.subjects, nora.started_date) == (["07"], ["science"], None)
    assert (str(nora.user), nora.user.password) == ("Nora New", "!")
    lone = teacher("u3")
    assert (lone.user, lone.email, set(lone.schools.all())) == (None, "", {east, north})
    fall = Term.objects.get(title="Fall")
    assert (fall.school_year.title, fall.start_date) == ("2026-27", date(2026, 8, 24))
    assert User.objects.count() == 2


def test_roster_stores_no_student_and_no_password(folder, district):
    bring_in(folder({}))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            words = repr(cursor.fetchall()).lower()
            assert "geheim" not in words, table
            assert "stella" not in words and "st2@example.org" not in words, table


def test_roster_twice_changes_nothing_and_says_so(folder, district):
    bring_in(folder({}))
    before = everything()
    heard = []

    def hear(**said):
        heard.append(said)

    profiles_changed.connect(hear)
    surroundings_changed.connect(hear)
    counts = bring_in(folder({}))
    assert everything() == before
    assert in_words(counts)[-1] == "Nothing changed: everything is there already."
    assert heard == []


def test_roster_tells_once_whose_profile_changed(folder, district):
    heard = []

    def hear(sender, teacher_ids, cause, **kwargs):
        heard.append((teacher_ids, cause))

    profiles_changed.connect(hear)
    bring_in(folder({}))
    bring_in(folder({"users.csv": USERS_1_1.replace("Omar,Old", "Omar,Elder")}))
    everybody = sorted(Teacher.objects.values_list("pk", flat=True))
    assert heard == [(everybody, "roster"), ([teacher("u2").pk], "roster")]


def test_dry_run_writes_nothing(folder, district):
    before = everything()
    assert bring_in(folder({}), is_dry=True)["new"] == 3
    assert everything() == before
    assert not ImportRun.objects.exists()


def test_teacher_gone_from_the_file_is_inactive_and_signed_out_and_keeps_history(folder, district):
    bring_in(folder({}))
    omar, nora = teacher("u2"), teacher("u1")
    ticket = Ticket.objects.create(
        source=TicketSource.objects.create(name="desk"),
        external_id="1",
        teacher=omar,
        opened_at=NOW,
        kind="how-to",
    )
    clients = {person: Client() for person in (omar, nora)}
    for person, client in clients.items():
        client.force_login(person.user)
    assert bring_in(folder({"users.csv": WITHOUT_OMAR}))["left"] == 1
    omar.refresh_from_db()
    assert (omar.is_active, omar.left_date) == (False, date(2026, 10, 1))
    assert User.objects.get(pk=omar.user_id).is_active is False
    assert list(omar.tickets.all()) == [ticket]
    assert Session.objects.count() == 1
    assert "_auth_user_id" in clients[nora].session
    assert clients[omar].get("/settings/").status_code == 302

    counts = bring_in(folder({}), now=NOW + timedelta(days=1))
    assert (counts["back"], counts["changed"], counts["new"]) == (1, 0, 0)
    omar.refresh_from_db()
    assert (omar.is_active, omar.left_date, omar.user.is_active) == (True, None, True)
    assert clients[omar].get("/settings/").status_code == 302


def test_teacher_who_is_also_a_coach_keeps_the_account(folder, district):
    bring_in(folder({}))
    add_person(email="omar.old@example.org", role=Role.COACH)
    bring_in(folder({"users.csv": WITHOUT_OMAR}))
    omar = teacher("u2")
    assert (omar.is_active, omar.user.is_active) == (False, True)


def test_many_departures_need_a_yes_and_one_does_not(folder, district):
    bring_in(folder({}))
    before = everything()
    users = "\n".join(line for line in USERS_1_1.split("\n") if line[:3] not in ("u2,", "u3,"))
    with pytest.raises(ImportRefused) as refused:
        bring_in(folder({"users.csv": users}))
    assert [problem.rule for problem in refused.value.problems] == [
        "2 of 3 active teachers are not in this file"
    ]
    assert everything() == before
    assert bring_in(folder({"users.csv": users}), confirm_departures=True)["left"] == 2


def test_what_a_teacher_said_about_the_room_stands(folder, district):
    bring_in(folder({}))
    nora = teacher("u1")
    from_roster = nora.main_school, list(nora.schools.all()), nora.grades, nora.subjects
    own = (None, [], ["01"], ["arts"])
    for said in ([], ["schools"], ["grades"], ["subjects"], ["schools", "grades", "subjects"]):
        Teacher.objects.filter(pk=nora.pk).update(
            said_of_room=said, main_school=None, grades=["01"], subjects=["arts"]
        )
        nora.schools.clear()
        counts = bring_in(folder({}))
        nora.refresh_from_db()
        stands = ["schools" in said] * 2 + ["grades" in said, "subjects" in said]
        assert (nora.main_school, list(nora.schools.all()), nora.grades, nora.subjects) == tuple(
            theirs if mine_stands else roster
            for theirs, roster, mine_stands in zip(own, from_roster, stands, strict=True)
        )
        assert counts["changed"] == (0 if all(stands) else 1)


def test_teacher_moves_between_schools_and_keeps_the_row(folder, district):
    bring_in(folder({}))
    before = teacher("u3")
    users = USERS_1_1.replace('u3,,,TRUE,"s1,s2"', "u3,,,TRUE,s2")
    bring_in(folder({"users.csv": users}))
    after = teacher("u3")
    assert (after.pk, [school.name for school in after.schools.all()]) == (
        before.pk,
        ["North High"],
    )


@pytest.mark.parametrize(
    ("names", "is_kept"),
    [("Omar,Old", True), ("Omar,Elder", True), ("OMAR,Elder", True), ("Oona,Elder", False)],
)
def test_new_address_replaces_the_old_and_the_provider_s_id_stays_with_the_person(
    folder, district, names, is_kept
):
    """When neither name stays, the row names somebody else, whom the old id must not reach."""
    bring_in(folder({}))
    user = teacher("u2").user
    EmailAddress.objects.create(user=user, email="omar.old@example.org", verified=True)
    SocialAccount.objects.create(user=user, provider="google", uid="of Omar")
    users = USERS_1_1.replace("omar.old@example.org", "omar.elder@example.org")
    bring_in(folder({"users.csv": users.replace("Omar,Old", names)}))
    user.refresh_from_db()
    assert (user.email, teacher("u2").email) == ("omar.elder@example.org",) * 2
    assert not EmailAddress.objects.exists()
    assert SocialAccount.objects.filter(user=user).exists() == is_kept


def test_a_name_that_nobody_has_makes_nobody_the_same_person():
    assert not is_same_person(Names("", "Ito"), Names("", "Berg"))
    assert not is_same_person(Names("", ""), Names("", ""))
    assert is_same_person(Names("", "Ito"), Names("Mia", "ITO"))
    assert is_same_person(Names("Ito", "Mia"), Names("Mia", "ITO"))
    assert is_same_person(Names("Liz", "Smith-Jones"), Names("Elizabeth", "Smith"))
    assert not is_same_person(Names("Ana", "van der Berg"), Names("Eva", "van der Meer"))
    assert not is_same_person(Names("Thomas", "Berg"), Names("Kelly", "Thomas"))


def test_address_of_another_teacher_is_not_taken(folder, district):
    bring_in(folder({}))
    by_hand = add_person(email="hand@example.org", role=Role.TEACHER)
    path = folder({"users.csv": USERS_1_1.replace("omar.old@example.org", "hand@example.org")})
    roster, problems, content_hash = read_roster(path, now=NOW)
    import_roster(roster=roster, problems=problems, content_hash=content_hash, now=NOW)
    assert teacher("u2").email == "omar.old@example.org"
    assert Teacher.objects.get(user=by_hand).is_active
    rules = [problem.rule for problem in problems]
    assert "a teacher's new address already belongs to another teacher here" in rules


def test_teacher_added_by_hand_is_found_by_address_and_stays_without_a_row(folder, district):
    nora = add_person(email="nora.new@example.org", role=Role.TEACHER)
    hand = add_person(email="hand@example.org", role=Role.TEACHER)
    assert bring_in(folder({}))["new"] == 2
    assert teacher("u1").user == nora
    assert bring_in(folder({"users.csv": WITHOUT_OMAR}))["left"] == 1
    assert Teacher.objects.get(user=hand).is_active


def test_two_rows_that_turn_out_one_person_share_their_tickets(folder, district):
    bring_in(folder({}))
    first, second = teacher("u1"), teacher("u3")
    source = TicketSource.objects.create(name="desk")
    Ticket.objects.create(
        source=source, external_id="1", teacher=second, opened_at=NOW, kind="how-to"
    )
    users = USERS_1_1.replace("Lone,Teacher,,T3,,", "Lone,Teacher,,T3,nora.new@example.org,")
    bring_in(folder({"users.csv": users}))
    assert (teacher("u1"), teacher("u3")) == (first, first)
    assert Ticket.objects.get().teacher == first
    second.refresh_from_db()
    assert second.is_active is False


def test_newcomer_in_a_later_roster_has_a_first_day(folder, district):
    bring_in(folder({"users.csv": WITHOUT_OMAR}))
    bring_in(folder({}))
    assert teacher("u2").started_date == date(2026, 10, 1)


def test_terms_and_schools_follow_the_file_and_past_terms_stay(folder, district):
    bring_in(folder({}))
    sessions = "\n".join(
        line.replace("Fall", "Autumn")
        for line in SHARED["academicSessions.csv"].split("\n")
        if not line.startswith("t0")
    ).replace("t1,", "t2,")
    classes = SHARED["classes.csv"].replace("t1", "t2").replace("t0", "t2")
    orgs = SHARED["orgs.csv"].replace("North High", "North Academy")
    bring_in(folder({"academicSessions.csv": sessions, "classes.csv": classes, "orgs.csv": orgs}))
    assert list(Term.objects.values_list("title", flat=True)) == ["Last spring", "Autumn"]
    assert list(School.objects.values_list("name", flat=True)) == ["East Middle", "North Academy"]


def test_command_prints_a_summary_and_keeps_history_without_the_name(folder, district, capsys):
    path = folder({})
    call_command("import_roster", path)
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "3 teachers: 3 new, 0 changed, 0 back, 0 gone.",
        "2 schools, 3 school years and terms.",
    ]
    assert "Reading users.csv" in err
    assert "warning: users.csv, line 4, column email: a teacher has no email address." in err
    run = ImportRun.objects.get()
    assert (run.kind, run.state, run.by, run.cursor) == ("roster", "applied", None, run.total)
    assert path.name not in repr(ImportRun.objects.values().get())
    call_command("import_roster", path, dry_run=True)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "Nothing would change: everything is there already.",
        "Dry run: nothing was written.",
    ]
    assert ImportRun.objects.count() == 1


def test_command_fails_and_writes_nothing_on_an_error(folder, district, capsys):
    before = everything()
    with pytest.raises(CommandError) as failed:
        call_command("import_roster", folder({"users.csv": USERS_1_1 + "u9,,\n"}))
    assert (str(failed.value), failed.value.returncode) == ("1 error. Nothing was written.", 1)
    assert (
        "error: users.csv, line 9: the row has 3 cells, the header 18." in capsys.readouterr().err
    )
    assert everything() == before
    assert not ImportRun.objects.exists()


def test_roster_takes_a_fixed_number_of_queries_when_nothing_changes(
    folder, district, django_assert_num_queries
):
    bring_in(folder({}))
    many = USERS_1_1 + "".join(
        f"v{n},,,true,s1,teacher,v{n},,Vera,Number{n},,V{n},vera{n}@example.org,,,,,\n"
        for n in range(30)
    )
    few_path, many_path = folder({}), folder({"users.csv": many})
    with CaptureQueriesContext(connection) as few:
        bring_in(few_path)
    bring_in(many_path)
    with django_assert_num_queries(len(few)):
        bring_in(many_path)


def test_two_new_rows_with_one_id_between_them_are_one_teacher(folder, district):
    """The feed says only later that what it called two are one; nothing was written in between."""
    bring_in(folder({"users.csv": WITHOUT_OMAR}))
    users = USERS_1_1 + "u9,,,true,s2,teacher,omar2,{FED:2},Omar,Old,,T9,,,,,,\n"
    counts = bring_in(folder({"users.csv": users}))
    assert counts["new"] == 1
    assert teacher("u9") == teacher("u2")
    assert Teacher.objects.count() == 3


def test_school_made_by_hand_or_by_another_format_is_kept(folder, district):
    by_hand = School.objects.create(name="east middle")
    old = School.objects.create(
        name="The high school", source="sds", external_id="9", identifier="902"
    )
    other = School.objects.create(
        name="North High", source="sds", external_id="8", identifier="777"
    )
    bring_in(folder({}))
    assert list(
        School.objects.order_by("pk").values_list("pk", "name", "source", "external_id")
    ) == [
        (by_hand.pk, "East Middle", "oneroster", "s1"),
        (old.pk, "North High", "oneroster", "s2"),
        (other.pk, "North High", "sds", "8"),
    ]
    before = everything()
    bring_in(folder({}))
    assert everything() == before


def test_command_lets_many_go_only_when_told_to(folder, district, capsys):
    call_command("import_roster", folder({}))
    users = "\n".join(line for line in USERS_1_1.split("\n") if line[:3] not in ("u2,", "u3,"))
    with pytest.raises(CommandError) as failed:
        call_command("import_roster", folder({"users.csv": users}))
    assert failed.value.returncode == 1
    assert (
        "2 of 3 active teachers are not in this file. More than 15 % at once is more often a "
        "broken export than the truth. If they have left, import with --allow-inactive."
    ) in capsys.readouterr().err
    assert Teacher.objects.active().count() == 3
    call_command("import_roster", folder({"users.csv": users}), allow_inactive=True)
    assert Teacher.objects.active().count() == 1
