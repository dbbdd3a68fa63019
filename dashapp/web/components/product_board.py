"""The lifecycle board: a column per phase of life with its count, its money and its best sellers as links."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.charts.product_moves import GROUPS
from dashapp.domain.vocabulary import LifecycleStage
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import states
from dashapp.web.components.basics import attrs, link
from dashapp.web.components.product_views import address, product_link
from dashapp.web.components.product_words import up_to

LISTED = 12
"Products of each stage that a column names."


def board(frame: pd.DataFrame, facts: Facts) -> Component:
    """frame: the answer of store/queries/product_board.sql."""
    if frame.empty:
        return states.insufficient("No product was sold yet.", "Load order lines with products.")
    total = float(frame.drop_duplicates("stage")["stage_net_sales"].astype(float).sum())
    columns = [_column(name, [stage.value for stage in stages], frame, total, facts) for name, stages in GROUPS.items()]
    said = html.P(f"Stages {up_to(facts)}; money of all observed days.", className="hint")
    return html.Div([said, html.Div(columns, className="life-board")])


def _column(name: str, stages: list[str], frame: pd.DataFrame, total: float, facts: Facts) -> Component:
    rows = frame[frame["stage"].isin(stages)]
    sums = rows.drop_duplicates("stage")
    products = int(sums["products"].sum())
    head = [html.H2(name), html.P(_money(sums, products, total, facts), className="hint")]
    best = rows.sort_values("net_sales", ascending=False, kind="stable").head(LISTED)
    items = [_item(row, name, facts) for row in best.itertuples()]
    body = html.Ol(items, className="plain-list") if items else html.P("None.", className="hint")
    return html.Section([*head, body, *_more(stages, products, len(items))], className="life-column",
                        **attrs(aria_label=name))  # fmt: skip


def _money(sums: pd.DataFrame, products: int, total: float, facts: Facts) -> str:
    sales = float(sums["stage_net_sales"].astype(float).sum())
    margin = sums["stage_gross_margin"].astype(float).sum(min_count=1)
    words = f"{fmt.number(products)} {'product' if products == 1 else 'products'}"
    if not products:
        return words
    share = f" ({fmt.percent(sales / total)})" if total > 0 else ""
    words += f" · {fmt.money(sales, facts.currency)}{share}"
    return words + (f" · margin {fmt.money(margin, facts.currency)}" if fmt.known(margin) else "")


def _item(row: Any, group: str, facts: Facts) -> Component:
    """A product with its sales and, where the column holds several stages or one is coming, which."""
    told = [fmt.money(float(row.net_sales), facts.currency)]
    label = LifecycleStage(row.stage).label
    told += [label.lower()] if label != group and row.stage != LifecycleStage.TOO_EARLY else []
    told += [fmt.percent(row.stage_probability, 0)] if fmt.known(row.stage_probability) else []
    told += [f"{LifecycleStage(row.pending).label.lower()} next?"] if isinstance(row.pending, str) else []
    return html.Li([product_link(row.product_id, row.product), html.Span(" · ".join(told), className="hint")])


def _more(stages: list[str], products: int, shown: int) -> list[Component]:
    if products <= shown:
        return []
    words = f"All {fmt.number(products)} as a list"
    return [html.P(link(words, address(query={"stages": "|".join(stages)})))]
