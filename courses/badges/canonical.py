"""Credentials in the one form that is signed: RDF, sorted, with contexts from this folder alone.

No context is ever fetched: an address outside the list is refused, so that nobody can change what
a signed word means, and no check tells a stranger what is being checked.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

CONTEXTS = Path(__file__).parent / "contexts"
VC_2 = "https://www.w3.org/ns/credentials/v2"
VC_1 = "https://www.w3.org/2018/credentials/v1"
OB_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
#: Ours, beside those of the W3C that PyLD brings along.
SHIPPED = {OB_3: "ob-3.0.3.json", EXTENSIONS: "ob-extensions.json"}


class NotCanonical(Exception):
    """The document can't be brought into the form that is signed; the message says why."""


@cache
def _loader():
    # PyLD takes a tenth of a second to load, and only badges need it.
    from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

    shipped: dict[str, Any] = {
        address: json.loads((CONTEXTS / name).read_text()) for address, name in SHIPPED.items()
    }
    return FrozenDocumentLoader(documents={**BUNDLED_CONTEXTS, **shipped})


def known_contexts() -> frozenset[str]:
    """Return the addresses of the contexts that are on the list."""
    return frozenset(_loader().documents)


def canonical_hash(document: dict[str, Any]) -> bytes:
    """Return the SHA-256 of a JSON-LD document's canonical RDF. Raises NotCanonical.

    RDF Dataset Canonicalization (RDFC-1.0, which was URDNA2015), W3C 2024.
    """
    from pyld import jsonld

    try:
        text = jsonld.normalize(
            document,
            {
                "algorithm": "URDNA2015",
                "format": "application/n-quads",
                "documentLoader": _loader(),
            },
        )
    except jsonld.JsonLdError as error:
        raise NotCanonical(_reason(error)) from error
    return sha256(text.encode()).digest()


def _reason(error: Exception) -> str:
    """Return what PyLD ran into, from the innermost cause, in a line."""
    cause: Any = error
    while inner := getattr(cause, "cause", None) or cause.__cause__:
        cause = inner
    details = getattr(cause, "details", None) or {}
    if address := details.get("url"):
        return f"its context {address} is not on the list"
    return str(getattr(cause, "args", [cause])[0])[:200]
