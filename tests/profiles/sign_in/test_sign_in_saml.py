"""Signing in by SAML, the whole way, against an identity provider of the test's own."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from django.core.cache import cache
from django.test import Client
from lxml import etree

from pdplanner.settings import sign_in
from profiles.models import User
from profiles.sign_in.saml.door import SamlDoor
from tests.servers import free_port

from .identity_provider import (
    ENTITY,
    SHA1,
    SITE,
    Answer,
    Pair,
    new_pair,
    packed,
    question_in,
    served,
)

pytestmark = pytest.mark.django_db

OTHER = "max.mentor@example.org"


@pytest.fixture(scope="module")
def pair() -> Pair:
    return new_pair()


@pytest.fixture(scope="module")
def provider(pair) -> Iterator[str]:
    with served(pair) as address:
        yield address


@pytest.fixture
def set_up(settings, provider, monkeypatch) -> Callable[..., None]:
    """Return a function: set SAML up by its variables."""
    cache.clear()
    monkeypatch.setitem(registry.provider_map, "saml", SamlDoor)
    settings.ROOT_URLCONF = "tests.profiles.sign_in.saml_urls"

    def apply(**more: str) -> None:
        names = {"ENTITY_ID": ENTITY, "METADATA_URL": f"{provider}/metadata"} | more
        settings.SOCIALACCOUNT_PROVIDERS = sign_in.providers(
            {f"PDPLANNER_SIGN_IN_SAML_{name}": value for name, value in names.items()}
        )

    apply()
    return apply


def site() -> Client:
    return Client(headers={"host": "localhost"})


def leave(client: Client, query: str = "") -> str:
    """Press the button; return the provider's address that the page leads to."""
    page = client.post(f"/accounts/saml/district/login/{query}")
    assert page.status_code == 200
    return unescape(page.content.decode().split('content="0;url=')[1].split('"')[0])


def asked(client: Client, query: str = "") -> str:
    """Press the button; return the id of what is asked of the provider."""
    return question_in(leave(client, query)).get("ID")


def bring_back(client: Client, answer: str):
    """Carry an answer back as the provider's page does; return where that leads."""
    taken = client.post("/accounts/saml/district/acs/", {"SAMLResponse": answer})
    assert (taken.status_code, taken["Location"]) == (302, "/accounts/saml/district/acs/finish/")
    return client.get(taken["Location"])


def come_in(pair: Pair | None, client: Client | None = None, query: str = "", **bent):
    """Sign in with an answer bent like this."""
    client = client or site()
    answer = Answer(asked(client, query), **bent)
    return client, bring_back(client, answer.around(answer.assertion(pair)))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_teacher_of_the_roster_comes_in_and_nothing_of_the_answer_is_kept(
    set_up, pair, provider, new_teacher, caplog
):
    caplog.set_level(logging.DEBUG)
    client = site()
    address = leave(client)
    question = question_in(address)
    assert address.startswith(f"{provider}/sso?SAMLRequest=")
    assert question.get("AssertionConsumerServiceURL") == f"{SITE}/acs/"
    assert question.findtext("{*}Issuer") == f"{SITE}/metadata/"
    answer = Answer(question.get("ID"), email="Nora.New@example.org")
    page = bring_back(client, answer.around(answer.assertion(pair)))
    assert (page.status_code, page["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(new_teacher.user_id)
    assert not SocialAccount.objects.exists()
    assert not any("SAMLResponse" in str(value) for value in client.session.values())
    assert "Kanary" not in repr(list(User.objects.values())) + caplog.text


def test_where_one_was_going_is_kept_and_nowhere_else(set_up, pair, new_teacher):
    _, page = come_in(pair, query="?next=/record/")
    assert page["Location"] == "/record/"
    _, page = come_in(pair, query="?next=https://evil.example/&process=connect")
    assert page["Location"] == "/"


def test_address_may_be_the_name_of_the_subject_alone(set_up, pair, new_teacher):
    client, _ = come_in(pair, email="", attributes={}, name_id="nora.new@example.org")
    assert client.session["_auth_user_id"] == str(new_teacher.user_id)


def test_address_stands_where_the_settings_say(set_up, pair, new_teacher):
    set_up(EMAIL_ATTRIBUTE="mail", ID_ATTRIBUTE="number")
    client, page = come_in(pair, attributes={"mail": OTHER}, name_id=OTHER)
    assert (page.status_code, is_in(client)) == (403, False)  # nobody of that address here
    client, _ = come_in(pair, email=OTHER, attributes={"mail": "nora.new@example.org"})
    assert client.session["_auth_user_id"] == str(new_teacher.user_id)


@pytest.mark.parametrize(
    ("bent", "status", "words"),
    [
        ({"email": "stranger@example.org"}, 403, "We do not know this address"),
        ({"email": "", "name_id": ""}, 401, "That did not work"),
        ({"audience": "https://another.example/metadata"}, 401, "That did not work"),
        ({"issuer": "urn:example:another"}, 401, "That did not work"),
        ({"destination": "https://another.example/acs/"}, 401, "That did not work"),
        ({"recipient": "https://another.example/acs/"}, 401, "That did not work"),
        ({"sign_by": SHA1}, 401, "That did not work"),
    ],
)
def test_answer_that_does_not_hold_lets_nobody_in(set_up, pair, new_teacher, bent, status, words):
    client, page = come_in(pair, **bent)
    assert (page.status_code, is_in(client)) == (status, False)
    assert words in page.content.decode()
    assert "Kanary" not in page.content.decode()


def test_answer_that_is_over_or_not_yet_true_lets_nobody_in(set_up, pair, new_teacher):
    for bent in ({"lasts": timedelta(minutes=-10)}, {"starts": timedelta(minutes=20)}):
        client, page = come_in(pair, **bent)
        assert "That did not work" in page.content.decode()
        assert not is_in(client)


def test_answer_without_a_signature_or_by_another_key_lets_nobody_in(set_up, pair, new_teacher):
    for key in (None, new_pair()):
        client, page = come_in(key)
        assert "That did not work" in page.content.decode()
        assert not is_in(client)


def test_changed_or_wrapped_assertions_let_nobody_in(set_up, pair, new_teacher, mentor_teacher):
    client = site()
    answer = Answer(asked(client), email=OTHER)
    signed = answer.assertion(pair)
    forged = replace(answer, email="nora.new@example.org").assertion(None)
    holder = etree.fromstring(forged)
    holder.append(etree.fromstring(signed))
    for bent in (
        [signed.replace(OTHER, "nora.new@example.org")],
        [forged, signed],
        [signed, forged],
        [etree.tostring(holder).decode()],
    ):
        answer.question = asked(client)
        page = bring_back(client, answer.around(*bent))
        assert "That did not work" in page.content.decode()
        assert not is_in(client)


def test_comment_inside_an_address_does_not_cut_it(set_up, pair, new_teacher):
    cut = "nora.new@example.org<!-- -->.evil.example"
    for bent in ({"email": cut}, {"email": "", "attributes": {}, "name_id": cut}):
        client, page = come_in(pair, **bent)
        assert (page.status_code, is_in(client)) == (403, False)


def test_answer_counts_once_and_for_whom_it_was_meant(set_up, pair, new_teacher):
    client, other = site(), site()
    answer = Answer(asked(client))
    signed = answer.assertion(pair)
    text = answer.around(signed)
    assert bring_back(other, text).status_code == 403  # another browser never asked
    assert bring_back(client, text)["Location"] == "/"
    client.logout()
    assert bring_back(client, text).status_code == 403  # once more
    page = bring_back(client, answer.around(signed, question=asked(client)))
    assert "That did not work" in page.content.decode()  # the same word to another question
    assert not (is_in(client) or is_in(other))


def test_answer_that_nobody_asked_for_lets_nobody_in(set_up, pair, new_teacher):
    client = site()
    answer = Answer("")
    page = bring_back(client, answer.around(answer.assertion(pair)))
    assert "That did not work" in page.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    "text",
    [
        "not base64 at all %%",
        packed("no xml"),
        packed("<a/>"),
        packed('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ],
)
def test_nonsense_is_said_to_be_none(set_up, new_teacher, text):
    client = site()
    asked(client)
    page = bring_back(client, text)
    assert "That did not work" in page.content.decode()
    assert "root:" not in page.content.decode()


def test_teacher_who_left_and_other_domains_are_refused(set_up, pair, new_teacher):
    set_up(EMAIL_DOMAINS="elsewhere.org")
    client, page = come_in(pair)
    assert (page.status_code, is_in(client)) == (403, False)
    set_up()
    User.objects.update(is_active=False)
    client, page = come_in(pair)
    assert (page["Location"], is_in(client)) == ("/accounts/inactive/", False)


def test_provider_that_can_not_be_reached_is_said_in_words(set_up, new_teacher):
    set_up(METADATA_URL=f"http://127.0.0.1:{free_port()}/metadata")
    for page in (
        site().post("/accounts/saml/district/login/"),
        site().get("/accounts/saml/district/metadata/"),
    ):
        assert "That did not work" in page.content.decode()


def test_metadata_name_this_site_and_offer_no_signing_out(set_up):
    page = site().get("/accounts/saml/district/metadata/")
    described = etree.fromstring(page.content)
    assert described.get("entityID") == f"{SITE}/metadata/"
    places = {one.get("Location") for one in described.iter() if one.get("Location")}
    assert places == {f"{SITE}/acs/"}
    assert site().get("/accounts/saml/district/sls/?SAMLRequest=x").status_code == 404


def test_other_addresses_lead_nowhere(set_up):
    client = site()
    for address in ("elsewhere/login/", "elsewhere/metadata/", "elsewhere/acs/", "district/acs/"):
        assert client.get(f"/accounts/saml/{address}").status_code == 404
    assert "You go to" in client.get("/accounts/saml/district/login/").content.decode()
    assert "Sign in with your district account" in client.get("/accounts/login/").content.decode()


def test_settings_alone_set_it_up(tmp_path):
    """A fresh process with the variables set: app, door and addresses are there."""
    program = (
        "import django; django.setup();"
        "from django.urls import resolve, reverse;"
        "from allauth.socialaccount.providers import registry;"
        "found = resolve(reverse('saml_acs', args=['district']));"
        "print(registry.get_class('saml').__name__, found.func.__module__)"
    )
    names = {"ENTITY_ID": ENTITY, "METADATA_URL": "https://idp.example.org/metadata"}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={
            "DJANGO_SETTINGS_MODULE": "pdplanner.settings.test",
            "PATH": "",
            "PYTHONPATH": ":".join(sys.path),
            **{f"PDPLANNER_SIGN_IN_SAML_{name}": value for name, value in names.items()},
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "SamlDoor profiles.sign_in.saml.views\n"
