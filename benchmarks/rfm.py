"""The staging tables behind RFM, from order lines in Parquet: against a bare group by customer, and lifetimes' summary.

What is timed is lines -> customer dates -> purchase days -> rfm, the SQL files themselves, with everything the models
and the customer pages read of them: gaps, numbers of purchases, returns taken off the purchase they follow. Typing the
lines and giving them keys comes before it and serves every other mart too; orders and the days by country and channel
serve other marts and are not on the way.
"""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.deliveries import lines
from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from dashapp.domain.lifetimes_engine import contained
from etl.tables import all_tables

STEPS = (
    "staging.observation", "staging.customer_dates", "staging.purchase_days", "staging.bought", "staging.rfm",
)  # fmt: skip
BARE = """
    create or replace table bare as
    select customer_key, count(*) as lines, min(order_date), max(order_date), sum(amount)
    from staging.order_lines group by customer_key"""
NO_SUMMARIES = """
    create table staging.customer_summaries (
        customer_key uinteger, observed_until date, first_order_date date, last_order_date date, frequency integer,
        recency_days integer, T_days integer, monetary_value double
    )"""
"What customers delivered as summaries would be in; the steps read it beside the orders."
COLUMNS = ["frequency", "recency", "T", "monetary_value"]


def run(n: int) -> Measured:
    with tempfile.TemporaryDirectory() as name, contained(), duckdb.connect(config={"threads": 2}) as connection:
        prepare(connection, Path(name) / "lines.parquet", n)
        frame = connection.execute("select customer_key, order_date, cast(amount as double) as amount from lines").df()
        summary = importlib.import_module("lifetimes.utils").summary_data_from_transaction_data
        seconds, results = interleaved(
            {
                "rfm": lambda: build(connection),
                "group by": lambda: connection.execute(BARE),
                "lifetimes": lambda: summary(frame, "customer_key", "order_date", "amount"),
            },
            {"lifetimes": 3},
        )
        ours = connection.execute(
            """select customer_key, frequency, recency_days as recency, T_days as T, monetary_value
            from staging.rfm order by customer_key"""
        ).df()
    theirs = results["lifetimes"].reset_index().sort_values("customer_key")
    return Measured(
        n,
        seconds,
        (
            Promise("RFM build, times a bare group by customer", seconds["rfm"] / seconds["group by"], 4.5, False),
            Promise("RFM build, times faster than lifetimes", seconds["lifetimes"] / seconds["rfm"], 3),
        ),
        {name: _difference(ours[name], theirs[name]) for name in COLUMNS},
        tolerance=1e-9,
    )


def prepare(connection: duckdb.DuckDBPyConnection, path: Path, n: int) -> None:
    """Accepted lines as staging has them, in Parquet; `lines` and `staging.order_lines` are views of it."""
    connection.execute(
        f"""copy (
            select order_id, cast(dense_rank() over (order by customer_id) as uinteger) as customer_key, ordered_at,
                cast(ordered_at as date) as order_date, country, 'Unknown' as channel,
                cast(quantity as decimal(12, 3)) as quantity, cast(quantity * unit_price as decimal(16, 2)) as amount,
                cast(null as decimal(16, 2)) as margin, 'sale' as kind
            from ({lines(n)})
        ) to '{path}' (format parquet, compression zstd)"""
    )
    connection.execute("create schema staging")
    connection.execute(f"create view lines as from read_parquet('{path}')")
    connection.execute("create view staging.order_lines as from lines")
    connection.execute(NO_SUMMARIES)


def build(connection: duckdb.DuckDBPyConnection) -> None:
    tables = {table.name: table for table in all_tables()}
    for name in STEPS:
        connection.execute(f"create or replace table {name} as {tables[name].select}")


def _difference(ours: pd.Series, theirs: pd.Series) -> float:
    return float(np.max(np.abs(ours.to_numpy() - theirs.to_numpy()) / np.maximum(np.abs(theirs.to_numpy()), 1.0)))


BENCHMARK = Benchmark("rfm", "the models' summary from order lines, against group by and lifetimes", 1_000_000, run)
