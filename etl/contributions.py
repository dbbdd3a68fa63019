"""Tables `marts.clv_reasons` and `marts.clv_average`: why a customer is worth more or less than an average one."""

from __future__ import annotations

from dashapp.domain.contributions import STATISTICS, explain
from dashapp.domain.validity import Validity, Verdict
from dashapp.settings import Settings
from etl.fits import fits_of
from etl.score import assumptions
from etl.work import Connection

REASONS = f"(customer_key UINTEGER, {', '.join(f'{name} DOUBLE' for name in STATISTICS)})"
"""Money each statistic adds to the CLV of the average customer; with that CLV they add up to the customer's."""
AVERAGE = """
    create table marts.clv_average (
        frequency INTEGER, recency_days INTEGER, T_days INTEGER, monetary_value DOUBLE, clv DOUBLE
    )"""
"""One row: the average customer of the base. Both are empty where no money may be shown."""
CUSTOMERS = f"select customer_key, {', '.join(STATISTICS)} from marts.customers order by customer_key"


def contributions(connection: Connection, settings: Settings, verdict: Verdict, marts: str = "marts") -> None:
    """Write both tables; they are empty without fits, and where no money may be shown.

    marts: the schema clv_reasons is written to, in the build file where that is begun.
    """
    connection.execute(f"create table {marts}.clv_reasons {REASONS}")
    connection.execute(AVERAGE)
    fits = fits_of(connection)
    if fits is None or verdict.state is Validity.NOT_VALID:
        return
    customers = connection.execute(CUSTOMERS).df()
    found = explain(fits, customers, assumptions(settings))
    reasons = found.contributions.assign(customer_key=customers["customer_key"])
    connection.register("clv_reasons", reasons)
    columns = ", ".join(STATISTICS)
    connection.execute(
        f"insert into {marts}.clv_reasons select customer_key, {columns} from clv_reasons order by customer_key"
    )
    connection.unregister("clv_reasons")
    row = [*found.reference[list(STATISTICS)].iloc[0].tolist(), found.average]
    connection.execute("insert into marts.clv_average values (?, ?, ?, ?, ?)", row)
