"""Table `marts.clv_totals`: what all customers, and those of each segment, country and channel, are worth together.

The interval of a total is not the sum of its customers' intervals: luck evens out, wrong parameters do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashapp.domain.scoring import Fits
from dashapp.domain.uncertainty import Uncertain, known, uncertain_value
from dashapp.domain.validity import Validity, Verdict
from dashapp.settings import Settings
from etl.coded import coded
from etl.fits import fits_of
from etl.work import Connection

KINDS = ("segment", "country", "channel")
BASE = f"""
    select customer_key, frequency, recency_days, T_days, monetary_value, expected_order_value, {", ".join(KINDS)}
    from marts.customers"""
TABLE = """
    create table marts.clv_totals (
        kind VARCHAR, name VARCHAR, customers BIGINT, total DOUBLE, low DOUBLE, high DOUBLE
    )"""
"""kind: all, segment, country or channel. Money of the horizon, discounted, times margin; the bounds hold 80 %."""


@dataclass(frozen=True)
class Valued:
    """The published value with its uncertainty, customer by customer."""

    fits: Fits
    base: pd.DataFrame
    "The columns of BASE, in the order of customer_key; KINDS are categorical."
    value: Uncertain


def valued(connection: Connection, settings: Settings, verdict: Verdict) -> Valued | None:
    """None where nobody was scored, no money may be shown, or the fits do not say how sure they are."""
    fits = fits_of(connection)
    if fits is None or verdict.state is Validity.NOT_VALID or not known(fits):
        return None
    base = coded(connection, BASE, KINDS, "customer_key")
    value = uncertain_value(fits, base, settings.horizon_days, settings.annual_discount_rate, settings.gross_margin)
    return Valued(fits, base, value)


def totals(connection: Connection, found: Valued | None) -> None:
    """Write the table; it is empty where nothing was found."""
    connection.execute(TABLE)
    if found is None:
        return
    everybody = pd.Series(pd.Categorical.from_codes(np.zeros(len(found.base), dtype=np.intp), pd.Index([""])))
    names = {"all": everybody} | {kind: found.base[kind] for kind in KINDS}
    frame = pd.concat([_of(found.value, kind, column) for kind, column in names.items()])
    connection.register("clv_totals", frame)
    connection.execute(
        """insert into marts.clv_totals
           select kind, name, customers, total, case when isfinite(low) then low end,
               case when isfinite(high) then high end
           from clv_totals where name is not null"""
    )
    connection.unregister("clv_totals")


def _of(value: Uncertain, kind: str, names: pd.Series) -> pd.DataFrame:
    group, known_names = pd.factorize(names, sort=True, use_na_sentinel=False)
    found = value.totals(group)
    return pd.DataFrame({
        "kind": kind, "name": known_names.astype("object"), "customers": found.customers, "total": found.total,
        "low": found.low, "high": found.high,
    })  # fmt: skip
