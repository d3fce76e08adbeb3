"""Keys and signatures as text: base58 with a letter that says so (multibase, multicodec)."""

from __future__ import annotations

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#: What stands before an Ed25519 public key (multicodec 0xed as a varint).
ED25519 = b"\xed\x01"


class NotMultibase(ValueError):
    """The text is no base58 after a z, or no Ed25519 key where one was asked for."""


def encode(data: bytes) -> str:
    """Return the bytes as multibase base58btc: a z, and what follows."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + ALPHABET[0] * zeros + digits


def decode(text: str) -> bytes:
    """Return the bytes of a multibase base58btc text. Raises NotMultibase."""
    if not text.startswith("z"):
        raise NotMultibase(text[:20])
    number = 0
    for letter in text[1:]:
        place = ALPHABET.find(letter)
        if place < 0:
            raise NotMultibase(text[:20])
        number = number * 58 + place
    body = text[1:]
    zeros = len(body) - len(body.lstrip(ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def key_text(public: bytes) -> str:
    """Return an Ed25519 public key as z6Mk…"""
    return encode(ED25519 + public)


def key_bytes(text: str) -> bytes:
    """Return the Ed25519 public key of a z6Mk… text. Raises NotMultibase."""
    data = decode(text)
    if not data.startswith(ED25519) or len(data) != len(ED25519) + 32:
        raise NotMultibase(text[:20])
    return data[len(ED25519) :]
