from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from dashapp.settings import Settings


@dataclass(frozen=True)
class Batch:
    batch_id: str
    entity: str
    source: str
    file_name: str
    file_sha256: str
    loaded_at: str
    physical_lines: int
    header_lines: int
    blank_lines: int
    accepted_lines: int
    rejected_lines: int
    raw_amount: str | None
    accepted_amount: str | None
    rejected_amount: str | None


@dataclass(frozen=True)
class Feed:
    source: str
    path: str = ""
    options: dict[str, str] = field(default_factory=dict)
    demo: bool = False
    shop_name: str = ""
    currency: str = ""
    policy: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Lake:
    folder: Path
    batches: tuple[Batch, ...]
    feed: Feed

    def files(self, entity: str) -> list[Path]:
        return [
            p
            for b in self.batches
            if b.entity == entity
            for p in sorted((self.folder / "lake" / entity / b.batch_id).rglob("*.parquet"))
        ]

    def rejects(self) -> list[Path]:
        return [p for b in self.batches if (p := self.folder / "quarantine" / f"{b.batch_id}.parquet").exists()]


def read(settings: Settings) -> Lake:
    m = json.loads((settings.data_dir / "lake" / "manifest.json").read_text())
    return Lake(settings.data_dir, tuple(Batch(**b) for b in m["batches"]), Feed(**m["feed"]))
