"""What happened, on charts over time: in its own bucket, in words for everybody, and never as HTML."""

from __future__ import annotations

from datetime import date

from dashapp.charts import channel_value, purchase_timeline, revenue_trend
from dashapp.charts.chart import Chart, Flag
from dashapp.charts.kit.notes import annotated
from tests.charts.frames import trend_rows, view
from tests.charts.test_charts import groups, purchases

LATE = Flag(date(2024, 10, 31), date(2024, 10, 31), "Sale", "ann")


def flags(chart: Chart) -> list[tuple[str, str]]:
    assert chart.figure is not None
    return [(note["x"], note["text"]) for note in chart.figure["layout"].get("annotations", ())]


def test_a_note_stands_at_the_bar_its_day_is_counted_in() -> None:
    chart = revenue_trend.build(trend_rows(), view())  # months; a bar begins with its month
    drawn = annotated(chart, [LATE])
    assert flags(drawn) == [("2024-10-01", "1")]
    assert drawn.summary.endswith("Notes: 1) 31 Oct 2024, Sale (ann).")
    noted = dict(zip(drawn.table["Month"], drawn.table["Notes"], strict=True))
    assert noted["Oct 2024"] == "31 Oct 2024, Sale (ann)"
    assert noted["Nov 2024"] == ""


def test_notes_of_one_bucket_share_a_flag_and_a_span_is_shaded() -> None:
    span = Flag(date(2024, 10, 2), date(2024, 11, 5), "Campaign", "ben")
    drawn = annotated(revenue_trend.build(trend_rows(), view()), [span, LATE])
    assert flags(drawn) == [("2024-10-01", "1, 2")]
    assert drawn.figure is not None
    shaded = [shape for shape in drawn.figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert [(shape["x0"], shape["x1"]) for shape in shaded] == [("2024-10-01", "2024-11-01")]
    assert list(drawn.table["Notes"][-2:]) == [
        "2 Oct 2024 to 5 Nov 2024, Campaign (ben); 31 Oct 2024, Sale (ann)",
        "2 Oct 2024 to 5 Nov 2024, Campaign (ben)",
    ]


def test_a_note_outside_the_chart_and_a_chart_without_days_change_nothing() -> None:
    chart = revenue_trend.build(trend_rows(), view())
    assert annotated(chart, [Flag(date(2021, 1, 1), date(2021, 1, 2), "Opening", "ann")]) == chart
    bars = channel_value.CHART.build(groups(2), view())
    assert annotated(bars, [LATE]) == bars


def test_single_orders_keep_the_day_of_a_note() -> None:
    drawn = annotated(purchase_timeline.build(purchases(date(2024, 10, 3), date(2024, 11, 3)), view()), [LATE])
    assert ("2024-10-31", "1") in flags(drawn)


def test_what_somebody_typed_is_never_html() -> None:
    nasty = '<a href="javascript:alert(1)">x</a><script>1</script>'
    drawn = annotated(revenue_trend.build(trend_rows(), view()), [Flag(LATE.first_day, LATE.last_day, nasty, "<b>")])
    assert "<" not in str(drawn.figure["layout"]["annotations"][-1]).replace("<br>", "")  # type: ignore[index]
    assert nasty in drawn.summary  # told as text: Dash and assets/55-tables.js write text nodes only
