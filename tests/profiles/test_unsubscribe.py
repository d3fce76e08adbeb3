from __future__ import annotations

from django.core import signing
from django.test import Client
from django.urls import reverse

from profiles.unsubscribe import SALT, unsubscribe_address


def reader(teacher):
    teacher.user.wants_digest = True
    teacher.user.save()
    return teacher.user, unsubscribe_address(teacher.user).removeprefix("http://localhost:8000")


def test_link_asks_first_and_changes_nothing(new_teacher):
    user, address = reader(new_teacher)
    page = Client().get(address)
    assert page.status_code == 200
    assert "Stop the daily mail?" in page.content.decode()
    user.refresh_from_db()
    assert user.wants_digest


def test_press_of_the_button_stops_the_mail_without_signing_in(new_teacher, outsider):
    user, address = reader(new_teacher)
    other, _ = reader(outsider)
    page = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    assert "The daily mail is off" in page.content.decode()
    user.refresh_from_db()
    other.refresh_from_db()
    assert (user.wants_digest, other.wants_digest) == (False, True)


def test_link_of_nobody_is_not_found(new_teacher):
    user, address = reader(new_teacher)
    for token in (f"{user.pk}", address.split("/")[-2] + "x"):
        assert Client().post(reverse("profiles:unsubscribe", args=[token])).status_code == 404
    user.refresh_from_db()
    assert user.wants_digest


def test_link_is_the_same_each_time_and_links_of_earlier_mails_still_work(new_teacher):
    user, address = reader(new_teacher)
    assert reader(new_teacher)[1] == address
    earlier = reverse("profiles:unsubscribe", args=[signing.dumps(user.pk, salt=SALT)])
    assert Client().post(earlier).status_code == 200
    user.refresh_from_db()
    assert not user.wants_digest
