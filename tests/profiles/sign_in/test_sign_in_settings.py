"""What the environment sets up, and what it is refused for."""

from __future__ import annotations

import importlib.util

import pytest
from django.core.exceptions import ImproperlyConfigured

from pdplanner.settings.sign_in import more_apps, providers


def environment(**names: str) -> dict[str, str]:
    return {f"PDPLANNER_SIGN_IN_{name}": value for name, value in names.items()}


def test_nothing_set_means_nothing_offered():
    assert (providers({}), more_apps({})) == ({}, [])


def test_google_is_held_to_its_hosted_domains():
    made = providers(
        environment(GOOGLE_ID="g", GOOGLE_SECRET="s", GOOGLE_DOMAINS="Example.org, b.example.org")
    )
    assert made == {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "google",
                    "name": "Google",
                    "client_id": "g",
                    "secret": "s",
                    "settings": {
                        "domains": [],
                        "server_url": "https://accounts.google.com",
                        "issuer": "https://accounts.google.com",
                        "trust": "google",
                        "hosted_domains": ["example.org", "b.example.org"],
                        "auth_params": {"prompt": "select_account"},
                    },
                }
            ],
            "OAUTH_PKCE_ENABLED": True,
        }
    }


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"GOOGLE_ID": "g", "GOOGLE_SECRET": "s"}, "GOOGLE_DOMAINS is not set"),
        ({"GOOGLE_ID": "g", "GOOGLE_DOMAINS": "d"}, "GOOGLE_SECRET is not set"),
        ({"MICROSOFT_ID": "m", "MICROSOFT_SECRET": "s"}, "MICROSOFT_TENANT is not set"),
        (
            {"MICROSOFT_ID": "m", "MICROSOFT_SECRET": "s", "MICROSOFT_TENANT": "common"},
            "must be your own tenant's id",
        ),
        (
            {"MICROSOFT_ID": "m", "MICROSOFT_SECRET": "s", "MICROSOFT_TENANT": "example.org"},
            "must be your own tenant's id",
        ),
        ({"OIDC_ID": "o", "OIDC_SECRET": "s"}, "OIDC_URL is not set"),
        (
            {"OIDC_ID": "o", "OIDC_SECRET": "s", "OIDC_URL": "u", "OIDC_REQUIRE": "tenant"},
            "must look like claim=value",
        ),
        ({"CLEVER_ID": "c", "CLEVER_SECRET": "s"}, "CLEVER_DISTRICT is not set"),
        ({"SAML_ENTITY_ID": "e"}, "SAML_METADATA_URL is not set"),
        (
            {"SAML_ENTITY_ID": "e", "SAML_METADATA_URL": "http://idp.example.org/metadata"},
            "must start with https://",
        ),
    ],
)
def test_half_a_provider_is_refused_by_the_name_of_what_is_missing(names, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        providers(environment(**names))


def test_saml_says_which_package_it_needs(monkeypatch):
    names = environment(SAML_ENTITY_ID="e", SAML_METADATA_URL="https://idp.example.org/metadata")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"install pdplanner\[saml\]"):
        more_apps(names)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert more_apps(names) == ["allauth.socialaccount.providers.saml"]
    (app,) = [providers(names)["saml"]["APP"]]
    assert (app["provider_id"], app["settings"]["idp"]) == (
        "e",
        {"entity_id": "e", "metadata_url": "https://idp.example.org/metadata"},
    )
