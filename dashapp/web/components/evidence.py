"""What the Trust page lays on the table: rules, contest with simple forecasts, cut-offs, parameters, card."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain import challengers, shelf
from dashapp.domain.validity import Validity
from dashapp.store.facts import Facts
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import data_table

METRICS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "abs_bias_pct": ("Total off by", lambda value: fmt.percent(value / 100)),
    "rmse": ("RMSE", lambda value: fmt.number(value, 1)),
    "mae": ("MAE", lambda value: fmt.number(value, 1)),
    "gini": ("Gini", lambda value: fmt.number(value, 3)),
    "spearman": ("Spearman", lambda value: fmt.number(value, 3)),
    "top_decile_capture": ("Best tenth holds", fmt.percent),
    "auc": ("AUC", lambda value: fmt.number(value, 3)),
    "brier": ("Brier", lambda value: fmt.number(value, 3)),
    "ece": ("Probability off by", fmt.percent),
}
"Metrics in the order of the columns, with their heading and how a figure reads."
MONEY = ("rmse", "mae")
TITLES = {"value": "Money in the horizon", "active": "Buys at all in the horizon"}


def findings(frame: pd.DataFrame, facts: Facts) -> Component:
    """Every rule with what it found; what fails says when it will hold."""
    if frame.empty:
        return shown.card(
            "What the predictions may be used for", states.unavailable(written.local(facts.validity_reason))
        )
    table = pd.DataFrame(
        {
            "Rule": frame["title"],
            "Outcome": [_outcome(row["passed"], row["consequence"]) for row in frame.to_dict("records")],
            "Found and needed": frame["sentence"].map(written.local),
            "Will hold": [_when(row["passed"], row["days_until"]) for row in frame.to_dict("records")],
        }
    )
    state = Validity(facts.validity)
    hint = {
        Validity.VALID: "Every rule holds: amounts and ranking can be used.",
        Validity.RANKING_ONLY: "Use the order of customers; the amounts are doubtful.",
        Validity.NOT_VALID: "No predicted money is shown anywhere; retention and past sales are.",
    }[state]
    return shown.card(f"Predictions are {state.label.lower()}", data_table(table, "Rules for predictions"), hint=hint)


def premises(frame: pd.DataFrame) -> Component:
    """Assumptions of the models, each with what was measured."""
    looks = {True: ("badge-good", "Agrees"), False: ("badge-warn", "Does not agree")}
    badges = [looks.get(holds, ("", "Cannot be told")) for holds in frame["holds"].astype(object)]
    table = pd.DataFrame(
        {
            "Assumption": frame["title"],
            "These data": [html.Span(words, className=f"badge {look}".strip()) for look, words in badges],
            "Measured": frame["sentence"].map(written.local),
        }
    )
    hint = "A warning, not a verdict: the backtest says what it costs. Up to the end of the last month that is over."
    return shown.card("What the models take for granted", data_table(table, "Assumptions of the models"), hint=hint)


def _outcome(passed: Any, consequence: str) -> Component:
    if passed:
        return html.Span("Holds", className="badge badge-good")
    state = Validity(consequence)
    look = "badge-bad" if state is Validity.NOT_VALID else "badge-warn"
    return html.Span(f"Fails: {state.label.lower()}", className=f"badge {look}")


def _when(passed: Any, days: Any) -> str:
    if passed:
        return "now"
    return f"in about {fmt.days(float(days))}" if fmt.known(days) and days else "cannot be told"


def contest(frame: pd.DataFrame, target: str, facts: Facts) -> Component:
    """frame: title, kind, metric, value, low, high, is_incumbent; one row per predictor, the model in use first."""
    if frame.empty:
        return states.insufficient("There is no backtest of these data yet.", "Load a longer history.")
    hidden = MONEY if facts.validity == Validity.NOT_VALID else ()
    names = [name for name in METRICS if name in set(frame["metric"]) and name not in hidden]
    rows = []
    for title, part in frame.groupby("title", sort=False):
        figures = {row["metric"]: row for row in part.to_dict("records")}
        use = " (in use)" if part["is_incumbent"].iloc[0] else ""
        cells = {METRICS[name][0]: _with_interval(name, figures.get(name)) for name in names}
        rows.append({"Forecast": f"{title}{use}"} | cells)
    hint = f"Mean over the cut-offs; in brackets the {fmt.percent(0.95, 0)} interval of the bootstrap."
    return shown.card(TITLES[target], data_table(pd.DataFrame(rows), TITLES[target]), hint=hint)


def _with_interval(metric: str, row: Any) -> str:
    if row is None or not fmt.known(row["value"]):
        return fmt.NOTHING
    value, low, high = (METRICS[metric][1](row[name]) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def cut_offs(frame: pd.DataFrame, notes: pd.DataFrame, currency: str) -> Component:
    """When was tested, on whom, and who came later."""
    table = pd.DataFrame(
        {
            "Cut-off": frame["cut_off"],
            "Tested until": frame["holdout_until"],
            "Customers known": frame["customers"],
            "Bought again": frame["active_customers"],
            "Purchases": frame["purchases"],
            f"Money, {currency}".rstrip(", "): frame["value"].astype(float).round(0),
            "Customers who came later": frame["later_customers"],
            f"Their money, {currency}".rstrip(", "): frame["later_value"].astype(float).round(0),
        }
    )
    parts = [data_table(table, "Cut-offs of the backtest")] if len(frame) else []
    parts += [html.P(written.local(note), className="hint") for note in notes["note"]]
    hint = "Customers who came after a cut-off are in no metric: nobody predicts whom they do not know."
    return shown.card("Cut-offs", *parts, hint=hint)


def parameters(frame: pd.DataFrame) -> Component:
    """Estimates with their 95 % intervals on the log scale."""
    rows = [
        {
            "Predicts": row["target"].capitalize(),
            "Model": shelf.titles().get(row["model"], row["model"]),
            "Fit": row["status"].replace("_", " "),
            "Parameter": name,
            "Estimate": f"{value:.5g}",
            "95 % interval": _interval(value, json.loads(row["standard_errors"]).get(name)),
            "Time unit": row["time_unit"],
        }
        for row in frame.to_dict("records")
        for name, value in json.loads(row["parameters"]).items()
    ]
    if not rows:
        return shown.card("Parameters", states.unavailable("No model was fitted for this snapshot."))
    told = [html.P(written.local(message), className="hint") for message in frame["message"] if message]
    hint = "Fitted to all customers of the snapshot."
    return shown.card("Parameters", data_table(pd.DataFrame(rows), "Parameters of the models"), *told, hint=hint)


def _interval(value: float, error: float | None) -> str:
    """
    >>> _interval(2.0, 0.1)
    '1.8133 to 2.206'
    """
    if error is None or value <= 0:
        return fmt.NOTHING
    spread = math.exp(1.96 * error / value)
    return f"{value / spread:.5g} to {value * spread:.5g}"


def card(summary: dict[str, Any], facts: Facts) -> Component:
    """What it takes to come to these figures again."""
    versions = ", ".join(f"{name} {number}" for name, number in json.loads(summary["versions"]).items())
    rows = [
        ("In use", _title(facts.model), "scores every customer"),
        ("Champion", _title(summary["champion"]), "of the backtest"),
        ("Tested", f"{summary['origins']} cut-offs", f"{summary['horizon_days']} days ahead each"),
        ("Snapshot", facts.snapshot_id, f"code {facts.code_version[:12]}"),
        ("Purchases", summary["fingerprint"][:16], "fingerprint of what was tested"),
        ("Seed", str(summary["seed"]), f"{summary['replicates']} bootstrap replicates"),
    ]
    again = html.P(["To come to these figures again: ", html.Code("python -m dashapp backtest")], className="hint")
    return shown.card(
        "Model card", shown.facts("Model card", rows), html.P(written.local(summary["rule"]), className="hint"), again,
        html.P(f"Computed with {versions}.", className="hint"),
    )  # fmt: skip


def _title(model: str) -> str:
    return challengers.titles().get(model, model or "none yet")
