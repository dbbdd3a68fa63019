"""Refunds: which order a line back refunds, newest first, and never a cent more or less than the negative lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tests.etl.conftest import Ask, Refresh, order_lines

LINKS = """
    select order_id, quantity, amount, refunded_order_id, days_after, linked_by
    from marts.refunds order by refund_date, order_id, refunded_order_date desc nulls last"""


def links(refresh: Refresh, ask: Ask, lines: pd.DataFrame) -> list[tuple]:
    refresh(order_lines=lines)
    assert ask("select check_id from quality.check_results where severity = 'stop' and status = 'failed'") == []
    return [(order, float(pieces), float(money), *rest) for order, pieces, money, *rest in ask(LINKS)]


def test_the_newest_purchase_is_refunded_first_and_no_more_than_it_sold(refresh: Refresh, ask: Ask):
    found = links(
        refresh,
        ask,
        order_lines(
            ("o1", "2024-01-01", "ann", "cup", 2, 10),
            ("o2", "2024-01-05", "ann", "cup", 1, 10),
            ("o3", "2024-01-06", "ann", "pen", 9, 1),
            ("o4", "2024-01-07", "ben", "cup", 9, 10),
            ("r1", "2024-01-11", "ann", "cup", -2, 9.99),
            ("r2", "2024-01-12", "ann", "cup", -3, 10),
        ),
    )
    assert found == [
        ("r1", -1, -9.99, "o2", 6, "match"),
        ("r1", -1, -9.99, "o1", 10, "match"),
        ("r2", -1, -10, "o1", 11, "match"),
        ("r2", -2, -20, None, None, None),
    ]
    assert ask("select sum(offending_rows) from quality.check_results where check_id = 'returns_without_order'") == [
        (1,)
    ]


def test_a_purchase_after_the_return_is_not_what_it_refunds(refresh: Refresh, ask: Ask):
    lines = order_lines(("r1", "2024-01-01", "ann", "cup", -1, 5), ("o1", "2024-01-02", "ann", "cup", 1, 5))
    assert links(refresh, ask, lines) == [("r1", -1, -5, None, None, None)]


def test_an_order_named_by_the_line_is_taken_at_its_word_and_leaves_fewer_pieces(refresh: Refresh, ask: Ask):
    lines = order_lines(
        ("o1", "2024-01-01", "ann", "cup", 1, 5),
        ("o2", "2024-01-02", "ann", "cup", 1, 5),
        ("r1", "2024-01-03", "ann", "cup", -1, 5),
        ("r2", "2024-01-04", "ann", "cup", -1, 5),
        ("r3", "2024-01-05", "ann", "cup", -1, 5),
    ).assign(refunded_order_id=[None, None, None, "o2", "o9"])
    assert links(refresh, ask, lines) == [
        ("r1", -1, -5, "o1", 2, "match"),
        ("r2", -1, -5, "o2", 2, "reference"),
        ("r3", -1, -5, None, None, None),
    ]


def test_lines_without_customer_or_with_a_negative_price_keep_their_money_and_no_order(refresh: Refresh, ask: Ask):
    lines = order_lines(
        ("o1", "2024-01-01", "ann", "cup", 3, 5),
        ("r1", "2024-01-02", None, "cup", -1, 5),
        ("r2", "2024-01-03", "ann", "cup", 1, -5),
        ("r3", "2024-01-04", "ann", "cup", -1, 0),
    )
    assert links(refresh, ask, lines) == [("r1", -1, -5, None, None, None), ("r2", 1, -5, None, None, None)]
    assert ask("select kind from marts.refunds order by order_id") == [("return",), ("adjustment",)]


def test_the_cents_of_a_line_shared_by_orders_add_up(refresh: Refresh, ask: Ask):
    lines = order_lines(
        *((f"o{n}", f"2024-01-0{n}", "ann", "cup", 1, 5) for n in (1, 2, 3)),
        ("r1", "2024-02-01", "ann", "cup", -3, 0.125),
    )
    shares = [money for _, _, money, *_ in links(refresh, ask, lines)]
    assert len(shares) == 3
    assert sum(map(Decimal, map(str, shares))) == Decimal("-0.38")


def one_by_one(lines: pd.DataFrame) -> dict[tuple[str, str | None], float]:
    """The same rule walked line by line: every line back takes from the newest order that has pieces left."""
    left: dict[tuple[str, str], list[list]] = {}
    found: dict[tuple[str, str | None], float] = {}
    for line in lines.sort_values("ordered_at", kind="stable").itertuples():
        sold = left.setdefault((line.customer_id, line.product_id), [])
        if line.quantity > 0:
            sold.append([line.order_id, line.quantity])
            continue
        wanted = -line.quantity
        while wanted > 0 and sold:
            taken = min(wanted, sold[-1][1])
            found[line.order_id, sold[-1][0]] = found.get((line.order_id, sold[-1][0]), 0) + taken
            wanted, sold[-1][1] = wanted - taken, sold[-1][1] - taken
            if sold[-1][1] == 0:
                sold.pop()
        if wanted:
            found[line.order_id, None] = wanted
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_every_link_is_what_walking_the_lines_one_by_one_gives(refresh: Refresh, ask: Ask, seed: int):
    rng = np.random.default_rng(seed)
    count = 400
    quantity = rng.integers(1, 9, count) * np.where(rng.uniform(size=count) < 0.4, -1, 1)
    lines = pd.DataFrame(
        {
            "order_id": [f"n{number:03d}" for number in range(count)],
            "ordered_at": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(count), unit="h"),
            "customer_id": rng.choice(["ann", "ben", "cid"], count),
            "product_id": rng.choice(["cup", "pen"], count),
            "quantity": quantity,
            "unit_price": 3.33,
        }
    )
    refresh(order_lines=lines)
    found = ask("select order_id, refunded_order_id, -sum(quantity) from marts.refunds group by all")
    assert {(order, refunded): float(pieces) for order, refunded, pieces in found} == one_by_one(lines)
    assert ask(
        """select (select sum(amount) from marts.refunds)
            - (select sum(amount) from marts.order_lines where amount < 0)"""
    ) == [(0,)]


COSTS = pd.DataFrame({"product_id": ["cup", "cup"], "valid_from": ["2024-01-01", "2024-02-01"], "unit_cost": [4, 6]})
SALES = order_lines(
    ("o1", "2023-12-31", "ann", "cup", 1, 10),
    ("o2", "2024-01-31", "ann", "cup", 1, 10),
    ("o3", "2024-02-01", "ann", "cup", 1, 10),
    ("o4", "2024-02-01", "ann", "pen", 1, 10),
)
MARGINS = "select order_id, margin from marts.order_lines order by order_id"


def failed(ask: Ask, *checks: str) -> dict[str, int]:
    found = ask("select check_id, offending_rows from quality.check_results where status = 'failed'")
    return {name: rows for name, rows in found if name in checks}


def test_the_cost_on_the_day_of_the_sale_counts_before_the_single_one(refresh: Refresh, ask: Ask):
    listed = pd.DataFrame({"product_id": ["cup", "pen"], "unit_cost": [1, 2]})
    refresh(order_lines=SALES, products=listed, costs=COSTS)
    assert ask(MARGINS) == [("o1", 9), ("o2", 6), ("o3", 4), ("o4", 8)]
    assert ask("select valid_from, valid_to, unit_cost from marts.costs order by valid_from") == [
        (date(2024, 1, 1), date(2024, 1, 31), 4),
        (date(2024, 2, 1), None, 6),
    ]
    assert failed(ask, "lines_outside_cost_history") == {"lines_outside_cost_history": 1}


def test_a_cost_on_the_line_itself_counts_first(refresh: Refresh, ask: Ask):
    refresh(order_lines=SALES.assign(unit_cost=[3, None, None, None]), costs=COSTS)
    assert ask(MARGINS) == [("o1", 7), ("o2", 6), ("o3", 4), ("o4", None)]
    assert failed(ask, "lines_outside_cost_history") == {}


def test_gaps_and_overlaps_of_validity_are_told_and_the_later_start_wins(refresh: Refresh, ask: Ask):
    costs = COSTS.assign(valid_to=["2024-02-10", "9999-12-31"])
    prices = pd.DataFrame(
        {"product_id": "cup", "valid_from": ["2024-01-01", "2030-02-01", "2024-05-01"],
         "valid_to": ["2024-01-20", None, "2024-04-01"], "unit_price": [9, 10, 11]}
    )  # fmt: skip
    refresh(order_lines=SALES, costs=costs, prices=prices)
    assert ask(MARGINS)[2] == ("o3", 4)
    assert ask("select unit_price from marts.prices order by valid_from") == [(9,), (10,)]
    assert failed(ask, "validity_overlaps", "validity_gaps") == {"validity_overlaps": 2, "validity_gaps": 1}
    assert ask("select reasons from quality.rejects") == []
