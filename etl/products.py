"""Products: stages of their lives, pairs bought together, what customers became worth by what they started with.

All as of the end of the last month that is over (etl/whole.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dashapp.domain import bundles, entry_products, lifecycle
from dashapp.domain.lifecycle import Lifecycle
from dashapp.domain.lifecycle_report import NOT_JUDGED
from dashapp.domain.vocabulary import LifecycleStage
from etl import whole
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
        "shrunk_value DOUBLE, shrunk_low DOUBLE, shrunk_high DOUBLE, overall_value DOUBLE, "
        "overall_customers INTEGER, p_value DOUBLE, "
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
entry_products: level 'product' or 'category'; money is net sales in the first window_days of a customer. overall_*: of
everybody observed as long. hazard_*: how
much sooner the second purchase comes than for the others who started in that quarter with about as many products, over
all of the time observed, the same in every window; null where there are no such others.
"""

MOST_PAIRS = 20_000
"Published at most, the best ones; the number found is in meta.product_pairs."

UNJUDGED = """
    insert into marts.product_stages (product_key, stage, method, periods, units, first_month, reason)
    select product_key, $stage, 'rule', 0, 0.0, date_trunc('month', first_sold_on), $reason
    from marts.products
    where first_sold_on is not null and product_key not in (select product_key from marts.product_stages)"""
"Products that no whole month has a sale of: none may be missing from the list."


@dataclass(frozen=True)
class Part:
    """Some of the tables and all that is read for them: where that is as it was, so are they."""

    name: str
    tables: tuple[str, ...]
    inputs: Mapping[str, str]
    "View of etl/whole.py -> the columns read."
    make: Callable[[Connection], Mapping[str, pd.DataFrame]]


def products(connection: Connection, progress: Progress, earlier: Path | None = None) -> None:
    """Write the tables of TABLES; without products, customers or sales they are empty.

    earlier: file of a snapshot whose tables are taken over, part by part, where nothing read for them has changed.
    """
    with whole.looking(connection):
        for number, part in enumerate(PARTS):
            progress.step("products", number / len(PARTS), part.name.capitalize())
            _make(connection, part, progress, earlier)
    _list_unjudged(connection)
    progress.step("products", 1.0, "Stages, pairs and first products")


def _make(connection: Connection, part: Part, progress: Progress, earlier: Path | None) -> None:
    if taken_over(connection, earlier, part.name, fingerprint(connection, part.inputs), part.tables):
        progress.note(f"{part.name.capitalize()}: as before, the months that are over say the same.")
        return
    for table, frame in part.make(connection).items():
        _write(connection, table, frame)


def _list_unjudged(connection: Connection) -> None:
    """Products that no whole month has a sale of are listed anew each time: they may be others than before."""
    connection.execute("delete from marts.product_stages where periods = 0")
    connection.execute(UNJUDGED, {"stage": LifecycleStage.TOO_EARLY.value, "reason": NOT_JUDGED})


def _lives(connection: Connection) -> dict[str, pd.DataFrame]:
    life = _judged(connection)
    return {
        "marts.product_stages": life.current,
        "marts.product_transitions": quarters(life.history),
        "marts.product_curves": life.curves,
    }


def _judged(connection: Connection) -> Lifecycle:
    span = connection.execute("select observed_from, whole_until from whole.span").fetchall()
    if not span or span[0][0] is None:
        return lifecycle.nothing()
    return lifecycle.judge(
        connection.execute(whole.MONTHS).df(),
        connection.execute(whole.CATALOGUE).df(),
        connection.execute(whole.SALE_DAYS).df(),
        pd.Timestamp(span[0][0]),
        pd.Timestamp(span[0][1]),
    )


def _pairs(connection: Connection) -> dict[str, pd.DataFrame]:
    found = bundles.find(whole.Baskets.of(connection))
    pairs = found.pairs.head(MOST_PAIRS)
    return {
        "marts.product_pairs": pairs.assign(rank=range(1, len(pairs) + 1)),
        "meta.product_pairs": _searched(found),
    }


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


def _entries(connection: Connection) -> dict[str, pd.DataFrame]:
    entries, customers, days, catalogue = (
        connection.execute(sql).df() for sql in (whole.ENTRIES, whole.CUSTOMERS, whole.VALUE_DAYS, whole.CATALOGUE)
    )
    category = catalogue.set_index("product_key")["category"].astype("category")
    by_product = entry_products.compare(entries.rename(columns={"product_key": "entry_key"}), customers, days)
    entries["entry_key"] = category.cat.codes.reindex(entries.pop("product_key")).to_numpy()
    by_category = entry_products.compare(entries, customers, days)
    by_product["level"], by_product["category"] = "product", by_product["entry_key"].map(category.astype(object))
    names = dict(enumerate(category.cat.categories))
    by_category["level"], by_category["category"] = "category", by_category["entry_key"].map(names)
    by_product["product_key"] = by_product["entry_key"].astype("Int64")
    by_category["product_key"] = pd.Series(pd.NA, index=by_category.index, dtype="Int64")
    return {"marts.entry_products": pd.concat([by_product, by_category], ignore_index=True)}


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


PARTS = (
    Part(
        "stages",
        ("marts.product_stages", "marts.product_transitions", "marts.product_curves"),
        {
            "whole.span": "observed_from, whole_until",
            "whole.products": "product_key, category, first_sold_on",
            "whole.product_months": "product_key, month, units, buyers, new_buyers",
            "whole.sales": "order_date, product_key",
        },
        _lives,
    ),
    Part(
        "pairs",
        ("marts.product_pairs", "meta.product_pairs"),
        {"whole.sales": "order_id, customer_key, order_date, product_key"},
        _pairs,
    ),
    Part(
        "first products",
        ("marts.entry_products",),
        {
            "whole.span": "whole_until",
            "whole.products": "product_key, category",
            "whole.sales": "customer_key, order_date, product_key",
            "whole.purchase_days": "customer_key, purchase_number, order_date",
            "whole.customer_dates": "customer_key, order_date, net_sales",
        },
        _entries,
    ),
)
"""In the order they are made."""
