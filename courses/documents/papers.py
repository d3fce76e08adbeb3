"""What stands on a certificate and on a transcript."""

from __future__ import annotations

import base64
from datetime import date
from io import BytesIO

import qrcode
import qrcode.image.svg
from django.utils.safestring import SafeString, mark_safe

from profiles.models import Teacher
from profiles.queries import the_district

from ..badges.addresses import certificate_address
from ..cloth import cloth_of, pattern
from ..models import Certificate
from ..queries.covers import cloth_names
from ..queries.credit import Transcript
from .printing import print_pdf


def certificate_pdf(certificate: Certificate) -> bytes:
    """Return a certificate as PDF: what was frozen at the award. Raises PrintingUnavailable."""
    award = certificate.award
    address = certificate_address(certificate)
    name = f"source-{award.source}"
    if award.course_id is not None:
        name = cloth_names([award.course_id])[award.course_id]
    return print_pdf(
        "courses/documents/certificate.html",
        {
            "certificate": certificate,
            "award": award,
            "address": address,
            "cloth": cloth_image(name),
            "qr": qr_code(address),
        },
    )


def transcript_pdf(teacher: Teacher, transcript: Transcript, today: date) -> bytes:
    """Return a teacher's transcript as PDF. Raises PrintingUnavailable."""
    return print_pdf(
        "courses/documents/transcript.html",
        {
            "teacher": teacher,
            "transcript": transcript,
            "today": today,
            "district": the_district().name,
        },
    )


def cloth_image(name: str) -> str:
    """Return a strip of cloth as a data address, for a background: decoration only."""
    cloth = cloth_of(name)
    size = 'width="1600" height="120"'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{pattern(cloth, "cloth")}</defs>'
        # The ground below keeps the paper from showing through between two tiles.
        f'<rect {size} fill="{cloth.ground}"/><rect {size} fill="url(#cloth)"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def qr_code(address: str) -> SafeString:
    """Return a QR code of an address as a data address."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(address)
    out = BytesIO()
    code.make_image(image_factory=qrcode.image.svg.SvgPathImage).save(out)
    # Safe: letters of base64, made by us.
    return mark_safe("data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode())
