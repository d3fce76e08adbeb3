"""What this part holds about a teacher, as they read it and as erasing treats it."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from .models import (
    ErasureRequest,
    Goal,
    Notice,
    Practice,
    SignalLook,
    SkillAnswer,
    StaffRole,
    Teacher,
    TeacherIdentifier,
    Ticket,
    User,
)
from .privacy import Erasure, Held, HeldInside
from .rosters.bases import rows_about

SIGN_IN = "you sign in with it"
ROSTER = "the roster names you; what you told us yourself is taken out of it"
LOG = "so that it stays known who looked and what you asked for"

INSIDE = (
    HeldInside(
        "Your lines in the last roster: ids, schools and classes, without your name",
        rows_about,
        "the next roster of changes builds on them, and knows by them not to bring back what you"
        " had erased",
    ),
)
HELD = (
    Held(Teacher, "Your room, your week and how you like to learn", "pk", Erasure.KEEP, ROSTER),
    Held(TeacherIdentifier, "Your ids in the roster", "teacher", Erasure.KEEP, ROSTER),
    Held(Ticket, "Your help-desk tickets, as far as they are kept", also=("minutes_in_words",)),
    Held(Goal, "Your goals"),
    Held(Practice, "What hangs in your closet"),
    Held(SkillAnswer, "Skills you said are not about you, or known"),
    Held(Notice, "Mail that is owed or was sent to you", "user__teacher"),
    Held(SignalLook, "Who looked at what was noticed about you", "teacher", Erasure.KEEP, LOG),
    Held(ErasureRequest, "Your requests to be forgotten", "teacher", Erasure.KEEP, LOG),
    Held(User, "Your account", "teacher", Erasure.KEEP, SIGN_IN, secret=("password",)),
    Held(EmailAddress, "Your addresses", "user__teacher", Erasure.KEEP, SIGN_IN),
    Held(StaffRole, "Your roles", "user__teacher", Erasure.KEEP, "a coordinator gave them"),
    Held(
        Authenticator,
        "Your second step of signing in",
        "user__teacher",
        Erasure.KEEP,
        SIGN_IN,
        secret=("data",),
    ),
    Held(
        SocialAccount,
        "Your sign-in through the district",
        "user__teacher",
        Erasure.KEEP,
        SIGN_IN,
        secret=("extra_data",),
    ),
)
