"""When every scored customer should buy next and since when they are late, as dates in marts.customers."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from dashapp.domain import shelf
from dashapp.domain.model import PurchaseFit
from dashapp.domain.next_purchase import usual_wait, window
from dashapp.domain.patterns import Patterns
from dashapp.domain.periods import periods_ratio, to_periods
from dashapp.settings import Settings
from etl import added
from etl.work import Connection

COLUMNS = ("next_order_from", "next_order_median", "next_order_until", "overdue_since")
"""DATE: 10, 50 and 90 % of the next purchases of those who buy within the horizon fall before it; NULL where nobody
was scored. `overdue_since`: NULL for whoever is not late."""


def next_purchase(connection: Connection, settings: Settings) -> None:
    """Add COLUMNS (etl/added.py)."""
    fitted = connection.execute("select fitted from meta.models where target = 'purchases'").fetchall()
    frame = pd.DataFrame({name: pd.Series(dtype="float64") for name in ("customer_key", *COLUMNS)})
    if fitted and fitted[0][0]:
        frame = _days(connection, cast(PurchaseFit, shelf.restore(fitted[0][0])), settings.horizon_days)
    connection.register("next_purchases", frame)
    ahead = ", ".join(f"cast(observed_until + cast(next.{name} as integer) as date) as {name}" for name in COLUMNS[:3])
    added.add(
        connection,
        "next_purchases",
        f"""select customers.customer_key, {ahead},
                case when next.overdue_since < customers.days_since_last_order
                    then cast(last_order_date + cast(next.overdue_since as integer) as date) end as overdue_since
            from marts.customers as customers
            cross join staging.observation
            inner join next_purchases as next on next.customer_key = customers.customer_key""",
    )
    connection.unregister("next_purchases")


def _days(connection: Connection, fitted: PurchaseFit, horizon_days: int) -> pd.DataFrame:
    """Whole days: of the window from the end of the data, of overdue_since from the last purchase."""
    rfm = connection.execute(
        """select customer_key, frequency, recency_days, T_days, monetary_value
           from marts.customers order by customer_key"""
    ).df()
    patterns = Patterns.from_frame(rfm)
    per_period = periods_ratio(fitted.time_unit, "day")
    ahead = np.ceil(window(fitted, patterns, to_periods(horizon_days, fitted.time_unit)) * per_period)
    late = np.ceil(usual_wait(fitted, patterns) * per_period)
    columns = dict(zip(COLUMNS, (*ahead, np.where(np.isfinite(late), late, np.nan)), strict=True))
    return pd.DataFrame({"customer_key": rfm["customer_key"].to_numpy(), **columns}, copy=False)
