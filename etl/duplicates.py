"""Table `marts.duplicate_sensitivity`: customer figures as they are, and as they would be with every candidate merged.

Pairs of marts.duplicate_candidates are merged by their connected groups. What the merged customers bought is summarised
by the SQL that summarises customers anyway; their value is what the published fit says of that summary. The fit itself
would change a little with the merge: that change is not in these figures.
"""

from __future__ import annotations

import math

import pandas as pd

from dashapp.domain import scoring
from dashapp.domain.validity import Validity, Verdict
from dashapp.settings import Settings
from dashapp.store.links import groups
from etl.fits import fits_of
from etl.rows import insert
from etl.score import assumptions
from etl.tables import SQL, read
from etl.work import Connection

TABLE = """
    create table marts.duplicate_sensitivity (
        position INTEGER, measure VARCHAR, as_counted DOUBLE, if_merged DOUBLE
    )"""
"""measure: customers; repeat_rate (share with a second purchase day); mean_orders (purchase orders per customer);
average_clv (money of the horizon; null where none may be shown); average_p_alive. Of customers with a purchase."""

CANDIDATES = """
    select distinct one.counted_as, other.counted_as
    from marts.duplicate_candidates as pairs
    inner join staging.customer_ids as one on one.customer_id = pairs.customer_id
    inner join staging.customer_ids as other on other.customer_id = pairs.other_id
    where not pairs.is_linked"""

PERSONS = """
    create table merged.persons as
    select keys.customer_key, persons.customer_key as person
    from (select unnest(cast($ids as varchar[])) as id, unnest(cast($firsts as varchar[])) as first_id) as groups
    inner join staging.customer_keys as keys on keys.customer_id = groups.id
    inner join staging.customer_keys as persons on persons.customer_id = groups.first_id"""

DAYS = """
    create view merged.customer_dates as
    select
        persons.person as customer_key, days.order_date, cast(sum(days.net_sales) as decimal(16, 2)) as net_sales,
        bool_or(days.is_purchase) as is_purchase
    from staging.customer_dates as days
    inner join merged.persons as persons on persons.customer_key = days.customer_key
    group by persons.person, days.order_date"""

CUSTOMERS = "select customer_key, frequency, order_count, clv, p_alive from marts.customers order by customer_key"

TOGETHER = """
    select rfm.customer_key, rfm.frequency, rfm.recency_days, rfm.T_days, rfm.monetary_value, orders.order_count
    from merged.rfm as rfm
    inner join (
        select persons.person, count(distinct (orders.order_id, orders.order_date)) as order_count
        from staging.orders as orders
        inner join merged.persons as persons on persons.customer_key = orders.customer_key
        where orders.is_purchase
        group by persons.person
    ) as orders on orders.person = rfm.customer_key
    order by rfm.customer_key"""


def duplicates(connection: Connection, settings: Settings, verdict: Verdict) -> None:
    """Write the table; without candidates both figures of a measure are the same."""
    connection.execute(TABLE)
    apart = connection.execute(CUSTOMERS).df()
    merged = _merged(connection, apart, settings)
    if verdict.state is Validity.NOT_VALID:
        apart, merged = apart.assign(clv=float("nan")), merged.assign(clv=float("nan"))
    figures = zip(_measures(apart).items(), _measures(merged).values(), strict=True)
    rows = [(position, name, _known(before), _known(after)) for position, ((name, before), after) in enumerate(figures)]
    insert(connection, "marts.duplicate_sensitivity", rows)


def _merged(connection: Connection, apart: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """`apart` with one row for the customers of each group of candidates."""
    first_of = groups(connection.execute(CANDIDATES).fetchall())
    connection.execute("create schema merged")
    connection.execute(PERSONS, {"ids": list(first_of), "firsts": list(first_of.values())})
    connection.execute(DAYS)
    _summarise(connection)
    together = connection.execute(TOGETHER).df()
    fits = fits_of(connection)
    if fits is None or together.empty:
        together[["clv", "p_alive"]] = float("nan")
    else:
        scores = scoring.score(together, assumptions(settings), fitted=fits).frame
        together[["clv", "p_alive"]] = scores[["clv", "p_alive"]].to_numpy()
    gone = {row[0] for row in connection.execute("select customer_key from merged.persons").fetchall()}
    return pd.concat([apart[~apart["customer_key"].isin(gone)], together[list(apart.columns)]])


def _summarise(connection: Connection) -> None:
    """merged.purchase_days, bought and rfm: the staging tables of these names, over the merged customers' days."""
    for name, origin in (("purchase_days", "customer_dates"), ("bought", "purchase_days"), ("rfm", "bought")):
        table = read(SQL / "staging" / f"{name}.sql", "staging")
        if f"staging.{origin}" not in table.reads:
            raise ValueError(f"{table.name} does not read staging.{origin}: nobody would be merged")
        select = table.select.replace(f"staging.{origin}", f"merged.{origin}")
        connection.execute(f"create table merged.{name} as {select}")


def _measures(customers: pd.DataFrame) -> dict[str, float]:
    return {
        "customers": float(len(customers)),
        "repeat_rate": float((customers["frequency"] > 0).mean()),
        "mean_orders": float(customers["order_count"].mean()),
        "average_clv": float(customers["clv"].mean()),
        "average_p_alive": float(customers["p_alive"].mean()),
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
