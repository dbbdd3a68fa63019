"""What a customer's purchases come down to: frequency, recency, T and mean spend, in whole days.

The twin in Python of the SQL mart, for tests and benchmarks; science.md section 1 has the definitions.
"""

from __future__ import annotations

from datetime import date

import pandas as pd


def summarise(transactions: pd.DataFrame, observed_until: date) -> pd.DataFrame:
    """One row per customer with a purchase on or before `observed_until`, ordered by customer_key.

    transactions: customer_key, order_date (datetime64), amount [money]; several rows on one day are one purchase.
    Returns customer_key, frequency [repeat purchase days], recency_days, T_days, monetary_value [mean money per
    repeat purchase day; 0 without one]. Recency runs from the first to the last purchase, T to `observed_until`.
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-03", "2024-01-03", "2024-01-08"])
    >>> rows = pd.DataFrame({"customer_key": 7, "order_date": days, "amount": [9.0, 1.0, 2.0, 5.0]})
    >>> summarise(rows, date(2024, 1, 11)).iloc[0].to_list()
    [7.0, 2.0, 7.0, 10.0, 4.0]
    """
    known = transactions[transactions["order_date"] < pd.Timestamp(observed_until) + pd.Timedelta(days=1)]
    days = known.assign(day=known["order_date"].dt.normalize()).groupby(["customer_key", "day"], as_index=False)
    by_day = days["amount"].sum()
    customers = by_day.groupby("customer_key")
    first = customers["day"].transform("min")
    repeat = by_day[by_day["day"] > first].groupby("customer_key")["amount"].mean()
    span = customers["day"].agg(["min", "max", "count"])
    return pd.DataFrame(
        {
            "customer_key": span.index,
            "frequency": span["count"].to_numpy() - 1,
            "recency_days": (span["max"] - span["min"]).dt.days.to_numpy(),
            "T_days": (pd.Timestamp(observed_until) - span["min"]).dt.days.to_numpy(),
            "monetary_value": repeat.reindex(span.index).fillna(0.0).to_numpy(),
        }
    )
