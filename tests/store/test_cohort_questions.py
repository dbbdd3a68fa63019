"""Cohort questions against a plain count over customer-days."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def days(snapshot: Snapshot, condition: str) -> pd.DataFrame:
    """Customer-days of the customers that meet a condition, with cohort and months since."""
    rows = snapshot._rows(
        f"""select d.customer_key, d.order_date, d.orders, d.net_sales, c.cohort_month from marts.customer_days d
            join marts.customers c on c.customer_key = d.customer_key where {condition}""",
        {},
    )
    frame = pd.DataFrame(rows)
    month, cohort = (pd.to_datetime(frame[name]).dt for name in ("order_date", "cohort_month"))
    frame["month_number"] = 12 * (month.year - cohort.year) + month.month - cohort.month
    return frame


VIEWS = [
    (Filters(range="all"), "true"),
    (Filters(range="all", country=("Germany",)), "c.country = 'Germany'"),
    (Filters(range="custom", start=date(2024, 3, 10), end=date(2024, 8, 20)),
     "c.first_order_date between '2024-03-10' and '2024-08-20'"),
    (Filters(range="all", segment=("Loyal",), category=("Home",)),
     """c.segment = 'Loyal' and c.customer_key in (
        select l.customer_key from marts.order_lines l join marts.products p using (product_key)
        where l.kind = 'sale' and p.category = 'Home')"""),
]  # fmt: skip


@pytest.mark.parametrize(("view", "condition"), VIEWS, ids=["all", "country", "period", "bought"])
def test_every_cell_is_a_count_over_the_customers_of_the_view(snapshot: Snapshot, view: Filters, condition: str):
    cells = snapshot.frame("cohort_matrix", view)
    plain = days(snapshot, condition)
    assert len(cells) > 20
    for cell in cells.itertuples():
        cohort = plain[plain["cohort_month"] == cell.cohort_month.date()]
        bought = cohort[cohort["orders"] > 0]
        known = bought[bought["month_number"].between(1, cell.month_number)]
        assert cell.customers == cohort["customer_key"].nunique()
        assert (
            cell.active_customers == bought.loc[bought["month_number"] == cell.month_number, "customer_key"].nunique()
        )
        assert cell.returned_customers == known["customer_key"].nunique()
        value = cohort.loc[cohort["month_number"] <= cell.month_number, "net_sales"].sum()
        assert cell.value == pytest.approx(float(value), abs=0.001)


def test_only_a_month_observed_to_its_last_day_is_complete(snapshot: Snapshot):
    last = snapshot.facts.observed_until
    assert last == date(2025, 6, 30)
    assert snapshot.frame("cohort_matrix", Filters(range="all"))["is_complete"].all()
    cells = snapshot.frame("cohort_matrix", Filters(range="all"), observed_until=last - date.resolution)
    open_cells = cells[~cells["is_complete"]]
    assert len(open_cells) == cells["cohort_month"].nunique()
    assert all(
        (row.cohort_month + pd.DateOffset(months=row.month_number)).month == 6 for row in open_cells.itertuples()
    )


@pytest.mark.parametrize("view", [view for view, _ in VIEWS], ids=["all", "country", "period", "bought"])
def test_the_curve_rests_on_the_cells_of_the_matrix(snapshot: Snapshot, view: Filters):
    curve, matrix = snapshot.frame("cohort_curve", view), snapshot.frame("cohort_matrix", view)
    pd.testing.assert_frame_equal(curve, matrix[list(curve.columns)])
