"""The backtest of a refresh: what the scores would have been worth in the past, as tables of the schema `backtest`."""

from __future__ import annotations

import hashlib
import math
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from dashapp.domain.backtest import Plan, run
from dashapp.domain.backtest_results import TABLES, Backtest
from dashapp.domain.forecast_parts import Parts
from dashapp.domain.origins import judged_until
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.risk import Bands
from dashapp.domain.versions import versions
from dashapp.settings import Settings
from dashapp.store.query import find
from etl.coded import coded
from etl.key import code_version
from etl.progress import Progress
from etl.unchanged import taken_over
from etl.work import Connection

SHARE = 0.6
"""Of the step `score`; the rest are the scores of today."""

DAYS = """
    select customer_key, order_date, cast(net_sales as double) as amount, is_purchase
    from staging.customer_dates
    order by customer_key, order_date"""

SQL_TYPES = {"int": "BIGINT", "float": "DOUBLE", "str": "VARCHAR", "bool": "BOOLEAN", "date": "DATE"}


def plan(settings: Settings) -> Plan:
    """What this installation tests. Raises InputError on an unknown model."""
    bands = Bands(settings.health_high_risk_below, settings.health_low_risk_from)
    return Plan(settings.horizon_days, settings.backtest_origins, settings.backtest_models, settings.model, bands=bands)


def backtest(
    connection: Connection,
    days: PurchaseDays,
    told: Parts,
    settings: Settings,
    progress: Progress,
    earlier: Path | None = None,
) -> Backtest:
    """Write the schema `backtest`. Data too short for one cut-off are published all the same, with the reason.

    told: the `parts` of all customers; earlier: file of a snapshot it is taken over from where nothing has changed that
    was known by the last day judged.
    """
    from_day, until = connection.execute("select observed_from, observed_until from staging.observation").fetchall()[0]
    asked = plan(settings)
    inputs = _inputs(days, from_day, until, asked, told)
    if taken_over(connection, earlier, "backtest", inputs, [f"backtest.{name}" for name in TABLES]):
        found = read(connection)
        progress.note("The backtest is as before: the months it looks at say the same.")
    else:
        found = run(
            days, from_day, until, asked, lambda done, message: progress.step("score", SHARE * done, message), told
        )
        write(connection, found)
    progress.note(found.verdict.sentence)
    return found


def _inputs(days: PurchaseDays, observed_from: date, observed_until: date, asked: Plan, told: Parts) -> str:
    """All that the result follows from, as one hash."""
    until = judged_until(observed_from, observed_until, asked.horizon_days, asked.origins)
    known = days.fingerprint_until(until)
    digest = hashlib.sha256(f"{code_version()} {versions()} {observed_from} {until} {asked} {known}".encode())
    digest.update(told.fingerprint(days.keys[days.known(until)]))
    return digest.hexdigest()


def read(connection: Connection) -> Backtest:
    """The schema `backtest` as it was written; a figure that is NULL is no number."""
    found = {}
    for name, row in TABLES.items():
        is_figure = [str(field.type) == "float" for field in fields(row)]
        stored = connection.execute(f"from backtest.{name}").fetchall()
        found[name] = tuple(row(*map(_known, values, is_figure)) for values in stored)
    return Backtest(**found)


def _known(value: object, is_figure: bool) -> object:
    return math.nan if is_figure and value is None else value


def parts(connection: Connection) -> Parts:
    """Of what part each customer is, as the published question tells it."""
    return Parts.from_frame(coded(connection, find("customer_parts").sql, ("channel", "country"), "customer_key"))


def purchase_days(connection: Connection) -> PurchaseDays:
    """Who bought on which day, as the published question tells it: these are its rows before they are split up."""
    return PurchaseDays.from_frame(connection.execute(DAYS).df())


def write(connection: Connection, found: Backtest) -> None:
    """One table per kind of row; a number that is no number is NULL."""
    for name, row in TABLES.items():
        columns = {field.name: SQL_TYPES[str(field.type)] for field in fields(row)}
        _create(connection, name, columns, found.frame(name))


def _create(connection: Connection, name: str, columns: dict[str, str], frame: pd.DataFrame) -> None:
    casts: list[Any] = [
        f"case when isfinite(cast({column} as double)) then cast({column} as double) end as {column}"
        if kind == "DOUBLE"
        else f"cast({column} as {kind}) as {column}"
        for column, kind in columns.items()
    ]
    connection.register("backtest_rows", frame)
    connection.execute(f"create table backtest.{name} as select {', '.join(casts)} from backtest_rows")
    connection.unregister("backtest_rows")
