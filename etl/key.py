"""What a snapshot's content depends on, as one hash: equal keys mean that a refresh has nothing to do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from pathlib import Path

import dashapp
import etl
from dashapp.domain.validity import Thresholds
from dashapp.settings import Settings
from etl.lake import Batch

CONTENT_SETTINGS = (
    "shop_name", "currency", "model", "horizon_days", "annual_discount_rate", "gross_margin", "max_reject_share",
    "non_product_codes", "backtest_models", "backtest_origins", "health_high_risk_below", "health_low_risk_from",
    *(f"valid_{field.name}" for field in fields(Thresholds)),
)  # fmt: skip


@cache
def code_version() -> str:
    """Hash of every file that shapes the content: the ETL with its SQL, and the science. 12 hex digits."""
    roots = [Path(etl.__path__[0]), Path(dashapp.__path__[0]) / "domain"]
    digest = hashlib.sha256()
    for root in roots:
        for path in sorted(path for path in root.rglob("*") if path.suffix in {".py", ".sql"}):
            digest.update(f"{path.relative_to(root.parent).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def build_key(batches: Iterable[Batch], policy: dict[str, object], settings: Settings) -> str:
    """Hash of the deliveries, the rules they are counted by, the settings that enter and the code."""
    content = {
        "batches": sorted(f"{batch.batch_id}:{batch.delivery}" for batch in batches),
        "policy": policy,
        "settings": {name: getattr(settings, name) for name in CONTENT_SETTINGS},
        "code": code_version(),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
