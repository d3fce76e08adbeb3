"""How allauth behaves here: nobody signs up; whoever is on the roster or invited signs in."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Accounts come from the roster or an invitation, never from a sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
