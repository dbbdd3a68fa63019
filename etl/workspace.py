"""Where a load puts its files before the manifest names them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashapp.settings import Settings


@contextmanager
def workspace(settings: Settings) -> Iterator[Path]:
    """An empty folder beside the lake, so that a finished batch moves into place by a rename on the same disk.

    The caller holds the writer's lock: what lies there is left from a load that was killed.
    """
    folder = settings.folder("lake") / ".load"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
