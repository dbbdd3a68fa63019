"""The tables of the step `products`, from a delivery that is small enough to know what must be in them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashapp.domain.lifecycle_report import NOT_JUDGED
from dashapp.domain.vocabulary import LifecycleStage
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshots
from etl.products import TABLES, quarters
from tests.etl.conftest import Ask, Refresh, order_lines

ANY = ", ".join(f"(select count(*) from {table})" for table in TABLES if table.startswith("marts."))


def test_a_shop_of_pairs_has_them_and_its_postage_has_none(refresh: Refresh, ask: Ask):
    rng = np.random.default_rng(1)
    lines = []
    for number in range(200):
        when = f"{date.fromordinal(date(2024, 1, 1).toordinal() + number)} 10:00"
        bought = {f"p{key}" for key in rng.choice(20, 2, replace=False)} | {"POST"}
        bought |= {"cup", "saucer"} if number % 4 == 0 else set()
        lines += [(f"o{number}", when, None, product, 1, 10) for product in sorted(bought)]
        lines.append((f"r{number}", when, None, "cup", -1, 10))
    refresh(order_lines=order_lines(*lines))
    pairs = ask(
        """select a.product_id, b.product_id, joint_baskets, later_joint_baskets, holds, rank
           from marts.product_pairs as pair
           join marts.products as a on a.product_key = pair.product_key
           join marts.products as b on b.product_key = pair.other_product_key"""
    )
    # 182 days to the end of June, the month before the last day: 127 and 55 baskets, every fourth with both.
    assert pairs == [("cup", "saucer", 32, 14, True, 1)]
    assert ask("select baskets, baskets_cut, pairs_found, split_at from meta.product_pairs") == [
        (182, 0, 1, date(2024, 5, 7))
    ]


def test_what_customers_started_with_is_told_at_equal_age(refresh: Refresh, ask: Ask):
    lines = []
    for number in range(25):
        lines.append((f"a{number}", "2024-01-01 10:00", f"c{number}", "cup", 1, 10))
        lines.append((f"b{number}", "2024-02-01 10:00", f"c{number}", "pen", 1, 5))
    lines.append(("z", "2024-05-15 10:00", "late", "cup", 1, 10))  # in a month that is not over
    refresh(order_lines=order_lines(*lines))
    rows = ask(
        """select level, product_id, window_days, customers, mature_customers, entry.repeat_rate,
                net_value,
                median_days_to_second
           from marts.entry_products as entry left join marts.products using (product_key) order by all"""
    )
    assert rows == [
        ("category", None, 90, 25, 25, 1.0, 15.0, 31.0),
        ("product", "cup", 90, 25, 25, 1.0, 15.0, 31.0),
    ]


def test_the_second_purchase_is_compared_among_those_who_started_alike(refresh: Refresh, ask: Ask):
    """In each of two quarters 25 start with a cup and come back after 20 days, 25 with a pen and after 40 or never."""
    lines = []
    for number in range(100):
        start = pd.Timestamp(f"2024-0{1 + number // 50 * 3}-01 10:00")
        cup = number % 2 == 0
        lines.append((f"a{number}", str(start)[:16], f"c{number}", "cup" if cup else "pen", 1, 10))
        if cup or number % 4 == 1:
            again = start + pd.Timedelta(days=20 if cup else 40)
            lines.append((f"b{number}", str(again)[:16], f"c{number}", "mug", 1, 10))
    lines.append(("z", "2024-08-15 10:00", "late", "mug", 1, 10))
    refresh(order_lines=order_lines(*lines))
    rows = ask(
        """select product_id, hazard_ratio, hazard_low, hazard_high, hazard_q_value
           from marts.entry_products join marts.products using (product_key)
           where level = 'product' and window_days = 90 order by product_id"""
    )
    assert [row[0] for row in rows] == ["cup", "pen"]
    assert rows[0][1] == pytest.approx(1 / rows[1][1], rel=1e-9)
    assert all(low < ratio < high and q < 1e-6 for _, ratio, low, high, q in rows)
    assert ask("select distinct hazard_ratio from marts.entry_products where level = 'category'") == [(None,)]


def test_products_say_who_came_back_and_what_came_back(refresh: Refresh, ask: Ask):
    lines = order_lines(
        ("1", "2024-01-01 10:00", "ann", "cup", 4, 10), ("2", "2024-01-09 10:00", "ann", "cup", 1, 10),
        ("3", "2024-01-09 10:00", "ann", "pen", 1, 5), ("4", "2024-01-05 10:00", "ben", "cup", 3, 10),
        ("5", "2024-01-06 10:00", "ben", "cup", -2, 10), ("6", "2024-01-06 10:00", None, "cup", 2, 10),
    )  # fmt: skip
    costs = pd.DataFrame({"product_id": ["cup"], "unit_cost": [4]})
    refresh(order_lines=lines, products=costs)
    assert ask("select product_id, buyers, repeat_buyers, repeat_rate, first_purchase_share, return_rate, "
               "cast(gross_margin as double) from marts.products order by 1") == [
        ("cup", 2, 1, 0.5, 1.0, 0.2, 48.0),  # 8 pieces kept at a margin of 6; 2 of 10 came back
        ("pen", 1, 0, 0.0, 0.0, 0.0, None),
    ]  # fmt: skip


def test_a_shop_without_customers_or_products_has_empty_tables_but_every_product_a_stage(refresh: Refresh, ask: Ask):
    refresh(order_lines=order_lines(("o", "2024-01-01 10:00", None, None, 1, 10)))
    assert ask(f"select {ANY}") == [(0, 0, 0, 0, 0)]
    refresh(order_lines=order_lines(("o", "2024-01-01 10:00", None, "cup", 1, 10)))
    assert ask(f"select {ANY}") == [(1, 0, 0, 0, 0)]


def test_a_product_first_sold_in_the_month_under_way_is_listed_and_too_early_to_say(refresh: Refresh, ask: Ask):
    lines = [(f"o{day}", f"2024-03-{day:02} 10:00", "ann", "cup", 9, 10) for day in range(1, 32)]
    lines += [("p", "2024-04-02 10:00", "ann", "pen", 40, 10), ("q", "2024-04-03 10:00", None, "cup", 9, 10)]
    refresh(order_lines=order_lines(*lines))
    stages = "select product_id, stage, periods, s.units, first_month, reason from marts.product_stages as s"
    assert ask(f"{stages} join marts.products using (product_key) order by all") == [
        ("cup", "too_early", 1, 279.0, date(2024, 3, 1), "Fewer than 6 whole months with usable sales, or fewer than "
         "30 pieces: 1 months, 279 pieces."),
        ("pen", "too_early", 0, 0.0, date(2024, 4, 1), NOT_JUDGED),
    ]  # fmt: skip


def test_transitions_name_the_stage_of_the_quarter_before_and_of_no_other():
    months = pd.to_datetime(["2024-01-01", "2024-03-01", "2024-04-01", "2024-12-01"])
    history = pd.DataFrame({"product_key": 1, "month": months, "stage": ["new", "growth", "maturity", "decline"]})
    found = quarters(history)
    assert found["stage"].to_list() == ["growth", "maturity", "decline"]
    assert found["previous_stage"].fillna("-").to_list() == ["-", "growth", "-"]


def test_the_sample_shop_has_stages_transitions_and_entry_values(sample_warehouse: Settings):
    snapshot = Snapshots(sample_warehouse).current()
    counts = snapshot._rows(
        """select (select count(*) from marts.product_stages) as staged,
            (select count(*) from marts.products where first_sold_on is not null) as sold,
            (select count(*) from marts.product_transitions where previous_stage is not null) as moved,
            (select count(*) from marts.entry_products where level = 'category') as categories""",
        {},
    )[0]
    stages = {row["stage"] for row in snapshot._rows("select distinct stage from marts.product_stages", {})}
    assert counts["staged"] == counts["sold"] > 0
    assert counts["moved"] > 0
    assert counts["categories"] > 0
    assert stages <= set(LifecycleStage)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_published_as_declared(refresh: Refresh, ask: Ask, table: str):
    refresh(order_lines=order_lines(("o", "2024-01-01 10:00", "ann", "cup", 1, 10)))
    found = [f"{row[0]} {row[1]}" for row in ask(f"describe {table}")]
    assert ", ".join(found) == TABLES[table][1]
