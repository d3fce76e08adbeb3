"""The look book's root page, and what its authors may do."""

from __future__ import annotations

from ..models import LookBookPage


def look_book(*, title: str = "Look book") -> LookBookPage:
    """Return the catalogue's page, made when missing: the root of the default site."""
    raise NotImplementedError


def set_up_authors(*, page: LookBookPage) -> None:
    """Give coaches and coordinators their rights, and the look book its way of review."""
    raise NotImplementedError
