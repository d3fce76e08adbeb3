"""The search as a warm worker runs it: compiled once, then kept for every later run."""

from __future__ import annotations

import importlib.util

if importlib.util.find_spec("numba") is not None:
    import numba  # noqa: F401 (a process that has loaded it plans with machine code)
