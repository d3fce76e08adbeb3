"""How a process that rebuilds plans collects garbage: rarely, and not through what it loaded."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """Leave what is loaded by now alone, and look for circles after more objects than usual.

    A rebuild makes hundreds of thousands of objects that end by themselves; walking through them
    all, and through the program itself, over and over took a third of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
