"""The step `score` of a refresh, backtest and totals included, in a process of its own: seconds and peak memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from benchmarks.harness import Benchmark, Measured, Promise
from benchmarks.simulated import CDNOW_BG
from dashapp.domain.purchase_days import PurchaseDays

SECONDS, BYTES = 15, 2 * 2**30
END = np.datetime64("2024-12-31")
SPAN = 730
SQL = (
    "create schema staging", "create schema marts", "create schema meta", "create schema quality",
    "create schema backtest",
    """create table marts.customer_days as
        select cast(customer_key as uinteger) as customer_key, cast(order_date as date) as order_date,
            cast(amount as decimal(16, 2)) as net_sales, true as is_purchase
        from days order by customer_key, order_date""",
    """create table staging.purchase_days as
        select *, row_number() over (partition by customer_key order by order_date) as purchase_number
        from marts.customer_days""",
    """create table marts.customers as
        select cast(customer_key as uinteger) as customer_key, cast(customer_key as varchar) as customer_id,
            cast(frequency as integer) as frequency, cast(recency_days as integer) as recency_days,
            cast(T_days as integer) as T_days, monetary_value,
            cast(T_days - recency_days as integer) as days_since_last_order,
            cast(date '2024-12-31' - cast(T_days - recency_days as integer) as date) as last_order_date,
            cast(date '2024-12-31' - cast(T_days as integer) as date) as first_order_date,
            ['Loyal', 'New', 'Lost'][1 + customer_key % 3] as segment,
            ['France', 'Germany'][1 + customer_key % 2] as country, 'web' as channel
        from rfm""",
    """create table staging.observation as
        select min(order_date) as observed_from, date '2024-12-31' as observed_until from marts.customer_days""",
    "create view staging.customer_days as from marts.customer_days",
    "create view staging.customer_dates as from marts.customer_days",
    "create table staging.customers_without_purchase (customer_id varchar, reason varchar)",
)  # fmt: skip


def run(n: int) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "work.duckdb"
        _prepare(path, n)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.refresh_score", os.fspath(path)], capture_output=True, text=True,
            check=True, cwd=Path(__file__).resolve().parent.parent,
        )  # fmt: skip
        said = json.loads(done.stdout)
    return Measured(
        n,
        said["seconds"],
        (
            Promise("the whole step, seconds", sum(said["seconds"].values()), SECONDS, False),
            Promise("peak memory of the process, of 2 GB", said["peak_bytes"] / BYTES, 1, False),
        ),
        {"customers without a score": float(n - said["scored"]), "total and scores": said["total"]},
    )


def _prepare(path: Path, n: int) -> None:
    days = histories(n)
    rfm = PurchaseDays.from_frame(days).summary(END.astype(object))
    with duckdb.connect(os.fspath(path)) as connection:
        connection.register("days", days)
        connection.register("rfm", rfm)
        for statement in SQL:
            connection.execute(statement)


def histories(n: int, seed: int = 20260101) -> pd.DataFrame:
    """Purchase days of `n` customers who joined evenly over two years: customer_key, order_date, amount."""
    rng, truth = np.random.default_rng(seed), CDNOW_BG
    rate, leave = rng.gamma(truth.r, 1.0 / truth.alpha, n), rng.beta(truth.a, truth.b, n)
    scale, clock = rng.gamma(truth.q, 1.0 / truth.v, n), rng.uniform(0.0, SPAN - 1.0, n)
    here, found = np.arange(n), []
    while len(here):
        found.append((here, clock[here].astype(int), rng.gamma(truth.p, 1.0, len(here)) / scale[here]))
        clock[here] += rng.exponential(1.0, len(here)) / np.maximum(rate[here], 1e-300)
        stays = (clock[here] < SPAN) & ((len(found) == 1) | (rng.random(len(here)) >= leave[here]))
        here = here[stays]
    key, day, amount = (np.concatenate(column) for column in zip(*found, strict=True))
    frame = pd.DataFrame({"customer_key": key, "order_date": END - (SPAN - 1) + day, "amount": np.round(amount, 2)})
    return frame.groupby(["customer_key", "order_date"], as_index=False)["amount"].sum()


def measure(path: Path) -> dict[str, object]:
    """The step on a working database, and what the process needed at most."""
    from dashapp.settings import Settings
    from etl import added
    from etl.backtest import backtest, parts, purchase_days
    from etl.health import health
    from etl.next_purchase import next_purchase
    from etl.progress import Silent
    from etl.score import score
    from etl.totals import totals, valued
    from etl.validity import validity

    settings, silent, seconds = Settings(data_dir=path.parent), Silent(), {}
    with duckdb.connect(os.fspath(path), config={"memory_limit": settings.refresh_memory_limit}) as connection:
        start = time.perf_counter()
        days = purchase_days(connection)
        tested = backtest(connection, days, parts(connection), settings, silent)
        seconds["backtest"] = time.perf_counter() - start
        score(connection, settings, silent, tested)
        seconds["scores"] = time.perf_counter() - start - sum(seconds.values())
        next_purchase(connection, settings)
        seconds["next purchase"] = time.perf_counter() - start - sum(seconds.values())
        health(connection, days, settings, tested, silent)
        seconds["health"] = time.perf_counter() - start - sum(seconds.values())
        verdict = validity(connection, settings, silent)
        added.join(connection, "staging.scored_customers")
        totals(connection, valued(connection, settings, verdict))
        seconds["validity and totals"] = time.perf_counter() - start - sum(seconds.values())
        scored, clv = connection.execute("select count(p_active), sum(clv) from marts.customers").fetchall()[0]
        rows = connection.execute("select total from marts.clv_totals where kind = 'all'").fetchall()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    total = abs(rows[0][0] / clv - 1.0) if clv and rows else 0.0
    return {"seconds": seconds, "peak_bytes": peak, "scored": scored, "total": total}


BENCHMARK = Benchmark("refresh_score", "the whole step score of a refresh, and its memory", 1_000_000, run)

if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))))
