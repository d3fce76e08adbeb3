"""One source for two speeds: the kernels run as plain Python, or compiled by Numba.

A kernel is a function over flat arrays and named tuples of them. As it stands it is plain Python
and takes lists as well; `compiled` returns the same function as machine code. Nothing here
imports Numba before machine code is asked for, so a process that only reads paths never loads it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar

#: The files that kernels stand in: a change in one makes new machine code of all.
KERNEL_FILES = (
    "compiling",
    "tasks",
    "narrowing",
    "gathering",
    "drafts",
    "fill",
    "musts",
    "moves",
    "exchanges",
    "repair",
    "blocks",
)

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Mark a function as a kernel; it stays as it is."""
    function.is_kernel = True  # type: ignore[attr-defined]
    return function


def inner_kernel(function: F) -> F:
    """Mark a kernel that is called so often that a call would cost more than its work."""
    function.is_inner = True  # type: ignore[attr-defined]
    return kernel(function)


@cache
def is_available() -> bool:
    """Return whether machine code can be had here."""
    return importlib.util.find_spec("numba") is not None


def is_loaded() -> bool:
    """Return whether this process has paid for loading Numba already."""
    return "numba" in sys.modules


def is_kept() -> bool:
    """Return whether an earlier process has compiled these very kernels."""
    return _mark_of_kept().exists()


def note_kept() -> None:
    """Write down that the kernels are compiled, where a mark can be left beside them."""
    mark = _mark_of_kept()
    if not mark.exists():
        with suppress(OSError):
            mark.parent.mkdir(exist_ok=True)
            mark.touch()


def _mark_of_kept() -> Path:
    return Path(__file__).with_name("__pycache__") / f"kernels-{_sources_mark()}"


@cache
def compiled(function: Any) -> Any:
    """Return the kernel as machine code, kept on disk from one process to the next.

    The kernels it calls are compiled with it. Numba's cache looks at one source file only, and
    would keep a kernel whose callee has changed: hence the mark of all sources in the name.
    """
    import numba

    names = dict(function.__globals__)
    for name in function.__code__.co_names:
        if getattr(names.get(name), "is_kernel", False):
            names[name] = compiled(names[name])
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__qualname__ = f"{function.__qualname__}_{_sources_mark()}"
    copy.__module__ = function.__module__
    # Kernels make no arrays, so nobody need count who still holds one: five times as fast.
    options: Any = {"_nrt": False, "forceinline": getattr(function, "is_inner", False)}
    try:
        machine_code = numba.njit(cache=True, **options)(copy)
    except RuntimeError:  # no folder to keep it in: a read-only installation without a home
        machine_code = numba.njit(**options)(copy)
    return machine_code


@cache
def _sources_mark() -> str:
    sources = [Path(__file__).with_name(f"{name}.py").read_bytes() for name in KERNEL_FILES]
    return hashlib.sha256(b"".join(sources)).hexdigest()[:12]
