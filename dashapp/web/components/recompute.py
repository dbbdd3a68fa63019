"""The what-if panel: predicted value under the reader's own horizon, discount rate, margin and model.

A page puts `layout()` where it wants the panel and calls `wire(door, services)`. It reads the page's filters; the work
is dashapp.services.scoring, named by text because web processes never import scipy.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from dash import Input, Output, State, html
from dash.development.base_component import Component

from dashapp.charts.chart import Chart
from dashapp.charts.kit import figures
from dashapp.domain.filters import CHOICES, Filters
from dashapp.domain.shelf import titles
from dashapp.errors import FilterError
from dashapp.store.facts import Facts
from dashapp.store.metrics import metric
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.background import Computation, Plan
from dashapp.web.components.basics import defined, grid, select
from dashapp.web.components.computed import Answered, Part, percent_text, scope
from dashapp.web.components.computing import Panel, failed, moved, number_field, read_number, whole_days
from dashapp.web.components.filterbar import FILTERS
from dashapp.web.components.funnel import headed
from dashapp.web.components.ids import ids
from dashapp.web.components.kept import kept, one_of, text_of

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

PANEL, MODEL, HORIZON, RATE, MARGIN = ids("recompute", "panel", "model", "horizon", "rate", "margin")
BELOW = Panel("recompute")
ASKED = "rfm_base"
"The question it rests on."
HIGHEST_PERCENT = 500
KEYS = ("model", "days", "rate", "margin")
"Of its fields in the address."


def layout(**address: Any) -> Component:
    """The panel, closed unless the address has assumptions; the other fields fill with the published ones when it
    appears."""
    model, *texts = (text_of(address.get(key)) for key in KEYS)
    known = titles("purchases")
    fields = [
        kept("model", select(MODEL, "Purchase model", known, one_of(known, model, "") or None)),
        kept("days", number_field(HORIZON, "Horizon", "days", texts[0])),
        kept("rate", number_field(RATE, "Discount rate", "% a year", texts[1])),
        kept("margin", number_field(MARGIN, "Gross margin", "% of net sales; 100 counts revenue", texts[2])),
    ]
    return html.Details(
        [
            html.Summary("What if? Recompute with your own assumptions"),
            html.Div(fields, className="recompute-fields"),
            *BELOW.layout("Recompute"),
        ],
        id=PANEL,
        className="recompute",
        open=any((model, *texts)),
    )


def published(facts: Facts) -> list[Any]:
    """The fields as the published figures were computed."""
    shares = (facts.annual_discount_rate, facts.gross_margin)
    return [facts.model, str(facts.horizon_days), *map(percent_text, shares)]


def planned(facts: Facts, model: Any, horizon: Any, rate: Any, margin: Any, view: Any) -> Plan:
    """The computation asked for. Raises FilterError with one sentence on the field that cannot be used."""
    filters = Filters.from_query(view or {}).to_query()
    arguments = {
        "snapshot_id": facts.snapshot_id,
        "filters": {name: text for name, text in filters.items() if name in CHOICES},
        "model": _known_model(model),
        "horizon_days": whole_days(horizon),
        "annual_discount_rate": _rate(rate),
        "gross_margin": _margin(margin),
    }
    return Plan(arguments, facts.snapshot_id)


def _known_model(model: Any) -> str:
    if model not in titles("purchases"):
        raise FilterError("model", "Choose a purchase model.", f"There are {', '.join(titles('purchases').values())}.")
    return str(model)


def _rate(text: Any) -> float:
    rate = read_number("rate", "The discount rate", text)
    if rate < 0:
        raise FilterError("rate", "The discount rate cannot be negative.", "Use 0 for no discounting, 10 for 10 %.")
    if rate > HIGHEST_PERCENT:
        raise FilterError("rate", f"The discount rate is above {HIGHEST_PERCENT} % a year.", "Use 10 for 10 %.")
    return rate / 100


def _margin(text: Any) -> float:
    margin = read_number("margin", "The gross margin", text)
    if not 0 < margin <= 100:
        raise FilterError("margin", "The gross margin must lie above 0 and up to 100 %.", "Use 100 to count revenue.")
    return margin / 100


def _from_address(facts: Facts, asked: Mapping[str, str], filters: Filters) -> Plan:
    model, days, rate, margin = (asked.get(key) or usual for key, usual in zip(KEYS, published(facts), strict=True))
    return planned(facts, model, days, rate, margin, filters.to_query())


def _scope(result: dict[str, Any]) -> dict[str, Any]:
    """What the shown result was computed from, as its address."""
    used = result["assumptions"]
    texts = (
        used["model"],
        str(used["horizon_days"]),
        *map(percent_text, (used["annual_discount_rate"], used["gross_margin"])),
    )
    return scope(result["filters"], dict(zip(KEYS, texts, strict=True)))


def show(result: dict[str, Any]) -> list[Any]:
    """Result and message."""
    return [_result(result), "Done. The published figures above are unchanged."]


RECOMPUTE = Computation("recompute", "dashapp.services.scoring:recompute", show, failed, moved)


def definition(result: dict[str, Any]) -> str:
    """What the figures mean: assumptions, model, how many customers, which data."""
    used, model = result["assumptions"], result["models"][0]
    margin = "revenue" if used["gross_margin"] == 1 else f"gross margin {fmt.percent(used['gross_margin'])}"
    return (
        f"Predicted CLV over {fmt.number(used['horizon_days'])} days · discounted "
        f"{fmt.percent(used['annual_discount_rate'])} a year · {margin} · "
        f"{titles('purchases').get(model['model'], model['model'])} ({model['status']}) · "
        f"n = {fmt.number(result['customers'])} · snapshot {result['snapshot_id']} · as of {result['observed_until']}"
    )


def _result(result: dict[str, Any]) -> Component:
    currency = result["currency"]
    tiles = [
        _card(BASE, fmt.money(result["total"], currency), _against_published(result)),
        _card("Mean per customer", fmt.money(result["mean"], currency), f"n = {fmt.number(result['customers'])}"),
        _card("Median per customer", fmt.money(result["median"], currency), f"n = {fmt.number(result['customers'])}"),
    ]
    notes = [html.P(note, className="hint") for note in result["notes"]]
    return html.Div(
        [
            ANSWER.head(definition(result)),
            grid(*tiles),
            *notes,
            *(ANSWER.shown(part.name, result) for part in ANSWER.parts[1:]),
        ],
        className="page-stack",
        **_scope(result),
    )


BASE = metric("residual_value").label
_MEANT = {
    BASE: "Sum of the recomputed values. Formula: expected purchases × expected order value × margin, "
    "discounted, over all customers chosen.",
    "Mean per customer": "Formula: value of the base ÷ customers chosen.",
    "Median per customer": "Half of the customers chosen have a higher recomputed value.",
}


def _card(title: str, value: str, details: str) -> Component:
    body = html.Div([html.P(value, className="kpi-value"), html.P(details, className="kpi-details")])
    meant = defined(title, f"query/{ASKED}", _MEANT[title])
    return html.Section([headed(html.H3(title), ASKED, meant), body], className="kpi-card", style={"--span": 4})


def _against_published(result: dict[str, Any]) -> str:
    if not result["published_total"]:
        return "Nothing was published to compare with"
    change = fmt.delta(result["total"], result["published_total"])
    return f"{change} against the published {fmt.money(result['published_total'], result['currency'])}"


def _figures(result: dict[str, Any]) -> pd.DataFrame:
    """The key figures with what they stand beside, and what was assumed."""
    used, currency = result["assumptions"], result["currency"]
    rows = [
        (BASE, result["total"], currency),
        ("Published for the same customers", result["published_total"], currency),
        ("Mean per customer", result["mean"], currency),
        ("Median per customer", result["median"], currency),
        ("Customers", result["customers"], "customers"),
        ("Horizon", used["horizon_days"], "days"),
        ("Discount rate", used["annual_discount_rate"], "share a year"),
        ("Gross margin", used["gross_margin"], "share of net sales"),
    ]
    return pd.DataFrame(rows, columns=["Figure", "Value", "Unit"]).astype({"Value": float}).round(4)


def _histogram(result: dict[str, Any]) -> Chart:
    edges, counts = result["histogram"]["edges"], result["histogram"]["counts"]
    middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    drawn = figures.figure(
        [figures.bars("Customers", middles, counts)],
        xaxis={"title": {"text": f"Recomputed CLV, {result['currency']}; the last bar holds all above"}},
        yaxis={"title": {"text": "Customers"}},
        margin=figures.MARGIN | {"b": 44},
    )
    bins = [*itertools.pairwise(edges[:-1]), (edges[-2], None)]
    table = pd.DataFrame({"From": [low for low, _ in bins], "To": [high for _, high in bins], "Customers": counts})
    words = f"Customers by recomputed value: median {fmt.money(result['median'], result['currency'])}."
    return Chart(drawn, words, table.astype({"From": float, "To": float}).round(2))


def _segments(result: dict[str, Any]) -> pd.DataFrame:
    rows: Sequence[dict[str, Any]] = result["segments"]
    columns = {
        "segment": "Segment",
        "customers": "Customers",
        "clv": "CLV",
        "mean": "Mean CLV",
        "published": "Published",
    }
    return pd.DataFrame(rows, columns=list(columns)).rename(columns=columns)


def _parameters(result: dict[str, Any]) -> pd.DataFrame:
    rows = [
        (model["model"], name, value, model["standard_errors"].get(name))
        for model in result["models"]
        for name, value in model["parameters"].items()
    ]
    return pd.DataFrame(rows, columns=["Model", "Parameter", "Estimate", "Standard error"])


ANSWER = Answered(
    "overview", RECOMPUTE.function, ASKED, "Recompute", _from_address,
    (
        Part("recomputed", "Recomputed value", "A row is a figure or an assumption",
             "Predicted CLV of the customers chosen under the assumptions named, beside the published one.", _figures),
        Part("recomputed_values", "Customers by recomputed value", "Customers by predicted CLV under the assumptions",
             "Each bar counts customers; the last one holds everybody above.", _histogram, 220),
        Part("recomputed_segments", "Recomputed value by segment", "A row is a segment of today",
             "Predicted CLV under the assumptions, all and each, beside the published one.", _segments),
        Part("recomputed_model", "Parameters of the recomputation", "A row is a parameter of a model",
             "Fitted to all customers of the snapshot, whatever the filters.", _parameters),
    ),
)  # fmt: skip
"What leaves of the panel."


def wire(door: Door, services: Services) -> None:
    """Register the panel's callbacks."""

    controls = (MODEL, HORIZON, RATE, MARGIN)
    typed = [State(control, "value") for control in controls]

    @door.callback(*(Output(control, "value") for control in controls), Input(PANEL, "id"), *typed)
    def _(_: str, *given: Any) -> list[Any]:
        usual = published(asof.shown(services).facts)
        return [text or known for text, known in zip(given, usual, strict=True)]

    fields = [*typed, State(FILTERS, "data")]
    BELOW.wire(door, RECOMPUTE, fields, lambda *values: planned(asof.shown(services).facts, *values))
