"""The page of one product: what it says, that its numbers are those of the list, and that it survives every shop."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp.charts import catalogue
from dashapp.domain.filters import Filters
from dashapp.domain.product_listing import ProductListing
from dashapp.settings import Settings
from dashapp.store.snapshot import Snapshot, Snapshots
from dashapp.web.components import product_figures, product_tables
from dashapp.web.pages import product, products
from etl import pipeline
from etl.progress import Silent
from tests.deliveries import know_handwritten, written
from tests.web.conftest import House, render_page

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def snapshot(sample_warehouse: Settings) -> Snapshot:
    return Snapshots(sample_warehouse).current()


def text(*parts: Any) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_the_page_says_stage_chances_and_place_of_the_best_seller(snapshot: Snapshot) -> None:
    row = snapshot.frame("products_list", **ProductListing().parameters(), limit=1, offset=0).iloc[0]
    scope, head, partners, *cards = product.show(snapshot, row["product_id"])
    assert scope == f"product_key={row['product_key']}"
    said = text(head)
    assert row["product_name"] in said
    assert row["reason"] in said
    assert "No. 1 of" in said
    assert "As known at the time:" in said
    assert text(partners)
    assert len(cards) == 4 * len(product.CARDS)


def test_every_chart_of_the_page_can_be_downloaded_for_this_product(house: House, snapshot: Snapshot) -> None:
    assert all("product_key" in catalogue.chart(name).parameters for name in product.CARDS)
    answer = house.client("analyst").get("/export/chart/product_life.csv?product_key=3&range=l12m")
    assert answer.status_code == 200
    months = snapshot.frame("product_life", product_key=3)
    assert len(answer.text.strip().splitlines()) == len(months) + 1 > 1


def test_every_chart_says_that_it_ignores_the_period() -> None:
    assert text(product.layout("A1")).count("Ignored here: period,") == len(product.CARDS) + len(["bought together"])


def test_figures_stand_beside_those_of_the_year_before(snapshot: Snapshot) -> None:
    code = snapshot.frame("products_list", **ProductListing().parameters(), limit=1, offset=0)["product_id"].iloc[0]
    bodies = product.show_figures(snapshot, code, Filters(range="l12m"))
    assert len(bodies) == len(product_figures.FIGURES) == 7
    assert "vs previous year" in text(bodies[0])
    alone = product.show_figures(snapshot, code, Filters(range="all"))
    assert "vs previous" not in text(alone)


def test_a_figure_without_a_value_says_why() -> None:
    nothing = product_figures.measured(pd.DataFrame(columns=["series"]), has_costs=True)
    assert {value.reason for _, value in nothing} == {"Neither sold nor returned in this period."}
    row = {"series": "current", "net_sales": 5.0, "gross_margin": None, "units": 1.0, "buyers": 0, "repeat_rate": None,
           "first_purchase_share": None, "return_rate": 0.0}  # fmt: skip
    told = {figure.name: value for figure, value in product_figures.measured(pd.DataFrame([row]), has_costs=False)}
    assert "No costs are loaded" in told["margin_share"].reason
    assert "No identified customer" in told["repeat_rate"].reason
    assert (told["net_sales"].value, told["buyers"].value) == (5.0, 0.0)


def test_partners_are_links_and_none_is_said(snapshot: Snapshot) -> None:
    pair = {"product_id": "a/b", "product": "Saucer", "stage": "decline", "joint_baskets": 40, "support": 0.01,
            "confidence": 0.4, "lift": 3.1, "lift_low": 2.2, "later_joint_baskets": 9, "later_lift": 2.6,
            "later_lift_low": 1.4, "holds": True, "q_value": 0.001}  # fmt: skip
    said = text(product_tables.partners(pd.DataFrame([pair]), "Cup", snapshot.facts))
    assert '"/products/a%2Fb"' in said
    for words in ("40.0\u00a0%", "1.00\u00a0%", "3.1×", "2.6×", "Saucer, in 40.0\u00a0% of its baskets"):
        assert words in said
    assert "no other product" in text(product_tables.partners(pd.DataFrame([pair]).head(0), "Cup", snapshot.facts))


def test_a_figure_of_a_product_leads_to_its_buyers_of_the_period(snapshot: Snapshot) -> None:
    asked = Filters(range="lm")
    figures = {figure.name: value.value for figure, value in product.figures_of(snapshot, "P-001", asked)}
    shown = text(product.show_figures(snapshot, "P-001", asked))
    addresses = {urlsplit(href).query for href in re.findall(r"/customers\?[^\"]+", shown)}
    assert len(addresses) == 1
    view = Filters.from_query(dict(parse_qsl(addresses.pop())))
    assert len(snapshot.base(view)) == figures["buyers"] < len(snapshot.base(Filters(product=("P-001",))))


@pytest.mark.parametrize(
    ("path", "status"), [("/products/P-001", 200), ("/products/nothing", 404), ("/products/P-001?range=x", 200)]
)
def test_a_code_not_in_the_catalogue_is_404_in_words(house: House, path: str, status: int) -> None:
    assert house.client("viewer").get(path).status_code == status
    pathname, _, search = path.partition("?")
    drawn = render_page(house.client("viewer"), pathname, f"?{search}" if search else "").text
    assert ("not in the catalogue" in drawn and "Go to Products" in drawn) == (status == 404)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/product/P-001", "/products/P-001"),
        ("/product/a%20b", "/products/a%20b"),
        ("/product-lifecycle", "/products?tab=board"),
        ("/product-lifecycle?as_of=1", "/products?tab=board&as_of=1"),
    ],
)
def test_old_addresses_lead_to_the_pages(house: House, old: str, new: str) -> None:
    answer = house.client("viewer").get(old)
    assert (answer.status_code, answer.location) == (301, new)


COLUMNS = ["order_id", "ordered_at", "customer_id", "product_id", "quantity", "unit_price"]
SHOPS = {
    "one product on one day": [("1", "2024-03-01 10:00", "ann", "cup", 2, 10)],
}


@pytest.mark.parametrize("name", SHOPS)
def test_the_smallest_shops_are_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    settings = Settings(data_dir=tmp_path)
    know_handwritten(monkeypatch, {})
    lines = pd.DataFrame(SHOPS[name], columns=COLUMNS)
    asked = written(tmp_path / "delivery", {"order_lines": lines})
    pipeline.refresh(pipeline.Request(asked.source, asked.path), settings, Silent(), lambda: NOW)
    snapshot, known = Snapshots(settings).current(), name != "no products"
    _, head, partners, *cards = product.show(snapshot, "cup")
    assert ("not in the catalogue" in text(head)) != known
    assert "Not enough data" in text(partners) or not known
    looks = cards[1::4]
    assert set(looks) <= {"chart-card is-noted", "chart-card is-drawn"}
    assert looks.count("chart-card is-drawn") <= 1  # adoption of one buyer is a fact
    assert product.show_figures(snapshot, "cup", Filters())
    for view in products.CHARTS:
        assert products.show_charts(snapshot, view)
    assert "Sold in no month that is over yet." in text(head)
    assert '"/products/cup"' in text(products.show_board(snapshot))
    for part in (products.show_bundles, products.show_entries):
        assert "Not enough data" in text(part(snapshot))
    rows, strip, *_ = products.show_list(snapshot, ProductListing(), 100, 0)
    assert len(rows["rowData"]) == int(known)
    assert ("No product matches" in text(strip)) != known
