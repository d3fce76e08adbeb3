"""The cast: the same few people in every test, and an outsider who must see nothing of theirs."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from profiles.choices import Role
from profiles.models import District, School, Skill, Teacher, Term, Tool, User
from profiles.operations import add_person

PASSWORD = "a fitting room with a view"


@pytest.fixture
def district(db) -> District:
    return District.objects.create(name="Sunfield Schools", time_zone="America/New_York")


@pytest.fixture
def east(district) -> School:
    return School.objects.create(name="East Middle", source="test", external_id="east")


@pytest.fixture
def north(district) -> School:
    return School.objects.create(name="North High", source="test", external_id="north")


@pytest.fixture
def term(district) -> Term:
    return Term.objects.create(
        title="Fall semester", start_date=date(2026, 8, 24), end_date=date(2027, 1, 22)
    )


def person_of(email: str, role: Role, *schools: School, name: str) -> User:
    first, last = name.split()
    user = add_person(email=email, role=role, schools=schools, first_name=first, last_name=last)
    user.set_password(PASSWORD)
    user.save()
    return user


def teacher_row(user: User, school: School, **fields) -> Teacher:
    teacher = Teacher.objects.get(user=user)
    for name, value in {"main_school": school, **fields}.items():
        setattr(teacher, name, value)
    teacher.save()
    return teacher


@pytest.fixture
def new_teacher(east) -> Teacher:
    """In her first year at East; nobody knows much about her yet."""
    user = person_of("nora.new@example.org", Role.TEACHER, east, name="Nora New")
    return teacher_row(user, east, grades=["07"], subjects=["science"])


@pytest.fixture
def mentor_teacher(east) -> Teacher:
    """Long at East, with a history of tickets in many tests."""
    user = person_of("max.mentor@example.org", Role.TEACHER, east, name="Max Mentor")
    return teacher_row(
        user, east, grades=["06", "07"], subjects=["math"], started_date=date(2015, 8, 24)
    )


@pytest.fixture
def outsider(north) -> Teacher:
    """A teacher of another school: must see nothing of the others'."""
    user = person_of("otto.outsider@example.org", Role.TEACHER, north, name="Otto Outsider")
    return teacher_row(user, north, grades=["10"], subjects=["ela"])


@pytest.fixture
def coach(district) -> User:
    return person_of("cora.coach@example.org", Role.COACH, name="Cora Coach")


@pytest.fixture
def coordinator(district) -> User:
    return person_of("carl.coordinator@example.org", Role.COORDINATOR, name="Carl Coordinator")


@pytest.fixture
def leader(east) -> User:
    """Leads East, and East alone."""
    return person_of("lena.leader@example.org", Role.LEADER, east, name="Lena Leader")


@pytest.fixture
def signed_in():
    """Return a function: a client signed in as this user or teacher."""

    def sign_in(person: User | Teacher) -> Client:
        client = Client()
        client.force_login(person.user if isinstance(person, Teacher) else person)
        return client

    return sign_in


@pytest.fixture
def grade_sync(db) -> Skill:
    tool = Tool.objects.create(name="Gradebook", words="gradebook\ngrade book")
    return Skill.objects.create(
        name="Grade sync", tool=tool, words="grades not syncing\nsync grades\ngrade passback"
    )


@pytest.fixture
def screen_sharing(db) -> Skill:
    return Skill.objects.create(name="Screen sharing", words="cast my screen\nmirror ipad\nairplay")
