"""The district's own sign-in, from the environment: PDPLANNER_SIGN_IN_… (see the README)."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "PDPLANNER_SIGN_IN_"
#: Tenants of Microsoft's that mean anybody's.
SHARED_TENANTS = {"common", "organizations", "consumers"}
#: Hosts of this very machine, to which nothing travels in the clear.
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

Environment = Mapping[str, str]


def said(environment: Environment, name: str) -> str:
    """Return a variable, trimmed; "" when it is not set."""
    return environment.get(PREFIX + name, "").strip()


def needed(environment: Environment, name: str, meaning: str) -> str:
    """Return a variable that another one makes necessary."""
    value = said(environment, name)
    if not value:
        raise ImproperlyConfigured(f"{PREFIX}{name} is not set: {meaning}.")
    return value


def listed(text: str) -> list[str]:
    """Return the items of a list with commas, in lower case."""
    return [item for part in text.split(",") if (item := part.strip().lower())]


def pairs(text: str, name: str) -> dict[str, str]:
    """Return claim=value,claim=value as a dictionary."""
    found = {}
    for part in text.split(","):
        claim, equals, value = (piece.strip() for piece in part.partition("="))
        if not part.strip():
            continue
        if not (claim and equals and value):
            raise ImproperlyConfigured(f"{PREFIX}{name} must look like claim=value,claim=value.")
        found[claim] = value
    return found


def app(environment: Environment, key: str, name: str, **settings: Any) -> dict[str, Any]:
    """Return allauth's form of one provider."""
    return {
        "provider_id": key.lower(),
        "name": name,
        "client_id": needed(environment, f"{key}_ID", f"the id {name} gave this site"),
        "secret": needed(environment, f"{key}_SECRET", f"the secret {name} gave this site"),
        "settings": {"domains": listed(said(environment, f"{key}_EMAIL_DOMAINS")), **settings},
    }


def google(environment: Environment) -> dict[str, Any]:
    """Google Workspace: the hosted domains are asked for, so that no private account comes in."""
    domains = listed(
        needed(environment, "GOOGLE_DOMAINS", "your Google Workspace domains, comma between")
    )
    hint = {"hd": domains[0]} if len(domains) == 1 else {}
    return app(
        environment,
        "GOOGLE",
        "Google",
        server_url="https://accounts.google.com",
        issuer="https://accounts.google.com",
        trust="google",
        hosted_domains=domains,
        auth_params={"prompt": "select_account", **hint},
    )


def microsoft(environment: Environment) -> dict[str, Any]:
    """One tenant of Microsoft Entra: only its own administrators fill in its addresses."""
    tenant = needed(environment, "MICROSOFT_TENANT", "your tenant's id").lower()
    if tenant in SHARED_TENANTS or tenant.count("-") != 4:
        raise ImproperlyConfigured(
            f"{PREFIX}MICROSOFT_TENANT must be your own tenant's id, such as "
            "1b2c3d4e-…: under any other, everybody's tenant could vouch for any address."
        )
    address = f"https://login.microsoftonline.com/{tenant}/v2.0"
    return app(
        environment,
        "MICROSOFT",
        "Microsoft",
        server_url=address,
        issuer=address,
        trust="district",
        claims={"tid": tenant},
        # Entra leaves `email` out of accounts without a mailbox.
        address_is_username=True,
        auth_params={"prompt": "select_account"},
    )


def openid(environment: Environment) -> dict[str, Any]:
    """Any OpenID Connect provider, such as ClassLink."""
    address = needed(environment, "OIDC_URL", "the address of your OpenID Connect provider")
    trusts_all = said(environment, "OIDC_TRUST_EMAIL") == "1"
    return app(
        environment,
        "OIDC",
        said(environment, "OIDC_NAME") or "your district account",
        server_url=address.rstrip("/"),
        issuer=said(environment, "OIDC_ISSUER") or address.partition("/.well-known/")[0],
        trust="district" if trusts_all else "verified",
        claims=pairs(said(environment, "OIDC_REQUIRE"), "OIDC_REQUIRE"),
    )


def clever(environment: Environment) -> dict[str, Any]:
    """Clever: the district's id is asked for, because Clever serves many."""
    district = needed(environment, "CLEVER_DISTRICT", "your district's id at Clever")
    return app(environment, "CLEVER", "Clever", trust="district", claims={"district": district})


def saml(environment: Environment) -> dict[str, Any]:
    """A SAML 2.0 provider; its signed word about addresses is the district's."""
    address = needed(environment, "SAML_METADATA_URL", "where your provider's metadata is")
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured(
            f"{PREFIX}SAML_METADATA_URL must start with https://: whoever changes it on the way"
            " could sign in as anybody."
        )
    return {
        "provider_id": needed(environment, "SAML_ENTITY_ID", "the entity id of your provider"),
        "name": said(environment, "SAML_NAME") or "your district account",
        "client_id": "district",
        "settings": {
            "trust": "district",
            "domains": listed(said(environment, "SAML_EMAIL_DOMAINS")),
            "attribute_mapping": {
                "uid": said(environment, "SAML_ID_ATTRIBUTE") or "uid",
                "email": said(environment, "SAML_EMAIL_ATTRIBUTE") or "email",
            },
            "use_nameid_for_email": not said(environment, "SAML_EMAIL_ATTRIBUTE"),
            "idp": {
                "entity_id": needed(environment, "SAML_ENTITY_ID", "the entity id"),
                "metadata_url": address,
            },
            "advanced": {
                "want_assertion_signed": True,
                "reject_deprecated_algorithm": True,
                "reject_idp_initiated_sso": True,
                # An address may be all that an answer holds, and a site may be called just "pd".
                "want_attribute_statement": False,
                "allow_single_label_domains": True,
            },
        },
    }


def wants_saml(environment: Environment) -> bool:
    """Whether SAML is set up at all."""
    return any(name.startswith(f"{PREFIX}SAML_") for name in environment)


def more_apps(environment: Environment) -> list[str]:
    """Return the apps that a provider needs besides; raises ImproperlyConfigured without them."""
    if not wants_saml(environment):
        return []
    if importlib.util.find_spec("onelogin") is None:
        raise ImproperlyConfigured(
            "Signing in by SAML needs one package more: install pdplanner[saml]."
        )
    return ["allauth.socialaccount.providers.saml"]


def providers(environment: Environment) -> dict[str, Any]:
    """Return allauth's SOCIALACCOUNT_PROVIDERS: what the environment sets up, nothing else."""
    makers = {"GOOGLE_ID": google, "MICROSOFT_ID": microsoft, "OIDC_ID": openid}
    found: dict[str, Any] = {}
    doors = [make(environment) for name, make in makers.items() if said(environment, name)]
    if doors:
        found["openid_connect"] = {"APPS": doors, "OAUTH_PKCE_ENABLED": True}
    if said(environment, "CLEVER_ID"):
        found["clever"] = {"APP": clever(environment), "SCOPE": ["read:user_id", "read:teachers"]}
    if wants_saml(environment):
        found["saml"] = {
            "APP": saml(environment),
            "provider_class": "profiles.sign_in.saml.door.SamlDoor",
        }
    return found
