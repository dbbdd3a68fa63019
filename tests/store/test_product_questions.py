"""What is asked of one product: the numbers are those of the list, and add up to what was sold."""

from __future__ import annotations

from typing import Any

import pytest

from dashapp.domain.filters import Filters
from dashapp.domain.product_listing import ProductListing
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots

ALL = Filters(range="all")
EVERYTHING = ProductListing().parameters() | {"limit": 1000, "offset": 0}


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


@pytest.fixture(scope="module")
def best(snapshot: Snapshot) -> dict[str, Any]:
    """The best seller, as the list has it."""
    return dict(snapshot.frame("products_list", **EVERYTHING).iloc[0])


def test_the_key_figures_of_all_time_are_those_of_the_list(snapshot: Snapshot, best: dict[str, Any]) -> None:
    found = snapshot.frame("product_figures", ALL, product_key=int(best["product_key"]))
    assert list(found["series"]) == ["current"]
    for name in ("net_sales", "units", "gross_margin", "buyers", "repeat_rate", "first_purchase_share", "return_rate"):
        assert float(found[name].iloc[0]) == pytest.approx(float(best[name])), name


def test_two_years_of_figures_are_the_lines_of_these_years(snapshot: Snapshot, best: dict[str, Any]) -> None:
    found = snapshot.frame("product_figures", Filters(range="l12m"), product_key=int(best["product_key"]))
    rows = snapshot._rows(
        """select order_date >= date '2024-07-01' as now, sum(amount) as net_sales from marts.order_lines
           where product_key = $key and order_date >= date '2023-07-01' group by 1 order by 1 desc""",
        {"key": int(best["product_key"])},
    )
    assert [float(value) for value in found["net_sales"]] == [float(row["net_sales"]) for row in rows]


def test_months_adoption_returns_and_prices_add_up_to_the_product(snapshot: Snapshot, best: dict[str, Any]) -> None:
    key = int(best["product_key"])
    life, adopted, returned, prices = (
        snapshot.frame(name, product_key=key)
        for name in ("product_life", "product_adoption", "product_returns", "product_prices")
    )
    assert life["units"].sum() == best["units"]
    assert adopted["new_buyers"].sum() == adopted["buyers_so_far"].iloc[-1] == best["buyers"]
    assert adopted["customers_so_far"].iloc[-1] == len(snapshot.base())
    assert returned["units_sold"].sum() - returned["units_returned"].sum() == best["units"]
    assert float(prices["gross_margin"].sum()) == pytest.approx(float(best["gross_margin"]))
    assert float(prices["net_sales"].sum()) == pytest.approx(float(best["net_sales"]))


def test_everybody_is_a_starter_or_one_of_the_others(snapshot: Snapshot, best: dict[str, Any]) -> None:
    key = int(best["product_key"])
    waits = snapshot.frame("product_second_order", product_key=key)
    starters = waits[waits["started_here"]]["customers"].sum()
    assert waits["customers"].sum() == len(snapshot.base())
    assert starters == round(best["first_purchase_share"] * best["buyers"])
    values = snapshot.frame("product_starters", product_key=key)
    old = snapshot._rows("select count(*) as n from marts.customers where T_days >= 365", {})[0]["n"]
    last = values.iloc[-1]
    assert (last["window_days"], last["customers"] + last["others"]) == (365, old)


def test_what_others_brought_is_their_plain_mean_at_that_age(snapshot: Snapshot, best: dict[str, Any]) -> None:
    """The mean of all customers is published; with the starters' own it gives that of the others."""
    key = int(best["product_key"])
    last = snapshot.frame("product_starters", product_key=key).iloc[-1]
    own = snapshot._rows(
        "select net_value from marts.entry_products where product_key = $key and window_days = 365", {"key": key}
    )[0]["net_value"]
    n, others = float(last["customers"]), float(last["others"])
    expected = (last["overall_value"] * (n + others) - own * n) / others
    assert last["others_value"] == pytest.approx(expected, rel=1e-9)


def test_partners_are_the_published_pairs_seen_from_either_side(snapshot: Snapshot) -> None:
    pairs = snapshot._rows("select * from marts.product_pairs order by rank", {})
    keys = {pair["product_key"] for pair in pairs} | {pair["other_product_key"] for pair in pairs}
    found = {key: snapshot.frame("product_partners", product_key=int(key)) for key in keys}
    assert sum(len(frame) for frame in found.values()) == 2 * len(pairs)
    for pair in pairs:
        seen = found[pair["other_product_key"]]
        assert pair["other_confidence"] in set(seen["confidence"])


def test_the_mix_of_buyers_is_of_all_buyers(snapshot: Snapshot, best: dict[str, Any]) -> None:
    mix = snapshot.frame("product_segments", product_key=int(best["product_key"]))
    assert mix["buyers"].sum() == best["buyers"]
    assert mix["share"].sum() == pytest.approx(1.0)
    assert mix["customer_share"].sum() == pytest.approx(1.0)


def test_the_classes_of_the_best_sellers_are_those_of_the_map(snapshot: Snapshot) -> None:
    pareto = snapshot.frame("product_pareto")
    map_ = snapshot.frame("product_stage_map")
    assert pareto["share"].sum() == pytest.approx(1.0)
    staged = pareto[pareto["stage"].notna()]
    assert staged["sales_class"].value_counts().to_dict() == map_.groupby("sales_class")["products"].sum().to_dict()
