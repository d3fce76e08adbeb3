"""Every kind of help desk that can be read, by name."""

from __future__ import annotations

from ...models import TicketFeed
from . import rt
from .desks import System

SYSTEMS: dict[str, System] = {
    TicketFeed.Kind.RT: rt.SYSTEM,
}
