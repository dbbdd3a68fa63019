"""The only magic in the house: what lies in a package or folder, in sorted order.

Import errors are never swallowed: a page or source that cannot be imported stops the start.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType


def modules(package: ModuleType) -> list[ModuleType]:
    """Every module directly inside `package`, imported, sorted by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def documents(folder: Path, suffix: str = ".sql") -> dict[str, Path]:
    """Every file with `suffix` directly inside `folder`, by stem, sorted by name."""
    return {path.stem: path for path in sorted(folder.glob(f"*{suffix}"))}
