"""What allauth asks us when somebody comes back from a provider."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .people import (
    Reason,
    Rules,
    SignInRefused,
    person_with,
    refuse_other_organisations,
    vouched_address,
)

logger = logging.getLogger("pdplanner.sign_in")


class DistrictSocialAdapter(DefaultSocialAccountAdapter):
    """Lets in whom the provider vouches for and the roster knows; makes no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        return None  # `pre_social_login` does, once it has checked more than the address

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account of whoever came back, or answer with a page that says why not."""
        try:
            self._admit(request, sociallogin)
        except SignInRefused as refused:
            raise ImmediateHttpResponse(
                self._refusal(request, sociallogin, refused.reason)
            ) from None

    def _admit(self, request: HttpRequest, login: SocialLogin) -> None:
        claims: dict[str, Any] = login.claims  # type: ignore[attr-defined]
        nonce = login.state.get("nonce")
        if nonce and not secrets.compare_digest(nonce, str(claims.get("nonce", ""))):
            raise SignInRefused(Reason.ORGANISATION)
        if login.state.get("process", AuthProcess.LOGIN) != AuthProcess.LOGIN:
            raise SignInRefused(Reason.STRANGER)
        rules = Rules.of(login.provider.app.settings)
        refuse_other_organisations(claims, rules)
        if login.is_existing:
            if not login.user.is_active:
                raise SignInRefused(Reason.INACTIVE)
            return
        login.user = person_with(vouched_address(claims, rules))
        if login.provider.id != "saml":  # its ids may be new each time
            login.account.user = login.user
            login.account.save()

    def _refusal(self, request: HttpRequest, login: SocialLogin, reason: Reason) -> HttpResponse:
        logger.info("Sign-in by %s refused: %s", login.provider.sub_id, reason)
        if reason == Reason.INACTIVE:
            return redirect("account_inactive")
        context = {"provider": login.provider, "reason": reason.value}
        return render(request, "socialaccount/refused.html", context, status=403)

    def on_authentication_error(
        self, request, provider, error=None, exception=None, extra_context=None
    ) -> None:
        """Say in the log which provider failed and how; never what it sent."""
        logger.warning(
            "Sign-in by %s failed: %s %s", provider.sub_id, error, type(exception).__name__
        )
