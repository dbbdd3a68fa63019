"""The build file: what readers may see of the working database, each table in its physical order."""

from __future__ import annotations

import os
from dataclasses import astuple
from pathlib import Path

from dashapp.domain.backtest_results import TABLES
from dashapp.store import fs
from dashapp.store.facts import Facts
from etl.answers import keep
from etl.mend import Change
from etl.products import TABLES as PRODUCTS
from etl.progress import Progress
from etl.tables import all_tables
from etl.work import Connection

SNAPSHOT = """
    create table build.meta.snapshot (
        snapshot_id VARCHAR, seq INTEGER, built_at TIMESTAMP, observed_from DATE, observed_until DATE, source VARCHAR,
        is_demo BOOLEAN, shop_name VARCHAR, currency VARCHAR, horizon_days INTEGER, annual_discount_rate DOUBLE,
        gross_margin DOUBLE, model VARCHAR, validity VARCHAR, validity_reason VARCHAR, has_costs BOOLEAN,
        has_spend BOOLEAN, has_events BOOLEAN, has_contracts BOOLEAN, has_orders BOOLEAN,
        has_category_days BOOLEAN, policy VARCHAR, build_key VARCHAR, code_version VARCHAR
    )"""

OTHERS = {
    "meta.batches": "entity, file_name, batch_id",
    "meta.models": "target",
    "meta.validity": "position",
    "meta.premises": "position",
    "meta.steps": "step",
    "quality.check_results": "check_id",
    "quality.columns": "entity, column_name",
    "quality.offending_rows": "check_id, row_json",
    "quality.rejects": "batch_id, line_number",
    "quality.reject_counts": "entity, reason",
    "quality.unscored_customers": "customer_id",
    **{f"backtest.{name}": "all" for name in TABLES},
    "backtest.sales_errors": "month, position",
    "ledger.scorecard": "predicted_on, snapshot_id",
    "ledger.equity_bridge": "position",
    "marts.base_groups": "country, channel, segment, r_score, fm_score",
    "marts.clv_average": "all",
    "marts.clv_reasons": "customer_key",
    "marts.clv_totals": "kind, name",
    "marts.cohort_forecasts": "cohort_month, month",
    "marts.cold_start": "channel, category",
    "marts.future_cohorts": "first_day",
    "marts.duplicate_sensitivity": "position",
    "marts.health_reasons": "customer_key",
    "marts.value_cells": "frequency, T_days",
    "marts.value_curves": "curve",
    "marts.value_model": "all",
    "marts.sales_forecasts": "month",
    "marts.sales_forecast_parts": "kind, month, name",
    **{name: sort for name, (sort, _) in PRODUCTS.items()},
}
"""Published tables that no mart file defines, with their physical order."""

CUSTOMERS = "marts.customers"
"The table that is written as soon as the columns worked out for it are there (etl/added.py)."
WRITTEN = (CUSTOMERS, "marts.clv_reasons", "marts.health_reasons")
"What has a row for every customer and is written where it is published: in the build file, as soon as it is known."


def begin(connection: Connection, build_file: Path, change: Change | None) -> None:
    """Attach the build file as database `build`, with room for the tables that are made anew.

    change: newer lines; the build file is then a copy of the snapshot before, in which tables are mended.
    """
    if change:
        fs.copy(change.snapshot, build_file)
    connection.execute(f"attach '{os.fspath(build_file).replace(chr(39), chr(39) * 2)}' as build")
    for schema in ("meta", "quality", "marts", "backtest", "ledger"):
        connection.execute(f"create schema if not exists build.{schema}")
    standing = {table.name for table in all_tables() if change and (table.mends or change.leaves(table))}
    _free(connection, {*_tables(), "meta.snapshot"} - standing)


def copy(connection: Connection, facts: Facts, progress: Progress, change: Change | None = None) -> None:
    """Write the build file that was begun: checkpointed, closed, without a .wal beside it.

    What is WRITTEN already cannot be read when it is closed.
    """
    tables = _tables()
    mended = {table.name: table for table in all_tables() if table.published and change and table.mends}
    left = {table.name for table in all_tables() if table.published and change and change.leaves(table)}
    for number, (name, sort) in enumerate(tables.items()):
        progress.step("publish", 0.8 * number / len(tables), name)
        if name in left or name in WRITTEN:
            continue
        if change and name in mended:
            touched = change.touched(mended[name])
            change.put(mended[name], f"build.{name}", f"select * from {name} where {touched} order by {sort}")
            if mended[name].retold:
                change.retell(mended[name], f"build.{name}")
        else:
            connection.execute(f"create table build.{name} as select * from {name} order by {sort}")
    connection.execute(SNAPSHOT)
    values = astuple(facts)
    connection.execute(f"insert into build.meta.snapshot values ({', '.join('?' for _ in values)})", list(values))
    keep(connection, facts, progress, change.days[0] if change else None)
    connection.execute("checkpoint build")
    connection.execute(f"drop view {CUSTOMERS}")
    connection.execute("detach build")


def _tables() -> dict[str, str]:
    """Every published table with its physical order."""
    return OTHERS | {table.name: table.sort for table in all_tables() if table.published}


def _free(connection: Connection, names: set[str]) -> None:
    """Drop tables that are made anew in a copy of the snapshot before, so that the new ones take their place."""
    for name in sorted(names):
        connection.execute(f"drop table if exists build.{name}")
    connection.execute("checkpoint build")
