"""The doors: by password, by a mailed code, by a new password; and what the site says there."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_password_lets_in_and_a_wrong_one_does_not(new_teacher):
    client = Client()
    wrong = client.post("/accounts/login/", {"login": new_teacher.email, "password": "guess"})
    assert wrong.status_code == 200
    assert 'role="alert"' in wrong.content.decode()
    right = client.post("/accounts/login/", {"login": new_teacher.email, "password": PASSWORD})
    assert (right.status_code, right["Location"]) == (302, "/")


def test_code_by_mail_lets_in(new_teacher, mailoutbox):
    client = Client()
    asked = client.post("/accounts/login/code/", {"email": new_teacher.email}, follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/login/code/confirm/"
    assert new_teacher.email in asked.content.decode()
    (mail,) = mailoutbox
    assert mail.subject == "Your code to sign in"
    code = re.search(r"^    (\S+)$", mail.body, re.MULTILINE)[1]
    assert client.post("/accounts/login/code/confirm/", {"code": code})["Location"] == "/"


def test_stranger_is_told_by_mail_alone(new_teacher, mailoutbox):
    """The page is the same for a known and an unknown address: it gives nobody away."""
    client = Client()
    asked = client.post("/accounts/login/code/", {"email": "who@example.org"}, follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/login/code/confirm/"
    (mail,) = mailoutbox
    assert mail.subject == "We do not know this address"
    assert "sign up" not in mail.body


def test_new_password_is_chosen_by_a_mailed_link(new_teacher, mailoutbox):
    client = Client()
    client.post("/accounts/password/reset/", {"email": new_teacher.email})
    (mail,) = mailoutbox
    assert mail.subject == "Choose a new password"
    link = re.search(r"http://testserver(/\S+)", mail.body)[1]
    page = client.get(link, follow=True)
    fresh = "a hem of a different colour"
    client.post(page.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})
    signed_in = client.post("/accounts/login/", {"login": new_teacher.email, "password": fresh})
    assert signed_in.status_code == 302
    used = Client().get(link)
    assert "This link has had its day" in used.content.decode()


def test_sign_up_is_closed_in_words(db):
    page = Client().get("/accounts/signup/").content.decode()
    assert "Nobody needs to sign up here" in page


def test_signing_in_says_nothing_and_signing_out_says_so(new_teacher):
    client = Client()
    client.post("/accounts/login/", {"login": new_teacher.email, "password": PASSWORD})
    inside = client.get("/settings/")
    assert [str(message) for message in inside.context["messages"]] == []
    outside = client.post("/accounts/logout/", follow=True)
    assert [str(message) for message in outside.context["messages"]] == ["You are signed out."]
