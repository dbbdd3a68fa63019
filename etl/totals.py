"""Table `marts.clv_totals`: what all customers, and those of each segment, country and channel, are worth together.

The interval of a total is not the sum of its customers' intervals: luck evens out, wrong parameters do not.
"""

from __future__ import annotations

import pandas as pd

from dashapp.domain.uncertainty import Uncertain, known, uncertain_value
from dashapp.domain.validity import Validity, Verdict
from dashapp.settings import Settings
from etl.fits import fits_of
from etl.work import Connection

KINDS = ("segment", "country", "channel")
TABLE = """
    create table marts.clv_totals (
        kind VARCHAR, name VARCHAR, customers BIGINT, total DOUBLE, low DOUBLE, high DOUBLE
    )"""
"""kind: all, segment, country or channel. Money of the horizon, discounted, times margin; the bounds hold 80 %."""


def totals(connection: Connection, settings: Settings, verdict: Verdict) -> None:
    """Write the table; it is empty where nobody was scored or no money may be shown."""
    connection.execute(TABLE)
    fits = fits_of(connection)
    if fits is None or verdict.state is Validity.NOT_VALID or not known(fits):
        return
    base = connection.execute(
        f"""select frequency, recency_days, T_days, monetary_value, {", ".join(KINDS)}
            from marts.customers order by customer_key"""
    ).df()
    value = uncertain_value(fits, base, settings.horizon_days, settings.annual_discount_rate, settings.gross_margin)
    base["all"] = ""
    frame = pd.concat([_of(value, kind, base[kind]) for kind in ("all", *KINDS)])
    connection.register("clv_totals", frame)
    connection.execute(
        """insert into marts.clv_totals
           select kind, name, customers, total, case when isfinite(low) then low end,
               case when isfinite(high) then high end
           from clv_totals where name is not null"""
    )
    connection.unregister("clv_totals")


def _of(value: Uncertain, kind: str, names: pd.Series) -> pd.DataFrame:
    group, known_names = pd.factorize(names.astype("object"), sort=True, use_na_sentinel=False)
    found = value.totals(group)
    return pd.DataFrame({
        "kind": kind, "name": known_names, "customers": found.customers, "total": found.total, "low": found.low,
        "high": found.high,
    })  # fmt: skip
