"""Files that stand as evidence: what may be one, told by what is in it and not by its name."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.base import File

#: In bytes; a phone's photo of a certificate has three to five million.
LARGEST = 10 * 1024 * 1024
#: How each kind begins, and what it is called when it is handed out.
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
SUFFIXES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


class NotEvidence(Exception):
    """The file is empty, too large, or no PDF, PNG or JPEG."""


def type_of(file: File | IO[Any]) -> str:
    """Return what a file is, by its first bytes; it is read from its start again. Raises
    NotEvidence.
    """
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    for beginning, kind in BEGINNINGS.items():
        if start.startswith(beginning):
            return kind
    raise NotEvidence("Only a PDF, a PNG or a JPEG can stand as evidence.")
