"""Badges: signed once, verified by our own checker, broken by any change."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from threading import Barrier

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.core.management import call_command
from django.db import connection
from django.test import Client

from courses.badges import multibase
from courses.badges.canonical import OB_3, VC_2, NotCanonical, canonical_hash, known_contexts
from courses.badges.checking import check_badge
from courses.badges.keys import public_jwk, replace_keys, signing_key
from courses.badges.reading import NoBadge, parse, read_badge
from courses.badges.shape import faults_of
from courses.badges.signing import as_jwt, with_proof
from courses.management.commands.check_badge import our_keys
from courses.models import Achievement, Certificate, CreditAward, SigningKey
from courses.operations.certificates import signed_badge
from courses.operations.credit import award_credit, correct_award
from courses.operations.credit_rules import set_up_credit
from profiles.models import Teacher

from .conftest import NOW

LATER = NOW + timedelta(days=1)


def certificate_of(teacher: Teacher, **fields) -> Certificate:
    fields = {"source": "claim:1", "title": "A day at the museum", "minutes": 90} | fields
    (award,) = award_credit(
        teacher=teacher, earned_date=date(2026, 9, 14), by=None, now=NOW, **fields
    )
    return award.certificate


@pytest.fixture(scope="session")
def rsa_keys() -> list[RSAPrivateKey]:
    return [generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)]


@pytest.fixture(autouse=True)
def keys_made_before(rsa_keys, monkeypatch):
    """Each test starts from the same few keys: to make one takes longer than to test it."""
    pool = iter(rsa_keys * 6)
    monkeypatch.setattr("courses.badges.keys.generate_private_key", lambda **kw: next(pool))


@pytest.fixture
def certificate(new_teacher) -> Certificate:
    """Nora's, its badge signed."""
    set_up_credit(now=NOW)
    return signed_badge(certificate=certificate_of(new_teacher), now=NOW)


def verdict_on(badge, now=LATER):
    return check_badge(badge, now=now, keys=our_keys())


# ---- what ours says -----------------------------------------------------------------------------


def test_badge_says_what_the_award_says_and_whose_it_is_by_hash_alone(certificate):
    badge = certificate.badge
    subject = badge["credentialSubject"]
    assert badge["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert badge["name"] == "A day at the museum"
    assert badge["issuer"]["name"] == "Sunfield Schools"
    assert badge["validFrom"] == "2026-09-14T15:00:00Z"
    assert subject["creditsEarned"] == 1.5
    assert subject["achievement"]["criteria"]["narrative"] == (
        "Finished “A day at the museum” to the rule of Sunfield Schools: 1.5 hours of "
        "Professional development, from 90 minutes."
    )
    assert "Nora" not in json.dumps(badge) and "nora" not in json.dumps(badge)
    assert subject["identifier"][0]["identityHash"].startswith("sha256$")


def test_badge_of_somebody_without_an_address_names_them(new_teacher):
    set_up_credit(now=NOW)
    Teacher.objects.filter(pk=new_teacher.pk).update(email="")
    new_teacher.refresh_from_db()
    badge = signed_badge(certificate=certificate_of(new_teacher), now=NOW).badge
    assert badge["credentialSubject"]["identifier"][0]["identityHash"] == "Nora New"


def test_both_forms_are_valid(certificate):
    for badge in (certificate.badge_jwt, certificate.badge):
        verdict = verdict_on(badge)
        assert (verdict.faults, verdict.is_valid) == ((), True)
        assert verdict.notes[0].startswith("signed with the key http://localhost:8000/badges/")


def test_jwt_is_read_by_another_library_with_the_published_key(certificate):
    header = jwt.get_unverified_header(certificate.badge_jwt)
    published = Client().get(header["kid"].removeprefix("http://localhost:8000")).json()
    assert "d" not in published
    claims = jwt.decode(
        certificate.badge_jwt, jwt.PyJWK(published).key, algorithms=["RS256"],
        options={"verify_nbf": False},
    )  # fmt: skip
    assert claims["jti"] == claims["id"] == certificate.badge_id.urn
    assert claims["sub"] == claims["credentialSubject"]["id"]


def test_badge_is_signed_once(certificate):
    again = signed_badge(certificate=Certificate.objects.get(pk=certificate.pk), now=LATER)
    assert (again.badge_jwt, again.badge) == (certificate.badge_jwt, certificate.badge)
    stale = Certificate(pk=certificate.pk, award=certificate.award, token=certificate.token)
    stale.badge_id, stale.issued_at = certificate.badge_id, certificate.issued_at
    assert signed_badge(certificate=stale, now=LATER).badge_jwt == certificate.badge_jwt


def test_badge_killed_before_it_is_stored_is_signed_by_the_next_who_asks(new_teacher, monkeypatch):
    from courses.operations import certificates

    set_up_credit(now=NOW)
    bare = certificate_of(new_teacher)
    monkeypatch.setattr(certificates, "as_jwt", lambda *a, **k: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        signed_badge(certificate=bare, now=NOW)
    monkeypatch.undo()
    assert (Achievement.objects.count(), Certificate.objects.get().badge_jwt) == (0, "")
    assert verdict_on(signed_badge(certificate=bare, now=NOW).badge_jwt).is_valid
    assert (Achievement.objects.count(), Certificate.objects.count()) == (1, 1)


def test_same_session_is_the_same_achievement_for_everybody(new_teacher, mentor_teacher, course_of):
    set_up_credit(now=NOW)
    course = course_of(minutes=45)
    told = {"source": "course:1", "course": course, "title": course.title, "minutes": 45}
    mine, other = (
        signed_badge(certificate=certificate_of(teacher, **told), now=NOW)
        for teacher in (new_teacher, mentor_teacher)
    )
    assert mine.achievement == other.achievement
    address = mine.badge["credentialSubject"]["achievement"]["id"]
    published = Client().get(address.removeprefix("http://localhost:8000")).json()
    assert (published["name"], published["description"]) == (
        "Grades that sync",
        "About Grades that sync.",
    )
    elsewhere = [
        signed_badge(certificate=certificate_of(teacher), now=NOW).achievement_id
        for teacher in (new_teacher, mentor_teacher)
    ]
    assert len(set(elsewhere)) == 2


# ---- tampering ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("validFrom",),
        ("id",),
        ("issuer", "name"),
        ("credentialSubject", "creditsEarned"),
        ("credentialSubject", "achievement", "name"),
        ("credentialSubject", "achievement", "criteria", "narrative"),
        ("proof", 0, "created"),
        ("proof", 0, "proofPurpose"),
    ],
)
def test_any_changed_word_breaks_the_embedded_proof(certificate, path):
    forged = json.loads(json.dumps(certificate.badge))
    place = forged
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = (
        9 if path[-1] == "creditsEarned" else str(place[path[-1]]).replace("2026", "2025") + "0"
    )
    assert not verdict_on(forged).is_valid


def test_any_changed_letter_breaks_the_jwt(certificate):
    head, body, signature = certificate.badge_jwt.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["credentialSubject"]["creditsEarned"] = 99
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert verdict_on(f"{head}.{forged}.{signature}").faults == (
        "the signature is not that of its key, or the badge was changed",
    )
    other = "A" if signature[9] != "A" else "B"
    broken = f"{head}.{body}.{signature[:9]}{other}{signature[10:]}"
    assert not verdict_on(broken).is_valid


def test_jwt_without_a_signature_or_by_a_shared_secret_is_refused(certificate):
    claims = jwt.decode(certificate.badge_jwt, options={"verify_signature": False})
    kid = jwt.get_unverified_header(certificate.badge_jwt)["kid"]
    bare = jwt.encode(claims, "", algorithm="none", headers={"kid": kid})
    assert not verdict_on(bare).is_valid
    shared = jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": kid})
    assert not verdict_on(shared).is_valid


def test_stranger_who_signs_in_our_name_is_told_from_us(certificate):
    """A forger can make a badge that holds by itself; it is not said to be by our key."""
    theirs = Ed25519PrivateKey.generate()
    public = public_jwk(theirs)
    method = f"did:key:{multibase.key_text(base64.urlsafe_b64decode(public['x'] + '='))}"
    plain = {name: value for name, value in certificate.badge.items() if name != "proof"}
    forged = with_proof(plain, private=theirs, method=method, created="2026-09-14T15:00:00Z")
    assert verdict_on(forged).notes == (
        "signed with the key it brings along; whose that is, it can't say itself",
    )
    mallory = generate_private_key(public_exponent=65537, key_size=2048)
    kid = jwt.get_unverified_header(certificate.badge_jwt)["kid"]
    token = as_jwt(plain, private=mallory, key_id=kid, issued_at=NOW)
    assert not verdict_on(token).is_valid


# ---- time, revocation, keys ---------------------------------------------------------------------


def test_badge_is_not_in_force_before_its_day_nor_after_its_last(certificate):
    assert verdict_on(certificate.badge_jwt, now=NOW - timedelta(minutes=1)).faults == (
        "it is not in force before 2026-09-14 15:00 UTC",
    )
    _, private = signing_key(SigningKey.Kind.RS256, now=NOW)
    plain = {name: value for name, value in certificate.badge.items() if name != "proof"}
    ended = plain | {"validUntil": "2026-09-15T00:00:00Z"}
    kid = jwt.get_unverified_header(certificate.badge_jwt)["kid"]
    token = as_jwt(ended, private=private, key_id=kid, issued_at=certificate.issued_at)
    assert verdict_on(token).faults == ("it expired on 2026-09-15 00:00 UTC",)


def test_new_keys_leave_old_badges_valid(certificate, new_teacher):
    old = {key.name for key in SigningKey.objects.all()}
    replace_keys(now=LATER)
    assert SigningKey.objects.filter(is_active=True).exclude(name__in=old).count() == 2
    fresh = signed_badge(certificate=certificate_of(new_teacher, source="claim:2"), now=LATER)
    for badge in (certificate.badge_jwt, certificate.badge, fresh.badge_jwt, fresh.badge):
        assert verdict_on(badge, now=LATER + timedelta(days=1)).is_valid
    kids = {jwt.get_unverified_header(c.badge_jwt)["kid"] for c in (certificate, fresh)}
    published = {key["kid"] for key in Client().get("/badges/keys/").json()["keys"]}
    assert len(kids) == 2 and kids <= published and len(published) == 4


def test_key_of_another_installation_secret_is_replaced(certificate, settings):
    settings.SECRET_KEY = "another-secret-that-nothing-was-sealed-with-0123456789-abcdef"
    key, _ = signing_key(SigningKey.Kind.RS256, now=LATER)
    assert SigningKey.objects.filter(kind="RS256").count() == 2
    assert key.is_active
    assert verdict_on(certificate.badge_jwt).is_valid


def test_badge_signed_at_another_address_of_ours_stays_valid(certificate, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://pd.sunfield.example"
    for badge in (certificate.badge_jwt, certificate.badge):
        assert verdict_on(badge).is_valid


def test_private_halves_are_stored_sealed_and_published_nowhere(certificate):
    for key in SigningKey.objects.all():
        assert "PRIVATE" not in key.private and "d" not in key.public
    for address in ("/badges/keys/", "/badges/issuer/"):
        assert "private" not in Client().get(address).content.decode().lower()


def test_issuer_publishes_the_keys_of_embedded_proofs(certificate):
    issuer = Client().get("/badges/issuer/").json()
    assert certificate.badge["proof"][0]["verificationMethod"] in issuer["assertionMethod"]
    assert issuer["id"] == certificate.badge["issuer"]["id"]


def test_superseded_badge_is_on_the_list_that_leads_to_nobody(certificate, coordinator):
    assert Client().get("/badges/revocations/").json()["revokedCredential"] == []
    award = CreditAward.objects.get()
    correct_award(award=award, by=coordinator, reason="Left.", now=LATER, minutes=60)
    listed = Client().get("/badges/revocations/").json()
    assert listed["revokedCredential"] == [certificate.badge_id.urn]
    assert certificate.token not in json.dumps(listed)


# ---- shape --------------------------------------------------------------------------------------


def plain_credential() -> dict:
    """A badge of somebody else, as the specification's first example has it."""
    return {
        "@context": [VC_2, OB_3],
        "id": "urn:uuid:0f3d0b6c-64f4-4e44-9f6e-0f2f2f1d7a11",
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": "Teamwork",
        "issuer": {"id": "https://college.example/us", "type": ["Profile"], "name": "College"},
        "validFrom": "2020-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:one",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://college.example/teamwork",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "Worked together.",
                "criteria": {"narrative": "Asked the others."},
            },
        },
    }


def test_sound_credential_has_no_faults():
    assert faults_of(plain_credential()) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"@context": [OB_3, VC_2]}, "@context does not begin with that of Verifiable Credentials"),
        ({"@context": [VC_2]}, "@context names no version of Open Badges 3.0"),
        ({"type": ["VerifiableCredential", "Other"]}, "type does not name OpenBadgeCredential"),
        ({"issuer": None}, "issuer is missing"),
        ({"issuer": {"id": "https://x.example", "type": []}}, "issuer.type does not name Profile"),
        ({"validFrom": "2020-01-01"}, "validFrom is missing, or no moment with a time zone"),
        ({"credentialSubject": "me"}, "credentialSubject is missing"),
        ({"evidence": [{"type": ["Other"]}]}, "evidence.type does not name Evidence"),
        ({"id": 7}, "id is missing, or no URI"),
    ],
)
def test_fault_in_the_shape_is_named(change, fault):
    assert faults_of(plain_credential() | change) == [fault]


def test_faults_of_a_subject_are_named():
    credential = plain_credential()
    subject = credential["credentialSubject"]
    del subject["id"]
    subject["identifier"] = [{"type": "Identity", "hashed": "yes"}]
    subject["achievement"] |= {"criteria": {}, "description": ""}
    assert faults_of(credential) == [
        "credentialSubject.identifier.type does not name IdentityObject",
        "credentialSubject.achievement.description is missing",
        "credentialSubject.achievement.criteria says neither narrative nor id",
    ]


def test_badge_without_a_proof_or_by_an_unknown_one_is_not_valid():
    credential = plain_credential()
    assert check_badge(credential, now=LATER).faults == ("it carries no proof",)
    other = credential | {"proof": {"type": "Ed25519Signature2020"}}
    assert check_badge(other, now=LATER).faults == (
        "its proof is a Ed25519Signature2020, which is not checked here",
    )


def test_context_outside_the_list_is_never_fetched():
    assert {VC_2, OB_3} <= known_contexts()
    document = {"@context": "https://elsewhere.example/context.json", "id": "urn:x:1"}
    with pytest.raises(NotCanonical, match=r"elsewhere\.example/context\.json is not on the list"):
        canonical_hash(document)
    private = Ed25519PrivateKey.generate()
    signed = with_proof(
        plain_credential(), private=private, method="did:key:z6MkOther", created="2020-01-01"
    )
    foreign = signed | {"@context": [VC_2, OB_3, "https://elsewhere.example/context.json"]}
    assert not check_badge(foreign, now=LATER).is_valid


# ---- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\0", bytes(range(40)), b"\0\0\xff", b"hello"])
def test_multibase_goes_there_and_back(data):
    assert multibase.decode(multibase.encode(data)) == data


def test_multibase_refuses_what_it_is_not():
    for text in ("", "abc", "z0", "zIl"):
        with pytest.raises(multibase.NotMultibase):
            multibase.decode(text)


def baked_png(words: str, *, packed: bool) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    text = zlib.compress(words.encode()) if packed else words.encode()
    baked = b"openbadgecredential\0" + bytes([packed, 0]) + b"\0\0" + text
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"iTXt", baked)


def test_badges_are_read_from_every_kind_of_file(tmp_path):
    token, credential = "aaa.bbb.ccc", {"id": "urn:x:1"}
    words = json.dumps(credential)
    files = {
        "a.jwt": (f"{token}\n".encode(), token),
        "b.json": (words.encode(), credential),
        "c.json": (json.dumps(token).encode(), token),
        "d.png": (baked_png(token, packed=False), token),
        "e.png": (baked_png(words, packed=True), credential),
        "f.svg": (f'<svg><openbadges:credential verify="{token}"/></svg>'.encode(), token),
        "g.svg": (
            "<svg><openbadges:credential>"
            f"<![CDATA[{words}]]></openbadges:credential></svg>".encode(),
            credential,
        ),
    }
    found = {}
    for name, (data, _) in files.items():
        (tmp_path / name).write_bytes(data)
        found[name] = read_badge(tmp_path / name)
    assert found == {name: badge for name, (_, badge) in files.items()}


@pytest.mark.parametrize(
    "data", [b"", b"[1]", b"\xff\xfe\x00", b"<svg></svg>", b"\x89PNG\r\n\x1a\n"]
)
def test_file_without_a_badge_is_said_to_be_one(tmp_path, data):
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(NoBadge):
        read_badge(tmp_path / "x.png")
    with pytest.raises(NoBadge):
        parse("neither")


def test_command_judges_a_folder_and_says_why(certificate, coordinator, tmp_path, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    (tmp_path / "good.jwt").write_text(certificate.badge_jwt)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "good.json").write_text(json.dumps(certificate.badge))
    out = StringIO()
    call_command("check_badge", tmp_path, stdout=out)
    assert out.getvalue().splitlines()[-1] == "2 valid, 0 not."
    (tmp_path / "bad.json").write_text(json.dumps(certificate.badge | {"name": "Another"}))
    (tmp_path / "notes.txt").write_text("no badge at all")
    award = CreditAward.objects.get()
    correct_award(award=award, by=coordinator, reason="Left.", now=LATER, minutes=0)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_badge", tmp_path, stdout=out)
    assert out.getvalue().splitlines() == [
        "bad.json: not valid",
        "    the signature is not that of its key, or the badge was changed",
        "    it was revoked on 2026-09-15",
        "good.json: not valid",
        "    it was revoked on 2026-09-15",
        "good.jwt: not valid",
        "    it was revoked on 2026-09-15",
        "notes.txt: not valid",
        "    no badge: it is neither JSON nor a JWT",
        "0 valid, 4 not.",
    ]


def test_command_takes_keys_of_other_issuers(certificate, tmp_path, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    (tmp_path / "badge.jwt").write_text(certificate.badge_jwt)
    published = Client().get("/badges/keys/").content
    (tmp_path / "keys").write_bytes(published)
    SigningKey.objects.all().delete()
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_badge", tmp_path / "badge.jwt", stdout=out)
    assert "is not at hand (give it with --keys)" in out.getvalue()
    call_command("check_badge", tmp_path / "badge.jwt", keys=tmp_path / "keys", stdout=out)
    assert out.getvalue().splitlines()[-1] == "1 valid, 0 not."


# ---- many at once -------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_are_given_the_same_badge(district):
    set_up_credit(now=NOW)
    teacher = Teacher.objects.create(given_name="Nora", email="nora.new@example.org")
    bare = certificate_of(teacher)
    start = Barrier(8)

    def ask(_: int) -> tuple[str, str]:
        start.wait()
        try:
            mine = Certificate.objects.select_related("award__teacher").get(pk=bare.pk)
            signed = signed_badge(certificate=mine, now=datetime.now(UTC))
            return signed.badge_jwt, json.dumps(signed.badge, sort_keys=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        given = set(pool.map(ask, range(8)))
    assert len(given) == 1
    assert SigningKey.objects.filter(is_active=True).count() == 2
    assert (SigningKey.objects.count(), Achievement.objects.count()) == (2, 1)
