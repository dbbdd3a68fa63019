"""Who adds a rule shows that it finds something: a fault in tests/etl/faults.py bears its name."""

from __future__ import annotations

from etl.rule import rules
from tests.etl.faults import FAULTS


def test_every_rule_has_a_planted_fault_and_every_fault_a_rule() -> None:
    assert {rule.check_id for rule in rules()} == FAULTS.keys()
