"""Who may come in by the district's own sign-in: whom a provider vouches for, and the roster knows.

A provider's word counts for an address only as far as its settings say; the account is always one
that the roster or an invitation made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..models import User
from ..models.people import normalise_email


class Reason(StrEnum):
    """Why somebody was refused; the page words it."""

    ORGANISATION = "organisation"  # another district's domain or tenant
    NO_ADDRESS = "no-address"
    UNVERIFIED = "unverified"  # the provider does not say that the address is theirs
    STRANGER = "stranger"  # neither on the roster nor invited
    INACTIVE = "inactive"


class SignInRefused(Exception):
    """Somebody who may not come in."""

    def __init__(self, reason: Reason):
        super().__init__(reason.value)
        self.reason = reason


class Trust(StrEnum):
    """Which addresses of a provider are believed."""

    VERIFIED = "verified"  # those it calls verified
    GOOGLE = "google"  # those Google itself answers for: of a Workspace domain, or gmail.com
    DISTRICT = "district"  # all: the district runs the provider, or alone fills its tenant


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of everybody who comes by one provider."""

    trust: Trust = Trust.VERIFIED
    domains: frozenset[str] = frozenset()  # of the address; none: any
    hosted_domains: frozenset[str] = frozenset()  # Google's `hd`; none: any
    claims: tuple[tuple[str, str], ...] = ()  # (name, value) that must be so, such as the tenant

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Rules:
        """Return the rules that a provider's settings hold."""
        return cls(
            trust=Trust(settings.get("trust", Trust.VERIFIED)),
            domains=frozenset(settings.get("domains", ())),
            hosted_domains=frozenset(settings.get("hosted_domains", ())),
            claims=tuple(settings.get("claims", {}).items()),
        )


def refuse_other_organisations(claims: Mapping[str, Any], rules: Rules) -> None:
    """Raise SignInRefused for somebody of another Google domain, tenant or district."""
    if rules.hosted_domains and str(claims.get("hd", "")).lower() not in rules.hosted_domains:
        raise SignInRefused(Reason.ORGANISATION)
    for name, wanted in rules.claims:
        if str(claims.get(name, "")).lower() != wanted.lower():
            raise SignInRefused(Reason.ORGANISATION)


def vouched_address(claims: Mapping[str, Any], rules: Rules) -> str:
    """Return the address that the provider answers for; raises SignInRefused."""
    said = claims.get("email")
    email = normalise_email(said) if isinstance(said, str) else ""
    domain = email.rpartition("@")[2]
    if not domain:
        raise SignInRefused(Reason.NO_ADDRESS)
    if rules.domains and domain not in rules.domains:
        raise SignInRefused(Reason.ORGANISATION)
    is_said_verified = claims.get("email_verified") in (True, "true")
    match rules.trust:
        case Trust.DISTRICT:
            is_believed = True
        case Trust.GOOGLE:
            # An account with an outside address was its owner's once; who owns it now, Google
            # does not follow.
            is_believed = is_said_verified and bool(claims.get("hd") or domain == "gmail.com")
        case Trust.VERIFIED:
            is_believed = is_said_verified
    if not is_believed:
        raise SignInRefused(Reason.UNVERIFIED)
    return email


def person_with(email: str) -> User:
    """Return the account of a roster's or an invitation's address; raises SignInRefused."""
    user = User.objects.filter(email=email).first()
    if user is None:
        raise SignInRefused(Reason.STRANGER)
    if not user.is_active:
        raise SignInRefused(Reason.INACTIVE)
    return user
