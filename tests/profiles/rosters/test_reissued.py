"""An address that goes to the next one who comes takes nobody's history, or sign-in, along."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client

from profiles.choices import Role
from profiles.imports import Severity
from profiles.models import Teacher, TeacherIdentifier, Ticket, TicketSource, User
from profiles.operations import add_person
from profiles.rosters.formats import Wanted
from profiles.rosters.importing import import_roster, read_roster

from .conftest import NOW, USERS_1_1

pytestmark = pytest.mark.django_db

OMAR = "omar.old@example.org"
OMARS_ROW = "u2,,,1,s2,teacher,omar,{FED:2},Omar,Old,,T2,omar.old@example.org"
PETRAS_ROW = "u78,,,1,s2,teacher,petra,{FED:78},Petra,Pan,,T78,omar.old@example.org"
GIVEN_ON = "an address was given to somebody else"
WITHOUT_OMAR = USERS_1_1.replace(f"{OMARS_ROW},,,,,\n", "")
WITH_PETRA = USERS_1_1.replace(OMARS_ROW, PETRAS_ROW)


def bring_in(path, **wanted) -> list[str]:
    roster, problems, content_hash = read_roster(path, now=NOW, wanted=Wanted(**wanted))
    import_roster(
        roster=roster,
        problems=problems,
        content_hash=content_hash,
        now=NOW,
        confirm_departures=True,
    )
    return [problem.rule for problem in problems if problem.severity == Severity.WARNING]


def teacher(identifier: str) -> Teacher:
    return Teacher.objects.get(identifiers__external_id=identifier)


def with_history(omar: Teacher) -> Teacher:
    """Return the teacher with a ticket, a password, a provider's sign-in and an open session."""
    source = TicketSource.objects.create(name="desk")
    Ticket.objects.create(
        source=source, external_id="1", teacher=omar, opened_at=NOW, kind="how-to"
    )
    omar.user.set_password("of Omar alone")
    omar.user.save()
    EmailAddress.objects.create(user=omar.user, email=OMAR, verified=True, primary=True)
    SocialAccount.objects.create(user=omar.user, provider="google", uid=OMAR)
    Client().force_login(omar.user)
    return omar


@pytest.fixture
def omar(folder, district) -> Teacher:
    assert USERS_1_1 not in (WITHOUT_OMAR, WITH_PETRA)
    bring_in(folder({}))
    return with_history(teacher("u2"))


def has_given_up(omar: Teacher) -> bool:
    """Whether nothing leads to Omar by the address any more, and what was his still is."""
    omar.refresh_from_db()
    user = User.objects.get(pk=omar.user_id)
    assert (omar.email, omar.is_active, user.is_active) == ("", False, False)
    assert user.email == f"{user.pk}@reissued.invalid"
    assert not (EmailAddress.objects.exists() or SocialAccount.objects.exists())
    assert not Session.objects.exists()
    return omar.tickets.count() == 1


@pytest.mark.parametrize("leaves_first", [True, False])
def test_next_holder_of_an_address_has_a_row_and_an_account_of_their_own(
    omar, folder, leaves_first
):
    if leaves_first:
        bring_in(folder({"users.csv": WITHOUT_OMAR}))
    said = bring_in(folder({"users.csv": WITH_PETRA}))
    assert said.count(GIVEN_ON) == 1
    petra = teacher("u78")
    assert (str(petra), petra.email, petra.is_active) == ("Petra Pan", OMAR, True)
    assert (petra.pk == omar.pk, petra.user_id == omar.user_id) == (False, False)
    assert (petra.user.email, petra.user.is_active, petra.user.password) == (OMAR, True, "!")
    assert not petra.tickets.exists()
    assert has_given_up(omar)
    before = Teacher.objects.count(), User.objects.count()
    assert GIVEN_ON not in bring_in(folder({"users.csv": WITH_PETRA}))
    assert (Teacher.objects.count(), User.objects.count()) == before


def test_next_holder_can_not_sign_in_as_the_one_before(omar, folder, client, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    bring_in(folder({"users.csv": WITH_PETRA}))
    client.post("/accounts/login/", {"login": OMAR, "password": "of Omar alone"})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/login/code/", {"email": OMAR})
    assert "_auth_user_id" not in client.session
    placeholder = User.objects.get(pk=omar.user_id).email
    client.post("/accounts/login/", {"login": placeholder, "password": "of Omar alone"})
    assert "_auth_user_id" not in client.session


def test_who_gave_an_address_up_comes_back_by_their_id_with_another(omar, folder):
    bring_in(folder({"users.csv": WITH_PETRA}))
    back = OMARS_ROW.replace(OMAR, "omar@example.org")
    bring_in(folder({"users.csv": f"{WITH_PETRA}{back},,,,,\n"}))
    omar.refresh_from_db()
    assert (omar.email, omar.is_active, omar.tickets.count()) == ("omar@example.org", True, 1)
    assert (omar.user.email, omar.user.is_active) == ("omar@example.org", True)
    assert teacher("u78").email == OMAR


@pytest.mark.parametrize("order", [1, -1])
def test_address_passed_on_by_somebody_who_stays(omar, folder, order):
    """Omar has a new address, and Petra his: in one file, whoever of the two stands first."""
    moved = OMARS_ROW.replace(OMAR, "omar@example.org")
    rows = "".join(f"{row},,,,,\n" for row in (moved, PETRAS_ROW)[::order])
    bring_in(folder({"users.csv": WITHOUT_OMAR + rows}))
    omar.refresh_from_db()
    petra = teacher("u78")
    assert (omar.email, omar.user.email, omar.is_active, omar.user.is_active) == (
        "omar@example.org",
        "omar@example.org",
        True,
        True,
    )
    assert (petra.email, petra.user.email, petra.tickets.count()) == (OMAR, OMAR, 0)
    assert omar.tickets.count() == 1


def test_known_teacher_gets_the_address_of_one_who_has_left(omar, folder):
    bring_in(folder({"users.csv": WITHOUT_OMAR}))
    nora = teacher("u1")
    users = WITHOUT_OMAR.replace("Nora.New@example.org", OMAR)
    assert GIVEN_ON in bring_in(folder({"users.csv": users}))
    nora.refresh_from_db()
    assert (nora.email, nora.user.email, nora.tickets.count()) == (OMAR, OMAR, 0)
    assert has_given_up(omar)


@pytest.mark.parametrize("names", ["Omar,Elder", "Oona,Old", "Old,Omar"])
def test_new_id_with_the_old_address_and_one_of_the_names_is_the_same_person(omar, folder, names):
    users = USERS_1_1.replace("u2,,,", "u78,,,").replace("Omar,Old", names)
    assert GIVEN_ON not in bring_in(folder({"users.csv": users}))
    assert teacher("u78") == omar
    omar.refresh_from_db()
    assert (omar.is_active, omar.email, omar.tickets.count()) == (True, OMAR, 1)


def test_account_with_a_role_keeps_its_address(omar, folder):
    add_person(email=OMAR, role=Role.COACH)
    bring_in(folder({"users.csv": WITHOUT_OMAR}))
    for _ in "ab":
        said = bring_in(folder({"users.csv": WITH_PETRA}))
        assert "a teacher's new address already belongs to another teacher here" in said
        petra = teacher("u78")
        assert (petra.email, petra.user, petra.tickets.count()) == ("", None, 0)
        user = User.objects.get(email=OMAR)
        assert (user.pk, user.is_active) == (omar.user_id, True)


@pytest.mark.parametrize(
    ("name", "is_omar"),
    [("Petra,Pan", False), ("Omi,Old", True), (",", True)],
)
def test_another_roster_knows_the_next_holder_by_the_name(omar, tmp_path, name, is_omar):
    """It has no id of Omar's to tell by, whose own roster did not let him go yet."""
    if name == ",":  # what told no names can't tell them apart
        Teacher.objects.filter(pk=omar.pk).update(given_name="", family_name="")
        name = "Omar,Old"
    path = tmp_path / "list.csv"
    path.write_text(f"id,email,first name,last name\n5,{OMAR},{name}\n")
    assert (GIVEN_ON in bring_in(path, name="Staff")) != is_omar
    assert (teacher("5") == omar) == is_omar
    assert teacher("5").tickets.count() == int(is_omar)


LIST = "email,name\nnora@example.org,Nora New\nomar.old@example.org,Omar Old\n"
NEXT = LIST.replace("Omar Old", "Petra Pan")


@pytest.fixture
def listed(tmp_path, district):
    """Return a function that brings in a list without numbers, where an address is the id."""

    def bring_in_list(text: str) -> list[str]:
        path = tmp_path / "list.csv"
        path.write_text(text)
        return bring_in(path, name="Staff")

    return bring_in_list


def test_list_without_numbers_knows_the_next_holder_by_the_name(listed):
    listed(LIST)
    omar = with_history(Teacher.objects.get(email=OMAR))
    assert GIVEN_ON in listed(NEXT)
    petra = Teacher.objects.get(email=OMAR)
    assert (str(petra), petra.tickets.count(), petra.user.email) == ("Petra Pan", 0, OMAR)
    assert has_given_up(omar)
    assert not TeacherIdentifier.objects.filter(teacher=omar).exists()
    assert GIVEN_ON not in listed(NEXT)
    assert Teacher.objects.count() == 3


def test_list_without_numbers_leaves_a_row_out_whose_address_a_coach_holds(listed):
    listed(LIST)
    omar = with_history(Teacher.objects.get(email=OMAR))
    add_person(email=OMAR, role=Role.COACH)
    for _ in "ab":
        said = listed(NEXT)
        assert "a teacher's address belongs to an account with a role here" in said
        assert Teacher.objects.count() == 2
    omar.refresh_from_db()
    assert (omar.email, omar.user.is_active, omar.tickets.count()) == (OMAR, True, 1)
