"""Screens of credit: a teacher's transcript and licence, the coordinator's types, rules, awards."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from pypdf import PdfReader

from courses.models import CreditAward, CreditRule, CreditType, LicenceCycle
from courses.operations.credit import award_credit
from courses.operations.credit_rules import set_up_credit

from .conftest import NOW


@pytest.fixture
def hours(db) -> CreditType:
    set_up_credit(now=NOW)
    return CreditType.objects.get()


def give(teacher, number: int = 1, minutes: int = 90) -> CreditAward:
    (award,) = award_credit(
        teacher=teacher,
        source=f"claim:{number}",
        title=f"Day {number} at the museum",
        minutes=minutes,
        earned_date=date(2026, 9, 14),
        by=None,
        now=NOW,
    )
    return award


# ---- a teacher's own ----------------------------------------------------------------------------


def test_transcript_shows_what_stands_and_adds_it_up(hours, new_teacher, outsider, signed_in):
    give(new_teacher, 1)
    give(new_teacher, 2, minutes=60)
    give(outsider, 3)
    shown = signed_in(new_teacher).get("/record/transcript/").content.decode()
    assert "2.5 hours" in shown and "Day 1 at the museum" in shown
    assert "Day 3 at the museum" not in shown


def test_transcript_is_downloaded_as_a_table(hours, new_teacher, signed_in):
    award = give(new_teacher)
    CreditAward.objects.filter(pk=award.pk).update(title="=HYPERLINK(1)")
    answer = signed_in(new_teacher).get("/record/transcript.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert list(csv.reader(StringIO(text)))[1:] == [
        [
            "2026-09-14",
            "'=HYPERLINK(1)",
            "Professional development",
            "1.50",
            "hour",
            "90",
            "2026-09-14",
            award.certificate.number,
            f"http://localhost:8000/certificates/{award.certificate.token}/",
        ]
    ]


def test_transcript_is_printed_over_pages_with_its_heads_repeated(hours, new_teacher, signed_in):
    for number in range(45):
        give(new_teacher, number)
    answer = signed_in(new_teacher).get("/record/transcript.pdf")
    pdf = PdfReader(BytesIO(answer.content))
    text = [page.extract_text() for page in pdf.pages]
    assert len(text) >= 2
    assert "67.5 hours" in text[0] and "Transcript of Nora New" in pdf.metadata.title
    assert all("Certificate" in page for page in text)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712


@pytest.mark.parametrize("many", [1, 30])
def test_transcript_takes_a_fixed_number_of_queries(
    hours, new_teacher, signed_in, many, django_assert_num_queries
):
    for number in range(many):
        give(new_teacher, number)
    client = signed_in(new_teacher)
    client.get("/record/transcript/")
    with django_assert_num_queries(6):
        client.get("/record/transcript/")


LICENCE = {"title": "Professional", "from_date": "2025-07-01", "until_date": "2030-06-30"}


def test_licence_is_added_changed_and_forgotten(hours, new_teacher, signed_in):
    client, field = signed_in(new_teacher), f"amount-{hours.pk}"
    give(new_teacher)
    answer = client.post("/record/licences/add/", LICENCE | {field: "100"}, follow=True)
    assert "1.5 of 100 hours" in answer.content.decode()
    cycle = LicenceCycle.objects.get()
    assert list(cycle.needs.values_list("amount", flat=True)) == [Decimal(100)]
    client.post(f"/record/licences/{cycle.pk}/", LICENCE | {field: "75.5"})
    assert list(cycle.needs.values_list("amount", flat=True)) == [Decimal("75.5")]
    client.post(f"/record/licences/{cycle.pk}/remove/")
    assert (LicenceCycle.objects.count(), CreditAward.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until_date": "2025-06-30"}, "It has to end after it begins."),
        ({"from_date": "0026-07-01"}, "Give a day since 1990."),
        ({"until_date": "2026-02-30"}, "Enter a valid date."),
        ({"amount": ""}, "Say how much of at least one credit it asks for."),
        ({"amount": "-3"}, "greater than or equal to 0"),
        ({"amount": "NaN"}, "Enter a number."),
        ({"title": ""}, "This field is required."),
    ],
)
def test_licence_with_a_fault_is_not_stored(hours, new_teacher, signed_in, changes, words):
    told = LICENCE | {f"amount-{hours.pk}": changes.get("amount", "100")} | changes
    answer = signed_in(new_teacher).post("/record/licences/add/", told)
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert LicenceCycle.objects.count() == 0


def test_same_licence_twice_is_refused(hours, new_teacher, signed_in):
    told = LICENCE | {f"amount-{hours.pk}": "100"}
    client = signed_in(new_teacher)
    client.post("/record/licences/add/", told)
    answer = client.post("/record/licences/add/", told)
    assert "You have a licence of this name from this day already." in answer.content.decode()
    assert LicenceCycle.objects.count() == 1


def test_licences_of_others_are_not_found(hours, new_teacher, outsider, signed_in):
    cycle = LicenceCycle.objects.create(teacher=new_teacher, **LICENCE)
    client = signed_in(outsider)
    assert client.get(f"/record/licences/{cycle.pk}/").status_code == 404
    assert client.post(f"/record/licences/{cycle.pk}/remove/").status_code == 404
    assert LicenceCycle.objects.count() == 1


# ---- the coordinator's --------------------------------------------------------------------------

RULE = {
    "jurisdiction": "The state",
    "unit": "PDP",
    "minutes_per_unit": "60",
    "minimum_minutes": "45",
    "rounding": "0.25-down",
    "from_date": "2026-07-01",
    "until_date": "",
}


def test_type_and_rule_are_added_and_what_they_owe_is_marked(hours, coordinator, signed_in):
    client = signed_in(coordinator)
    client.post("/credit/types/add/", {"name": "Content", "is_active": "on"})
    content = CreditType.objects.get(name="Content")
    answer = client.post("/credit/rules/add/", RULE | {"credit_type": content.pk}, follow=True)
    shown = answer.content.decode()
    assert "60 min = 1 PDP" in shown and "Down to a quarter" in shown
    assert CreditRule.objects.get(credit_type=content).from_date == date(2026, 7, 1)
    content.refresh_from_db()
    assert content.owed_at is not None


def test_rule_that_clashes_or_was_used_is_refused_in_words(
    hours, coordinator, new_teacher, signed_in
):
    client = signed_in(coordinator)
    answer = client.post("/credit/rules/add/", RULE | {"credit_type": hours.pk})
    assert "Another rule of this type holds from 2000-01-01" in answer.content.decode()
    give(new_teacher)
    rule = hours.rules.get()
    answer = client.post(f"/credit/rules/{rule.pk}/", RULE | {"credit_type": hours.pk})
    assert "Credit was given by this rule" in answer.content.decode()
    rule.refresh_from_db()
    assert (rule.unit, rule.until_date) == ("hour", None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minutes_per_unit": "0"}, "greater than or equal to 1"),
        ({"until_date": "2026-06-30"}, "It has to end after it begins."),
        ({"from_date": "1066-10-14"}, "Give a day between 1990 and 2100."),
        ({"rounding": "0"}, "Select a valid choice."),
        ({"credit_type": "x"}, "Select a valid choice."),
    ],
)
def test_rule_with_a_fault_is_not_stored(hours, coordinator, signed_in, changes, words):
    CreditRule.objects.all().delete()
    told = RULE | {"credit_type": hours.pk} | changes
    answer = signed_in(coordinator).post("/credit/rules/add/", told)
    assert words in answer.content.decode()
    assert CreditRule.objects.count() == 0


def test_award_is_found_corrected_and_its_past_is_shown(
    hours, coordinator, new_teacher, outsider, signed_in
):
    award, other = give(new_teacher), give(outsider, 2)
    client = signed_in(coordinator)
    shown = client.get("/credit/awards/?q=nora+museum").content.decode()
    assert f"/credit/awards/{award.pk}/" in shown
    assert f"/credit/awards/{other.pk}/" not in shown
    told = {"name": "Nora New", "title": award.title, "minutes": "60", "reason": "Left early."}
    answer = client.post(f"/credit/awards/{award.pk}/", told, follow=True)
    shown = answer.content.decode()
    for words in ("1 hour of", "1.5 hours of", "Professional development"):
        assert words in shown
    assert "Left early." in shown
    again = client.post(f"/credit/awards/{award.pk}/", told | {"minutes": "30"}, follow=True)
    assert "It was corrected meanwhile." in again.content.decode()
    assert CreditAward.objects.filter(teacher=new_teacher).count() == 2


def test_correction_without_a_change_or_a_reason_is_refused(
    hours, coordinator, new_teacher, signed_in
):
    award = give(new_teacher)
    told = {"name": award.name, "title": award.title, "minutes": award.minutes, "reason": "Why?"}
    client = signed_in(coordinator)
    answer = client.post(f"/credit/awards/{award.pk}/", told)
    assert "Nothing is different from what stands." in answer.content.decode()
    answer = client.post(f"/credit/awards/{award.pk}/", told | {"minutes": "5", "reason": " "})
    assert "This field is required." in answer.content.decode()
    assert CreditAward.objects.count() == 1


@pytest.mark.parametrize("many", [1, 12])
def test_lists_of_the_coordinator_take_a_fixed_number_of_queries(
    hours, coordinator, new_teacher, signed_in, many, django_assert_num_queries
):
    for number in range(many):
        give(new_teacher, number)
        CreditType.objects.create(name=f"Type {number}")
    client = signed_in(coordinator)
    for address, queries in (("/credit/", 8), ("/credit/awards/", 7)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)
