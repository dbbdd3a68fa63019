"""The chain from the files to the margin: what its parts are called, and bars of some of its sections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashapp.charts.kit.bridges import Bar
from dashapp.charts.kit.formats import amount, known, number

NAMES = {
    "files": "In the files",
    "header": "Header lines",
    "blank": "Blank lines",
    "further_lines": "Further lines of a row",
    "rejected": "Rejected still",
    "left_out": "Left out by rule",
    "replayed": "Replayed: as first read",
    "read_again": "Replayed: as read again",
    "accepted": "Accepted",
    "replaced": "Replaced later",
    "counted": "Counted, exact",
    "rounding": "Rounded to cents",
    "booked": "All lines, in cents",
    "sale": "Sales",
    "return": "Goods back",
    "charge": "Charges",
    "adjustment": "Adjustments",
    "gross_sales": "Gross sales",
    "returns": "Money back",
    "without_money": "Without money",
    "net_sales": "Net sales",
    "orders": "Sum of the orders",
    "known": "With a customer",
    "unidentified": "Without a customer",
    "linked": "Order known",
    "unlinked": "Order not known",
    "refunds": "Refunds",
    "uncosted": "Lines without a cost",
    "cost_of_goods": "Cost of goods",
    "margin": "Margin",
}
SECTIONS = {
    "files": "Files to accepted lines",
    "replaced": "Corrected by later deliveries",
    "rounding": "Rounding",
    "kinds": "By kind of line",
    "sales": "Gross to net",
    "orders": "Lines against orders",
    "customers": "By customer",
    "refunds": "Refunds by order",
    "margin": "Net to margin",
}
UNACCOUNTED = "Not accounted for"


def open_sections(frame: pd.DataFrame) -> pd.DataFrame:
    """The totals ('to') that hold other lines or other money than the steps before them."""
    lines, money = (frame[f"{what}_difference"].fillna(0).astype(float) != 0 for what in ("line", "amount"))
    return frame[lines | money]


def closing(frame: pd.DataFrame, currency: str) -> str:
    """One sentence on whether the chain closes, and where it does not."""
    found = open_sections(frame)
    if found.empty:
        return "Every step closes: the difference is 0 lines and 0.00."
    parts = [
        f"{SECTIONS[row['section']].lower()} by {number(row['line_difference'])} lines "
        f"and {amount(row['amount_difference'], currency)}"
        for row in found.to_dict("records")
    ]
    return f"It does not close: {'; '.join(parts)}."


def part(frame: pd.DataFrame, section: str, name: str) -> dict[str, Any]:
    """One row of the chain."""
    found = frame[(frame["section"] == section) & (frame["part"] == name)]
    return {str(column): found[column].iloc[0] for column in found}


def bars(frame: pd.DataFrame, sections: Sequence[str], ends: Sequence[str]) -> list[Bar]:
    """Steps with money and the parts in `ends`; money that no step explains has a bar of its own."""
    found: list[Bar] = []
    for row in frame[frame["section"].isin(sections)].to_dict("records"):
        money, is_end = row["amount"], row["part"] in ends
        if row["role"] == "to" and known(row["amount_difference"]) and row["amount_difference"]:
            found.append(Bar(UNACCOUNTED, float(row["amount_difference"])))
        if known(money) and (is_end or (row["role"] == "step" and money)):
            bar = Bar(NAMES[row["part"]], float(money), is_end)
            found += [] if bar in found else [bar]
    return found


def table(frame: pd.DataFrame, sections: Sequence[str]) -> pd.DataFrame:
    """Rows of these sections: what, lines, money, and the difference at each total."""
    shown = frame[frame["section"].isin(sections)]
    return pd.DataFrame(
        {
            "Part": shown["section"].map(SECTIONS).to_list(),
            "Step": shown["part"].map(NAMES).to_list(),
            "Lines": shown["lines"].astype(int).to_list(),
            "Money": shown["amount"].astype(float).round(2).to_list(),
            "Difference in lines": shown["line_difference"].astype("Float64").to_numpy(float, na_value=float("nan")),
            "Difference in money": shown["amount_difference"].astype(float).to_list(),
        }
    )
