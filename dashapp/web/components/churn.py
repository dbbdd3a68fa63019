"""The churn card: who will not buy in the reader's horizon, by segment and channel, and how right that has been.

A page puts `layout()` where it wants the card and calls `wire(door, services)`. It reads the page's filters; the work
is dashapp.services.churn, named by text because web processes never import scipy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from dash import Input, Output, State, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts import buying_calibration
from dashapp.charts.chart import Chart, View, nothing
from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.shelf import titles
from dashapp.errors import FilterError
from dashapp.store.facts import Facts
from dashapp.store.metrics import metric
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.background import Computation, Plan
from dashapp.web.components import facts as shown
from dashapp.web.components import states
from dashapp.web.components.basics import disclosure
from dashapp.web.components.computed import Answered, Part, percent_text, scope
from dashapp.web.components.computing import Panel, failed, moved, number_field, read_number, whole_days
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.funnel import of_question
from dashapp.web.components.ids import ids
from dashapp.web.components.kept import kept, text_of

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

PANEL, HORIZON, THRESHOLD = ids("churn", "panel", "horizon", "threshold")
BELOW = Panel("churn")
USUAL_THRESHOLD = "50"
KEYS = ("churn_days", "churn_above")
"Of its fields in the address."
DEFINITION = (
    "Churn here means no purchase in the next days of the horizon. The churn rate counts customers whose chance of "
    "that is above the threshold; customers expected to be lost is the sum of everybody's chance. Both come from the "
    "probability to buy again, never from “still a customer”. Lapsed is a rule and no prediction: it counts customers "
    "silent for longer than 90 % of their own gaps between purchases, or below five gaps than 90 % of everybody's."
)
MEANT = (
    "The churn rate counts customers whose chance to buy nothing within the horizon is above the threshold; expected "
    "lost is the sum of everybody's chance. Lapsed is a rule on past silence and no prediction."
)
RATE, LOST, LAPSED = (metric(name).label for name in ("churn_rate", "expected_lost", "lapsed_share"))
"The names of the key figures, which are the same with the horizon of the snapshot and one chance in two."


def layout(**address: Any) -> Component:
    """The card without a result. What the address leaves open fills with the published values when it appears."""
    days, above = (text_of(address.get(key)) for key in KEYS)
    fields = [
        kept(KEYS[0], number_field(HORIZON, "Horizon", "days without a purchase", days)),
        kept(KEYS[1], number_field(THRESHOLD, "Threshold", "% chance above which a customer counts as churner", above)),
    ]
    return shown.card(
        "Churn at your horizon",
        disclosure("What is counted", html.P(written.local(DEFINITION))),
        html.Div(fields, className="recompute-fields", id=PANEL),
        *BELOW.layout("Compute churn"),
        hint="Who will not buy again in time, of the customers under the filters; the period is not used",
        heeds=of_question("churn_base"),
    )


def planned(facts: Facts, horizon: Any, threshold: Any, view: Any) -> Plan:
    """The computation asked for. Raises FilterError with one sentence on the field that cannot be used."""
    filters = Filters.from_query(view or {}).to_query()
    arguments = {
        "snapshot_id": facts.snapshot_id,
        "filters": {name: text for name, text in filters.items() if name in CHOICES},
        "horizon_days": whole_days(horizon),
        "threshold": _share(threshold),
    }
    return Plan(arguments, facts.snapshot_id)


def _share(text: Any) -> float:
    percent = read_number("threshold", "The threshold", text)
    if not 0 < percent < 100:
        raise FilterError(
            "threshold", "The threshold must lie between 0 and 100 %.", "Use 50 for more likely than not."
        )
    return percent / 100


def _from_address(facts: Facts, asked: Mapping[str, str], filters: Filters) -> Plan:
    days, above = map(asked.get, KEYS)
    return planned(facts, days or str(facts.horizon_days), above or USUAL_THRESHOLD, filters.to_query())


def _scope(result: dict[str, Any]) -> dict[str, Any]:
    """What the shown result was computed from, as its address."""
    texts = (str(result["horizon_days"]), percent_text(result["threshold"]))
    return scope(result["filters"], dict(zip(KEYS, texts, strict=True)))


def show(result: dict[str, Any]) -> list[Any]:
    """Result and message."""
    return [_result(result), "Done."]


CHURN = Computation("churn", "dashapp.services.churn:compute", show, failed, moved)


def definition(result: dict[str, Any]) -> str:
    """What the figures mean: horizon, threshold, model, whom, which data."""
    whom = ", ".join(Filters.from_query(result["filters"]).choices()) or "all customers"
    return (
        f"No purchase in the {fmt.number(result['horizon_days'])} days after {_day(result['observed_until'])} · "
        f"churner above {fmt.percent(result['threshold'])} · "
        f"{titles('purchases').get(result['model'], result['model'])} ({result['status']}) · {whom} · "
        f"n = {fmt.number(result['customers'])} · snapshot {result['snapshot_id']}"
    )


def _day(text: str) -> str:
    return fmt.day(date.fromisoformat(text))


def _result(result: dict[str, Any]) -> Component:
    days = f"{fmt.number(result['horizon_days'])} days"
    figures = [
        shown.figure(
            f"{RATE}, {days}",
            fmt.percent(result["churn_rate"]),
            f"{fmt.number(result['churners'])} of {fmt.number(result['customers'])} have more than "
            f"{fmt.percent(result['threshold'])} chance to buy nothing",
            main=True,
        ),
        shown.figure(
            f"{LOST}, {days}",
            fmt.number(result["expected_lost"]),
            f"{fmt.percent(result['expected_share'])} of them: the sum of everybody's chance to buy nothing",
        ),
        shown.figure(
            LAPSED,
            fmt.percent(result["lapsed_share"]),
            f"silent for longer than usual on {_day(result['observed_until'])}; the same at any horizon",
        ),
    ]
    return html.Div(
        [
            ANSWER.head(definition(result)),
            html.Div(figures, className="value-trio"),
            *(ANSWER.shown(part.name, result) for part in ANSWER.parts[1:3]),
            html.H3("How right has this been?", className="page-section"),
            *(_check(result) if result["check"] else [states.insufficient(*result["unchecked"])]),
        ],
        className="page-stack",
        **_scope(result),
    )


def _figures(result: dict[str, Any]) -> pd.DataFrame:
    """The key figures and what was asked."""
    rows = [
        (RATE, result["churn_rate"], "share of customers"),
        ("Called churners", result["churners"], "customers"),
        (LOST, result["expected_lost"], "customers"),
        ("Share expected lost", result["expected_share"], "share of customers"),
        (LAPSED, result["lapsed_share"], "share of customers"),
        ("Customers", result["customers"], "customers"),
        ("Horizon", result["horizon_days"], "days"),
        ("Threshold", result["threshold"], "chance to buy nothing"),
    ]
    return pd.DataFrame(rows, columns=["Figure", "Value", "Unit"]).astype({"Value": float}).round(4)


def _groups(rows: list[dict[str, Any]], heading: str) -> pd.DataFrame:
    columns = {
        "name": heading,
        "customers": "Customers",
        "churn_rate": "Share above threshold",
        "expected_lost": "Expected lost",
        "expected_share": "Share expected lost",
        "lapsed_share": f"Share {LAPSED.lower()}",
    }
    frame = pd.DataFrame(rows, columns=list(columns)).round({"expected_lost": 0})
    return frame.rename(columns=columns)


def _check(result: dict[str, Any]) -> list[Any]:
    """The look back: in a sentence, in figures, drawn."""
    found, metrics = result["check"], result["check"]["metrics"]
    rows = [
        ("AUC", fmt.number(metrics["auc"], 3), "chance that a buyer was ranked above a non-buyer; 0.5 is guessing"),
        (
            "Brier",
            fmt.number(metrics["brier"], 3),
            f"{fmt.number(metrics['brier_constant'], 3)} with one chance for all",
        ),
        ("Expected to be lost", fmt.number(found["expected_lost"]), f"{fmt.number(found['lost'])} bought nothing"),
        ("Customers", fmt.number(found["customers"]), f"known on {_day(found['cut_off'])}"),
    ]
    return [
        shown.facts("Quality of the look back", rows),
        ANSWER.shown("churn_check", result),
    ]


def _calibration(result: dict[str, Any]) -> Chart:
    if not result["check"]:
        text, next_step = result["unchecked"]
        return nothing(text, next_step, "insufficient")
    chart = buying_calibration.build(pd.DataFrame(result["check"]["bins"]), _view(result))
    return replace(chart, summary=f"{looked_back(result)} {chart.summary}")


def looked_back(result: dict[str, Any]) -> str:
    """What would have been said one horizon ago, and what came."""
    found = result["check"]
    return (
        f"Fitted again to the data up to {_day(found['cut_off'])}, "
        f"{fmt.number(result['horizon_days'])} days before the end, over all "
        f"{fmt.number(found['customers'])} customers known then, whatever the filters: "
        f"{fmt.number(found['expected_lost'])} were expected to be lost, {fmt.number(found['lost'])} bought nothing. "
        f"{_called('churners', found['churners'])} {_called(LAPSED.lower(), found['lapsed'])}"
    )


def _called(name: str, told: dict[str, int]) -> str:
    """How often a rule was right about those it named.

    >>> _called("churners", {"customers": 8, "lost": 6})
    'Of 8 called churners, 75.0\\xa0% bought nothing.'
    """
    if not told["customers"]:
        return f"Nobody was called {name}."
    lost = fmt.percent(told["lost"] / told["customers"])
    return f"Of {fmt.number(told['customers'])} called {name}, {lost} bought nothing."


def _view(result: dict[str, Any]) -> View:
    since, until = (date.fromisoformat(result[name]) for name in ("observed_from", "observed_until"))
    return View(Filters(), since, until, result["currency"], result["horizon_days"])


ANSWER = Answered(
    "retention", CHURN.function, "churn_base", "Compute churn", _from_address,
    (
        Part("churn_figures", "Churn at a horizon", "A row is a figure or what was asked", MEANT, _figures),
        Part("churn_segments", "Churn by segment", "A row is a segment of today", MEANT,
             lambda result: _groups(result["segment"], "Segment")),
        Part("churn_channels", "Churn by channel of the first purchase", "A row is a channel", MEANT,
             lambda result: _groups(result["channel"], "Channel")),
        Part("churn_check", "Predicted to buy, and bought", "Customers by predicted probability",
             "Fitted again to the data up to one horizon ago, over all customers known then: by their predicted "
             "probability to buy, and the share that then bought. On the dotted line the probability is right.",
             _calibration, buying_calibration.CHART.height),
    ),
)  # fmt: skip
"What leaves of the card."


def wire(door: Door, services: Services) -> None:
    """Register the card's callbacks."""

    filled = [(HORIZON, "value"), (THRESHOLD, "value")]

    @door.callback(*(Output(*one) for one in filled), Input(PANEL, "id"), *(State(*one) for one in filled))
    def _(_: str, days: Any, above: Any) -> list[Any]:
        return [days or str(asof.shown(services).facts.horizon_days), above or USUAL_THRESHOLD]

    fields = [State(HORIZON, "value"), State(THRESHOLD, "value"), State(FILTERS, "data")]
    BELOW.wire(door, CHURN, fields, lambda *values: planned(asof.shown(services).facts, *values))
