"""Signing in by OpenID Connect, the whole way, against a real provider on this machine."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from pdplanner.settings import sign_in
from profiles.models import User
from tests.conftest import PASSWORD
from tests.servers import free_port

pytestmark = pytest.mark.django_db

TENANT = "11111111-2222-3333-4444-555555555555"
KEYS = {"ID": "pdplanner", "SECRET": "a secret of the tests"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Run the provider; give its address."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port), "-n", "true"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{address}/jwks", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def set_up(settings, provider):
    """Return a function: set up one provider by its variables, at the address on this machine."""

    def apply(kind: str, **more: str) -> None:
        names = {**KEYS, "URL": provider} if kind == "OIDC" else KEYS
        environment = {f"PDPLANNER_SIGN_IN_{kind}_{key}": v for key, v in {**names, **more}.items()}
        found = sign_in.providers(environment)
        for door in found["openid_connect"]["APPS"]:
            door["settings"] |= {"server_url": provider, "issuer": provider}
        settings.SOCIALACCOUNT_PROVIDERS = found

    return apply


def leave(client: Client, door: str, query: str = "") -> str:
    """Press the button; return the provider's address that the page leads to."""
    page = client.post(f"/accounts/oidc/{door}/login/{query}")
    assert page.status_code == 200
    text = page.content.decode()
    address = unescape(text.split('content="0;url=')[1].split('"')[0])
    assert f'href="{address.replace("&", "&amp;")}"' in text
    return address


def come_in(provider: str, door: str, claims: dict, client: Client | None = None):
    """Sign in at the provider as somebody with these claims; return the page one comes back to."""
    client = client or Client()
    address = leave(client, door)
    sub = claims.get("sub", "somebody")
    put = requests.put(f"{provider}/users/{sub}", json=claims, timeout=5)
    assert put.status_code == 204
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    return client, client.get(f"{back.path}?{back.query}")


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def claims_of(email: str, **more) -> dict:
    return {"email": email, "email_verified": True, "name": "Kanary Bird", **more}


def test_teacher_of_the_roster_comes_in_and_the_account_is_linked(provider, set_up, new_teacher):
    set_up("OIDC", NAME="ClassLink")
    users = list(User.objects.values())
    client, page = come_in(provider, "oidc", claims_of("Nora.New@example.org"))
    assert (page.status_code, page["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(new_teacher.user_id)
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.provider, linked.uid) == (new_teacher.user, "oidc", "somebody")
    assert linked.extra_data == {}
    after = list(User.objects.values())
    assert [{**user, "last_login": None} for user in after] == users
    assert Client().login(email=new_teacher.email, password=PASSWORD)


def test_linked_teacher_comes_in_again_though_the_address_changed_here(
    provider, set_up, new_teacher
):
    """The roster says the new address, the provider still the old one, or neither."""
    set_up("OIDC")
    come_in(provider, "oidc", claims_of("nora.new@example.org"))
    User.objects.filter(pk=new_teacher.user_id).update(email="nora.newer@example.org")
    for email in ("nora.new@example.org", "nora.newest@example.org", "nora.newer@example.org"):
        client, page = come_in(provider, "oidc", claims_of(email))
        assert (page["Location"], is_in(client)) == ("/", True)
        assert client.session["_auth_user_id"] == str(new_teacher.user_id)
    # The old address alone opens nothing any more.
    client, page = come_in(provider, "oidc", claims_of("nora.new@example.org", sub="a stranger"))
    assert (page.status_code, is_in(client)) == (403, False)


def test_id_of_one_teacher_never_reaches_another_whatever_address_comes_with_it(
    provider, set_up, new_teacher, mentor_teacher
):
    set_up("OIDC")
    come_in(provider, "oidc", claims_of("nora.new@example.org"))
    client, _ = come_in(provider, "oidc", claims_of(mentor_teacher.email))
    assert client.session["_auth_user_id"] == str(new_teacher.user_id)
    links = SocialAccount.objects.values_list("user", "uid")
    assert list(links) == [(new_teacher.user_id, "somebody")]
    client, _ = come_in(provider, "oidc", claims_of(mentor_teacher.email, sub="the mentor"))
    assert client.session["_auth_user_id"] == str(mentor_teacher.user_id)
    client, _ = come_in(provider, "oidc", claims_of("nora.new@example.org", sub="the mentor"))
    assert client.session["_auth_user_id"] == str(mentor_teacher.user_id)
    assert sorted(links.all()) == sorted(
        [(new_teacher.user_id, "somebody"), (mentor_teacher.user_id, "the mentor")]
    )


def test_linked_teacher_comes_in_again_though_the_address_changed_there(
    provider, set_up, new_teacher
):
    set_up("OIDC")
    come_in(provider, "oidc", claims_of("nora.new@example.org"))
    client, _ = come_in(provider, "oidc", {"email": "other@example.org"})
    assert client.session["_auth_user_id"] == str(new_teacher.user_id)
    assert SocialAccount.objects.count() == 1
    assert "Kanary" not in repr(list(SocialAccount.objects.values()))


def test_invited_coach_comes_in(provider, set_up, coach):
    set_up("OIDC")
    client, _ = come_in(provider, "oidc", claims_of(coach.email))
    assert client.session["_auth_user_id"] == str(coach.pk)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (claims_of("stranger@example.org"), "We do not know this address"),
        ({"email": "nora.new@example.org"}, "Your address is not confirmed"),
        (claims_of("nora.new@example.org", email_verified=False), "Your address is not confirmed"),
        (claims_of("nora.new@example.org", email_verified="no"), "Your address is not confirmed"),
        ({"email_verified": True}, "Your account has no address"),
        (claims_of(""), "Your account has no address"),
        ({"email": ["nora.new@example.org"], "email_verified": True}, "has no address"),
    ],
)
def test_whoever_is_not_vouched_for_is_refused_and_nothing_is_made(
    provider, set_up, new_teacher, claims, words
):
    set_up("OIDC")
    users = list(User.objects.values())
    client, page = come_in(provider, "oidc", claims)
    assert page.status_code == 403
    assert words in page.content.decode()
    assert "Kanary" not in page.content.decode()
    assert not is_in(client)
    assert list(User.objects.values()) == users
    assert not SocialAccount.objects.exists()


def test_teacher_who_left_is_refused(provider, set_up, new_teacher):
    set_up("OIDC")
    come_in(provider, "oidc", claims_of(new_teacher.email))
    User.objects.update(is_active=False)
    for sub in ("somebody", "somebody-else"):  # linked, and not linked
        client, page = come_in(provider, "oidc", claims_of(new_teacher.email, sub=sub))
        assert (page.status_code, page["Location"]) == (302, "/accounts/inactive/")
        assert not is_in(client)
    assert SocialAccount.objects.count() == 1


def test_district_may_vouch_for_every_address_and_name_the_domains(provider, set_up, new_teacher):
    set_up("OIDC", TRUST_EMAIL="1", EMAIL_DOMAINS="example.org, other.org")
    client, _ = come_in(provider, "oidc", {"email": new_teacher.email})
    assert is_in(client)
    set_up("OIDC", TRUST_EMAIL="1", EMAIL_DOMAINS="other.org")
    client, page = come_in(provider, "oidc", {"email": new_teacher.email, "sub": "second"})
    assert (page.status_code, is_in(client)) == (403, False)


def test_claim_of_another_district_is_refused_even_when_linked(provider, set_up, new_teacher):
    set_up("OIDC", REQUIRE="TenantId=77")
    client, _ = come_in(provider, "oidc", claims_of(new_teacher.email, TenantId=77))
    assert is_in(client)
    client, page = come_in(provider, "oidc", claims_of(new_teacher.email, TenantId=78))
    assert "This account belongs elsewhere" in page.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    ("claims", "comes_in"),
    [
        (claims_of("nora.new@example.org", hd="example.org"), True),
        (claims_of("nora.new@example.org", hd="Example.org"), True),
        (claims_of("nora.new@example.org", hd="elsewhere.org"), False),
        (claims_of("nora.new@example.org"), False),  # a private account with that address
        (claims_of("nora.new@example.org", hd="example.org", email_verified=False), False),
    ],
)
def test_google_asks_for_the_hosted_domain(provider, set_up, new_teacher, claims, comes_in):
    set_up("GOOGLE", DOMAINS="example.org")
    client, page = come_in(provider, "google", claims)
    assert (is_in(client), page.status_code) == (comes_in, 302 if comes_in else 403)
    asked = parse_qs(urlsplit(leave(Client(), "google")).query)
    assert (asked["hd"], asked["prompt"]) == (["example.org"], ["select_account"])


@pytest.mark.parametrize(
    ("claims", "comes_in"),
    [
        ({"email": "nora.new@example.org", "tid": TENANT}, True),
        ({"preferred_username": "Nora.New@example.org", "tid": TENANT}, True),
        (claims_of("nora.new@example.org", tid=TENANT.replace("1", "9")), False),
        (claims_of("nora.new@example.org"), False),
    ],
)
def test_microsoft_asks_for_the_tenant(provider, set_up, new_teacher, claims, comes_in):
    set_up("MICROSOFT", TENANT=TENANT)
    client, page = come_in(provider, "microsoft", claims)
    assert (is_in(client), page.status_code) == (comes_in, 302 if comes_in else 403)


def test_request_carries_state_nonce_and_pkce_and_nothing_it_was_told_to(
    provider, set_up, new_teacher, monkeypatch
):
    set_up("OIDC")
    sent = []
    send = requests.Session.request

    def spy(self, method, url, **kwargs):
        sent.append(kwargs.get("data") or {})
        return send(self, method, url, **kwargs)

    client = Client()
    query = "?scope=calendar&auth_params=prompt%3Dnone&process=connect&next=https://evil.example/"
    address = leave(client, "oidc", query)
    asked = parse_qs(urlsplit(address).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["code_challenge_method"] == ["S256"]
    assert "prompt" not in asked
    assert len(asked["state"][0]) >= 16
    assert len(asked["nonce"][0]) == 32
    monkeypatch.setattr(requests.Session, "request", spy)
    requests.put(f"{provider}/users/s", json=claims_of(new_teacher.email), timeout=5)
    answer = requests.post(address, data={"sub": "s"}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    page = client.get(f"{back.path}?{back.query}")
    assert (page.status_code, page["Location"]) == (302, "/")
    (verifier,) = [data["code_verifier"] for data in sent if "code_verifier" in data]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    assert asked["code_challenge"] == [digest.decode().rstrip("=")]


def come_back(provider: str, client: Client, address: str, claims: dict) -> str:
    requests.put(f"{provider}/users/s", json=claims, timeout=5)
    answer = requests.post(address, data={"sub": "s"}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def test_answer_to_another_browser_s_question_is_refused(provider, set_up, new_teacher):
    """The code was meant for the browser that asked; in another one it opens nothing."""
    set_up("OIDC")
    asker, victim = Client(), Client()
    back = come_back(provider, asker, leave(asker, "oidc"), claims_of(new_teacher.email))
    page = victim.get(back)
    assert "That did not work" in page.content.decode()
    assert not is_in(victim)
    asker.get(back)
    assert is_in(asker)
    asker.logout()
    assert "That did not work" in asker.get(back).content.decode()  # a code counts once


def test_token_with_another_nonce_is_refused(provider, set_up, new_teacher):
    set_up("OIDC")
    client = Client()
    address = leave(client, "oidc")
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    swapped = address.replace(nonce, "n" * 32)
    page = client.get(come_back(provider, client, swapped, claims_of(new_teacher.email)))
    assert page.status_code == 403
    assert not is_in(client)


def test_turning_back_at_the_provider_says_so(provider, set_up, new_teacher):
    set_up("OIDC")
    client = Client()
    address = leave(client, "oidc")
    answer = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    query = back.query
    if "state=" not in query:  # RFC 6749 wants the state in this answer too
        query += f"&state={parse_qs(urlsplit(address).query)['state'][0]}"
    page = client.get(f"{back.path}?{query}", follow=True)
    assert "You turned back" in page.content.decode()


def test_provider_that_can_not_be_reached_is_said_in_words(provider, set_up, settings):
    set_up("OIDC")
    (door,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    door["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
    page = Client().post("/accounts/oidc/oidc/login/")
    assert "That did not work" in page.content.decode()


def test_provider_under_another_issuer_s_name_is_refused(provider, set_up, settings):
    set_up("OIDC")
    (door,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    door["settings"]["issuer"] = "https://accounts.google.com"
    page = Client().post("/accounts/oidc/oidc/login/")
    assert "That did not work" in page.content.decode()


def test_second_factor_is_still_asked_for(provider, set_up, new_teacher):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(new_teacher.user, generate_totp_secret())
    set_up("OIDC")
    client, page = come_in(provider, "oidc", claims_of(new_teacher.email))
    assert page["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


def test_buttons_stand_on_the_sign_in_page_only_when_set_up(provider, set_up, db):
    assert "Sign in with" not in Client().get("/accounts/login/").content.decode().replace(
        "Sign in with a passkey", ""
    )
    assert Client().post("/accounts/oidc/oidc/login/").status_code == 404
    set_up("OIDC", NAME="ClassLink")
    page = Client().get("/accounts/login/?next=/record/").content.decode()
    assert "Sign in with ClassLink" in page
    assert "/accounts/oidc/oidc/login/?process=login&amp;next=%2Frecord%2F" in page
    assert Client().post("/accounts/oidc/google/login/").status_code == 404
    asked = Client().get("/accounts/oidc/oidc/login/").content.decode()
    assert "You go to ClassLink now" in asked


def test_where_one_was_going_is_kept(provider, set_up, new_teacher):
    set_up("OIDC")
    client = Client()
    address = leave(client, "oidc", "?process=login&next=/record/")
    page = client.get(come_back(provider, client, address, claims_of(new_teacher.email)))
    assert page["Location"] == "/record/"
