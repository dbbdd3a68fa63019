"""From the files to the margin, as a list: what each total is, and whether the steps before it explain it."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.charts.kit import chain
from dashapp.charts.kit.formats import known
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components.basics import data_table, link

LINK = "Follow the money from the files to the margin"


def hook() -> Component:
    """The way here from other pages."""
    return html.P(link(LINK, "/reconciliation"), className="hint")


def verdict(frame: pd.DataFrame, facts: Facts) -> Component:
    """Whether everything closes, in which currency and by which clock, and what has no cost."""
    found, uncosted = chain.open_sections(frame), chain.part(frame, "margin", "uncosted")
    margin = chain.part(frame, "margin", "margin")
    unidentified = chain.part(frame, "customers", "unidentified")
    rows = [
        ("Difference", _difference(found, facts), "0 is expected at every total"),
        ("Currency", facts.currency or "not stated", "one for the whole snapshot; nothing is converted"),
        ("Time zone", "the shop's own", "days and months are those of the times as loaded; no zone is on record"),
        (
            "Margin",
            fmt.money(float(margin["amount"]), facts.currency) if known(margin["amount"]) else "none",
            f"{_lines(-uncosted['lines'])} without a cost",
        ),
        (
            "Without a customer",
            fmt.money(float(unidentified["amount"]), facts.currency),
            f"{_lines(unidentified['lines'])}, part of net sales",
        ),
    ]
    return shown.facts("Reconciliation of this snapshot", rows)


def _lines(count: int) -> str:
    """
    >>> _lines(1), _lines(2)
    ('1 line', '2 lines')
    """
    return f"{fmt.number(count)} line{'s' if count != 1 else ''}"


def _difference(found: pd.DataFrame, facts: Facts) -> str:
    if found.empty:
        return "0 lines, 0.00"
    lines = _lines(int(found["line_difference"].abs().sum()))
    money = float(found["amount_difference"].astype(float).abs().sum())
    return f"{lines}, {fmt.amount(money, facts.currency)}"


def chain_table(frame: pd.DataFrame, facts: Facts) -> Component:
    """The whole chain; a total that begins a section was shown as the end of the one before."""
    rows = chain.table(frame, list(chain.SECTIONS))[((frame["role"] != "from") | (frame["position"] == 1)).to_numpy()]
    rows["Part"] = rows["Part"].mask(rows["Part"].duplicated(), "")
    rows = rows.rename(columns={"Money": f"Money, {facts.currency}".rstrip(", ")})
    hint = f"{chain.closing(frame, facts.currency)} Totals and steps come from different tables."
    return shown.card("From the files to the margin", data_table(rows, "Control totals"), hint=hint)
