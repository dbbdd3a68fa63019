"""The value a rule touches, as a refresh publishes it, against the rows it kept (planted faults: test_faults.py)."""

from __future__ import annotations

import json

import pytest

from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from tests.etl.conftest import Ask, Refresh
from tests.etl.test_quality import GOOD, order_lines


@pytest.mark.slow
def test_the_value_of_an_issue_is_that_of_the_customers_on_its_rows(sample_warehouse: Settings) -> None:
    snapshot = Snapshots(sample_warehouse).current()
    worth = {row["customer_id"]: row for row in snapshot._rows("select * from marts.customers", {})}
    keys = {row["customer_key"]: name for name, row in worth.items()}
    checks = snapshot._rows("select * from quality.check_results where customers > 0 and offending_rows <= 100", {})
    assert checks
    for check in checks:
        rows = snapshot._rows(
            "select row_json from quality.offending_rows where check_id = $id", {"id": check["check_id"]}
        )
        said = [json.loads(row["row_json"]) for row in rows]
        named = {keys.get(row["customer_key"]) if "customer_key" in row else row.get("customer_id") for row in said}
        touched = [worth[name]["clv"] for name in named if name in worth]
        assert float(check["clv"] or 0) == pytest.approx(sum(touched), abs=0.005), check["check_id"]
    assert any(check["clv"] for check in checks)


def test_where_predictions_are_not_valid_no_value_is_affected(refresh: Refresh, ask: Ask) -> None:
    refresh(order_lines=order_lines(*GOOD, ("o9", "2024-02-02 09:00", "ann", "cup", 1, 0)))
    assert ask("select customers, clv from quality.check_results where check_id = 'zero_prices'") == [(1, None)]
