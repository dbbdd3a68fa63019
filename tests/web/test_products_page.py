"""The products page: what its pure parts show of a real snapshot, and that the numbers agree with one another."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.domain.filters import Filters
from dashapp.domain.lifecycle_rules import LifecycleRules
from dashapp.domain.vocabulary import LifecycleStage
from dashapp.errors import FilterError
from dashapp.services import charting
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import product_board, product_tables, product_views, product_words, rejudge
from dashapp.web.pages import products
from tests.web.conftest import House
from tests.web.walking import not_numbers, visit

EVERYTHING = {"startRow": 0, "endRow": 500}


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def _rows(
    snapshot: Snapshot, search: str = "", stages: Any = None, category: str = products.ANY, **request: Any
) -> tuple[list[dict[str, Any]], Any]:
    rows, strip, *_ = products.show_list(snapshot, *products.read(EVERYTHING | request, search, stages, category))
    return rows["rowData"], text(strip)


def text(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_the_list_the_map_and_the_last_quarter_count_the_same_products(snapshot: Snapshot) -> None:
    rows, _ = _rows(snapshot)
    named = [row["stage"].partition(", ")[0] for row in rows]
    stages = pd.Series([stage for stage in named if stage != "Never sold"]).value_counts()
    map_ = charting.draw("product_stage_map", snapshot, Filters()).table
    moves = charting.draw("product_moves", snapshot, Filters()).table
    last = moves[moves["Quarter"] == moves["Quarter"].iloc[0]]
    assert stages.to_dict() == map_.groupby("Stage")["Products"].sum().to_dict()
    assert stages.to_dict() == last.groupby("To")["Products"].sum().to_dict()
    assert float(map_["Net sales"].sum()) == pytest.approx(sum(row["net_sales"] for row in rows), abs=0.01)


def test_a_stage_and_a_word_narrow_the_list_and_its_strip(snapshot: Snapshot) -> None:
    everything, _ = _rows(snapshot)
    some, strip = _rows(snapshot, search=everything[0]["product_id"].lower())
    assert everything[0] in some
    assert f'"{len(some):,}"' in strip
    mature, _ = _rows(snapshot, stages=["maturity"])
    assert all(row["stage"].startswith("Maturity") for row in mature)
    assert len(mature) == sum(row["stage"].startswith("Maturity") for row in everything)


def test_every_column_sorts_and_what_is_unknown_comes_last(snapshot: Snapshot) -> None:
    for column in products.product_grid.COLUMNS:
        if column["field"] == "trend":
            continue
        rows, _ = _rows(snapshot, sortModel=[{"colId": column["field"], "sort": "asc"}])
        known = [row[column["field"]] is not None for row in rows]
        assert known == sorted(known, reverse=True)
    with pytest.raises(FilterError):
        _rows(snapshot, sortModel=[{"colId": "1; drop table x", "sort": "asc"}])


def test_a_category_narrows_the_list_and_stays_on_offer_when_nobody_knows_it(snapshot: Snapshot) -> None:
    everything, _ = _rows(snapshot)
    kitchen, _ = _rows(snapshot, category="Kitchen")
    assert kitchen == [row for row in everything if row["category"] == "Kitchen"] != []
    answer = products.show_list(snapshot, *products.read(EVERYTHING, "", None, "Atlantis"))
    assert {option["value"] for option in answer[2]} >= {products.ANY, "Kitchen", "Atlantis"}
    assert answer[4] == {"category": "Atlantis"}


def test_the_trend_is_the_last_twelve_whole_months_of_the_product(snapshot: Snapshot) -> None:
    """The sample ends on 30 June 2025, so June is whole and the first of the twelve is July 2024."""
    row = _rows(snapshot)[0][0]
    lives = snapshot._rows(
        """select strftime(sold.month, '%Y-%m') as month, sold.units from marts.product_months as sold
           inner join marts.products using (product_key) where product_id = $code""",
        {"code": row["product_id"]},
    )
    units = {life["month"]: life["units"] for life in lives}
    months = [f"2024-{month:02}" for month in range(7, 13)] + [f"2025-{month:02}" for month in range(1, 7)]
    assert [float(value) for value in row["trend"].split()] == [units.get(month, 0.0) for month in months]
    assert any(units.values())


def test_the_board_holds_every_product_once_with_all_the_money(snapshot: Snapshot) -> None:
    rows, _ = _rows(snapshot)
    board = snapshot.frame("product_board", most=10_000)
    assert sorted(board["product_id"]) == sorted(row["product_id"] for row in rows if row["stage"] != "Never sold")
    sums = board.drop_duplicates("stage")
    assert sums["products"].sum() == len(board)
    assert float(sums["stage_net_sales"].sum()) == pytest.approx(float(board["net_sales"].sum()))
    cut = text(product_board.board(snapshot.frame("product_board", most=1), snapshot.facts))
    assert "as a list" in cut
    assert "/products?stages=decline" in cut


@pytest.mark.parametrize("tab", [*product_views.VIEWS, "nonsense", "", None])
def test_every_view_is_a_link_and_marks_where_one_is(tab: Any) -> None:
    links = [item.children for item in products.layout(tab=tab).children[0].children.children]
    shown = tab if tab in product_views.VIEWS else product_views.DEFAULT
    assert [link.children for link in links] == list(product_views.VIEWS.values())
    marked = [link.children for link in links if "aria-current" in link.to_plotly_json()["props"]]
    assert marked == [product_views.VIEWS[shown]]


def test_nothing_found_says_so(snapshot: Snapshot) -> None:
    rows, strip = _rows(snapshot, search="no such product")
    assert rows == []
    assert "No product matches" in strip


def test_every_stage_is_defined_on_the_page() -> None:
    assert set(product_words.MEANING) == set(LifecycleStage)


def test_pairs_and_first_products_say_what_they_rest_on(snapshot: Snapshot) -> None:
    assert "Net sales in 365 days" in text(products.show_entries(snapshot))
    pairs = pd.DataFrame({
        "rank": [1], "product_id": ["c"], "product": ["Cup"], "other_product_id": ["p/ot"],
        "other_product": ["Pot"], "joint_baskets": [40], "lift": [3.14],
        "lift_low": [2.7], "later_joint_baskets": [12], "later_lift": [2.58], "later_lift_low": [1.9],
        "holds": [True], "pairs": [90], "pairs_holding": [60],
    })  # fmt: skip
    said = text(product_tables.bundles(pairs, snapshot.facts))
    assert '"/products/p%2Fot"' in said
    assert "90 pairs are bought together more often than chance, up to the end of June 2025" in said
    assert "Cup with Pot, seen 3.1× chance, 2.6× out of time" in said
    assert "2.7×" in said


def test_a_shop_without_products_says_so_everywhere(snapshot: Snapshot) -> None:
    nothing = [snapshot.frame(name, limit=0) for name in ("product_bundles", "product_entries")]
    said = text([
        product_tables.bundles(nothing[0], snapshot.facts), product_tables.entries(nothing[1], snapshot.facts),
        product_board.board(snapshot.frame("product_board", most=0), snapshot.facts),
    ])  # fmt: skip
    assert said.count("Not enough data") == 3


def test_the_thresholds_start_as_published_and_are_read_as_typed() -> None:
    published = rejudge.planned("s", *(each.published for each in rejudge.THRESHOLDS)).arguments["rules"]
    assert published == {name: getattr(LifecycleRules(), name) for name in published}
    assert rejudge.planned("s", "6", "30", "2", "3", "2,5 %", "60", "365").arguments["rules"]["trend_growth"] == 0.025


@pytest.mark.parametrize("typed", ["", "six", "2", "25", "6.5", "nan", None])
def test_a_threshold_that_cannot_be_used_is_named(typed: Any) -> None:
    with pytest.raises(FilterError, match="Fewest periods"):
        rejudge.planned("s", typed, "30", "2", "3", "2", "60", "365")


@pytest.mark.parametrize("tab", product_views.VIEWS)
def test_every_view_answers_all_that_it_asks_for_by_itself(house: House, empty_house: House, tab: str) -> None:
    for where in (house,):
        seen = visit(where, "/products", "viewer", f"?tab={tab}")
        assert set(seen.statuses.values()) <= {200, 204}, seen.statuses
        assert len(seen.statuses) > 1
        assert not_numbers(seen.text) == []
