"""Certificates: frozen at the award, tagged for every reader, public only by their address."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from courses.documents import printing
from courses.models import Certificate, CreditAward
from courses.operations.credit import award_credit, correct_award
from courses.operations.credit_rules import set_up_credit
from profiles.models import Teacher

from .conftest import NOW

LATER = NOW + timedelta(days=3)


@pytest.fixture
def award(new_teacher) -> CreditAward:
    """Nora's, for a day at the museum."""
    set_up_credit(now=NOW)
    (award,) = award_credit(
        teacher=new_teacher,
        source="claim:1",
        title="A day at the museum, “hands on”",
        minutes=90,
        earned_date=date(2026, 9, 14),
        by=None,
        now=NOW,
    )
    return award


def pdf_at(client: Client, address: str) -> PdfReader:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(answer.content))


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_certificate_is_a_tagged_pdf_that_says_what_was_awarded(award, signed_in):
    pdf = pdf_at(signed_in(award.teacher), f"/record/certificates/{award.certificate.pk}.pdf")
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 (a PDF's own boolean)
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_data().decode()
    assert pdf.metadata.title == "Certificate: A day at the museum, “hands on”, Nora New"
    assert len(pdf.pages) == 1
    text = text_of(pdf)
    for words in (
        "Nora New",
        "A day at the museum, “hands on”",
        "1.5 hours",
        "90 minutes",
        "14 September 2026",
        award.certificate.number,
        award.certificate.token,
    ):
        assert words in text.replace("- ", "-"), words
    fonts = {str(font) for page in pdf.pages for font in named_fonts(page)}
    assert all("Fraunces" in font or "Figtree" in font for font in fonts) and len(fonts) >= 2


def named_fonts(page) -> list[str]:
    return [font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()]


def test_certificate_with_a_long_name_and_title_stays_on_its_page(award, signed_in):
    CreditAward.objects.filter(pk=award.pk).update(
        name="Maria de los Angeles Fernandez-Castellanos y Rodriguez of the Long Name",
        title="How to sync the gradebook without typing everything twice, " * 4,
    )
    pdf = pdf_at(signed_in(award.teacher), f"/record/certificates/{award.certificate.pk}.pdf")
    assert len(pdf.pages) == 1
    assert award.certificate.number in text_of(pdf)


def test_certificate_keeps_the_name_of_its_day(award, signed_in):
    Teacher.objects.filter(pk=award.teacher_id).update(family_name="Newer")
    answer = Client().get(f"/certificates/{award.certificate.token}/")
    assert "Nora New<" in answer.content.decode()
    pdf = pdf_at(signed_in(award.teacher), f"/record/certificates/{award.certificate.pk}.pdf")
    assert "Newer" not in text_of(pdf)


def test_certificates_of_others_are_not_found(award, outsider, coach, signed_in):
    for kind in ("pdf", "jwt", "json"):
        address = f"/record/certificates/{award.certificate.pk}.{kind}"
        assert signed_in(outsider).get(address).status_code == 404
        assert signed_in(coach).get(address).status_code == 403
        assert Client().get(address).status_code == 302


# ---- the page for everybody ---------------------------------------------------------------------


def test_page_says_what_the_certificate_says_and_nothing_else(award):
    answer = Client().get(f"/certificates/{award.certificate.token}/")
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert (answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"]) == (
        "noindex, nofollow, noarchive",
        "no-referrer",
    )
    assert '<meta name="robots" content="noindex' in shown
    for words in ("It stands.", "Nora New", "1.5 hours", "90 minutes", "Sunfield Schools"):
        assert words in shown
    for secret in ("nora.new@example.org", "East Middle", "/record/", "claim:1", "/path/"):
        assert secret not in shown


def test_page_of_a_corrected_certificate_says_so_and_leads_nowhere(award, coordinator):
    new = correct_award(
        award=award, by=coordinator, reason="A slip of the pen.", now=LATER, name="Nora Newman"
    )
    shown = Client().get(f"/certificates/{award.certificate.token}/").content.decode()
    assert "It no longer stands." in shown
    assert "Another certificate took its place on" in shown
    for secret in (new.certificate.token, "Newman", "A slip of the pen.", "Carl"):
        assert secret not in shown
    shown = Client().get(f"/certificates/{new.certificate.token}/").content.decode()
    assert "It stands." in shown and "Nora Newman" in shown


def test_page_of_a_revoked_certificate_says_so(award, coordinator):
    correct_award(award=award, by=coordinator, reason="Was not there.", now=LATER, minutes=0)
    shown = Client().get(f"/certificates/{award.certificate.token}/").content.decode()
    assert "It was taken back on" in shown
    assert "Was not there." not in shown


def test_address_without_a_certificate_is_not_found_and_says_nothing(award):
    for token in ("x", "0" * 32, award.certificate.token[:-1], award.certificate.number):
        answer = Client().get(f"/certificates/{token}/")
        assert answer.status_code == 404
        assert "Nora" not in answer.content.decode()


def test_addresses_of_certificates_are_long_and_never_the_same(award):
    tokens = {Certificate().token for _ in range(200)}
    assert len(tokens) == 200
    assert min(len(token) for token in tokens) == 32


# ---- machines without the library ---------------------------------------------------------------


def test_without_pango_the_page_names_the_package(award, signed_in, monkeypatch):
    def no_pango():
        raise printing.PrintingUnavailable(printing.MISSING)

    monkeypatch.setattr(printing, "load", no_pango)
    for address in (f"/record/certificates/{award.certificate.pk}.pdf", "/record/transcript.pdf"):
        answer = signed_in(award.teacher).get(address, follow=True)
        assert answer.redirect_chain == [("/record/transcript/", 302)]
        assert "the package libpango-1.0-0" in answer.content.decode()


def test_missing_library_is_told_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # an ImportError
    with pytest.raises(ImportError):
        printing.load()

    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint")
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(printing.PrintingUnavailable, match=r"libpango-1\.0-0 with libpangoft2"):
        printing.load()


def test_paper_opens_nothing_outside_itself(monkeypatch, settings, tmp_path):
    """A page that names a file or an address is printed without it."""
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>canary</text></svg>')
    (tmp_path / "page.html").write_text(
        f'<html lang="en"><title>x</title><img alt="x" src="{secret.as_uri()}">'
        '<img alt="y" src="http://127.0.0.1:9/y.png">words</html>'
    )
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path]}
    ]
    pdf = PdfReader(BytesIO(printing.print_pdf("page.html", {})))
    assert "canary" not in text_of(pdf) and "words" in text_of(pdf)


def test_web_process_starts_without_the_printing_library():
    code = (
        "import django, sys; django.setup(); import pdplanner.urls;"
        "print([name for name in ('weasyprint', 'pyld') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
