"""What became of every delivered line: batches with their sums, what was set aside and why, checks, models."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table, disclosure

VERDICTS = {"stop": "Stops a refresh", "warn": "Warning", "info": "For information"}


def batches(frame: pd.DataFrame, currency: str) -> Component:
    """One row per delivery; the difference column is zero or the refresh would have been refused."""
    if frame.empty:
        return shown.card("Deliveries", states.empty("This snapshot names no deliveries."))
    lines = frame[["header_lines", "blank_lines", "accepted_lines", "rejected_lines"]].sum(axis=1)
    money = frame["raw_amount"].astype(float) - frame[["accepted_amount", "rejected_amount"]].astype(float).sum(axis=1)
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
            f"Amount, {currency}".rstrip(", "): frame["raw_amount"].astype(float),
            "Accepted amount": frame["accepted_amount"].astype(float),
            "Set aside amount": frame["rejected_amount"].astype(float),
            "Amount unaccounted": money.round(2).abs(),
        }
    )
    hint = "Lines of a file = header + blank + accepted + set aside; the same for money."
    return shown.card("Deliveries", data_table(table, "Every delivered line accounted for"), hint=hint)


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
            "As delivered": sample["raw_row"],
        }
    )
    return disclosure(f"Show {len(rows)} of these lines", data_table(rows, "Lines set aside, as delivered"))


def checks(frame: pd.DataFrame, currency: str) -> Component:
    """Every rule, the failed ones first."""
    if frame.empty:
        return shown.card("Checks", states.empty("No check ran on this snapshot."))
    failed = int((frame["status"] == "failed").sum())
    table = pd.DataFrame(
        {
            "Check": frame["title"],
            "Outcome": [_outcome(status) for status in frame["status"]],
            "If it fails": [VERDICTS.get(severity, severity) for severity in frame["severity"]],
            "Rows": frame["offending_rows"],
            "Of": frame["checked_rows"],
            f"Amount, {currency}".rstrip(", "): frame["amount"].astype(float),
            "What it means": frame["help"],
        }
    )
    hint = f"{fmt.number(len(frame) - failed)} passed, {fmt.number(failed)} failed."
    return shown.card("Checks", data_table(table, "Checks of this snapshot"), hint=hint)


def _outcome(status: str) -> Component:
    return html.Span(status.capitalize(), className=f"badge badge-{'bad' if status == 'failed' else 'good'}")


def models(frame: pd.DataFrame, unscored: pd.DataFrame) -> Component:
    """Which models stand behind the predictions, how their fit ended, and who has no score."""
    if frame.empty:
        return shown.card("Models", states.unavailable("No model was fitted for this snapshot."))
    table = pd.DataFrame(
        {
            "Predicts": frame["target"].str.capitalize(),
            "Model": frame["model"],
            "Engine": frame["engine"],
            "Fit": frame["status"].str.replace("_", " "),
            "Customers": frame["n_customers"],
            "Log-likelihood": frame["log_likelihood"].astype(float),
            "Time unit": frame["time_unit"],
            "Parameters": frame["parameters"],
            "Message": frame["message"],
        }
    )
    parts = [data_table(table, "Models of this snapshot")]
    if len(unscored):
        named = unscored.rename(columns={"reason": "Why without a score", "customers": "Customers"})
        parts.append(data_table(named, "Customers without a score"))
    return shown.card("Models", *parts)
