"""Every number on a page is of the registry, says what it means, and leads to its customers or says why not."""

from __future__ import annotations

import re

import pytest

from dashapp.charts import catalogue
from dashapp.services.behind import AUDIENCES, NOBODY
from dashapp.store import metrics
from dashapp.store.query import find
from tests.house.code import ROOT, python_files

LEAD_TO_CUSTOMERS = {
    "category_segments": "a tile: customers of the segment who ever bought of the category",
    "channel_performance": "a bar: who first bought there in the newest 12 whole months",
    "channel_value": "a bar: customers who first bought there",
    "clv_distribution": "a bar: customers with that predicted value",
    "cohort_matrix": "a cell: who of the cohort bought in that month; predicted: the cohort",
    "cohort_payback": "a line or row: the cohort",
    "cohort_stack": "a bar: the cohort; a row: who bought in that month",
    "cohort_value": "a cell: the cohort",
    "concentration_trend": "a point: who bought in that month",
    "country_value": "a bar: customers who first bought there",
    "customer_equity": "the bar of today: who has a predicted value",
    "forecast_by_channel": "a bar: customers with a prediction who first bought there",
    "forecast_by_country": "a bar: customers with a prediction who first bought there",
    "growth_accounting": "a bar: who came, came back or lapsed in that month; a row: the base after it",
    "new_dependence": "a bar: who first bought in that year",
    "next_product": "a bar: who ever bought the product",
    "product_adoption": "a point: who had bought the product by the end of that month",
    "product_buyers": "a bar: customers of the segment who ever bought the product",
    "product_life": "a bar: who bought the product in that month, or then for the first time",
    "product_pareto": "a point or row: who ever bought the product",
    "product_prices": "a point or row: who bought the product while price and cost were so",
    "product_returns": "a bar: who bought the product, or returned it, in that month",
    "product_second_order": "a line: who started with the product, or with another",
    "product_starters": "a bar: who started with the product, or with another, and was observed that long",
    "product_uptake": "a bar: who first bought in that quarter",
    "purchase_tracking": "a point: who of those known at the cut-off bought in the days after it",
    "refund_timing": "a bar: who bought, or got a refund, in that month",
    "retention_curve": "a point: who first bought early enough to have completed that month of age",
    "revenue_bridge": "a step: who is new, back or lost, who grew or shrank; an end: who bought then",
    "revenue_trend": "a bar: who bought in those days",
    "rfm_grid": "a tile: customers with both scores",
    "segment_moves": "a cell: who was in the one segment then and in the other now",
    "segments": "a bar: customers of the segment",
    "value_deciles": "a bar: customers with that predicted value",
    "value_risk": "a tile: customers with that value and chance",
}
"Charts whose marks lead to customers, and to whom. All others say in `nobody` why they do not."
OUTSIDE_A_CARD = {
    "dashapp/web/components/card.py": "the card itself",
    "dashapp/web/components/graph.py": "defines it",
    "dashapp/web/components/lab_results.py": "draws a scenario under the reader's own assumptions",
}
"Who may place a graph, with the reason."
OWN_FIGURES = {
    "dashapp/web/components/kpi.py": "the key-figure card itself",
    "dashapp/web/components/lab_results.py": "shows a scenario under the reader's own assumptions",
    "dashapp/web/components/recompute.py": "shows a computation under the reader's own assumptions",
}
"Who may draw a key figure, with the reason."


def _using(pattern: str) -> set[str]:
    files = [file for file in python_files() if file.is_relative_to(ROOT / "dashapp" / "web")]
    return {str(file.relative_to(ROOT)) for file in files if re.search(pattern, file.read_text(encoding="utf-8"))}


def test_every_chart_leads_to_customers_or_says_why_not() -> None:
    """That the others have marks is shown on real data by tests/services/test_behind.py."""
    assert {name for name, spec in catalogue.charts().items() if not spec.nobody} == set(LEAD_TO_CUSTOMERS)
    assert not [name for name, spec in catalogue.charts().items() if spec.nobody and spec.choice]


@pytest.mark.parametrize("name", list(catalogue.charts()))
def test_the_question_of_a_chart_says_its_grain(name: str) -> None:
    assert find(catalogue.chart(name).query).headers.get("grain")


@pytest.mark.parametrize("name", metrics.names())
def test_a_key_figure_says_whom_it_is_about(name: str) -> None:
    assert metrics.metric(name).query.headers["customers"] in {*AUDIENCES, NOBODY}


def test_graphs_stand_in_cards_of_the_registry() -> None:
    assert _using(r"\bdcc\.Graph\b|[^_\w.](graph|plot)\(") == set(OUTSIDE_A_CARD)


def test_key_figures_are_drawn_from_the_registry() -> None:
    assert _using(r"kpi-value|kpi-card") == set(OWN_FIGURES)
