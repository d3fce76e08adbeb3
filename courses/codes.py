"""The rotating code at the door: six digits, bound to one part of one run."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

#: A code is shown for so many seconds, and counts while it and the next are shown.
STEP_SECONDS = 30
LATE_STEPS = 2
#: How far back a code is still told from a wrong one, so that it can be called too old.
KNOWN_STEPS = 240


def code_at(*, secret: str, part: int, at: datetime) -> str:
    """Return the code that the coach's screen shows at this moment."""
    return _code(secret, part, _step(at))


def age_of(*, secret: str, part: int, code: str, at: datetime) -> int | None:
    """Return how many steps ago this code was shown, None when it is not one of ours."""
    step = _step(at)
    for age in range(KNOWN_STEPS + 1):
        if hmac.compare_digest(_code(secret, part, step - age), code):
            return age
    return None


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _code(secret: str, part: int, step: int) -> str:
    digest = hmac.digest(secret.encode(), f"{part}:{step}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"
