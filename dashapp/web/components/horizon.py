"""One customer over another horizon: the same model and parameters, other days. Runs as a background computation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import Input, Output, State, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashapp import written
from dashapp.errors import FilterError, NotFound, TenureError
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.background import Computation, Plan
from dashapp.web.components import facts as shown
from dashapp.web.components.basics import button, field
from dashapp.web.components.ids import ids
from dashapp.web.components.kept import kept, text_of
from dashapp.web.components.profile_words import CUSTOMER

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

DAYS, GO, STOP, STEP, RESULT, MESSAGE = ids("horizon", "days", "go", "stop", "step", "result", "message")
LONGEST_DAYS = 3650


def layout(given: Any = "") -> Component:
    """A number of days, a button, and where the answer appears."""
    days = dbc.Input(
        id=DAYS, type="text", inputmode="numeric", autocomplete="off", placeholder="e.g. 90", maxLength=5,
        value=text_of(given),
    )  # fmt: skip
    return html.Div(
        [
            kept("days", field("Predict over another horizon, days", days)),
            button("Predict", "secondary", "calculator", id=GO),
            button("Cancel", "quiet", id=STOP, disabled=True, className="only-running"),
            html.P(id=STEP, className="hint"),
            html.P(id=MESSAGE, className="hint", role="status"),
            html.Div(id=RESULT),
        ],
        className="horizon needs-compute",
    )


def planned(snapshot: Snapshot, customer: Any, days: Any) -> Plan:
    """The computation asked for. Raises FilterError, NotFound."""
    found = snapshot.row("customer_profile", customer=str(customer), contact=False)
    if not found:
        raise NotFound("There is no such customer in this snapshot.", "Open the customer from the list again.")
    facts = snapshot.facts
    arguments = {
        "snapshot_id": facts.snapshot_id,
        "customer_key": int(found["customer_key"]),
        "model": facts.model,
        "horizon_days": _days(days),
        "annual_discount_rate": facts.annual_discount_rate,
        "gross_margin": facts.gross_margin,
    }
    return Plan(arguments, facts.snapshot_id)


def _days(text: Any) -> int:
    """
    >>> _days(" 90 ")
    90
    """
    words = str(text or "").strip()
    if not (words.isascii() and words.isdigit() and 1 <= int(words) <= LONGEST_DAYS):
        raise FilterError("days", f"The horizon must be 1 to {LONGEST_DAYS:,} whole days.", "Use 365 for a year.")
    return int(words)


def show(result: dict[str, Any]) -> list[Any]:
    """Result and message."""
    days, currency = result["assumptions"]["horizon_days"], result["currency"]
    rows = [
        (
            "Predicted CLV",
            fmt.amount(result["clv"], currency),
            fmt.interval(result["clv_low"], result["clv_high"], currency),
        ),
        ("Buys again", fmt.percent(result["p_active"]), f"within {fmt.days(days)}"),
        ("Expected orders", fmt.number(result["expected_purchases"], 1), f"purchase days within {fmt.days(days)}"),
        ("Expected order value", fmt.amount(result["expected_order_value"], currency), "per purchase day"),
    ]
    return [
        shown.facts(f"Prediction over {fmt.days(days)}", rows, CUSTOMER),
        f"Over {fmt.days(days)}, same model and rates.",
    ]


def failed(error: TenureError) -> list[Any]:
    """The old result stays; the message says what happened."""
    return [no_update, written.local(error.sentence())]


def moved(fraction: float, step: str) -> list[Any]:
    """The step in words."""
    return [f"{step} ({fmt.percent(fraction, 0)})"]


HORIZON = Computation("horizon", "dashapp.services.scoring:customer_value", show, failed, moved)


def wire(door: Door, services: Services, who: str) -> None:
    """Register the callback; `who` is the id of the store that names the customer."""

    @door.background(
        Output(RESULT, "children"),
        Output(MESSAGE, "children"),
        Input(GO, "n_clicks"),
        State(who, "data"),
        State(DAYS, "value"),
        requires="compute:run",
        cancel=[Input(STOP, "n_clicks")],
        running=[(Output(GO, "disabled"), True, False), (Output(STOP, "disabled"), False, True)],
        **HORIZON.options(progress=[Output(STEP, "children")]),
    )
    @HORIZON.planned
    def _(clicks: int | None, customer: Any, days: Any) -> Plan:
        if not clicks:
            raise PreventUpdate
        return planned(asof.shown(services), customer, days)
