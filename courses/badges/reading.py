"""Getting a badge out of a file: JSON, JWT, or baked into a PNG or SVG picture."""

from __future__ import annotations

import json
import re
import struct
import zlib
from pathlib import Path
from typing import Any

#: Files that may hold a badge.
ENDINGS = {".json", ".jsonld", ".jwt", ".txt", ".png", ".svg"}
MOST_BYTES = 5_000_000
PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
SVG_BADGE = re.compile(
    r"<openbadges:credential\b([^>]*?)(?:/>|>(.*?)</openbadges:credential>)", re.S
)
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


class NoBadge(Exception):
    """The file holds no badge; the message says why."""


def read_badge(path: Path) -> str | dict[str, Any]:
    """Return the badge in a file: a JWT as text, or a credential. Raises NoBadge."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NoBadge("it is larger than any badge")
        data = path.read_bytes()
    except OSError as error:
        raise NoBadge(f"it can't be read ({error.strerror})") from None
    if data.startswith(PNG):
        return parse(_from_png(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoBadge("it is neither text nor a PNG picture") from None
    return parse(_from_svg(text) if "<svg" in text[:2000] else text)


def parse(text: str) -> str | dict[str, Any]:
    """Return what a text holds: a JWT as it is, or the credential it spells. Raises NoBadge."""
    text = text.strip()
    if JWT.fullmatch(text):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        raise NoBadge("it is neither JSON nor a JWT") from None
    if isinstance(value, str) and JWT.fullmatch(value):
        return value
    if not isinstance(value, dict):
        raise NoBadge("its JSON is no object")
    return value


def _from_png(data: bytes) -> str:
    """Return the text of the iTXt chunk that badges are baked into."""
    place = len(PNG)
    while place + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        keyword, _, rest = body.partition(b"\0")
        if kind == b"iTXt" and keyword == KEYWORD and len(rest) >= 2:
            is_packed, words = rest[0], rest[2:].split(b"\0", 2)[-1]
            try:
                if is_packed:
                    opener = zlib.decompressobj()
                    words = opener.decompress(words, MOST_BYTES)
                return words.decode()
            except (zlib.error, UnicodeDecodeError):
                raise NoBadge("what is baked into the picture can't be read") from None
        place += length + 12
    raise NoBadge("no badge is baked into the picture")


def _from_svg(text: str) -> str:
    """Return what stands in the openbadges:credential element, or in its verify attribute."""
    found = SVG_BADGE.search(text)
    if found is None:
        raise NoBadge("no badge is baked into the picture")
    attributes, inside = found.groups()
    if verify := re.search(r'verify="([^"]+)"', attributes):
        return verify[1]
    return re.sub(r"^\s*<!\[CDATA\[|\]\]>\s*$", "", inside or "").strip()
