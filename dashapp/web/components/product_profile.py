"""The head of a product's profile: what it is, where it stands and how sure that is, and its habits."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.domain.vocabulary import LifecycleStage as Stage
from dashapp.services.export_products import stage_words
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components.product_views import badge
from dashapp.web.components.product_words import up_to
from dashapp.web.components.profile_words import PRODUCT

PHASES = (Stage.INTRODUCTION, Stage.GROWTH, Stage.MATURITY, Stage.DECLINE)


def head(known: dict[str, Any], path: pd.DataFrame, habits: dict[str, Any], facts: Facts) -> Component:
    """known: the answer of `product_profile`; path: of `product_stage_path`; habits: of `product_habits`."""
    return html.Div(
        [_identity(known), *_standing(known, facts), html.P(_path(path), className="hint"),
         shown.facts("What is known of it", _facts(known, habits, facts), PRODUCT)],
        className="product-head",
    )  # fmt: skip


def _identity(known: dict[str, Any]) -> Component:
    name = known["product_name"]
    title = html.H2(name or known["product_id"], className="profile-name")
    under = [known["product_id"]] if name else []
    under += [known["category"]]
    if known["first_sold_on"] is not None:
        under.append(f"No. {fmt.number(known['sales_rank'])} of {fmt.number(known['products'])} by net sales")
    return html.Div(
        [
            html.Div([title, badge(known["stage"])], className="profile-title"),
            html.P(" · ".join(under), className="hint"),
        ]
    )


def _standing(known: dict[str, Any], facts: Facts) -> list[Component]:
    """The stage with its reason, and the chances of all four phases."""
    if known["stage"] is None:
        return [html.P("It has no stage of life: it was never sold.", className="hint")]
    words = [stage_words(known["stage"], known["pending"])]
    if known["stage_probability"] is not None:
        words.append(f"probability {fmt.percent(known['stage_probability'], 0)}")
    words.append(up_to(facts))
    sentence = html.P([html.Strong(", ".join(words)), f". {known['reason']}"])
    said = html.Div([sentence, *PRODUCT.beside("Stage")], className="name-line")
    if known["share_growth"] is None:
        return [said]
    chances = [html.Div([html.Dt(phase.label), html.Dd(fmt.percent(known[f"share_{phase}"], 0))]) for phase in PHASES]
    return [said, html.Dl(chances, className="stage-chances")]


def _path(path: pd.DataFrame) -> str:
    """The stages it went through, with the quarter in which each was first known."""
    if path.empty:
        return "No stage is known of any quarter yet."
    changed = path[path["stage"] != path["stage"].shift()]
    rows = zip(changed["stage"], changed["quarter"], strict=True)
    steps = [f"{Stage(stage).label} from {_quarter(quarter)}" for stage, quarter in rows]
    return f"As known at the time: {', '.join(steps)}."


def _quarter(value: Any) -> str:
    when = pd.Timestamp(value)
    return f"Q{when.quarter} {when.year}"


def _facts(known: dict[str, Any], habits: dict[str, Any], facts: Facts) -> list[tuple[str, str, str]]:
    rows = [
        ("Net sales so far", fmt.money(float(known["net_sales"]), facts.currency), "sales less returns, all days"),
        ("Buyers so far", fmt.number(known["buyers"]), f"{fmt.percent(known['repeat_rate'])} bought it on two days"),
        ("First sold", _day(known["first_sold_on"]), f"last {_day(known['last_sold_on'])}"),
        ("List price", fmt.amount(known["unit_price"], facts.currency), "of the product list"),
        ("Orders with it", fmt.number(habits.get("orders")), f"{fmt.percent(habits.get('alone_share'))} of them alone"),
        ("Products in these", fmt.number(habits.get("median_products")), "median of different products in a basket"),
    ]
    if habits.get("rebuys"):
        again = f"median of {fmt.number(habits['rebuys'])} times it was bought again"
        rows.append(("Bought again after", fmt.days(habits["median_rebuy_days"]), again))
    return rows


def _day(value: Any) -> str:
    return fmt.day(value) if value is not None else "never"
