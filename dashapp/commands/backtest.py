"""`backtest`: how wrong the predictions would have been, worked out again from the published purchases."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from dashapp import settings
from dashapp.domain import shelf
from dashapp.domain.backtest import Plan, run
from dashapp.domain.backtest_results import POOLED, TABLES, Backtest
from dashapp.domain.beta_geometric import BetaGeometricFit
from dashapp.domain.bootstrap import draws
from dashapp.domain.forecast_parts import Parts
from dashapp.domain.patterns import Patterns
from dashapp.domain.purchase_days import PurchaseDays
from dashapp.domain.risk import Bands
from dashapp.store.snapshot import Snapshot, Snapshots

APP = typer.Typer()
out = Console(soft_wrap=True)
SHOWN = {
    "value": ("mae", "rmse", "bias_pct", "gini"),
    "purchases": ("mae", "rmse", "bias_pct", "gini"),
    "active": ("auc", "brier", "ece"),
}
HEADINGS = {
    "value": "Money in the horizon", "purchases": "Purchases in the horizon", "active": "Buys at all in the horizon",
}  # fmt: skip
TITLES = {
    "mae": "MAE", "rmse": "RMSE", "bias_pct": "bias %", "gini": "Gini", "auc": "AUC", "brier": "Brier", "ece": "ECE",
}  # fmt: skip


@APP.command()
def backtest(
    data_dir: Annotated[Path | None, typer.Option(help="Data directory; the setting if not given")] = None,
    horizon_days: Annotated[int | None, typer.Option(min=1, help="Days ahead; as published if not given")] = None,
    origins: Annotated[int | None, typer.Option(min=1, help="Cut-offs; as published if not given")] = None,
    model: Annotated[list[str] | None, typer.Option(help="A purchase model to test; may be repeated")] = None,
    to_the_last_day: Annotated[bool, typer.Option(help="End with the last day, not with a whole month")] = False,
    bootstrap: Annotated[bool, typer.Option(help="Also refit the model to 200 resamples of the customers")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every table to this file")] = None,
) -> None:
    """Test models and baselines on the published purchases; without options, the published figures again."""
    snapshot = Snapshots(settings.load(data_dir=data_dir)).current()
    plan = replace(_plan(snapshot, horizon_days, origins, model), by_month=not to_the_last_day)
    days = PurchaseDays.from_frame(snapshot.frame("purchase_days"))
    with Console(stderr=True).status("Testing") as status:
        facts = snapshot.facts
        found = run(
            days, facts.observed_from, facts.observed_until, plan, lambda done, text: status.update(text),
            Parts.from_frame(snapshot.frame("customer_parts")),
        )  # fmt: skip
    if json_file:
        json_file.write_text(json.dumps(plain(found), indent=1) + "\n", encoding="utf-8")
    _print(found, snapshot)
    if bootstrap:
        print_parameters(plan.incumbent, days.summary(facts.observed_until))


def plain(found: Backtest) -> dict[str, list[dict[str, Any]]]:
    """Every table as rows JSON can hold: days as text, numbers that are none as null."""
    return {
        name: [{column: _value(value) for column, value in vars(row).items()} for row in getattr(found, name)]
        for name in TABLES
    }


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, (int, str)) else value.isoformat()


def _plan(snapshot: Snapshot, horizon_days: int | None, origins: int | None, model: list[str] | None) -> Plan:
    """As published, where nothing else is asked."""
    stored, health = snapshot.row("backtest_summary"), snapshot.row("health_verdict")
    return Plan(
        horizon_days or stored["asked_horizon_days"],
        origins or stored["asked_origins"],
        tuple(model or stored["models"].split(",")),
        model[0] if model and stored["incumbent"] not in model else stored["incumbent"],
        stored["seed"],
        stored["replicates"],
        Bands(health["high_below"], health["low_from"]),
    )


def _print(found: Backtest, snapshot: Snapshot) -> None:
    verdict = found.verdict
    say(verdict.sentence)
    if found.origins:
        say(f"Champion: {verdict.champion}. {verdict.rule}")
        out.print(_origins(found))
        for target in SHOWN:
            out.print(_metrics(found, target))
        out.print(_coverage(found))
        say(f"{found.health_verdict[0].sentence} {found.health_verdict[0].bands_sentence}")
    for row in found.notes:
        say(row.note)
    say(f"Purchases {verdict.fingerprint[:16]}, seed {verdict.seed}, {verdict.replicates} replicates")
    stored = snapshot.row("backtest_summary")
    if stored == vars(verdict):
        say(f"These are the figures published with snapshot {snapshot.id}.")


def print_parameters(name: str, rfm: pd.DataFrame) -> None:
    """Standard errors by curvature, as published, beside those by resampling."""
    fitted = shelf.purchase_model(name).fit(rfm)
    if not isinstance(fitted, BetaGeometricFit):
        say(f"Resampled parameters are for the beta-geometric models, not for {name}.")
        return
    drawn = draws(fitted, Patterns.from_frame(rfm))
    columns = ("", "estimate", "error by curvature", "by resampling", "80 %", "95 %")
    table = Table(*columns, title=f"Parameters of {name}, {len(drawn.values)} resamples")
    for parameter, error in drawn.standard_errors.items():
        ranges = (" to ".join(map(_n, drawn.interval(parameter, level))) for level in (0.80, 0.95))
        table.add_row(
            parameter, _n(fitted.parameters[parameter]), _n(fitted.standard_errors[parameter]), _n(error), *ranges
        )
    out.print(table)


def say(text: str) -> None:
    out.print(text, markup=False, highlight=False)


def _origins(found: Backtest) -> Table:
    columns = ("cut-off", "known", "active", "purchases", "value", "new later", "their value")
    table = Table(*columns, title="Cut-offs")
    for row in found.origins:
        numbers = (
            row.customers, row.active_customers, row.purchases, row.value, row.later_customers, row.later_value,
        )  # fmt: skip
        table.add_row(str(row.cut_off), *(f"{number:,.0f}" for number in numbers))
    return table


def _metrics(found: Backtest, target: str) -> Table:
    """Means over the cut-offs; the 95 % interval of the bootstrap below each figure."""
    table = Table("", *(TITLES[metric] for metric in SHOWN[target]), title=HEADINGS[target])
    rows = [row for row in found.metrics if row.origin == POOLED and row.target == target]
    for name in dict.fromkeys(row.predictor for row in rows):
        mine = {row.metric: row for row in rows if row.predictor == name}
        cells = (mine.get(metric) for metric in SHOWN[target])
        table.add_row(name, *(f"{_n(c.value)}\n{_n(c.low)} to {_n(c.high)}" if c else "-" for c in cells))
    return table


def _coverage(found: Backtest) -> Table:
    table = Table("", "", "cut-off", "nominal", "covered", "mean width", title="Predictive interval of money")
    cuts = {row.origin: str(row.cut_off) for row in found.origins}
    for row in found.coverage:
        if row.decile == 0:
            table.add_row(
                row.model, row.kind, cuts[row.origin], f"{row.level:.0%}", f"{row.covered:.1%}", _n(row.width)
            )
    return table


def _n(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
