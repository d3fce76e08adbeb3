"""The permission matrix: every address, and who gets in.

A row says what five people meet, by GET and by POST: nobody signed in, an outsider (a teacher of
another school; whatever the address names belongs to somebody else), a coach, a coordinator, and
a leader of the school that the address names.

    in    is sent to the sign-in page
    no    is refused, 403 or 404 (never 500, never a word of the content)
    yes   gets in: any answer but a refusal

405, the wrong verb for an address, is fine for everybody.

An address of the URL configuration without a row, or a row without an address, fails the suite.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What each of the five meets."""

    anonymous: str
    outsider: str
    coach: str
    coordinator: str
    leader: str

    def expected(self, person: str) -> str:
        return getattr(self, person)


EVERYBODY = Row("yes", "yes", "yes", "yes", "yes")
OPEN_BUT_UNKNOWN = Row(*["yes or no"] * 5)  # a page that says the key is not known
SIGNED_IN = Row("in", "yes", "yes", "yes", "yes")
#: Asks who one is once more, and only then looks for the thing among one's own.
AGAIN_THEN_OWN = Row("in", "yes or no", "yes or no", "yes or no", "yes or no")
TEACHERS = Row("in", "yes", "no", "no", "no")
OWN_ONLY = Row("in", "no", "no", "no", "no")  # what it names is another teacher's
COACHES = Row("in", "no", "yes", "yes", "no")
COORDINATORS = Row("in", "no", "no", "yes", "no")
COORDINATORS_UNTIL_GONE = Row("in", "no", "no", "yes or no", "no")  # after one was removed
COMPLETION = Row("in", "no", "no", "yes", "yes")
AUTHORS = Row("in", "no", "yes", "yes", "no")  # the CMS: what each may do there is Wagtail's table
NONE_YET = Row("in", "no", "no", "no", "no")  # what one has only after setting it up
NOBODY = Row("no", "no", "no", "no", "no")

#: Ours and allauth's, address by address.
ROWS: dict[str, Row] = {
    # sign-in: open to whoever comes
    "accounts/login/": EVERYBODY,
    "accounts/logout/": EVERYBODY,
    "accounts/inactive/": EVERYBODY,
    "accounts/signup/": EVERYBODY,  # says that sign-up is closed
    "accounts/login/code/": EVERYBODY,
    "accounts/login/code/confirm/": Row("in", "yes", "yes", "yes", "yes"),  # after asking for one
    "accounts/password/reset/": EVERYBODY,
    "accounts/password/reset/done/": EVERYBODY,
    "accounts/password/reset/key/done/": EVERYBODY,
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": EVERYBODY,
    "accounts/confirm-email/": EVERYBODY,
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$": OPEN_BUT_UNKNOWN,
    # the district's own sign-in: none is set up in the tests of the matrix
    "accounts/oidc/<slug:provider_id>/login/": NOBODY,
    "accounts/oidc/<slug:provider_id>/login/callback/": NOBODY,
    "accounts/clever/login/": NOBODY,
    "accounts/clever/login/callback/": NOBODY,
    "accounts/3rdparty/": EVERYBODY,  # leads to the settings, which ask for a sign-in
    "accounts/3rdparty/signup/": EVERYBODY,  # leads to where sign-up is said to be closed
    "accounts/3rdparty/login/cancelled/": EVERYBODY,
    "accounts/3rdparty/login/error/": EVERYBODY,
    "accounts/social/login/cancelled/": EVERYBODY,
    "accounts/social/login/error/": EVERYBODY,
    "accounts/social/signup/": EVERYBODY,
    "accounts/social/connections/": EVERYBODY,
    "accounts/2fa/authenticate/": SIGNED_IN,  # for somebody halfway through signing in
    "accounts/2fa/webauthn/login/": Row("in", "yes", "yes", "yes", "yes"),
    # one's own security
    "accounts/reauthenticate/": SIGNED_IN,
    "accounts/email/": EVERYBODY,  # leads to the settings, which ask for a sign-in
    "accounts/password/change/": SIGNED_IN,
    "accounts/password/set/": SIGNED_IN,
    "accounts/2fa/": SIGNED_IN,
    "accounts/2fa/reauthenticate/": SIGNED_IN,
    "accounts/2fa/totp/activate/": SIGNED_IN,
    "accounts/2fa/totp/deactivate/": NONE_YET,
    "accounts/2fa/recovery-codes/": NONE_YET,
    "accounts/2fa/recovery-codes/generate/": SIGNED_IN,
    "accounts/2fa/recovery-codes/download/": NONE_YET,
    "accounts/2fa/webauthn/": SIGNED_IN,
    "accounts/2fa/webauthn/add/": SIGNED_IN,
    "accounts/2fa/webauthn/reauthenticate/": SIGNED_IN,
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": AGAIN_THEN_OWN,
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": AGAIN_THEN_OWN,
    # files
    r"documents/^(\d+)/(.*)$": SIGNED_IN,
    "documents/authenticate_with_password/<int:restriction_id>/": NOBODY,
    "media/images/<path:path>": Row("in", "no", "no", "no", "no"),  # no such picture
    "closet/": TEACHERS,
    "closet/<int:pk>/": OWN_ONLY,
    "closet/<int:pk>/pick-up/": OWN_ONLY,  # what it names is not packed
    # what is held about people
    "privacy/": EVERYBODY,
    "my-data/": TEACHERS,
    "my-data/download/": TEACHERS,
    "my-data/erasure/": TEACHERS,
    "erasure-requests/": COORDINATORS,
    # completion
    "completion/": COMPLETION,
    "completion/schools.csv": COMPLETION,
    "completion/sessions.csv": COMPLETION,
    "completion/people.csv": COMPLETION,
    "completion/no-school/": COORDINATORS,
    "completion/schools/<int:school_id>/": COMPLETION,
    "completion/sessions/<int:requirement_id>/": COMPLETION,
    # how well needs are foretold
    "forecast/": COORDINATORS,
    "forecast/ask/": COORDINATORS,
    "forecast/figures.json": COORDINATORS,
    # the calendar of the year
    "year/": COORDINATORS,
    "year/<str:what>/add/": COORDINATORS,
    "year/<str:what>/<int:pk>/": COORDINATORS,
    "year/<str:what>/<int:pk>/remove/": COORDINATORS,
    # imports
    "imports/": COORDINATORS,
    "imports/new/<str:kind>/": COORDINATORS,
    "imports/<int:pk>/": COORDINATORS,
    "imports/<int:pk>/columns/": NONE_YET,  # only of an upload that waits
    "imports/<int:pk>/apply/": COORDINATORS,
    "imports/<int:pk>/leave/": COORDINATORS,
    # help desks
    "help-desks/": COORDINATORS,
    "help-desks/add/<str:system>/": COORDINATORS,
    "help-desks/<int:pk>/": COORDINATORS,
    "help-desks/<int:pk>/change/": COORDINATORS,
    "help-desks/<int:pk>/try/": COORDINATORS_UNTIL_GONE,
    "help-desks/<int:pk>/turn/": COORDINATORS_UNTIL_GONE,
    "help-desks/<int:pk>/again/": COORDINATORS_UNTIL_GONE,
    "help-desks/<int:pk>/key/": COORDINATORS,
    "help-desks/<int:pk>/remove/": COORDINATORS,
    "help-desks/<int:pk>/call/": NOBODY,  # whoever calls signs it
    "help-desks/contacts/": COORDINATORS,
    "help-desks/contacts/<int:pk>/": COORDINATORS,
    # required sessions
    "requirements/": COORDINATORS,
    "requirements/add/": COORDINATORS,
    "requirements/<int:pk>/": COORDINATORS,
    "requirements/<int:pk>/withdraw/": COORDINATORS,
    # a teacher's own path; a course is nobody's, so another's answer can't be reached by it
    "path/": TEACHERS,
    "path/<int:course_id>/accept/": TEACHERS,
    "path/<int:course_id>/swap/": TEACHERS,
    "path/<int:course_id>/not-a-fit/": TEACHERS,
    "path/<int:course_id>/undo/": TEACHERS,
    "path/<int:course_id>/ask/": TEACHERS,
    "path/noticed/": TEACHERS,
    "path/noticed/skills/<int:pk>/": TEACHERS,
    "path/noticed/tickets/": TEACHERS,
    "path/noticed/tickets/<int:pk>/": OWN_ONLY,
    "path/noticed/tickets/<int:pk>/use/": OWN_ONLY,
    "calendar/": TEACHERS,
    "calendar/address/": Row("in", "yes", "yes", "yes", "no"),
    "calendar/address/remove/": Row("in", "yes", "yes", "yes", "no"),
    "calendar/feed/<str:secret>/sessions.ics": NOBODY,  # made up; a true one needs no sign-in
    "record/": TEACHERS,
    "record/transcript/": TEACHERS,
    "record/transcript.csv": TEACHERS,
    "record/transcript.pdf": TEACHERS,
    "record/licences/add/": TEACHERS,
    "record/licences/<int:pk>/": OWN_ONLY,
    "record/licences/<int:pk>/remove/": OWN_ONLY,
    "record/certificates/<int:pk>.pdf": OWN_ONLY,
    "record/certificates/<int:pk>.jwt": OWN_ONLY,
    "record/certificates/<int:pk>.json": OWN_ONLY,
    # credit, kept by the coordinator
    "credit/": COORDINATORS,
    "credit/types/add/": COORDINATORS,
    "credit/types/<int:pk>/": COORDINATORS,
    "credit/rules/add/": COORDINATORS,
    "credit/rules/<int:pk>/": COORDINATORS,
    "credit/awards/": COORDINATORS,
    "credit/awards/<int:pk>/": COORDINATORS,
    # whoever holds a certificate's address may read it; a made-up one leads nowhere
    "certificates/<str:token>/": NOBODY,
    # what badges are read by, everywhere
    "badges/issuer/": EVERYBODY,
    "badges/keys/": EVERYBODY,
    "badges/keys/<str:name>/": NOBODY,  # no such key
    "badges/achievements/<uuid:key>/": NOBODY,  # nothing under a made-up number
    "badges/revocations/": EVERYBODY,
    "runs/<int:pk>/enrol/": TEACHERS,
    "enrolments/<int:pk>/accept/": OWN_ONLY,
    "enrolments/<int:pk>/withdraw/": OWN_ONLY,
    "evaluations/<int:pk>/": OWN_ONLY,
    "evaluations/<int:pk>/skip/": OWN_ONLY,
    "sessions/<int:pk>/start/": TEACHERS,
    "sessions/<int:pk>/check/<str:block_id>/": TEACHERS,
    "sessions/<int:pk>/hand-in/": TEACHERS,
    # the door: whoever keeps the run's roster (one that names no coach is every coach's)
    "door/": COACHES,
    "runs/<int:pk>/door/<int:part>/": COACHES,
    "runs/<int:pk>/door/<int:part>/mark/": Row("in", "no", "no", "no", "no"),  # of whom?
    "runs/<int:pk>/door/<int:part>/let-in/": Row("in", "no", "no", "no", "no"),  # whom?
    "runs/<int:pk>/door/<int:part>/close/": COACHES,
    "runs/<int:pk>/door/<int:part>/code/": COACHES,
    "runs/<int:pk>/door/<int:part>/print/": COACHES,
    "runs/<int:pk>/door/<int:part>/sheet/": COACHES,
    "check-in/": TEACHERS,
    "runs/<int:pk>/check-in/<int:part>/": TEACHERS,
    # learned elsewhere
    "record/claims/add/": TEACHERS,
    "record/claims/<int:pk>/": OWN_ONLY,
    "record/claims/<int:pk>/withdraw/": OWN_ONLY,
    "claims/<int:pk>/evidence/": COORDINATORS,  # and its own teacher
    "claims/": COORDINATORS,
    "claims/<int:pk>/": COORDINATORS,
    "mail/stop/<str:token>/": NOBODY,  # a made-up token; a true one needs no sign-in
    # oneself
    "": SIGNED_IN,
    "fitting/": TEACHERS,
    "fitting/end/": TEACHERS,
    "fitting/<str:screen>/": TEACHERS,
    "goals/suggestions/": TEACHERS,
    "goals/<int:pk>/end/": OWN_ONLY,
    "settings/": SIGNED_IN,
    "settings/goals/": TEACHERS,
    "settings/ticket-use/": TEACHERS,
    "settings/<str:screen>/": TEACHERS,
    # the look book
    r"look-book/^((?:[\w\-]+/)*)$": SIGNED_IN,
    "look-book/_util/login/": EVERYBODY,
    "look-book/_util/authenticate_with_password/"
    "<int:page_view_restriction_id>/<int:page_id>/": NOBODY,
    # Wagtail's admin: shut doors and harmless files
    "admin/login/": OWN_ONLY,  # whoever is signed in already has nothing to do here
    "admin/password_reset/": NOBODY,
    "admin/password_reset/done/": NOBODY,
    "admin/password_reset/confirm/<uidb64>/<token>/": NOBODY,
    "admin/password_reset/complete/": NOBODY,
    "admin/jsi18n/": EVERYBODY,  # words of the interface
    "admin/sprite/": EVERYBODY,  # icons
}

#: Everything below these without a row of its own.
PREFIXES: dict[str, Row] = {"admin/": AUTHORS}

#: Views of Wagtail that break on purpose, or on made-up arguments, for somebody who may be there.
BREAKS_FOR_AUTHORS = {
    "admin/failwhale/",
    "admin/choose-external-link/",
    # an empty form of a page with a StreamField, and of a chooser that makes nothing
    "admin/pages/<int:page_id>/edit/",
    *(
        f"admin/snippets/choose/{model}/create/"
        for model in (
            "courses/offering",
            "profiles/skill",
            "profiles/ticketcategory",
            "profiles/tool",
            "profiles/toolatschool",
        )
    ),
}
