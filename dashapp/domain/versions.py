"""The versions of what computes figures, told without importing any of it."""

from __future__ import annotations

import json
import platform
from functools import cache
from importlib.metadata import version

PACKAGES = ("numpy", "pandas", "scikit-learn", "scipy")


@cache
def versions() -> str:
    """As JSON; the same versions give the same figures."""
    found = {name: version(name) for name in PACKAGES}
    return json.dumps({"python": platform.python_version(), **found}, sort_keys=True)
