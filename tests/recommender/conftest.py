"""The search as a warm worker runs it: compiled once, then kept for every later run."""

from __future__ import annotations

import importlib

import pytest

from benchmarks.districts import Size, make_district
from pdplanner.recommender import recommend_paths
from pdplanner.recommender.search.compiling import is_available


@pytest.fixture(scope="session", autouse=True)
def warm_worker() -> None:
    """Compile now, so that no test after this one waits for it in the middle of a page."""
    if is_available():
        importlib.import_module("numba")  # whoever has loaded it plans with machine code
        recommend_paths(make_district(1, Size(teachers=3, courses=8)))
