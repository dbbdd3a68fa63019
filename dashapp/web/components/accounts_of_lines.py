"""What became of every delivered line: batches with their sums, what was set aside and why, checks, models."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.domain import shelf
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table, disclosure

OUTCOMES = {"stop": ("Failed", "bad"), "warn": ("Failed", "warn"), "info": ("To know", "none")}
"What a rule that does not hold is called, by its severity. One of severity stop never reaches a published snapshot."

OTHERWISE = {"passed": ("Passed", "good"), "warning": ("Warning", "warn")}
"What a rule is called that did not fail."


def batches(frame: pd.DataFrame, currency: str) -> Component:
    """One row per delivery; the difference column is zero or the refresh would have been refused."""
    if frame.empty:
        return shown.card("Deliveries", states.empty("This snapshot names no deliveries."))
    lines = frame[["header_lines", "blank_lines", "accepted_lines", "rejected_lines"]].sum(axis=1)
    table = pd.DataFrame(
        {
            "What": frame["entity"].str.replace("_", " ").str.capitalize(),
            "File": frame["file_name"],
            "Lines": frame["physical_lines"],
            "Header": frame["header_lines"],
            "Blank": frame["blank_lines"],
            "Accepted": frame["accepted_lines"],
            "Set aside": frame["rejected_lines"],
            "Unaccounted": frame["physical_lines"] - lines,
        }
    )
    money = frame[frame["raw_amount"].notna()]
    parts = [data_table(table, "Lines"), *([_money(money, currency)] if len(money) else [])]
    hint = "Lines of a file = header + blank + accepted + set aside; the same for money."
    return shown.card("Deliveries", *parts, hint=hint)


def _money(frame: pd.DataFrame, currency: str) -> Component:
    raw, accepted, rejected = (frame[f"{part}_amount"].astype(float) for part in ("raw", "accepted", "rejected"))
    table = pd.DataFrame(
        {
            "File": frame["file_name"],
            "Quantity × price": raw,
            "Accepted": accepted,
            "Set aside": rejected,
            "Unaccounted": (raw - accepted - rejected).round(2).abs(),
        }
    )
    return data_table(table, f"Money, {currency}".rstrip(", "))


def rejects(counts: pd.DataFrame, sample: pd.DataFrame, currency: str) -> Component:
    """Why lines were set aside, with examples and where to find them."""
    if counts.empty:
        return shown.card("Lines set aside", states.empty("No line was set aside."))
    reasons = pd.DataFrame(
        {
            "What": counts["entity"].str.replace("_", " ").str.capitalize(),
            "Reason": counts["reason"].str.replace("_", " "),
            "Lines": counts["lines"],
            f"Amount, {currency}".rstrip(", "): counts["amount"].astype(float),
        }
    )
    return shown.card("Lines set aside", data_table(reasons, "Reasons"), _sample(sample))


def _sample(sample: pd.DataFrame) -> Any:
    rows = pd.DataFrame(
        {
            "File": sample["file_name"],
            "Line": sample["line_number"],
            "Reason": sample["reasons"].str.replace("_", " "),
            "Column": sample["columns"].fillna(""),
            "As delivered": sample["raw_row"],
        }
    )
    return disclosure(f"Show {len(rows)} of these lines", data_table(rows, "Lines set aside, as delivered"))


def checks(frame: pd.DataFrame, currency: str) -> Component:
    """Every rule, the failed ones first."""
    if frame.empty:
        return shown.card("Checks", states.empty("No check ran on this snapshot."))
    found = frame["status"] == "failed"
    failed = int((found & (frame["severity"] != "info")).sum())
    noted = int((frame["status"] != "passed").sum()) - failed
    table = pd.DataFrame(
        {
            "Check": frame["title"],
            "Outcome": [outcome(*pair) for pair in zip(frame["status"], frame["severity"], strict=True)],
            "Rows": frame["offending_rows"],
            "Of": frame["checked_rows"],
            f"Amount, {currency}".rstrip(", "): frame["amount"].astype(float),
            "What it means": frame["help"],
        }
    )
    hint = f"{len(frame) - failed - noted} passed, {failed} failed, {noted} to know."
    return shown.card("Checks", data_table(table, "Checks of this snapshot"), hint=hint)


def outcome(status: str, severity: str) -> Component:
    """How a rule went, as a badge."""
    words, kind = OTHERWISE.get(status) or OUTCOMES.get(severity, ("Failed", "bad"))
    return html.Span(words, className=f"badge badge-{kind}")


def _parameters(text: str | None) -> str:
    """
    >>> _parameters('{"r": 1.24263, "alpha": 94.3968}')
    'r 1.243, alpha 94.4'
    """
    return ", ".join(f"{name} {value:.4g}" for name, value in json.loads(text or "{}").items())


def models(frame: pd.DataFrame, unscored: pd.DataFrame) -> Component:
    """Which models stand behind the predictions, how their fit ended, and who has no score."""
    if frame.empty:
        return shown.card("Models", states.unavailable("No model was fitted for this snapshot."))
    table = pd.DataFrame(
        {
            "Predicts": frame["target"].str.capitalize(),
            "Model": frame["model"].replace(shelf.titles()),
            "Engine": frame["engine"],
            "Fit": frame["status"].str.replace("_", " "),
            "Customers": frame["n_customers"],
            "Log-likelihood": frame["log_likelihood"].astype(float),
            "Time unit": frame["time_unit"],
            "Parameters": [_parameters(text) for text in frame["parameters"]],
            "Message": frame["message"].fillna(""),
        }
    )
    table = table.drop(columns=[] if table["Message"].any() else ["Message"])
    parts = [data_table(table, "Models of this snapshot")]
    if len(unscored):
        named = unscored.rename(columns={"reason": "Why without a score", "customers": "Customers"})
        parts.append(data_table(named, "Customers without a score"))
    return shown.card("Models", *parts)
