"""Tables of products: pairs bought together, and what customers brought by the product they started with."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.vocabulary import LifecycleStage
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import states
from dashapp.web.components.basics import data_table
from dashapp.web.components.product_views import product_link
from dashapp.web.components.product_words import up_to

SHOWN = 50
"Rows of each table."
NEEDED = "A pair needs 20 joint baskets in the first 70 % of them."


def bundles(frame: pd.DataFrame, facts: Facts) -> Component:
    """frame: the answer of store/queries/product_bundles.sql."""
    if frame.empty:
        text = "No two products are bought together more often than chance, with at least 20 joint baskets."
        return states.insufficient(text, f"More baskets may show some. {written.local(NEEDED)}")
    first = frame.iloc[0]
    found, held = int(first["pairs"]), int(first["pairs_holding"])
    text = (
        f"{fmt.number(found)} pairs are bought together more often than chance, {up_to(facts)}; {fmt.number(held)} of "
        f"them were so again in the later {fmt.percent(0.3, 0)} of the baskets, which had no say in finding "
        f"them. The first: {first['product']} with {first['other_product']}, "
        f"seen {evidence(first['lift'], first['later_lift'])}."
    )
    return html.Div([html.P(text), data_table(_bundle_rows(frame), "Pairs by the lower bound of their lift")])


def evidence(lift: float, later: float) -> str:
    """How often a pair was seen, in the words of chance.

    >>> evidence(3.14, 2.58), evidence(3.14, float("nan"))
    ('3.1× chance, 2.6× out of time', '3.1× chance, not sold any more since')
    """
    then = f"{fmt.number(later, 1)}× out of time" if fmt.known(later) else "not sold any more since"
    return f"{fmt.number(lift, 1)}× chance, {then}"


def _bundle_rows(frame: pd.DataFrame) -> pd.DataFrame:
    names = [_links(frame["product_id"], frame["product"]), _links(frame["other_product_id"], frame["other_product"])]
    return pd.DataFrame({"Product": names[0], "Bought with": names[1]}, index=frame.index).join(_measures(frame))


def _links(ids: pd.Series[str], names: pd.Series[str]) -> list[Component]:
    return [product_link(*pair) for pair in zip(ids, names, strict=True)]


def _measures(frame: pd.DataFrame) -> pd.DataFrame:
    """What is known of pairs: how often seen, then and later."""
    return pd.DataFrame(
        {
            "Seen": [evidence(*row) for row in zip(frame["lift"], frame["later_lift"], strict=True)],
            "Lift": _times(frame["lift"]),
            "at least": _times(frame["lift_low"]),
            "Lift later": _times(frame["later_lift"]),
            "later at least": _times(frame["later_lift_low"]),
            "Baskets": frame["joint_baskets"],
            "Baskets later": frame["later_joint_baskets"],
            "Held": ["–" if pd.isna(held) else "yes" if held else "no" for held in frame["holds"]],
        },
        index=frame.index,
    )


def _times(values: pd.Series[float]) -> list[str]:
    return [f"{fmt.number(value, 1)}×" if fmt.known(value) else fmt.NOTHING for value in values]


def partners(frame: pd.DataFrame, name: str, facts: Facts) -> Component:
    """The pairs of one product. frame: the answer of store/queries/product_partners.sql."""
    if frame.empty:
        text = f"{name} shares baskets with no other product more often than chance, tested over all pairs."
        return states.insufficient(text, written.local(NEEDED))
    lasting = frame[frame["holds"].eq(True)]
    first = (lasting if len(lasting) else frame).iloc[0]
    text = (
        f"{fmt.number(len(frame))} of its pairs are seen more often than chance {up_to(facts)}, "
        f"{fmt.number(len(lasting))} of them again later. Best: {first['product']}, in "
        f"{fmt.percent(first['confidence'])} of its baskets, {evidence(first['lift'], first['later_lift'])}."
    )
    return html.Div([html.P(text), data_table(_partner_rows(frame), f"Bought together with {name}")])


def _partner_rows(frame: pd.DataFrame) -> pd.DataFrame:
    stages = [LifecycleStage(stage).label if isinstance(stage, str) else fmt.NOTHING for stage in frame["stage"]]
    rows = pd.DataFrame(
        {
            "Bought with": _links(frame["product_id"], frame["product"]),
            "Stage": stages,
            "Support": [fmt.percent(share, 2) for share in frame["support"]],
            "Confidence": [fmt.percent(share) for share in frame["confidence"]],
        },
        index=frame.index,
    )
    return rows.join(_measures(frame).drop(columns="Seen"))


def entries(frame: pd.DataFrame, facts: Facts) -> Component:
    """frame: the answer of store/queries/product_entries.sql."""
    if frame.empty:
        text = "No product was the first purchase of 20 customers who were observed for long enough."
        return states.insufficient(text, "Values are compared at 90 days of age and more.")
    window, overall = int(frame["window_days"].iloc[0]), float(frame["overall_value"].iloc[0])
    text = (
        f"A customer brought {fmt.money(overall, facts.currency)} in the first {window} days, the mean over all who "
        f"were observed that long, {up_to(facts)}. Products are listed by what customers who started with them brought."
    )
    return html.Div([html.P(text), data_table(_entry_rows(frame, facts), "First products by value of their customers")])


def _sooner(ratio: float, low: float, high: float) -> str:
    """
    >>> _sooner(1.31, 1.02, 1.7)
    '1.3× (1.0 to 1.7)'
    """
    if not fmt.known(ratio):
        return fmt.NOTHING
    return f"{fmt.number(ratio, 1)}× ({fmt.number(low, 1)} to {fmt.number(high, 1)})"


def _entry_rows(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    value = f"Net sales in {int(frame['window_days'].iloc[0])} days, {facts.currency}"
    return pd.DataFrame(
        {
            "Started with": _links(frame["product_id"], frame["product"]),
            "Customers": frame["customers"],
            value: frame["value"].round(2),
            "90 % interval": [
                f"{fmt.number(low)} to {fmt.number(high)}"
                for low, high in zip(frame["value_low"], frame["value_high"], strict=True)
            ],
            "Differs from the mean": ["yes" if differs else "not proven" for differs in frame["differs"].fillna(False)],
            "Share who came back": frame["repeat_rate"],
            "Second purchase, median": [fmt.days(value) for value in frame["median_days_to_second"]],
            "Sooner than others": [
                _sooner(*row)
                for row in zip(frame["hazard_ratio"], frame["hazard_low"], frame["hazard_high"], strict=True)
            ],
        }
    )
