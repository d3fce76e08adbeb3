"""`pdplanner add-person EMAIL --role ROLE`: the first coordinator, and whoever no roster names."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from profiles.choices import Role
from profiles.models import School, User
from profiles.models.people import normalise_email
from profiles.operations import add_person


class Command(BaseCommand):
    help = "Let somebody sign in as a teacher, coach, coordinator or school leader."

    def add_arguments(self, parser) -> None:
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("--role", required=True, help=", ".join(Role.values))
        parser.add_argument(
            "--school", action="append", default=[], help="a school's name; may be given again"
        )
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read a password from standard input, so that it stands in no shell history",
        )

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        email = self.address(options["email"])
        if options["role"] not in Role.values:
            raise CommandError(
                f"“{options['role']}” is no role. The roles are {', '.join(Role.values)}."
            )
        role = Role(options["role"])
        schools = tuple(self.school(name) for name in options["school"])
        if role == Role.LEADER and not schools:
            raise CommandError("A leader sees one school: name it with --school.")
        is_new = not User.objects.filter(email=email).exists()
        user = add_person(
            email=email,
            role=role,
            schools=schools,
            first_name=options["first_name"],
            last_name=options["last_name"],
        )
        if options["password_stdin"]:
            self.set_password(user)
        self.stdout.write(
            f"{email} is {'new here and ' if is_new else ''}{role.label.lower()}"
            f"{' at ' + ', '.join(map(str, schools)) if schools else ''}."
        )
        address = settings.WAGTAILADMIN_BASE_URL + reverse("account_login")
        way = "the password" if user.has_usable_password() else "a code that is sent by mail"
        self.stdout.write(f"They sign in at {address} with {way}.")

    def address(self, text: str) -> str:
        """Return the address as it is stored."""
        email = normalise_email(text)
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"“{text}” is no email address.") from None
        return email

    def school(self, name: str) -> School:
        """Return the school of this name."""
        found = list(School.objects.filter(name__iexact=name.strip())[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise CommandError(f"More than one school is called “{name}”.")
        known = ", ".join(School.objects.values_list("name", flat=True)[:20])
        raise CommandError(
            f"There is no school “{name}”. "
            + (f"The schools are {known}." if known else "Import a roster first.")
        )

    def set_password(self, user: User) -> None:
        """Take the password from standard input, if it is a good one."""
        password = sys.stdin.readline().rstrip("\r\n")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.set_password(password)
        user.save(update_fields=["password"])
