import io

import pytest
from django.core.management import CommandError, call_command

from profiles.models import School, StaffRole, Teacher, User
from profiles.queries import roles_of

pytestmark = pytest.mark.django_db


def test_coordinator_is_added_and_told_how_to_sign_in(district, capsys):
    call_command("add_person", "Carla@Example.org ", role="coordinator", first_name="Carla")
    user = User.objects.get()
    assert (user.email, user.first_name, roles_of(user)) == (
        "carla@example.org",
        "Carla",
        {"coordinator"},
    )
    assert not user.has_usable_password()
    assert capsys.readouterr().out.splitlines() == [
        "carla@example.org is new here and coordinator.",
        "They sign in at http://localhost:8000/accounts/login/ with a code that is sent by mail.",
    ]


def test_password_comes_from_standard_input(district, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("a fitting room with a view\n"))
    call_command("add_person", "carla@example.org", role="coach", password_stdin=True)
    assert User.objects.get().check_password("a fitting room with a view")
    assert capsys.readouterr().out.endswith("with the password.\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("add_person", "new@example.org", role="coach", password_stdin=True)
    assert User.objects.count() == 1


def test_leader_and_teacher_belong_to_schools(east, north, capsys):
    call_command("add_person", "lee@example.org", role="leader", school=["east MIDDLE"])
    call_command(
        "add_person", "tea@example.org", role="teacher", school=["East Middle", "North High"]
    )
    assert StaffRole.objects.get().school == east
    assert set(Teacher.objects.get().schools.all()) == {east, north}
    assert "lee@example.org is new here and school leader at East Middle." in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("email", "role", "schools", "message"),
    [
        ("carla", "coach", [], "“carla” is no email address."),
        (
            "carla@example.org",
            "boss",
            [],
            "“boss” is no role. The roles are teacher, coach, coordinator, leader.",
        ),
        ("carla@example.org", "leader", [], "A leader sees one school: name it with --school."),
        (
            "carla@example.org",
            "leader",
            ["West"],
            "There is no school “West”. The schools are East Middle.",
        ),
        (
            "carla@example.org",
            "leader",
            ["Twin"],
            "More than one school is called “Twin”.",
        ),
    ],
)
def test_mistake_gets_one_sentence_and_writes_nothing(east, email, role, schools, message):
    if schools == ["Twin"]:
        School.objects.bulk_create([School(name="Twin"), School(name="Twin")])
    with pytest.raises(CommandError) as failed:
        call_command("add_person", email, role=role, school=schools)
    assert (str(failed.value), failed.value.returncode) == (message, 1)
    assert not User.objects.exists()
