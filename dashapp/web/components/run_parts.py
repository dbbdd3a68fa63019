"""What the page of one run shows: how it stands, its rows, what the rules found, the key figures before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts.kit.gantt import duration
from dashapp.services.run_account import RunAccount
from dashapp.store.jobs import Job
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.accounts_of_lines import outcome
from dashapp.web.components.basics import attrs, data_table, link

PLOT_PIXELS = 260


@dataclass(frozen=True, slots=True)
class StepsCard:
    """What the card with the steps of a run says of itself."""

    name: str
    title: str
    unit: str
    definition: str
    height: int = PLOT_PIXELS


def steps_card(run: int) -> StepsCard:
    """The card of the run of that number."""
    definition = (
        "Each step from when it began to when it ended. While a run lasts, or where it told no times, they are read "
        "from its log: right to about two seconds."
    )
    return StepsCard("run-steps", f"Steps of run {run}", "Seconds since the start", definition)


STATES = {"done": "good", "failed": "bad", "lost": "bad", "cancelled": "warn", "running": "none", "queued": "none"}


def badge(state: str) -> Component:
    """The state of a job in a word and its colour."""
    return html.Span(state.capitalize(), className=f"badge badge-{STATES.get(state, 'none')}")


def title(job: Job) -> str:
    """What was asked for, like `refresh csv_folder orders.csv`."""
    words = [str(job.arguments[name]) for name in ("source", "path", "seq", "batch", "to") if job.arguments.get(name)]
    return " ".join([job.kind, *words])


def took(job: Job) -> str:
    """How long the run lasted; a dash while it does."""
    if not job.started_at or not job.finished_at:
        return fmt.NOTHING
    return duration((job.finished_at - job.started_at).total_seconds()).replace(" ", "\u00a0")


def head(job: Job, account: RunAccount, now: datetime) -> Component:
    """State, what it says, and the facts of the run."""
    words = [job.message, job.hint] if job.over else [job.step.capitalize(), job.message]
    words = [] if job.state == "done" and job.message == "Done." else words
    line = html.P([badge(job.state), " ", " ".join(word for word in words if word)], className="run-said")
    when = job.started_at or job.created_at
    facts = [
        ("Run", str(job.id), title(job)),
        ("Started", fmt.ago(when, now), f"{written.moment(when)} UTC, by {job.owner_name}"),
        ("Took", took(job), f"{job.attempts} attempt{'s' if job.attempts != 1 else ''}"),
    ]
    return html.Div([line, _bar(job), shown.facts("The run", [*facts, *_led_to(account)])], className="page-stack")


def _led_to(account: RunAccount) -> list[tuple[str, str, str]]:
    """Snapshots and source of a run that came so far."""
    if account.after is None:
        return []
    before = account.before["snapshot_id"] if account.before else fmt.NOTHING
    return [
        ("Snapshot before", before, "what everybody saw till then" if account.before else "this was the first"),
        ("Snapshot after", account.after["snapshot_id"], "new" if account.published else "the same: nothing changed"),
        ("Source", account.source, "of the data loaded"),
    ]


def _bar(job: Job) -> Any:
    if job.over:
        return ""
    share = round(job.fraction * 100)
    return html.Progress(
        value=str(share), max="100", className="run-bar", **attrs(aria_label=f"{fmt.percent(job.fraction, 0)} done")
    )


def details(job: Job, account: RunAccount, currency: str) -> list[Component]:
    """Key figures, rows and findings; one sentence where the run has none of them."""
    if not account.rows:
        return [] if not job.over else [_no_account(job)]
    return [_headlines(account, currency), _rows(account.rows), _findings(account, currency)]


def _no_account(job: Job) -> Component:
    if job.state == "done":
        return states.empty("This run reported no rows and no checks.", "Refreshes do; going back to a snapshot not.")
    link_to = link("Go to Data quality", "/quality", className="btn btn-outline")
    return states.unavailable(
        "This run ended before it published anything: what readers see has not changed.",
        "Where a rule stopped it, its rows are on the quality desk.",
        link_to,
    )


def _headlines(account: RunAccount, currency: str) -> Component:
    rows = [
        {
            "Figure": line["name"].replace("_", " ").capitalize(),
            "Before": _figure(line["name"], line["before"], currency),
            "After": _figure(line["name"], line["after"], currency),
            "Change": _change(line, currency),
            "In percent": fmt.delta(line["after"], line["before"]),
        }
        for line in account.headlines
    ]
    hint = "Of the whole snapshot, not only of what was delivered."
    if account.before is None:
        hint = "This was the first snapshot: there is nothing to compare with."
    return shown.card("Key figures before and after", data_table(_numbers(rows), "Key figures"), hint=hint)


def _figure(name: str, value: float | None, currency: str) -> str:
    if value is None:
        return fmt.NOTHING
    return fmt.amount(value, currency) if name == "net_sales" else fmt.number(value)


def _change(line: dict[str, Any], currency: str) -> str:
    if line["before"] is None or line["after"] is None:
        return fmt.NOTHING
    change = line["after"] - line["before"]
    sign = "+" if change > 0 else fmt.MINUS if change < 0 else ""
    return written.with_sign(sign, _figure(line["name"], abs(change), currency))


def _numbers(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows).astype(object)


def _rows(rows: Sequence[dict[str, Any]]) -> Component:
    table = pd.DataFrame(
        {
            "What": [row["entity"].replace("_", " ").capitalize() for row in rows],
            "Files": [row["files"] for row in rows],
            "New": [row["new"] for row in rows],
            "Rows in": [row["rows"] for row in rows],
            "Accepted": [row["accepted"] for row in rows],
            "Rejected": [row["rejected"] for row in rows],
        }
    )
    hint = "All the snapshot stands on. New: files the snapshot before did not have."
    return shown.card("Rows", data_table(table, "Rows by kind"), hint=hint)


def _findings(account: RunAccount, currency: str) -> Component:
    hint = f"{account.passed} rules hold, {len(account.findings)} have findings."
    if not account.findings:
        return shown.card("Checks", states.empty("Every rule holds."), hint=hint)
    table = pd.DataFrame(
        {
            "Check": [item["title"] for item in account.findings],
            "Outcome": [outcome(item["status"], item["severity"]) for item in account.findings],
            "Rows": [item["offending_rows"] for item in account.findings],
            "Of": [item["checked_rows"] for item in account.findings],
            f"Amount, {currency}".rstrip(", "): pd.Series([item["amount"] for item in account.findings], dtype=float),
            "Customers": pd.Series([item["customers"] for item in account.findings], dtype=float),
        }
    )
    return shown.card("Checks", data_table(table, "What the rules found"), hint=hint)
