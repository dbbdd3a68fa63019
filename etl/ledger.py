"""The ledger: what every published snapshot predicted of every customer, kept for good and never changed.

`ledger/<snapshot_id>.parquet` holds the customers, `ledger/manifest.json` one entry per snapshot: its facts, its fits,
the hash of its file, and a hash over all of that and the entry before it. So a changed, exchanged or removed prediction
is found. Entries are written from the published file, after publishing: a crash in between is made good by the next
refresh. Retention and rollback of snapshots do not come here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashapp.errors import SnapshotDamaged
from dashapp.settings import Settings
from dashapp.store import fs
from dashapp.store.publish import Published, Warehouse
from etl.progress import Progress

START = "0" * 64
"What the first entry follows."

CUSTOMERS = """
    select
        customer_id, clv, clv_low, clv_high, p_active, expected_purchases,
        expected_purchases * expected_order_value as expected_value,
        frequency, recency_days, T_days, monetary_value
    from marts.customers
    where p_active is not null
    order by customer_id"""

FACTS = """
    select
        s.snapshot_id, s.seq, s.build_key, s.source, s.shop_name, s.model, s.horizon_days, s.annual_discount_rate,
        s.gross_margin, s.observed_until, s.validity, s.code_version, b.fingerprint,
        (select fitted from meta.models where target = 'purchases') as purchases,
        (select fitted from meta.models where target = 'spend') as spend
    from meta.snapshot as s cross join backtest.summary as b"""


@dataclass(frozen=True)
class Entry:
    """One published prediction."""

    snapshot_id: str
    seq: int
    build_key: str
    source: str
    shop_name: str
    model: str
    horizon_days: int
    annual_discount_rate: float
    gross_margin: float
    observed_until: str
    "ISO date."
    validity: str
    code_version: str
    fingerprint: str
    "Of the purchases its backtest used."
    purchases: str | None
    "The fit as JSON; None where nobody could be scored."
    spend: str | None
    customers: int
    sha256: str
    "Of the Parquet file."
    previous_hash: str
    entry_hash: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.observed_until)


class Ledger:
    """The folder of predictions. Written only by who holds the warehouse's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest_path = folder / "manifest.json"

    @classmethod
    def of(cls, settings: Settings) -> Ledger:
        return cls(settings.folder("ledger"))

    def entries(self) -> tuple[Entry, ...]:
        """Every prediction, oldest first. Raises SnapshotDamaged where the manifest was changed."""
        if not self.manifest_path.exists():
            return ()
        hint = "Restore the folder `ledger` from a backup."
        try:
            entries = tuple(Entry(**item) for item in json.loads(self.manifest_path.read_text("utf-8"))["entries"])
        except (ValueError, TypeError, KeyError) as error:
            raise SnapshotDamaged(f"{self.manifest_path.name} of the ledger cannot be read.", hint) from error
        before = START
        for entry in entries:
            if entry.previous_hash != before or entry.entry_hash != _hash(asdict(entry)):
                raise SnapshotDamaged(f"The ledger's entry of snapshot {entry.snapshot_id} was changed.", hint)
            before = entry.entry_hash
        return entries

    def customers(self, entry: Entry) -> pd.DataFrame:
        """What was predicted of each customer. Raises SnapshotDamaged where the file is not the one written."""
        with duckdb.connect() as connection:
            found: pd.DataFrame = connection.read_parquet(os.fspath(self.proven(entry))).df()
        return found

    def proven(self, entry: Entry) -> Path:
        """The file of what was predicted. Raises SnapshotDamaged where it is not the one written."""
        path = self._path(entry.snapshot_id)
        if not path.exists() or fs.sha256(path) != entry.sha256:
            raise SnapshotDamaged(
                f"The predictions of snapshot {entry.snapshot_id} are missing or were changed after the fact.",
                "Restore the folder `ledger` from a backup.",
            )
        return path

    def record(self, warehouse: Warehouse, published: Iterable[Published]) -> tuple[Entry, ...]:
        """Enter what these snapshots predict, unless it is entered already. Returns the new entries."""
        entries = self.entries()
        known = {entry.snapshot_id for entry in entries}
        fresh: list[Entry] = []
        for item in published:
            if item.snapshot_id not in known and (warehouse.folder / item.file).exists():
                last = (fresh or entries)[-1].entry_hash if fresh or entries else START
                fresh.append(self._write(warehouse.folder / item.file, item.snapshot_id, last))
        if fresh:
            content = {"entries": [asdict(entry) for entry in (*entries, *fresh)]}
            fs.write(self.manifest_path, json.dumps(content, indent=1))
        return tuple(fresh)

    def _write(self, snapshot: Path, snapshot_id: str, previous_hash: str) -> Entry:
        path = self._path(snapshot_id)
        draft = path.with_name(f".{path.name}")
        draft.unlink(missing_ok=True)  # left by a process that died here; it is read-only
        with duckdb.connect(os.fspath(snapshot), read_only=True) as connection:
            cursor = connection.execute(FACTS)
            names = [column[0] for column in cursor.description or ()]
            said = dict(zip(names, cursor.fetchall()[0], strict=True))
            target = os.fspath(draft).replace("'", "''")
            rows = connection.execute(f"copy ({CUSTOMERS}) to '{target}' (format parquet, compression zstd)").fetchall()
        draft.chmod(0o400)
        digest = fs.sha256(draft)
        fs.move(draft, path)
        content = said | {
            "observed_until": said["observed_until"].isoformat(), "customers": rows[0][0], "sha256": digest,
            "previous_hash": previous_hash,
        }  # fmt: skip
        return Entry(**content, entry_hash=_hash(content))

    def _path(self, snapshot_id: str) -> Path:
        return self.folder / f"{snapshot_id}.parquet"


def _hash(content: dict[str, Any]) -> str:
    """Of an entry without its own hash."""
    said = {name: value for name, value in content.items() if name != "entry_hash"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def record(warehouse: Warehouse, settings: Settings, progress: Progress) -> None:
    """Enter every kept snapshot that is not in the ledger; what keeps one out is told and stops no refresh."""
    ledger = Ledger.of(settings)
    for item in warehouse.history():
        try:
            ledger.record(warehouse, [item])
        except (SnapshotDamaged, duckdb.Error, OSError) as error:
            progress.note(f"The ledger has no entry for snapshot {item.snapshot_id}: {str(error).splitlines()[0]}")
