"""Writing who people are."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import transaction

from .choices import Role
from .models import School, StaffRole, Teacher, User
from .models.people import normalise_email

#: Roles whose holders work in the Wagtail admin, and the group that opens it for them.
GROUP_OF_ROLE = {Role.COACH: "Coaches", Role.COORDINATOR: "Coordinators"}


@transaction.atomic
def add_person(
    *,
    email: str,
    role: Role,
    schools: tuple[School, ...] = (),
    first_name: str = "",
    last_name: str = "",
) -> User:
    """Return the user of this address with the role granted; made when missing.

    A new user has no password yet: they sign in with a code sent by mail, or choose one.
    """
    user, _ = User.objects.get_or_create(
        email=normalise_email(email),
        defaults={"first_name": first_name, "last_name": last_name, "password": "!"},
    )
    if role == Role.TEACHER:
        teacher, _ = Teacher.objects.get_or_create(
            email=user.email, defaults={"given_name": first_name, "family_name": last_name}
        )
        Teacher.objects.filter(pk=teacher.pk).update(user=user, is_active=True, left_date=None)
        if schools:
            teacher.schools.add(*schools)
    else:
        for school in schools or (None,):
            StaffRole.objects.get_or_create(user=user, role=role, school=school)
    put_into_groups(user=user)
    return user


def put_into_groups(*, user: User) -> None:
    """Give the user the Wagtail groups of the roles they hold, and no other of ours."""
    held = set(user.staff_roles.values_list("role", flat=True))
    for role, name in GROUP_OF_ROLE.items():
        group, _ = Group.objects.get_or_create(name=name)
        if role.value in held:
            user.groups.add(group)
        else:
            user.groups.remove(group)
