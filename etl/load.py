from __future__ import annotations

from pathlib import Path

from dashapp.settings import Settings
from etl.lake import Lake, read
from etl.progress import Progress


def load(
    source_name: str | None,
    path: Path | None,
    options: dict[str, str],
    settings: Settings,
    progress: Progress,
    append: bool = False,
) -> Lake:
    return read(settings)
