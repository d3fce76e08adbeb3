"""`pdplanner check-badge`: judge badges, ours or anybody's, from files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses.badges.addresses import key_address
from courses.badges.checking import Verdict, check_badge
from courses.badges.credential import method_of
from courses.badges.reading import ENDINGS, NoBadge, read_badge
from courses.models import Certificate, SigningKey


class Command(BaseCommand):
    help = (
        "Say of each Open Badge 3.0 in a file, or in every file of a folder, whether it is signed, "
        "in force and in shape. Reads JSON, JWT, and pictures that a badge is baked into. Fetches "
        "nothing. Ends with 1 when one is not valid."
    )

    def add_arguments(self, parser):
        parser.add_argument("place", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
        parser.add_argument(
            "--keys",
            type=Path,
            metavar="FILE",
            help="public keys of other issuers: a JWK with its kid, or a JWK set",
        )

    def handle(self, *args, place: list[Path], keys: Path | None, **options):
        known = our_keys() | (keys_in(keys) if keys else {})
        counts = {True: 0, False: 0}
        for path in files_in(place):
            verdict = judge(path, known)
            counts[verdict.is_valid] += 1
            word = (
                self.style.SUCCESS("valid") if verdict.is_valid else self.style.ERROR("not valid")
            )
            self.stdout.write(f"{path.name}: {word}")
            for line in verdict.faults or verdict.notes:
                self.stdout.write(f"    {line}")
        if not sum(counts.values()):
            raise CommandError("No badge here: give a file, or a folder with badges in it.")
        self.stdout.write(f"{counts[True]} valid, {counts[False]} not.")
        if counts[False]:
            raise SystemExit(1)


def judge(path: Path, keys: dict[str, dict]) -> Verdict:
    """Return the verdict on the badge in a file; one of ours that was revoked is not valid."""
    try:
        verdict = check_badge(read_badge(path), now=timezone.now(), keys=keys)
    except NoBadge as reason:
        return Verdict((f"no badge: {reason}",))
    if fault := revoked(verdict.credential.get("id")):
        return Verdict((*verdict.faults, fault), verdict.notes, verdict.credential)
    return verdict


def revoked(badge_id: Any) -> str:
    """Return why a badge of ours no longer stands, or nothing."""
    try:
        number = UUID(str(badge_id).removeprefix("urn:uuid:"))
    except ValueError:
        return ""
    gone = Certificate.objects.filter(badge_id=number, award__successor__isnull=False)
    found = gone.select_related("award__successor").first()
    if found is None:
        return ""
    word = "revoked" if found.award.successor.is_revoked else "superseded"
    return f"it was {word} on {found.award.successor.awarded_at:%Y-%m-%d}"


def our_keys() -> dict[str, dict]:
    """Return the public keys of this installation under every name that badges use."""
    keys: dict[str, dict] = {}
    for key in SigningKey.objects.all():
        keys[key_address(key)] = keys[key.name] = key.public
        if key.kind == SigningKey.Kind.EDDSA:
            keys[method_of(key)] = key.public
    return keys


def keys_in(path: Path) -> dict[str, dict]:
    """Return the keys of a JWK or JWK set, by their kid."""
    try:
        value = json.loads(path.read_text())
        found = value.get("keys", [value])
        return {key["kid"]: key for key in found}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CommandError(f"{path} holds no keys with a kid.") from None


def files_in(places: list[Path]) -> Iterator[Path]:
    """Yield the files to judge, in order; a folder stands for what lies in and below it."""
    for place in places:
        if place.is_dir():
            yield from sorted(path for path in place.rglob("*") if path.suffix in ENDINGS)
        elif place.exists():
            yield place
        else:
            raise CommandError(f"There is no {place}.")
