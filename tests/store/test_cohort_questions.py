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


def observed(snapshot: Snapshot, view: Filters, **parameters: date) -> pd.DataFrame:
    """The cells of the matrix that are not predicted."""
    cells = snapshot.frame("cohort_matrix", view, split="", **parameters)
    return cells[~cells["is_predicted"]].reset_index(drop=True)


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
@pytest.mark.slow
def test_every_cell_is_a_count_over_the_customers_of_the_view(snapshot: Snapshot, view: Filters, condition: str):
    cells = observed(snapshot, view)
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
    assert observed(snapshot, Filters(range="all"))["is_complete"].all()
    cells = observed(snapshot, Filters(range="all"), observed_until=last - date.resolution)
    open_cells = cells[~cells["is_complete"]]
    assert len(open_cells) == cells["cohort_month"].nunique()
    assert all(
        (row.cohort_month + pd.DateOffset(months=row.month_number)).month == 6 for row in open_cells.itertuples()
    )


@pytest.mark.parametrize("view", [view for view, _ in VIEWS], ids=["all", "country", "period", "bought"])
def test_the_curve_rests_on_the_cells_of_the_matrix(snapshot: Snapshot, view: Filters):
    curve, matrix = snapshot.frame("cohort_curve", view), observed(snapshot, view)
    curve = curve[curve["series"] == "current"].drop(columns="series").reset_index(drop=True)
    pd.testing.assert_frame_equal(curve, matrix[list(curve.columns)].astype(curve.dtypes))


def test_months_ahead_are_told_of_whole_cohorts_only(snapshot: Snapshot):
    whole = snapshot.frame("cohort_matrix", Filters(range="all"), split="")
    ahead = whole[whole["is_predicted"]]
    months = {row.cohort_month + pd.DateOffset(months=row.month_number) for row in ahead.itertuples()}
    assert sorted(months) == list(pd.date_range("2025-07-01", "2025-12-01", freq="MS"))
    assert (ahead["share_low"] <= ahead["share"]).all()
    assert (ahead["share"] <= ahead["share_high"]).all()
    part = snapshot.frame("cohort_matrix", Filters(range="all", country=("Germany",)), split="")
    everybody = whole.groupby("cohort_month")["customers"].first()
    told = part[part["is_predicted"]]
    assert len(told) < len(ahead) / 4
    assert (told["customers"] == everybody[told["cohort_month"]].to_numpy()).all()
