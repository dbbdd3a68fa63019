"""Customer numbers that may be one person, and what counting them as one would change."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components.basics import data_table
from dashapp.web.components.funnel import of_question

TITLE = "One person under two numbers"
HINT = (
    "Found by an equal e-mail address, or an equal name and country with the day they signed up or the part of the "
    "address before the @. Nothing is merged by itself."
)
RULES = {
    "same_email": "e-mail",
    "same_name_and_day": "name and day of sign-up",
    "same_name_and_mailbox": "name and mailbox",
}
MEASURES = {
    "customers": ("Customers", "count"),
    "repeat_rate": ("Repeat rate", "share"),
    "mean_orders": ("Orders per customer", "mean"),
    "average_clv": ("Average CLV", "money"),
    "average_p_alive": ("Average P(alive)", "share"),
}
DOUBTS = {
    "many": "shared by more than 20 customer numbers, like the mailbox of a firm",
    "chance": "of a name and a day, where the name is so common that chance brings them together",
}


def card(pairs: pd.DataFrame, sensitivity: pd.DataFrame, shared: pd.DataFrame, facts: Facts) -> Component:
    """Frames as the questions duplicate_candidates, duplicate_sensitivity and shared_contacts give them."""
    told = [html.P(_doubt(row), className="hint") for row in shared.to_dict("records")]
    if pairs.empty:
        return _card(html.P("No two customer numbers look like one person."), *told)
    total, unlinked = int(pairs["pairs"].iloc[0]), int(pairs["open_pairs"].iloc[0])
    body: list[Component] = [
        html.P(f"Pairs that may be one person: {fmt.number(total)}; counted apart: {fmt.number(unlinked)}.")
    ]
    if unlinked:
        body += [data_table(_changes(sensitivity, facts), "If every pair were merged"), _how()]
    return _card(*body, data_table(_pairs(pairs), "Pairs"), *told)


def _card(*children: Component) -> Component:
    return shown.card(TITLE, *children, hint=HINT, heeds=of_question("duplicate_candidates"))


def _how() -> Component:
    command = html.Code("python -m etl links add A B")
    note = " CLV and P(alive) are scored with the published models, which are not fitted anew to the merged customers."
    return html.P(["Where two numbers are one person, link them: ", command, ", then refresh.", note], className="hint")


def _changes(sensitivity: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    rows = []
    for row in sensitivity.to_dict("records"):
        label, unit = MEASURES[row["measure"]]
        before, after = (_value(row[name], unit, facts.currency) for name in ("as_counted", "if_merged"))
        rows.append({"Figure": label, "As counted": before, "If merged": after})
    return pd.DataFrame(rows)


def _value(value: float | None, unit: str, currency: str) -> str:
    return fmt.number(value, 2) if unit == "mean" else fmt.value_of(value, unit, currency)


def _pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    rules = [", ".join(RULES[rule] for rule in found.split(", ")) for found in pairs["rules"]]
    columns = {"Customer": pairs["customer_id"], "May also be": pairs["other_id"], "Equal": rules}
    if "evidence" in pairs:
        columns["Evidence"] = pairs["evidence"]
    return pd.DataFrame({**columns, "Counted": pairs["is_linked"].map({True: "as one", False: "apart"})})


def _doubt(row: dict[Any, Any]) -> str:
    return f"Left out, values {DOUBTS[row['doubt']]}: {fmt.number(row['shared'])}."
