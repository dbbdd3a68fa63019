"""Products: stages of their lives, pairs bought together, what customers became worth by what they started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from dashapp.domain import bundles, entry_products, lifecycle
from dashapp.domain.lifecycle import Lifecycle
from etl.progress import Progress
from etl.unchanged import fingerprint, taken_over
from etl.work import Connection

TABLES: Mapping[str, tuple[str, str]] = {
    "marts.product_stages": (
        "product_key",
        "product_key UINTEGER, stage VARCHAR, method VARCHAR, periods INTEGER, units DOUBLE, first_month DATE, "
        "share_introduction DOUBLE, share_growth DOUBLE, share_maturity DOUBLE, share_decline DOUBLE, "
        "confidence DOUBLE, pending VARCHAR, reason VARCHAR",
    ),
    "marts.product_transitions": (
        "quarter, product_key",
        "product_key UINTEGER, quarter DATE, month DATE, stage VARCHAR, previous_stage VARCHAR",
    ),
    "marts.product_curves": (
        "product_key, month",
        "product_key UINTEGER, month DATE, family VARCHAR, counted VARCHAR, expected DOUBLE, season DOUBLE, "
        "is_used BOOLEAN, growth_from DATE, peak_on DATE, decline_from DATE",
    ),
    "marts.product_pairs": (
        "rank",
        "rank INTEGER, product_key UINTEGER, other_product_key UINTEGER, joint_baskets INTEGER, baskets INTEGER, "
        "other_baskets INTEGER, lift DOUBLE, lift_low DOUBLE, leverage DOUBLE, confidence DOUBLE, "
        "other_confidence DOUBLE, p_value DOUBLE, q_value DOUBLE, later_joint_baskets INTEGER, later_lift DOUBLE, "
        "later_lift_low DOUBLE, holds BOOLEAN",
    ),
    "marts.entry_products": (
        "level, window_days, product_key, category",
        "level VARCHAR, product_key UINTEGER, category VARCHAR, window_days INTEGER, customers INTEGER, "
        "mature_customers INTEGER, repeat_rate DOUBLE, net_value DOUBLE, net_value_low DOUBLE, net_value_high DOUBLE, "
        "shrunk_value DOUBLE, shrunk_low DOUBLE, shrunk_high DOUBLE, overall_value DOUBLE, p_value DOUBLE, "
        "q_value DOUBLE, median_days_to_second DOUBLE, hazard_ratio DOUBLE, hazard_low DOUBLE, hazard_high DOUBLE, "
        "hazard_p_value DOUBLE, hazard_q_value DOUBLE",
    ),
    "meta.product_pairs": (
        "baskets",
        "baskets INTEGER, baskets_cut INTEGER, pairs_tested INTEGER, pairs_found INTEGER, split_at DATE",
    ),
}
"""Physical order and columns of what this step publishes.

product_stages: one row per product ever sold. share_* are probabilities 0-1 of the four phases of the curve, confidence
the one of `stage`; null without a curve. product_transitions: the stage as of each quarter's last whole month (`month`)
and the quarter before's. product_curves: the fitted curve of each product that has one, month by month: expected counts
of `counted` (new_buyers or units), its inflections (growth_from, decline_from) and its peak. product_pairs: confidence
is the share of product_key's baskets with the other.
entry_products: level 'product' or 'category'; money is net sales in the first window_days of a customer. hazard_*: how
much sooner the second purchase comes than for the others who started in that quarter with about as many products, over
all of the time observed, the same in every window; null where there are no such others.
"""

MOST_PAIRS = 20_000
"Published at most, the best ones; the number found is in meta.product_pairs."

MONTHS = "select product_key, month, units, buyers, new_buyers from marts.product_months order by product_key, month"
CATALOGUE = "select product_key, category, first_sold_on from marts.products order by product_key"
SALE_DAYS = "select distinct product_key, order_date as day from staging.order_lines where kind = 'sale'"
BASKETS = """
    select
        cast(dense_rank() over (order by order_date, order_id, customer_key) as bigint) as basket,
        order_date as day, product_key
    from (
        select distinct line.order_id, line.customer_key, line.order_date, line.product_key
        from staging.order_lines as line
        inner join marts.products as product on product.product_key = line.product_key
        where line.kind = 'sale'
    ) as lines
    order by basket, product_key"""
"Purchase orders, their distinct products: no returns, no charges."
ENTRIES = """
    select distinct line.customer_key, line.product_key, product.category
    from staging.order_lines as line
    inner join marts.products as product on product.product_key = line.product_key
    inner join staging.rfm as rfm on rfm.customer_key = line.customer_key and rfm.first_order_date = line.order_date
    where line.kind = 'sale'
    order by line.customer_key, line.product_key"""
CUSTOMERS = """
    select rfm.customer_key, rfm.T_days,
        cast(date_diff('day', rfm.first_order_date, second.order_date) as double) as second_days,
        year(rfm.first_order_date) * 4 + quarter(rfm.first_order_date) as first_quarter
    from staging.rfm as rfm
    left join staging.purchase_days as second on second.customer_key = rfm.customer_key and second.purchase_number = 2
    order by rfm.customer_key"""
VALUE_DAYS = """
    select days.customer_key, cast(date_diff('day', rfm.first_order_date, days.order_date) as integer) as age_days,
        cast(days.net_sales as double) as net_value
    from staging.customer_dates as days
    inner join staging.rfm as rfm on rfm.customer_key = days.customer_key
    order by days.customer_key, age_days"""


INPUTS = {
    "marts.product_months": "product_key, month, units, buyers, new_buyers",
    "marts.products": "product_key, category, first_sold_on",
    "staging.customer_dates": "customer_key, order_date, net_sales",
    "staging.observation": "observed_from, observed_until",
    "staging.order_lines": "order_id, customer_key, order_date, product_key, kind",
    "staging.purchase_days": "customer_key, purchase_number, order_date",
    "staging.rfm": "customer_key, first_order_date, T_days",
}
"All that the queries here read: where it is as it was for the current snapshot, so is what comes out."


def products(connection: Connection, progress: Progress, earlier: Path | None = None) -> None:
    """Write the tables of TABLES; without products, customers or sales they are empty.

    earlier: file of a snapshot they are taken over from where nothing that is read here has changed since.
    """
    progress.step("products", 0.0, "Stages")
    if taken_over(connection, earlier, "products", fingerprint(connection, INPUTS), TABLES):
        progress.step("products", 1.0, "As before: no sale, customer or category has changed")
        return
    life = _lives(connection)
    stages = life.current
    _write(connection, "marts.product_stages", stages)
    _write(connection, "marts.product_transitions", quarters(life.history))
    _write(connection, "marts.product_curves", life.curves)
    progress.step("products", 0.5, "Pairs")
    found = bundles.find(connection.execute(BASKETS).df())
    pairs = found.pairs.head(MOST_PAIRS)
    _write(connection, "marts.product_pairs", pairs.assign(rank=range(1, len(pairs) + 1)))
    _write(connection, "meta.product_pairs", _searched(found))
    progress.step("products", 0.8, "First products")
    _write(connection, "marts.entry_products", _entries(connection))
    progress.step("products", 1.0, f"{len(stages):,} products, {len(found.pairs):,} pairs")


def _lives(connection: Connection) -> Lifecycle:
    observed = connection.execute("select observed_from, observed_until from staging.observation").fetchall()
    if not observed or observed[0][0] is None:
        return lifecycle.nothing()
    return lifecycle.judge(
        connection.execute(MONTHS).df(),
        connection.execute(CATALOGUE).df(),
        connection.execute(SALE_DAYS).df(),
        pd.Timestamp(observed[0][0]),
        pd.Timestamp(observed[0][1]),
    )


def quarters(history: pd.DataFrame) -> pd.DataFrame:
    """The last judged month of each quarter, with the stage at the end of the quarter before where there was one."""
    if history.empty:
        return history
    quarter = pd.to_datetime(history["month"]).dt.to_period("Q")
    last = history.assign(number=quarter.map(lambda value: value.ordinal), quarter=quarter.dt.to_timestamp())
    last = last.sort_values(["product_key", "month"]).drop_duplicates(["product_key", "number"], keep="last")
    before = last.groupby("product_key")[["stage", "number"]].shift()
    last["previous_stage"] = before["stage"].where(before["number"] == last["number"] - 1)
    return last.drop(columns="number")


def _searched(found: bundles.Bundles) -> pd.DataFrame:
    return pd.DataFrame({
        "baskets": [found.baskets], "baskets_cut": [found.baskets_cut], "pairs_tested": [found.tested],
        "pairs_found": [len(found.pairs)], "split_at": [found.split_at],
    })  # fmt: skip


def _entries(connection: Connection) -> pd.DataFrame:
    entries, customers, days = (connection.execute(sql).df() for sql in (ENTRIES, CUSTOMERS, VALUE_DAYS))
    by_product = entry_products.compare(entries.rename(columns={"product_key": "entry_key"}), customers, days)
    by_category = entry_products.compare(entries.rename(columns={"category": "entry_key"}), customers, days)
    category = entries.drop_duplicates("product_key").set_index("product_key")["category"]
    by_product["level"], by_product["category"] = "product", by_product["entry_key"].map(category)
    by_category["level"], by_category["category"] = "category", by_category["entry_key"]
    by_product["product_key"] = by_product["entry_key"].astype("Int64")
    by_category["product_key"] = pd.Series(pd.NA, index=by_category.index, dtype="Int64")
    return pd.concat([by_product, by_category], ignore_index=True)


def _write(connection: Connection, table: str, frame: pd.DataFrame) -> None:
    """Create the table as declared and fill it; a number that is no number is NULL."""
    columns = [tuple(column.split()) for column in TABLES[table][1].split(", ")]
    connection.execute(f"create table {table} ({TABLES[table][1]})")
    if frame.empty:
        return
    values = ", ".join(
        f"cast(case when isnan(cast({name} as double)) then null else {name} end as {kind})" if kind == "DOUBLE"
        else f"cast({name} as {kind})"
        for name, kind in columns
    )  # fmt: skip
    connection.register("rows", frame[[name for name, _ in columns]])
    connection.execute(f"insert into {table} select {values} from rows")
    connection.unregister("rows")
