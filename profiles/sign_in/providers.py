"""The district's own sign-in: OpenID Connect (Google, Microsoft, ClassLink, any other), and Clever.

What a provider tells of a person is looked at once and not kept; of it, only its id for them is.
"""

from __future__ import annotations

from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.clever.provider import CleverProvider
from allauth.socialaccount.providers.clever.views import CleverOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

NONCE_LENGTH = 32
#: Signatures by a key that only the provider has; none, and none by a shared secret.
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"]
CLOCKS_DIFFER_SECONDS = 60


class OneWay:
    """Leads to the provider to sign in, and for nothing else: what an address asks besides (other
    scopes, connecting a second account) is not listened to."""

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        return {"process": AuthProcess.LOGIN, "next_url": self.get_next(request)}

    def get_next(self, request: HttpRequest) -> str | None:
        """Return where to go afterwards, when it is an address of this site."""
        from allauth.account.utils import get_next_redirect_url

        return get_next_redirect_url(request)

    def sociallogin_from_response(self, request: HttpRequest, response: dict) -> SocialLogin:
        login: SocialLogin = super().sociallogin_from_response(request, response)  # type: ignore[misc]
        login.claims = self.claims_of(response)  # type: ignore[attr-defined]
        login.account.extra_data = {}
        return login

    def claims_of(self, response: dict) -> dict[str, Any]:
        """Return what the provider says of the person, by the names OpenID gives it."""
        raise NotImplementedError


class OpenIdAdapter(OpenIDConnectOAuth2Adapter):
    """Believes an id token only after its signature, issuer, audience and end were checked."""

    @property
    def openid_config(self) -> dict:
        config = super().openid_config
        wanted = self.get_provider().app.settings.get("issuer")
        if wanted and str(config.get("issuer", "")).rstrip("/") != wanted.rstrip("/"):
            raise OAuth2Error("The provider's own description names another issuer.")
        return config

    def complete_login(self, request: HttpRequest, app, token, **kwargs) -> SocialLogin:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider sent no id token.")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app, id_token: str) -> dict:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        try:
            return jwt.decode(
                id_token,
                signing_key(answer.json(), jwt.get_unverified_header(id_token).get("kid")),
                algorithms=SIGNATURES,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS_DIFFER_SECONDS,
                options={"require": ["sub", "iss", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("The provider's id token does not hold.") from error


def signing_key(published: dict, wanted: str | None) -> jwt.PyJWK:
    """Return the provider's key of this id; without an id, the only one there is."""
    keys = [
        key
        for key in jwt.PyJWKSet.from_dict(published).keys
        if key.public_key_use in (None, "sig") and wanted in (None, key.key_id)
    ]
    if len(keys) != 1:
        raise OAuth2Error("The provider's keys do not tell which one signed.")
    return keys[0]


class OpenIdDoor(OneWay, OpenIDConnectProvider):
    """Any OpenID Connect provider, with state, nonce and PKCE."""

    package = "profiles.sign_in"
    pkce_enabled_default = True
    oauth2_adapter_class = OpenIdAdapter

    def redirect(
        self, request: HttpRequest, process, next_url=None, data=None, **kwargs
    ) -> HttpResponse:
        nonce = get_random_string(NONCE_LENGTH)
        return super().redirect(
            request,
            process,
            next_url,
            data,
            auth_params={**self.get_auth_params(), "nonce": nonce},
            nonce=nonce,
            **kwargs,
        )

    def claims_of(self, response: dict) -> dict[str, Any]:
        token, more = response["id_token"], response.get("userinfo") or {}
        if more and more.get("sub") != token.get("sub"):
            raise OAuth2Error("The provider speaks of two people.")
        claims = {**more, **token}
        if not claims.get("email") and self.app.settings.get("address_is_username"):
            claims["email"] = claims.get("preferred_username")
        return claims

    def extract_uid(self, data: dict) -> str:
        return str(data["id_token"]["sub"])

    def extract_common_fields(self, data: dict) -> dict[str, Any]:
        return {}  # the account and its name are the roster's

    def extract_email_addresses(self, data: dict) -> list:
        return []


class CleverAdapter(CleverOAuth2Adapter):
    """Clever's API: who signed in, and their record."""


class CleverDoor(OneWay, CleverProvider):
    """Clever, for the staff: a student's record is not even looked at."""

    package = "profiles.sign_in"
    oauth2_adapter_class = CleverAdapter

    def claims_of(self, response: dict) -> dict[str, Any]:
        record = response.get("data") or {}
        roles = record.get("roles") or {}
        is_staff = any(name in roles for name in ("teacher", "staff", "district_admin"))
        return {
            # Districts fill Clever's records from their own roster.
            "email": record.get("email") if is_staff else None,
            "email_verified": bool(record.get("email")),
            "district": record.get("district"),
        }

    def extract_common_fields(self, data: dict) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict) -> list:
        return []
