"""Every rule finds the fault planted for it: rows, cents and the value of whom it touched; nothing where none is."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.rule import rules
from tests.etl.checking import checked, touched
from tests.etl.faults import FAULTS, clean


def test_a_clean_delivery_offends_no_rule(tmp_path: Path):
    found = checked(tmp_path, clean())
    assert {name: result.offending_rows for name, result in found.items() if result.status != "passed"} == {}
    assert sum(result.offending_rows for result in found.values()) == 0
    assert len(found) == len(rules())


@pytest.mark.parametrize("check_id", FAULTS)
def test_a_rule_finds_the_planted_rows_money_and_customers(tmp_path: Path, check_id: str):
    fault, frames = FAULTS[check_id], clean()
    fault.plant(frames)
    result, valued = touched(tmp_path, frames, tamper=fault.tamper)[check_id]
    assert result.status in ("failed", "warning")
    assert (result.offending_rows, result.amount, result.customers) == (fault.rows, fault.money, fault.customers)
    assert valued == fault.valued
