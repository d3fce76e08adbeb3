"""Which id tokens are believed."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa

from profiles.sign_in import providers
from profiles.sign_in.providers import OpenIdAdapter

ISSUER = "https://idp.example.org"
OWN, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "ab")
PUBLISHED = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OWN.public_key()))


def token(key=OWN, algorithm="RS256", kid="k1", **claims) -> str:
    now = int(time.time())
    body = {"sub": "s", "iss": ISSUER, "aud": "pdplanner", "iat": now, "exp": now + 300, **claims}
    body = {name: value for name, value in body.items() if value is not None}
    return jwt.encode(body, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


def decoded(id_token: str, monkeypatch, keys: list[dict]) -> dict:
    class Session:
        __enter__ = lambda self: self  # noqa: E731
        __exit__ = lambda self, *error: None  # noqa: E731

        def get(self, address: str):
            assert address == f"{ISSUER}/keys"
            return SimpleNamespace(json=lambda: {"keys": keys}, raise_for_status=lambda: None)

    adapter = OpenIdAdapter(None, "oidc")
    adapter._openid_config = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
    monkeypatch.setattr(OpenIdAdapter, "openid_config", property(lambda self: self._openid_config))
    monkeypatch.setattr(
        providers, "get_adapter", lambda: SimpleNamespace(get_requests_session=Session)
    )
    return adapter._decode_id_token(SimpleNamespace(client_id="pdplanner"), id_token)


@pytest.mark.parametrize("kid", ["k1", None])
def test_token_of_the_provider_is_believed(monkeypatch, kid):
    assert decoded(token(kid=kid), monkeypatch, [PUBLISHED | {"kid": "k1"}])["sub"] == "s"


@pytest.mark.parametrize(
    "make",
    [
        lambda: token(key=OTHER),
        lambda: token(kid="k2"),
        lambda: token(key="a shared secret of more than thirty-two bytes", algorithm="HS256"),
        lambda: token(key=None, algorithm="none"),
        lambda: token(iss="https://other.example.org"),
        lambda: token(aud="another-site"),
        lambda: token(exp=int(time.time()) - 120),
        lambda: token(exp=None),
        lambda: token(sub=None),
        lambda: token()[:-8] + "AAAAAAAA",
        lambda: "no.token.atall",
        lambda: "",
    ],
)
def test_token_of_anybody_else_is_not(monkeypatch, make):
    with pytest.raises(OAuth2Error):
        decoded(make(), monkeypatch, [PUBLISHED | {"kid": "k1"}])


def test_token_without_a_key_s_name_is_not_believed_when_there_are_two(monkeypatch):
    keys = [PUBLISHED | {"kid": "k1"}, PUBLISHED | {"kid": "k2"}]
    with pytest.raises(OAuth2Error):
        decoded(token(kid=None), monkeypatch, keys)
