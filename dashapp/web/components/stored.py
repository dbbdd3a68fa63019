"""What the installation takes on the disk, part by part, and what retention will remove of it."""

from __future__ import annotations

import shutil

import pandas as pd
from dash.development.base_component import Component

from dashapp.errors import SnapshotDamaged
from dashapp.settings import Settings
from dashapp.store.storage import usage
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table
from dashapp.written import NO_BREAK


def card(settings: Settings) -> Component:
    """One row per part, as `python -m dashapp storage` says it."""
    try:
        parts = usage(settings)
    except SnapshotDamaged as error:
        return shown.card("Storage", states.error(error.message, error.hint))
    table = pd.DataFrame(
        {
            "What": [part.title for part in parts],
            "Size": [size(part.size_bytes) for part in parts],
            "Holds": [part.holds for part in parts],
            "Goes next": [size(part.removable_bytes) if part.removable_bytes else fmt.NOTHING for part in parts],
            "Kept": [part.retention for part in parts],
        }
    )
    free = shutil.disk_usage(settings.data_dir).free
    hint = f"{size(sum(part.size_bytes for part in parts))} in all, {size(free)} free on this disk."
    return shown.card("Storage", data_table(table, "Storage by part"), hint=hint)


def size(count: int) -> str:
    """
    >>> size(0), size(12_300), size(1_550_000), size(2_400_000_000)
    ('0\\xa0B', '12.3\\xa0kB', '1.6\\xa0MB', '2.4\\xa0GB')
    """
    for unit, step in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= step:
            return f"{fmt.number(count / step, 1)}{NO_BREAK}{unit}"
    return f"{count}{NO_BREAK}B"
