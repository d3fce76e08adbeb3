"""A QR code as SVG, drawn here, so that no address ever leaves for somebody else's server."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString


def qr_svg(text: str) -> SafeString:
    """Return an SVG of the text as a QR code, dark on light with its quiet zone."""
    import qrcode  # drawn on one screen only: no page pays for it at start-up

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="The same code, to scan"'
        ' shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
        '<path d="{path}" fill="#000"/></svg>',
        size=len(matrix),
        path=path,
    )
