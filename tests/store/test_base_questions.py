"""How the base grows and shrinks, against the segments kept for every month end and a plain count of beginnings."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from dashapp.domain.filters import Filters
from dashapp.services import charting
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots

ALL = Filters(range="all")


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.mark.parametrize(
    ("view", "chosen"), [(ALL, "true"), (Filters(range="all", country=("Germany",)), "country = 'Germany'")]
)
def test_the_base_after_a_month_are_those_who_have_not_lapsed(snapshot: Snapshot, view: Filters, chosen: str) -> None:
    told = snapshot.frame("growth_accounting", view).set_index("month")
    kept = pd.DataFrame(snapshot._rows(
        f"""select as_of, count(*) filter (h.days_since_last_order <= lapsed_beyond) as base
            from marts.segment_history as h join marts.segment_days using (as_of)
            join marts.customers using (customer_key) where {chosen} group by as_of order by as_of""", {},
    ))  # fmt: skip
    ends = {pd.Timestamp(day).replace(day=1): base for day, base in zip(kept["as_of"], kept["base"], strict=True)}
    assert len(ends) > 12
    assert {month: told["base_after"][month] for month in ends} == ends


def test_what_came_and_went_makes_the_base(snapshot: Snapshot) -> None:
    told = snapshot.frame("growth_accounting", ALL)
    moved = told["base_before"] + told["new"] + told["reactivated"] - told["lapsed"]
    assert moved.tolist() == told["base_after"].tolist()
    assert told["base_before"].tolist()[1:] == told["base_after"].tolist()[:-1]
    assert (told["retained"] <= told["base_before"]).all()
    begun = snapshot._rows("select cohort_month as m, count(*) as n from marts.customers group by m order by m", {})
    assert [int(row["n"]) for row in begun] == told.loc[told["new"] > 0, "new"].tolist()


def test_the_months_shown_are_those_the_period_touches_counted_in_full(snapshot: Snapshot) -> None:
    everything = snapshot.frame("growth_accounting", ALL).set_index("month")
    until = snapshot.facts.observed_until
    part = Filters(range="custom", start=date(until.year, 3, 10), end=date(until.year, 5, 15))
    both = snapshot.frame("growth_accounting", part).set_index("month")
    some = both[both["series"] == "current"]
    before = both[both["series"] == "previous"]
    assert [(month.year, month.month) for month in before.index] == [(until.year - 1, month) for month in (3, 4, 5)]
    pd.testing.assert_frame_equal(before.drop(columns="series"), everything.loc[before.index].drop(columns="series"))
    assert [month.month for month in some.index] == [3, 4, 5]
    pd.testing.assert_frame_equal(some, everything.loc[some.index])


def test_in_the_middle_of_a_month_no_change_counts_days_that_are_still_to_come(snapshot: Snapshot) -> None:
    """The last 12 months as they were on the 19th: the change of every figure is of as many days on both sides."""
    until = snapshot.facts.observed_until
    middle = Filters(range="custom", start=date(until.year - 1, 6, 1), end=date(until.year, 5, 19))
    sold, before = snapshot.metric("net_sales", middle), middle.comparison(until)
    assert before is not None
    assert (before.start, before.end) == (date(until.year - 2, 6, 1), date(until.year - 1, 5, 19))
    as_asked = Filters(range="custom", start=before.start, end=before.end)
    assert sold.previous == snapshot.metric("net_sales", as_asked).value
    chart = charting.draw("revenue_trend", snapshot, middle)
    assert pd.isna(chart.table["Relative change"].iloc[-1])
    assert f"Hatched and in no change: 1 to 19 May {until.year}, incomplete." in chart.summary
    whole = chart.table["Net sales"].iloc[:-1].sum() / chart.table["Previous year"].iloc[:-1].sum() - 1
    assert (
        f"{'up' if whole > 0 else 'down'} {abs(whole) * 100:.1f}\u00a0% on the previous year in its complete months"
        in (chart.summary)
    )


def test_predicted_months_follow_the_data_inside_their_bounds(snapshot: Snapshot) -> None:
    ahead = snapshot.frame("sales_forecasts")
    assert len(ahead) == 6
    assert (pd.to_datetime(ahead["month"]).dt.date > snapshot.facts.observed_until).all()
    assert (ahead["low"] < ahead["sales"]).all()
    assert (ahead["sales"] < ahead["high"]).all()
    assert ahead["sales"].sum() < snapshot.metric("residual_value").value / snapshot.facts.gross_margin
