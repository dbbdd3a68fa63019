"""Whatever file operation of a load fails, the lake is the old one or the new one, whole, and the next load goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from etl import lake as lakes
from etl import load
from tests.etl.loading import (
    NOW,
    Heard,
    accepted,
    adds_up,
    load_orders,
    orders,
    rejected,
    settings_in,
    shop_folder,
)
from tests.faulty import FaultyDisk, with_disk

BEFORE = orders("1,2024-01-06,c1,2,1.50", "2,2024-01-07,c2,1,4.00", "bad,,,,")
AFTER = orders("1,2024-01-06,c1,3,1.50", "3,2024-02-30,c3,1,4.00", "4,2024-01-08,c4,1,4.00")


def content(lake: lakes.Lake) -> list[object]:
    """Rows of the lake as read back from its files."""
    return [accepted(lake, "order_id, quantity::INTEGER"), rejected(lake)]


OLD = [[("1", 2), ("2", 1)], [(4, "missing_date,missing_quantity,missing_price")]]
NEW = [[("1", 3), ("4", 1)], [(3, "bad_date")]]


@pytest.mark.parametrize("fault", ["short", "killed"])  # an error and a full disk raise where a short write does
def test_a_load_that_fails_anywhere_leaves_the_old_lake_or_the_new_one(tmp_path: Path, fault: str):
    load_orders(tmp_path, BEFORE)
    shop, failures = shop_folder(tmp_path, {"orders.csv": AFTER}), 0
    for operation in range(1, 100):
        settings = settings_in(tmp_path / str(operation)).model_copy(update={"keep_deliveries": 1})
        shutil.copytree(settings_in(tmp_path).data_dir, settings.data_dir)
        disk = FaultyDisk(settings.data_dir, operation, fault)
        error = with_disk(disk, lambda: load.load("csv_folder", shop, {}, settings, Heard(), now=NOW))  # noqa: B023
        failures += error is not None
        left = lakes.read(settings)
        assert content(left) in ([NEW] if error is None else [OLD, NEW])
        assert all(adds_up(batch) for batch in left.batches)
        healed = load.load("csv_folder", shop, {}, settings, Heard(), now=NOW)
        assert content(healed) == NEW
        raw = healed.folder / "raw" / healed.batches[0].file_sha256
        held = (*healed.files("order_lines"), *healed.rejects(), raw)
        named = {path.relative_to(settings.data_dir) for path in held}
        files = {path.relative_to(settings.data_dir) for path in settings.data_dir.rglob("*") if path.is_file()}
        assert files == named | {Path("lake/manifest.json")}
        if disk.done < operation:
            break
    assert failures >= 10
