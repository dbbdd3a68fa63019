"""The audit's questions against the same figures put together by hand from the orders."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from dashapp.charts import revenue_drivers
from dashapp.domain.filters import Filters
from dashapp.domain.ranges import Period
from dashapp.domain.vocabulary import Basis, Compare
from dashapp.services import charting
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture(scope="module")
def days(snapshot: Snapshot) -> pd.DataFrame:
    """Customer, day, purchase orders, net sales."""
    frame = pd.DataFrame(
        snapshot._rows("select customer_key, order_date, orders, net_sales from marts.customer_days", {})
    )
    return frame.assign(day=pd.to_datetime(frame["order_date"]).dt.date, cents=(frame["net_sales"] * 100).astype(int))


def by_hand(days: pd.DataFrame, period: Period, before: Period) -> dict[str, tuple[int, int]]:
    """Kind to customers and change in cents."""
    found: dict[str, list[int]] = {}
    for key, mine in days.groupby(days["customer_key"].fillna(-1)):
        now, then = (mine[mine["day"].between(side.start, side.end)] for side in (period, before))
        if now.empty and then.empty:
            continue
        change = int(now["cents"].sum() - then["cents"].sum())
        kind = _kind(int(key), mine, int(then["orders"].sum()), int(now["orders"].sum()), period.start, change)
        entry = found.setdefault(kind, [0, 0])
        entry[0] += key != -1
        entry[1] += change
    return {kind: (entry[0], entry[1]) for kind, entry in found.items()}


def _kind(key: int, mine: pd.DataFrame, then: int, now: int, start: date, change: int) -> str:
    if key == -1:
        return "unidentified"
    if not now:
        return "lost" if then else "neither"
    if not then:
        return "new" if mine.loc[mine["orders"] > 0, "day"].min() >= start else "reactivated"
    return "grew" if change > 0 else "shrank" if change < 0 else "same"


def answered(frame: pd.DataFrame) -> dict[str, tuple[int, int]]:
    return {
        str(row.kind): (int(row.customers), round(100 * (float(row.value_now) - float(row.value_before))))
        for row in frame[frame["basis"] == "net_sales"].itertuples()
    }


def back(period: Period, days: int) -> Period:
    return Period(period.start - timedelta(days=days), period.end - timedelta(days=days))


QUARTER, LONG = Period(date(2025, 4, 2), date(2025, 6, 30)), Period(date(2024, 1, 1), date(2025, 6, 30))
"LONG and the year before it overlap by half a year, whose days are in both."


@pytest.mark.parametrize(
    ("asked", "compare", "earlier"),
    [
        (QUARTER, Compare.PREVIOUS_PERIOD, back(QUARTER, 90)),
        (QUARTER, Compare.PREVIOUS_YEAR, back(QUARTER, 365)),
        (QUARTER, Compare.NONE, back(QUARTER, 90)),
        (LONG, Compare.PREVIOUS_YEAR, Period(date(2023, 1, 1), date(2024, 6, 30))),
    ],
)
@pytest.mark.slow
def test_each_customer_is_of_one_kind_and_the_changes_are_theirs(
    snapshot: Snapshot, days: pd.DataFrame, asked: Period, compare: Compare, earlier: Period
) -> None:
    """Against the period of the compare switch; where it is off, against the one right before."""
    expected = by_hand(days, asked, earlier)
    assert {"new", "lost", "grew", "shrank"} <= set(expected)
    view = Filters(range="custom", start=asked.start, end=asked.end, compare=compare)
    assert answered(snapshot.frame("revenue_bridge", view)) == expected


def test_all_time_is_the_last_twelve_complete_months_against_the_twelve_before(snapshot: Snapshot) -> None:
    row: Any = snapshot.frame("revenue_bridge", Filters(range="all")).iloc[0]
    after = snapshot.facts.observed_until + timedelta(days=1)
    end = after.replace(day=1) - timedelta(days=1)
    start = date(after.year - 1, after.month, 1)
    told = [pd.Timestamp(row[name]).date() for name in ("period_start", "period_end", "before_start", "before_end")]
    assert told == [start, end, start.replace(year=start.year - 1), start - timedelta(days=1)]


VIEWS = {
    "all": Filters(range="l90d"),
    "country": Filters(range="l90d", country=("Germany",)),
    "margin": Filters(range="lq", basis=Basis.GROSS_MARGIN),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_both_pictures_begin_and_end_with_the_key_figure_and_close(snapshot: Snapshot, view: Filters) -> None:
    shown = [charting.draw(name, snapshot, view) for name in ("revenue_bridge", "revenue_drivers")]
    assert all(chart.figure for chart in shown)
    changes = [round(float(chart.table.iloc[:, -1].sum()), 2) for chart in shown]
    first, second = shown[0].table, shown[1]
    assert changes[0] == changes[1] == round(float(first.iloc[:, 3].sum() - first.iloc[:, 2].sum()), 2)
    if view.basis is Basis.NET_SALES:
        assert first.iloc[:, 3].sum() == pytest.approx(snapshot.metric("net_sales", view).value, abs=0.01)
    assert second.table["Factor"].iloc[0] == revenue_drivers.NAMES["customers"]


def test_cohorts_bring_all_sales_of_known_customers(snapshot: Snapshot) -> None:
    expected = snapshot._rows("select sum(net_sales) as total from marts.customers", {})[0]["total"]
    table = charting.draw("cohort_stack", snapshot, Filters(range="l28d")).table
    assert table["Net sales"].sum() == pytest.approx(float(expected), abs=0.01)


def test_dependence_is_that_of_the_customers_first_year(snapshot: Snapshot) -> None:
    chart = charting.draw("new_dependence", snapshot, Filters())
    year = int(str(chart.table["Year"].iloc[-1])[:4])
    expected = snapshot._rows(
        """select sum(d.net_sales) filter (year(c.first_order_date) = $year) / sum(d.net_sales) as share
           from marts.customer_days d join marts.customers c using (customer_key) where year(d.order_date) = $year""",
        {"year": year},
    )[0]["share"]
    assert chart.table["Share"].iloc[-1] == pytest.approx(float(expected), abs=1e-4)
