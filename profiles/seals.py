"""Secrets of other systems: sealed in the database, shown to nobody, opened only to be sent.

The key comes from `PDPLANNER_SEAL_KEY` where that is set, else from the installation's own
secret key. Whoever changes it enters the tokens anew.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: Keeps this key apart from everything else that is made of the same secret.
PURPOSE = b"pdplanner: tokens of help desks"


class SealBroken(Exception):
    """What is stored was sealed with another key, or changed since."""


class Secret:
    """A text that no log, error or page shows by accident: say `open()` where it is sent."""

    __slots__ = ("_text",)

    def __init__(self, text: str):
        self._text = text

    def open(self) -> str:
        """Return the text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self):
        raise TypeError("A secret is not written down.")


def seal(secret: Secret) -> str:
    """Return the secret as it may be stored; "" for none."""
    return _box().encrypt(secret.open().encode()).decode() if secret else ""


def unseal(sealed: str) -> Secret:
    """Return what was sealed. Raises SealBroken."""
    if not sealed:
        return Secret("")
    try:
        return Secret(_box().decrypt(sealed.encode()).decode())
    except (InvalidToken, UnicodeError):
        raise SealBroken(
            "The stored token can't be opened: the installation's key has changed. Enter it anew."
        ) from None


def _box() -> MultiFernet:
    own = settings.SEAL_KEY or settings.SECRET_KEY
    return MultiFernet([_key(str(text)) for text in (own, *settings.SECRET_KEY_FALLBACKS)])


def _key(text: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(text.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
