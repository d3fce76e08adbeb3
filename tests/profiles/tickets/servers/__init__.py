"""Help desks of our own on loopback, in the shapes of the real ones: they page, ask to wait, drop
the line in the middle of a page, and change their fields."""

from .engine import Faults, HeldTicket, Server, serve
from .shapes import SHAPES

__all__ = ["SHAPES", "Faults", "HeldTicket", "Server", "serve"]
