"""What a credential has to look like: the required members of Open Badges 3.0 and their kinds.

Written after the data model of the specification (1EdTech, Open Badges 3.0, appendix B); what it
leaves open is left open here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .canonical import VC_1, VC_2

Json = dict[str, Any]
BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
OB_CONTEXTS = (
    "https://purl.imsglobal.org/spec/ob/v3p0/context",
    "https://imsglobal.github.io/openbadges-specification/context",
)
#: Member -> the type that every object in it has to name (specification, B.1).
TYPE_IN = {
    "evidence": "Evidence",
    "result": "Result",
    "resultDescription": "ResultDescription",
    "alignment": "Alignment",
    "otherIdentifier": "IdentifierEntry",
    "parentOrg": "Profile",
    "creator": "Profile",
    "source": "Profile",
    "related": "Related",
    "address": "Address",
    "image": "Image",
    "rubricCriterionLevel": "RubricCriterionLevel",
}


def faults_of(credential: Json) -> list[str]:
    """Return what is wrong with a credential's shape; nothing when it is sound."""
    return [
        *_faults_of_frame(credential),
        *_faults_of_issuer(credential.get("issuer")),
        *_faults_of_subject(credential.get("credentialSubject")),
        *_faults_of_types(credential, ""),
    ]


def members(value: Any) -> list[Any]:
    """Return what a member holds, which may stand alone or in a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def moment_of(value: Any) -> datetime | None:
    """Return a moment with its zone, or None when it is none."""
    try:
        when = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return when if when.tzinfo else None


def _faults_of_frame(credential: Json) -> Iterator[str]:
    contexts = members(credential.get("@context"))
    first = contexts[0] if contexts else None
    if first not in {VC_1, VC_2}:
        yield "@context does not begin with that of Verifiable Credentials"
    if not any(isinstance(one, str) and one.startswith(OB_CONTEXTS) for one in contexts):
        yield "@context names no version of Open Badges 3.0"
    types = members(credential.get("type"))
    if "VerifiableCredential" not in types:
        yield "type does not name VerifiableCredential"
    if not BADGE_TYPES & {one for one in types if isinstance(one, str)}:
        yield "type does not name OpenBadgeCredential"
    if not _is_address(credential.get("id")):
        yield "id is missing, or no URI"
    start, end = ("validFrom", "validUntil")
    if first == VC_1:
        start, end = ("issuanceDate", "expirationDate")
    if moment_of(credential.get(start)) is None:
        yield f"{start} is missing, or no moment with a time zone"
    if end in credential and moment_of(credential[end]) is None:
        yield f"{end} is no moment with a time zone"
    if not credential.get("name"):
        yield "name is missing"


def _faults_of_issuer(issuer: Any) -> Iterator[str]:
    if isinstance(issuer, str):
        issuer = {"id": issuer, "type": ["Profile"]}
    if not isinstance(issuer, dict):
        yield "issuer is missing"
        return
    if not _is_address(issuer.get("id")):
        yield "issuer.id is missing, or no URI"
    if "Profile" not in members(issuer.get("type")):
        yield "issuer.type does not name Profile"


def _faults_of_subject(subject: Any) -> Iterator[str]:
    if not isinstance(subject, dict):
        yield "credentialSubject is missing"
        return
    if "AchievementSubject" not in members(subject.get("type")):
        yield "credentialSubject.type does not name AchievementSubject"
    if not subject.get("id") and not subject.get("identifier"):
        yield "credentialSubject says neither by id nor by identifier whose it is"
    for identity in members(subject.get("identifier")):
        yield from _faults_of_identity(identity)
    achievement = subject.get("achievement")
    if not isinstance(achievement, dict):
        yield "credentialSubject.achievement is missing"
        return
    if "Achievement" not in members(achievement.get("type")):
        yield "credentialSubject.achievement.type does not name Achievement"
    if not _is_address(achievement.get("id")):
        yield "credentialSubject.achievement.id is missing, or no URI"
    for name in ("name", "description"):
        if not isinstance(achievement.get(name), str) or not achievement[name]:
            yield f"credentialSubject.achievement.{name} is missing"
    criteria = achievement.get("criteria")
    if not isinstance(criteria, dict) or not (criteria.get("narrative") or criteria.get("id")):
        yield "credentialSubject.achievement.criteria says neither narrative nor id"
    for aligned in members(achievement.get("alignment")):
        for name in ("targetName", "targetUrl"):
            if not isinstance(aligned, dict) or not aligned.get(name):
                yield f"credentialSubject.achievement.alignment.{name} is missing"


def _faults_of_identity(identity: Any) -> Iterator[str]:
    at = "credentialSubject.identifier"
    if not isinstance(identity, dict) or "IdentityObject" not in members(identity.get("type")):
        yield f"{at}.type does not name IdentityObject"
        return
    if not isinstance(identity.get("hashed"), bool):
        yield f"{at}.hashed is neither true nor false"
    for name in ("identityHash", "identityType"):
        if not identity.get(name):
            yield f"{at}.{name} is missing"


def _faults_of_types(value: Any, path: str) -> Iterator[str]:
    """Look for objects, however deep, that do not name the type their place asks for."""
    if isinstance(value, list):
        for item in value:
            yield from _faults_of_types(item, path)
        return
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        at = f"{path}.{name}" if path else name
        wanted = TYPE_IN.get(name)
        if wanted and name != "image":
            for item in members(inner):
                if isinstance(item, dict) and wanted not in members(item.get("type")):
                    yield f"{at}.type does not name {wanted}"
        if name != "proof":
            yield from _faults_of_types(inner, at)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.partition(":")[0].isalpha() and ":" in value
