"""Tables `marts.value_*`: the shapes of customers' futures, from which the lab answers without asking a model."""

from __future__ import annotations

import pandas as pd

from dashapp.domain.what_if_curves import Written, write
from etl.totals import Valued
from etl.work import Connection

CELLS = "create table marts.value_cells (frequency INTEGER, T_days INTEGER, curve INTEGER)"
"""Which curve customers of this history follow; one row per (frequency, T_days) there is."""
CURVES = "create table marts.value_curves (curve INTEGER, shape DOUBLE[], slopes DOUBLE[], spread DOUBLE)"
"""Fields of dashapp.domain.what_if.Curves; `shape` is flat, time by time. Curves count from 0 without a gap."""
MODEL = """
    create table marts.value_model (
        leaves_by_purchase BOOLEAN, customers_leave BOOLEAN, newcomer DOUBLE[], newcomer_order_value DOUBLE,
        time_terms INTEGER
    )"""
"""One row: the rest of those fields. All three are empty where no money may be shown."""


def what_if(connection: Connection, found: Valued | None) -> None:
    """Write the tables; they are empty where nothing was found."""
    for statement in (CELLS, CURVES, MODEL):
        connection.execute(statement)
    if found is None:
        return
    order_value = found.base["expected_order_value"].to_numpy(dtype=float)
    written = write(found.fits, found.base, found.value, order_value)
    purchases, spend = found.fits.purchases, found.fits.spend
    later = float(spend.expected_order_value([0], [0.0])[0])
    _insert(connection, "value_cells", written.cells)
    _insert(connection, "value_curves", _curves(written))
    connection.execute(
        "insert into marts.value_model values (?, ?, ?, ?, ?)",
        [
            purchases.leaves_by_purchase, purchases.customers_leave, written.newcomer.ravel().tolist(), later,
            written.newcomer.shape[0],
        ],
    )  # fmt: skip


def _curves(written: Written) -> pd.DataFrame:
    flat = written.coefficients.reshape(len(written.coefficients), -1)
    return pd.DataFrame({
        "curve": range(len(flat)), "shape": list(flat), "slopes": list(written.slopes), "spread": written.spread,
    })  # fmt: skip


def _insert(connection: Connection, table: str, frame: pd.DataFrame) -> None:
    connection.register("written", frame)
    connection.execute(f"insert into marts.{table} select * from written")
    connection.unregister("written")
