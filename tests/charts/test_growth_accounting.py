"""Growth of the base: the sentence is about the last whole month, and what is unfinished is hatched and said."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashapp.charts import growth_accounting
from dashapp.domain.vocabulary import Compare
from tests.charts.frames import trace, view


def months(*names: str) -> pd.DataFrame:
    """100 customers, then 10 new, 2 back and 5 lapsed a month."""
    rows, base = [], 100
    for name in names:
        rows.append((name, base, base - 5, 10, 2, 5, base + 7, 8, 3))
        base += 7
    columns = ["month", "base_before", "retained", "new", "reactivated", "lapsed", "base_after", "at_risk",
               "back_in_time"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).assign(
        month=lambda frame: pd.to_datetime(frame["month"]), series="current", is_kept=True
    )


def test_the_unfinished_month_is_hatched_and_not_judged() -> None:
    chart = growth_accounting.build(months("2024-09-01", "2024-10-01", "2024-11-01"), view())
    assert chart.summary == (
        "In Oct 2024, the last whole month, the base went from 107 to 114 customers: 10 new, 2 came back, 5 lapsed, "
        "and 8 became at risk. Hatched and not judged: 1 to 19 Nov 2024, incomplete."
    )
    assert trace(chart, "New")["marker"]["pattern"]["shape"] == ["", "", "/"]
    assert trace(chart, "Lapsed")["y"] == [-5, -5, -5]
    row = chart.table.iloc[1]
    assert row["Base before"] + row["New"] + row["Came back"] - row["Lapsed"] == row["Base after"]


def test_a_month_alone_that_is_not_over_says_so() -> None:
    chart = growth_accounting.build(months("2024-11-01"), view())
    assert chart.summary.startswith("No whole month in this view yet.")


def test_the_months_a_year_before_lie_under_those_that_are_whole() -> None:
    now, before = months("2024-09-01", "2024-10-01", "2024-11-01"), months("2023-09-01", "2023-10-01", "2023-11-01")
    both = pd.concat([now, before.assign(series="previous", new=[20, 30, 40])], ignore_index=True)
    chart = growth_accounting.build(both, view(range="custom", start=date(2024, 9, 1), end=date(2024, 11, 19)))
    assert chart.figure
    earlier = [line for line in chart.figure["data"] if line["name"] == "Previous year"]
    assert [line["y"] for line in earlier] == [[22, 32, None], [-5, -5, None]]
    assert [line["showlegend"] for line in earlier] == [True, False]
    assert chart.table["Lapsed, previous year"].tolist()[:2] == [5, 5]
    assert not [name for name in growth_accounting.build(both, view(compare=Compare.NONE)).table if "year" in name]


def test_a_small_shop_has_no_lines_between_whole_customers() -> None:
    few = months("2024-10-01").assign(new=2, reactivated=0, lapsed=1)
    assert growth_accounting.build(few, view()).figure["layout"]["yaxis"]["dtick"] == 1
    assert "dtick" not in growth_accounting.build(months("2024-10-01"), view()).figure["layout"]["yaxis"]
