from __future__ import annotations

import pandas as pd

from tests.etl.conftest import Ask, Refresh, order_lines

LINES = [(f"o{n}", "2025-12-20 09:00", f"c{n}", "cup", 1, 10) for n in range(10)]
RULES = ("columns_gone", "columns_emptier", "columns_new")


def delivery(without: int = 0, **more: object) -> pd.DataFrame:
    """Ten lines of which the first `without` name no customer."""
    frame = order_lines(*LINES).assign(**more)
    frame.loc[frame.index[:without], "customer_id"] = None
    return frame


def drift(ask: Ask) -> dict[str, list[str]]:
    """Rule -> columns it found."""
    statement = "select row_json ->> 'column_name' from quality.offending_rows where check_id = '{}' order by all"
    found = {rule: [row[0] for row in ask(statement.format(rule))] for rule in RULES}
    return {rule: names for rule, names in found.items() if names}


def test_the_first_delivery_is_compared_with_nothing(refresh: Refresh, ask: Ask):
    refresh(order_lines=delivery(country="France"))
    assert drift(ask) == {}


def test_a_column_that_a_delivery_drops_or_adds_is_told_until_the_next_delivery(refresh: Refresh, ask: Ask):
    refresh(order_lines=delivery(country="France"))
    refresh(order_lines=delivery(without=1, channel="Web"))
    told = {"columns_gone": ["country"], "columns_emptier": ["customer_id"], "columns_new": ["channel"]}
    assert drift(ask) == told
    refresh(force=True)
    assert drift(ask) == told
    assert ask(f"select distinct status from quality.check_results where check_id in {RULES}") == [("warning",)]
    refresh(order_lines=delivery(without=1, channel="Post"))
    assert drift(ask) == {}
