"""From HTML of our own to a tagged PDF. WeasyPrint is loaded when the first one is made."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from django.template.loader import render_to_string

FONTS = Path(__file__).resolve().parents[2] / "pdplanner" / "static" / "fonts"
#: What is missing where WeasyPrint can't start, in one sentence for whoever can mend it.
MISSING = (
    "PDFs can't be made on this machine yet: the package libpango-1.0-0 with libpangoft2-1.0-0 is "
    "missing (on a Mac: brew install pango)."
)


class PrintingUnavailable(Exception):
    """The library that draws text is not installed; the message names the package."""


def print_pdf(template: str, context: dict) -> bytes:
    """Return a template as a tagged PDF. Raises PrintingUnavailable."""
    weasyprint = load()
    html = render_to_string(template, context | {"fonts": _fonts()})
    # It opens what stands in the page itself: no file and no address elsewhere.
    fetcher = weasyprint.URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    document = weasyprint.HTML(string=html, url_fetcher=fetcher)
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return pdf


def load():
    """Return the WeasyPrint module. Raises PrintingUnavailable."""
    try:
        # Takes a second and 60 MB, and needs a C library: loaded by nobody who prints nothing.
        import weasyprint
    except OSError as error:
        raise PrintingUnavailable(MISSING) from error
    return weasyprint


@cache
def _fonts() -> dict[str, str]:
    """Return our fonts as data addresses, by name."""
    return {
        name: "data:font/woff2;base64,"
        + base64.b64encode((FONTS / f"{name}-latin-wght-normal.woff2").read_bytes()).decode()
        for name in ("fraunces", "figtree")
    }
