"""What-if stages: the products of a snapshot judged again with a reader's thresholds.

Runs in a computation process only.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Protocol

import pandas as pd

from dashapp.domain import lifecycle
from dashapp.domain.lifecycle_rules import LifecycleRules
from dashapp.errors import NotEnoughData
from dashapp.services.scoring import looked_at
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot

MOST_CHANGED = 200
"Products listed one by one, those with most net sales; the number of all that changed is told beside."


class Progress(Protocol):
    """Tells a waiting reader how far the work is."""

    def step(self, name: str, fraction: float, message: str = "") -> None: ...


def rejudge(arguments: dict[str, Any], progress: Progress, settings: Settings) -> dict[str, Any]:
    """Stages under other thresholds, beside the published ones.

    arguments: snapshot_id, rules (some fields of LifecycleRules). Raises InputError, NotEnoughData.
    """
    rules = replace(LifecycleRules(), **arguments["rules"])
    snapshot = looked_at(settings, arguments["snapshot_id"])
    progress.step("read", 0.02, "Reading the products")
    published = snapshot.frame("product_stages")
    if published["first_sold_on"].isna().all():
        raise NotEnoughData("No product was ever sold.", "Load order lines with products.")
    facts = snapshot.facts
    found = lifecycle.judge(
        snapshot.frame("product_lives"),
        published[["product_key", "category", "first_sold_on"]],
        snapshot.frame("product_sale_days"),
        pd.Timestamp(facts.observed_from),
        pd.Timestamp(facts.observed_until),
        rules,
        lambda done, month: progress.step("judge", 0.1 + 0.88 * done, f"Stages as of {month:%B %Y}"),
    )
    return _facts(snapshot, rules) | compared(published, found.current)


def compared(published: pd.DataFrame, found: pd.DataFrame) -> dict[str, Any]:
    """Counts of both, and who changed; products without a stage in either are left out.

    published: product_key, product_id, product_name, net_sales, stage; found: product_key, stage, confidence.
    """
    both = published.merge(found[["product_key", "stage", "confidence"]], on="product_key", suffixes=("", "_now"))
    both = both[both["stage"].notna()]
    changed = both[both["stage"] != both["stage_now"]].sort_values("net_sales", ascending=False)
    listed = changed.head(MOST_CHANGED).astype({"net_sales": float}).astype(object)
    columns = ["product_id", "product_name", "stage", "stage_now", "confidence", "net_sales"]
    return {
        "products": len(both),
        "published": _counts(both["stage"]),
        "now": _counts(both["stage_now"]),
        "changed": len(changed),
        "listed": [
            {str(name): value for name, value in row.items()}
            for row in listed[columns].where(listed[columns].notna(), None).to_dict("records")
        ],
    }


def _counts(stages: pd.Series[Any]) -> dict[str, int]:
    return {str(stage): int(count) for stage, count in stages.value_counts().items()}


def _facts(snapshot: Snapshot, rules: LifecycleRules) -> dict[str, Any]:
    return {
        "snapshot_id": snapshot.id,
        "observed_until": snapshot.facts.observed_until.isoformat(),
        "currency": snapshot.facts.currency,
        "rules": asdict(rules),
    }
