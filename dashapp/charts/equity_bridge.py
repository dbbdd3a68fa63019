"""From the value of the base at the refresh before to that of today (customer equity)."""

from __future__ import annotations

import pandas as pd

from dashapp.charts.chart import Chart, ChartSpec, View, nothing
from dashapp.charts.kit.bridges import Bar, bridge
from dashapp.charts.kit.bridges import change as signed
from dashapp.charts.kit.formats import day, money, number

NONE = "none"
NAMES = {
    "opening": "Then",
    "lost": "No longer there",
    "served": "Served",
    "moved_on": "New days in sight",
    "revised": "Revised",
    "horizon": "Horizon changed",
    "discount": "Discount changed",
    "margin": "Margin changed",
    "new": "New customers",
    "closing": "Now",
}
ENDS = ("opening", "closing")
COUNTED = ("lost", "new")


def build(frame: pd.DataFrame, view: View) -> Chart:
    """frame: position, part, customers, amount, note, before_id, before_until, until; part 'none' has only a note."""
    if frame.empty or frame.iloc[0]["part"] == NONE:
        text = "There is no earlier snapshot to compare with." if frame.empty else str(frame.iloc[0]["note"])
        return nothing(text, "Refresh again when new orders are there.", "insufficient")
    frame = frame.astype({"amount": float})
    shown = frame[(frame["amount"].round(2) != 0) | frame["part"].isin(ENDS)]
    rows = [
        Bar(NAMES[part], float(amount), part in ENDS)
        for part, amount in zip(shown["part"], shown["amount"], strict=True)
    ]
    table = pd.DataFrame(
        {
            "Step": frame["part"].map(NAMES),
            "Customers": frame["customers"].astype(int),
            "Predicted CLV": frame["amount"].round(2),
            "Note": frame["note"],
        }
    )
    return Chart(bridge(rows, view), _summary(frame, view), table)


def _summary(frame: pd.DataFrame, view: View) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    steps = [
        f"{NAMES[part].lower()} {signed(amount, view.currency)}{_said(part, int(customers), str(note))}"
        for part, amount, customers, note in frame[["part", "amount", "customers", "note"]].itertuples(index=False)
        if part not in ENDS and round(amount, 2)
    ]
    return (
        f"The base was worth {money(first['amount'], view.currency)} on {day(pd.Timestamp(first['before_until']))} and "
        f"is worth {money(last['amount'], view.currency)} on {day(pd.Timestamp(first['until']))}: "
        f"{'; '.join(steps) or 'nothing changed'}."
    )


def _said(part: str, customers: int, note: str) -> str:
    """What stands behind a step in brackets: how many came or went, or what changed."""
    words = number(customers) if part in COUNTED else note[:1].lower() + note[1:]
    return f" ({words})" if words else ""


CHART = ChartSpec(
    name="equity_bridge",
    title="Value of the base: from the refresh before to this one",
    unit="Predicted CLV of all customers, discounted",
    definition="Value of the base (horizon, discount rate and margin as on the Overview) at the last published "
    "snapshot of the same shop and now. Served: what was predicted for days that have passed. New days in sight: the "
    "horizon moves on, and later payments come nearer, as the earlier fit saw it. Revised: what customers did since, "
    "and the new fit, at the earlier assumptions. Assumptions that changed have a step of their own. Future customers "
    "are not counted. The steps add up to the cent.",
    query="equity_bridge",
    build=build,
    nobody="Its steps compare two snapshots, and the list knows the customers of one.",
    is_predicted=True,
    height=340,
)
