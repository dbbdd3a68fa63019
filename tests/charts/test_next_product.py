"""What may come next is named with its evidence, leads to its buyers, or says why there is none."""

from __future__ import annotations

import plotly.graph_objects as go

from dashapp.charts import next_product
from tests.charts.frames import view
from tests.domain.test_next_product import answer


def test_the_likeliest_is_told_with_n_limits_and_what_is_usual() -> None:
    chart = next_product.build(answer(("Pot", 50, 20, 100), ("Pan", 50, 12, 60)), view())
    go.Figure(chart.figure)
    assert chart.summary == (
        "Pot is the likeliest: after Cup 40.0\u00a0% of 50 customers bought it next "
        "(95\u00a0%: 27.6\u00a0% to 53.8\u00a0%), against 10.0\u00a0% usually."
    )
    assert list(chart.marks) == [{"product": "Pot"}, {"product": "Pan"}]
    assert chart.table[["Came back", "Bought it next"]].to_numpy().tolist() == [[50, 20], [50, 12]]


def test_products_stand_in_the_order_of_their_shares() -> None:
    chart = next_product.build(answer(("Pot", 50, 20, 60), ("Mug", 20, 9, 40)), view())
    assert chart.table["Product"].tolist() == ["Mug", "Pot"], "though the lower limit of Mug is lower"
    assert chart.table["Share"].tolist() == [0.45, 0.4]
    assert chart.summary.startswith("Mug is the likeliest")


def test_where_nothing_follows_it_says_whether_data_or_evidence_are_missing() -> None:
    few = next_product.build(answer(("Pot", 19, 12, 10)), view())
    assert few.note
    assert few.note.text.startswith("Fewer than 20 others")
    chance = next_product.build(answer(("Pot", 50, 6, 100)), view())
    assert chance.note
    assert chance.note.text == "Of 100 products that followed, none did so more often than chance explains."
