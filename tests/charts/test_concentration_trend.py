"""Concentration month by month: beside the months of the period it is compared with, by position."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashapp.charts import concentration_trend
from dashapp.domain.vocabulary import Compare
from tests.charts.frames import trace, view


def test_whole_months_a_year_before_lie_under_those_of_now() -> None:
    rows = [("current", f"2024-0{month}-01", 80, 0.5, 0.1, 0.4) for month in (5, 6, 7)]
    rows += [("previous", f"2023-0{month}-01", buyers, 0.6, 0.2, 0.5) for month, buyers in ((5, 80), (6, 49), (7, 80))]
    names = ["series", "month", "buyers", "best_fifth_share", "best_hundredth_share", "gini"]
    frame = pd.DataFrame(rows, columns=names)
    asked = {"range": "custom", "start": date(2024, 5, 1), "end": date(2024, 7, 31)}
    chart = concentration_trend.build(frame, view(**asked))
    assert trace(chart, "Previous year")["y"] == [0.6, None, 0.6], "49 buyers have no best fifth"
    assert chart.table["Best 1 %, previous year"].tolist()[::2] == [0.2, 0.2]
    alone = concentration_trend.build(frame, view(**asked, compare=Compare.NONE))
    assert not [name for name in alone.table if "previous" in name]
