"""The what-if panel of product stages: the reader's own thresholds, the stages they give, and who changes.

A page puts `layout()` where it wants the panel and calls `wire(door, services)`. The work is
dashapp.services.lifecycles, named by text because web processes never import scipy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from dash import State, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.domain.lifecycle_rules import LifecycleRules
from dashapp.domain.vocabulary import LifecycleStage as Stage
from dashapp.errors import FilterError
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.background import Computation, Plan
from dashapp.web.components.basics import data_table
from dashapp.web.components.computing import Panel, failed, moved, number_field
from dashapp.web.components.ids import ids
from dashapp.web.components.kept import kept, text_of

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

BELOW = Panel("rejudge")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A field of LifecycleRules that a reader may set, as it is typed."""

    rule: str
    label: str
    unit: str
    low: float
    high: float
    scale: float = 1.0
    "What is typed for a rule of 1: 100 for percent."
    whole: bool = True

    def read(self, text: Any) -> int | float:
        """The rule's value. Raises FilterError with one sentence."""
        try:
            value = float(written.plain(str(text)))
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high or (self.whole and value != int(value)):
            kind = "a whole number" if self.whole else "a number"
            ends = f"{self.low:,.6g} to {self.high:,.6g}"
            raise FilterError(self.rule, f"“{self.label}” must be {kind} from {ends}.", f"The unit is {self.unit}.")
        return int(value) if self.whole and self.scale == 1 else value / self.scale

    @property
    def published(self) -> str:
        return f"{float(getattr(LifecycleRules(), self.rule)) * self.scale:.6g}"


THRESHOLDS = (
    Threshold("least_periods", "Fewest periods", "whole months on sale, else too early to say", 3, 24),
    Threshold("least_units", "Fewest units", "pieces sold, else too early to say", 1, 10_000),
    Threshold("agreeing_periods", "Months that must agree", "in a row before a stage changes", 1, 6),
    Threshold("agreeing_trends", "The same for trends", "months in a row, where no curve fits", 1, 6),
    Threshold("trend_growth", "Growth from", "% a month; below its negative is decline", 0.1, 20, 100, whole=False),
    Threshold("trend_level", "Decline below", "% of the best three months, by trend", 5, 95, 100, whole=False),
    Threshold("discontinued_days", "Discontinued after", "days of silence", 60, 1500),
)
KEYS = tuple(threshold.rule for threshold in THRESHOLDS)
"Of its fields in the address."
FIELDS = ids("rejudge", *KEYS)


def layout(**address: Any) -> Component:
    """The panel with the thresholds of the published stages, closed; open where the address has others."""
    given = {each.rule: text_of(address.get(each.rule)) for each in THRESHOLDS}
    fields = [
        kept(each.rule, number_field(name, each.label, each.unit, given[each.rule] or each.published), each.published)
        for name, each in zip(FIELDS, THRESHOLDS, strict=True)
    ]
    return html.Details(
        [
            html.Summary("What if? Judge the stages with your own thresholds"),
            html.Div(fields, className="recompute-fields"),
            *BELOW.layout("Judge again"),
        ],
        className="recompute",
        open=any(given.values()),
    )


def planned(snapshot_id: str, *typed: Any) -> Plan:
    """The computation asked for. Raises FilterError on the first field that cannot be used."""
    rules = {each.rule: each.read(text) for each, text in zip(THRESHOLDS, typed, strict=True)}
    return Plan({"snapshot_id": snapshot_id, "rules": rules}, snapshot_id)


def show(result: dict[str, Any]) -> list[Any]:
    """Result and message."""
    words = f"{definition(result)}"
    tables = [
        html.P(words, className="definition-chip"),
        data_table(_counts(result), "Products by stage, published and with your thresholds"),
    ]
    if result["changed"]:
        tables.append(data_table(_changed(result), _caption(result)))
    changed = f"{fmt.number(result['changed'])} of {fmt.number(result['products'])} products change their stage."
    return [html.Div(tables), f"Done. {changed} The published stages above are unchanged."]


REJUDGE = Computation("rejudge", "dashapp.services.lifecycles:rejudge", show, failed, moved)


def definition(result: dict[str, Any]) -> str:
    """The thresholds used, and the data."""
    used = [f"{each.label.lower()} {result['rules'][each.rule] * each.scale:,.6g}" for each in THRESHOLDS]
    return " · ".join(
        [*map(written.local, used), f"snapshot {result['snapshot_id']}", f"as of {result['observed_until']}"]
    )


def _caption(result: dict[str, Any]) -> str:
    listed, changed = len(result["listed"]), result["changed"]
    which = "" if listed == changed else f": the {listed} with most net sales of {fmt.number(changed)}"
    return f"Products that change their stage{which}"


def _counts(result: dict[str, Any]) -> pd.DataFrame:
    rows = [(stage.label, result["published"].get(stage, 0), result["now"].get(stage, 0)) for stage in Stage]
    frame = pd.DataFrame(rows, columns=["Stage", "Published", "With your thresholds"])
    frame["Change"] = [f"{now - before:+,}" if now != before else "–" for _, before, now in rows]
    return frame


def _changed(result: dict[str, Any]) -> pd.DataFrame:
    rows = result["listed"]
    return pd.DataFrame(
        {
            "Product": [row["product_id"] for row in rows],
            "Name": [row["product_name"] for row in rows],
            "Published": [Stage(row["stage"]).label for row in rows],
            "With your thresholds": [Stage(row["stage_now"]).label for row in rows],
            "Share of resamples": pd.Series([row["confidence"] for row in rows], dtype=float),
            f"Net sales, {result['currency']}": [row["net_sales"] for row in rows],
        }
    )


def wire(door: Door, services: Services) -> None:
    """Register the panel's callback."""
    fields = [State(name, "value") for name in FIELDS]
    BELOW.wire(door, REJUDGE, fields, lambda *typed: planned(asof.shown(services).id, *typed))
