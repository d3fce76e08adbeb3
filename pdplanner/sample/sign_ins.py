"""One way in for each role of the sample district."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from profiles.choices import Role
from profiles.models import User

#: Who is printed: address, name, role.
CAST = (
    ("rosa.alvarez@example.org", "Rosa Alvarez", Role.TEACHER),
    ("dana.whitfield@example.org", "Dana Whitfield", Role.COACH),
    ("ines.okafor@example.org", "Ines Okafor", Role.COORDINATOR),
    ("martin.lindqvist@example.org", "Martin Lindqvist", Role.LEADER),
)
#: Short, easy to type, none of them another's plural.
WORDS = """
apron basket button canvas carpet collar cotton damask denim dress fabric felt flannel fringe
gingham hem jacket jersey kelly lace lapel leather linen lining loom mohair muslin needle
paisley paper patch pattern piping plaid pleat plum pocket poplin quilt ribbon ruffle satin
scarf seam silk sleeve spool stitch stripe suede tailor tartan thimble thread tulle tweed velvet
wool yarn zipper
""".split()  # noqa: SIM905 (read by people)
CHANGED = "(the password you chose)"


class SignIn(NamedTuple):
    """How to come in as somebody of the sample."""

    role: str
    email: str
    password: str


def sample_sign_ins() -> list[SignIn]:
    """Return one sign-in for each role, as far as those people are still here."""
    users = User.objects.in_bulk([email for email, _, _ in CAST], field_name="email")
    return [
        SignIn(
            role.label,
            email,
            password_for(email) if users[email].check_password(password_for(email)) else CHANGED,
        )
        for email, _, role in CAST
        if email in users
    ]


def password_for(email: str) -> str:
    """Return the password this installation gives somebody of the sample.

    It is worked out from the installation's own secret: nothing to keep in a file, and never the
    same in two places, should a sample ever stand where strangers can reach it.
    """
    digest = salted_hmac("pdplanner.sample", email, secret=settings.SECRET_KEY).digest()
    words = [WORDS[number % len(WORDS)] for number in digest[:3]]
    return f"{'-'.join(words)}-{int.from_bytes(digest[3:5]) % 9000 + 1000}"
