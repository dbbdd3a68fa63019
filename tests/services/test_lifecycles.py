"""Stages under a reader's thresholds: the published ones come back, other thresholds move products and say which."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashapp.errors import InputError
from dashapp.services.lifecycles import compared, rejudge
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots


class Steps:
    def __init__(self) -> None:
        self.fractions: list[float] = []

    def step(self, name: str, fraction: float, message: str = "") -> None:
        self.fractions.append(fraction)


def _asked(settings: Settings, **rules: Any) -> dict[str, Any]:
    return {"snapshot_id": Snapshots(settings).current().id, "rules": rules}


@pytest.mark.slow
def test_the_published_thresholds_give_the_published_stages(sample_warehouse: Settings) -> None:
    steps = Steps()
    result = rejudge(_asked(sample_warehouse), steps, sample_warehouse)
    assert (result["changed"], result["listed"]) == (0, [])
    assert result["now"] == result["published"]
    assert steps.fractions == sorted(steps.fractions)
    assert steps.fractions[-1] > 0.95


@pytest.mark.slow
def test_stricter_thresholds_leave_more_products_too_early(sample_warehouse: Settings) -> None:
    result = rejudge(_asked(sample_warehouse, least_units=1000.0), Steps(), sample_warehouse)
    assert result["now"]["too_early"] > result["published"].get("too_early", 0)
    assert result["changed"] >= result["now"]["too_early"] - result["published"].get("too_early", 0)


def test_another_snapshot_is_not_taken_for_the_readers(sample_warehouse: Settings) -> None:
    with pytest.raises(InputError, match="Newer data"):
        rejudge({"snapshot_id": "000000-none", "rules": {}}, Steps(), sample_warehouse)


def test_only_products_whose_stage_differs_are_listed_best_sellers_first() -> None:
    published = pd.DataFrame({
        "product_key": [1, 2, 3, 4], "product_id": list("abcd"), "product_name": ["A", "B", None, "D"],
        "net_sales": [5.0, 1.0, 9.0, 2.0], "stage": ["growth", "decline", "new", None],
    })  # fmt: skip
    found = pd.DataFrame(
        {"product_key": [1, 2, 3], "stage": ["maturity", "decline", "growth"], "confidence": [0.5, 0.9, float("nan")]}
    )
    result = compared(published, found)
    assert [row["product_id"] for row in result["listed"]] == ["c", "a"]
    assert result["listed"][0]["confidence"] is None
    assert (result["products"], result["changed"]) == (3, 2)
    assert result["now"] == {"maturity": 1, "decline": 1, "growth": 1}
