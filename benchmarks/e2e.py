"""From order lines to the value of every customer: against its own RFM step, and against lifetimes all the way."""

from __future__ import annotations

import importlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.harness import Benchmark, Measured, Promise, interleaved
from benchmarks.rfm import build, prepare
from benchmarks.score import COLUMNS, DAYS, MONTHLY_RATE, clv
from dashapp.domain.lifetimes_engine import contained, fitter
from dashapp.domain.models import bg_nbd, gamma_gamma

RFM = f"select customer_key, {', '.join(COLUMNS)} from staging.rfm order by customer_key"


def run(n: int) -> Measured:
    with tempfile.TemporaryDirectory() as name, contained(), duckdb.connect(config={"threads": 2}) as connection:
        prepare(connection, Path(name) / "lines.parquet", n)
        _let_customers_differ(connection, Path(name) / "priced.parquet")
        frame = connection.execute("select customer_key, order_date, cast(amount as double) as amount from lines").df()
        fitter("BetaGeoFitter")  # its import takes seconds and is not what is measured
        seconds, results = interleaved(
            {
                "pipeline": lambda: pipeline(connection),
                "rfm": lambda: build(connection),
                "lifetimes": lambda: _theirs(frame),
            },
            {"lifetimes": 2},
        )
    ours, theirs = results["pipeline"], results["lifetimes"]
    return Measured(
        n,
        seconds,
        (
            Promise("lines to values, times the RFM step", seconds["pipeline"] / seconds["rfm"], 1.6, False),
            Promise("lines to values, times faster than lifetimes", seconds["lifetimes"] / seconds["pipeline"], 12),
        ),
        {
            "customers": abs(len(ours.rfm) / len(theirs.rfm) - 1.0),
            "purchases": abs(ours.rfm["frequency"].sum() / theirs.rfm["frequency"].sum() - 1.0),
            "money": abs(_money(ours.rfm) / _money(theirs.rfm) - 1.0),
            "log-likelihood of purchases that ours lacks": _lacking(ours.purchases, theirs.purchases),
            "log-likelihood of spend that ours lacks": _lacking(ours.spend, theirs.spend),
        },
        tolerance=1e-3,  # customers of these lines spend alike, so a weak prior keeps our spend model from its bound
    )


def _let_customers_differ(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Lines on which some customers always pay more: without that, a spend model has nothing to find."""
    connection.execute(
        f"""copy (
            select * replace (
                cast(amount * exp(0.6 * ((hash(customer_key) % 1000 + hash(customer_key * 7) % 1000) / 408.0 - 2.45))
                    as decimal(16, 2)) as amount
            ) from lines
        ) to '{path}' (format parquet, compression zstd)"""
    )
    connection.execute(f"create or replace view lines as from read_parquet('{path}')")
    connection.execute("create or replace view staging.order_lines as from lines")


@dataclass(frozen=True)
class Walk:
    """What a pipeline came to on its way."""

    rfm: pd.DataFrame
    purchases: Any
    spend: Any
    value: np.ndarray


def pipeline(connection: duckdb.DuckDBPyConnection) -> Walk:
    """From `staging.order_lines` to the value of every customer."""
    build(connection)
    rfm = connection.execute(RFM).df()
    purchases, spend = bg_nbd.MODEL.fit(rfm), gamma_gamma.MODEL.fit(rfm)
    return Walk(rfm, purchases, spend, clv(rfm, purchases, spend)[2])


def _theirs(frame: pd.DataFrame) -> Walk:
    summary = importlib.import_module("lifetimes.utils").summary_data_from_transaction_data
    rfm = summary(frame, "customer_key", "order_date", "amount")
    bg = fitter("BetaGeoFitter").fit(rfm["frequency"], rfm["recency"], rfm["T"])
    spenders = rfm[(rfm["frequency"] > 0) & (rfm["monetary_value"] > 0)]
    gg = fitter("GammaGammaFitter").fit(spenders["frequency"], spenders["monetary_value"])
    value = gg.customer_lifetime_value(
        bg, rfm["frequency"], rfm["recency"], rfm["T"], rfm["monetary_value"], time=DAYS // 30,
        discount_rate=MONTHLY_RATE, freq="D",
    )  # fmt: skip
    return Walk(rfm, bg, gg, value.to_numpy())


def _money(rfm: pd.DataFrame) -> float:
    return float((rfm["frequency"] * rfm["monetary_value"]).sum())


def _lacking(ours: Any, theirs: Any) -> float:
    """lifetimes reports the mean in its own time unit; on lines that follow no model its search may end elsewhere."""
    unit = ours.facts.get("purchases", 0.0) * float(np.log(getattr(theirs, "_scale", 1.0)))
    there = unit - theirs._negative_log_likelihood_ * ours.n_customers
    return max(0.0, float(there - ours.log_likelihood) / abs(ours.log_likelihood))


BENCHMARK = Benchmark("e2e", "order lines to CLV against its RFM step and lifetimes", 1_000_000, run)
