"""/customers/<customer>: one customer: what they brought, what they will, how sure that is, and what they did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from dashapp import written
from dashapp.charts import catalogue
from dashapp.charts.chart import Chart, Flag, nothing
from dashapp.charts.kit.groups import UNKNOWN
from dashapp.domain.filters import Filters
from dashapp.domain.validity import Validity
from dashapp.errors import NotFound
from dashapp.services import charting, customers
from dashapp.services.access import Principal
from dashapp.services.spared import Failure, spared
from dashapp.store.facts import Facts
from dashapp.store.metrics import NOT_VALID
from dashapp.store.snapshot import Snapshot
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components import facts as shown
from dashapp.web.components import health, horizon, profile_tables, states, why_value
from dashapp.web.components.basics import attrs, data_table, grid, link
from dashapp.web.components.card import card_outputs, card_values, chart_card
from dashapp.web.components.ids import ids
from dashapp.web.components.profile_words import CUSTOMER
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.store.journal import Journal
    from dashapp.web.door import Door

WHO, BODY, HEAD, ORDERS, TIMELINE, NEXT = ids("customer", "who", "body", "head", "orders", "timeline", "next")
SHOWN_LINES = 100
UNLIKELY = 0.05
"A chance of another purchase below which no date is given."
ALL_TIME = Filters(range="all")


def layout(customer: str = "", days: Any = "", **_: Any) -> Component:
    return html.Div(
        [
            dcc.Store(id=WHO, data=customer),
            html.P(link("All customers", "/customers"), className="back-link"),
            html.Div(id=HEAD, className="is-loading"),
            horizon.layout(days),
            grid(chart_card(NEXT, catalogue.chart("next_product"), 12)),
            grid(chart_card(TIMELINE, catalogue.chart("purchase_timeline"), 12)),
            html.Div(id=ORDERS),
        ],
        id=BODY,
        **attrs(data_scope=""),
    )


def show(
    snapshot: Snapshot, customer: str, reader: Principal, journal: Journal, flags: Sequence[Flag] = ()
) -> list[Any]:
    """Scope of downloads, head, orders and timeline of a customer; for one nobody knows a sentence instead of each."""
    try:
        known = spared("customer", lambda: customers.profile(snapshot, customer, reader, journal), states.failed)
    except NotFound as error:
        way_out = link("Go to the customers list", "/customers", className="btn btn-primary")
        lost = states.empty(error.message, error.hint, way_out)
        return ["", lost, "", *card_values(nothing("There are no purchases to show."))]
    if isinstance(known, Component):
        return ["", known, "", *card_values(nothing("Who this is could not be read, so there is nothing to show."))]
    key = int(known["customer_key"])
    timeline = charting.draw("purchase_timeline", snapshot, ALL_TIME, flags, customer_key=key)
    parts = (
        lambda: _head(snapshot, known, key),
        lambda: _why(snapshot, known, key),
        lambda: _health(snapshot, known, key),
    )
    top = html.Div([states.as_known(part) for part in parts], className="page-stack")
    past = states.as_known(lambda: _history(snapshot, timeline, key))
    return [f"customer_key={key}", top, past, *card_values(timeline)]


def _head(snapshot: Snapshot, known: dict[str, Any], key: int) -> Component:
    peers = snapshot.row("customer_peers", customer_key=key)
    return head(known, peers, snapshot.frame("customer_beginning", customer_key=key), snapshot.facts)


def _history(snapshot: Snapshot, timeline: Chart, key: int) -> Component:
    return history(timeline, snapshot.frame("customer_lines", customer_key=key), snapshot.facts)


def show_next(snapshot: Snapshot, customer: str) -> list[Any]:
    """What others bought next who bought the same. Asked for itself: it reads more lines than all else here."""
    ask = partial(snapshot.row, "customer_profile", customer=customer, contact=False)
    known = spared("customer", ask, lambda failure: failure)
    if isinstance(known, Failure):
        return card_values(nothing(known.text, known.next_step, known.kind))
    if not known:
        return card_values(nothing("There is nothing to show."))
    key = int(known["customer_key"])
    return card_values(charting.draw("next_product", snapshot, ALL_TIME, customer_key=key))


def head(known: dict[str, Any], peers: dict[str, Any], began: pd.DataFrame, facts: Facts) -> Component:
    """Who it is and the three values that are never mixed: so far, predicted, both together."""
    return html.Div(
        [
            _identity(known),
            html.Div([_predicted(known, facts), _so_far(known, facts), _total(known, facts)], className="value-trio"),
            shown.facts("What the prediction rests on", _grounds(known, facts), CUSTOMER),
            html.P(_standing(known, peers), className="hint"),
            html.P(_beginning(began, facts), className="hint"),
        ]
    )


def _identity(known: dict[str, Any]) -> Component:
    name = known.get("customer_name")
    words = [html.H2(name or f"Customer {known['customer_id']}", className="profile-name")]
    under = [known["customer_id"]] if name else []
    places = (known.get(part) for part in ("email", "country", "channel", "category"))
    under += [place for place in places if place and place != UNKNOWN]
    state = str(known["customer_state"]).replace("_", " ").capitalize()
    said = (f"Segment: {known['segment']}", f"State: {state}")
    badges = [html.Span(each, className="badge") for each in said]
    return html.Div(
        [html.Div([*words, *badges], className="profile-title"), html.P(" · ".join(under), className="hint")]
    )


def _predicted(known: dict[str, Any], facts: Facts) -> Component:
    if facts.validity == Validity.NOT_VALID:
        return shown.figure(
            "Predicted", fmt.NOTHING, f"{NOT_VALID} {written.local(facts.validity_reason)}", meanings=CUSTOMER
        )
    if known["clv"] is None:
        return shown.figure(
            "Predicted", fmt.NOTHING, "Not scored: see Data & runs, unscored customers.", meanings=CUSTOMER
        )
    interval = fmt.interval(known["clv_low"], known["clv_high"], facts.currency)
    detail = f"{interval} · next {facts.horizon_days} days, discounted"
    return shown.figure("Predicted CLV", fmt.amount(known["clv"], facts.currency), detail, main=True, meanings=CUSTOMER)


def _so_far(known: dict[str, Any], facts: Facts) -> Component:
    detail = f"Net sales of {fmt.plural(known['order_count'], 'order')} since {fmt.day(known['first_order_date'])}"
    if known["returns"]:
        detail += f", after {fmt.amount(float(known['returns']), facts.currency)} of refunds"
    return shown.figure("So far", fmt.amount(float(known["net_sales"]), facts.currency), detail, meanings=CUSTOMER)


def _total(known: dict[str, Any], facts: Facts) -> Component:
    if known["clv"] is None:
        return shown.figure("Total", fmt.NOTHING, "Needs a prediction.", meanings=CUSTOMER)
    total = float(known["net_sales"]) * facts.gross_margin + known["clv"]
    kind = "revenue" if facts.gross_margin == 1 else f"{fmt.percent(facts.gross_margin, 0)} margin on both"
    return shown.figure("Total", fmt.amount(total, facts.currency), f"So far plus predicted, {kind}", meanings=CUSTOMER)


def _grounds(known: dict[str, Any], facts: Facts) -> list[tuple[str, str, str]]:
    horizon = f"within {facts.horizon_days} days"
    return [
        ("Buys again", fmt.percent(known["p_active"]), f"at least one purchase {horizon}"),
        ("Still a customer", fmt.percent(known["p_alive"]), "today, by the model"),
        ("Expected orders", fmt.number(known["expected_purchases"], 1), f"purchase days {horizon}"),
        ("Expected order value", fmt.amount(known["expected_order_value"], facts.currency), "per purchase day"),
        ("Value at risk", fmt.amount(known["value_at_risk"], facts.currency), "lost if they do not return"),
        (
            "Last order",
            fmt.day(known["last_order_date"]),
            f"{fmt.days(known['days_since_last_order'])} before the data ends",
        ),
        ("Mean gap", fmt.days(known["average_gap_days"]), "between purchase days"),
        _next_order(known, facts),
        ("Rank", "{r_score}-{f_score}-{m_score}".format(**known), "recency, frequency, money; 5 is best"),
    ]


def _next_order(known: dict[str, Any], facts: Facts) -> tuple[str, str, str]:
    """The window in which 80 % of those who buy within the horizon do, and since when this customer is late."""
    within = f"within {facts.horizon_days} days"
    late = f"; overdue since {fmt.day(known['overdue_since'])}" if known["overdue_since"] else ""
    if known["next_order_median"] is None:
        return ("Next order", fmt.NOTHING, "Not scored.")
    if known["p_active"] < UNLIKELY:
        return ("Next order", "not expected", f"hardly any chance {within}{late}")
    span = written.span(fmt.day(known["next_order_from"]), fmt.day(known["next_order_until"]))
    return ("Next order", f"around {fmt.day(known['next_order_median'])}", f"{span}, if {within}{late}")


def _standing(known: dict[str, Any], peers: dict[str, Any]) -> str:
    count = int(peers["peers"]) - 1 if peers else 0
    if count < 10 or known["clv"] is None:
        return "Too few customers first bought in the same month to compare with."
    cohort = f"{known['cohort_month']:%B %Y}"
    text = (
        f"Of the {fmt.number(count + 1)} customers who first bought in {cohort}, {fmt.percent(peers['clv_place'], 0)} "
        f"have a lower prediction and {fmt.percent(peers['sales_place'], 0)} bought less."
    )
    return text + _thin(known)


def _beginning(began: pd.DataFrame, facts: Facts) -> str:
    """What is known of somebody new: how those went on who began alike."""
    if began.empty:
        return ""
    row = began.iloc[0]
    how = " and ".join(part for part in (row["channel"], row["category"]) if part)
    low, high = (fmt.amount(row[name], facts.currency) for name in ("low", "high"))
    return (
        f"{fmt.number(row['customers'])} earlier customers began like this one ({how}). Such a customer brings about "
        f"{fmt.amount(row['value'], facts.currency)} in the first {row['window_days']} days, "
        f"{written.span(low, high)}; {fmt.percent(row['weight'], 0)} of that is their own mean, the rest everybody's."
    )


def _thin(known: dict[str, Any]) -> str:
    if known["frequency"]:
        return ""
    return " With one purchase day the prediction is that of customers like this one, and its interval is wide."


def history(timeline: Chart, lines: pd.DataFrame, facts: Facts) -> Component:
    """Every order and return, then the latest lines."""
    orders = timeline.table.iloc[::-1]
    return html.Div(
        [
            shown.card("Orders and returns", data_table(orders, f"Orders and returns, {facts.currency}", limit=100)),
            shown.card("Latest lines", data_table(_lines(lines), f"Order lines, {facts.currency}", limit=SHOWN_LINES)),
        ],
        className="page-stack",
    )


def _lines(lines: pd.DataFrame) -> pd.DataFrame:
    names = {
        "order_date": "Date",
        "order_id": "Order",
        "product_id": "Product",
        "product_name": "Name",
        "kind": "Kind",
        "quantity": "Quantity",
        "unit_price": "Price",
        "amount": "Amount",
    }
    return lines[list(names)].rename(columns=names)


def _why(snapshot: Snapshot, known: dict[str, Any], key: int) -> Component | str:
    if snapshot.facts.validity == Validity.NOT_VALID:
        return ""
    return why_value.card(known, snapshot.row("customer_value_reasons", customer_key=key), snapshot.facts)


def _health(snapshot: Snapshot, known: dict[str, Any], key: int) -> Component:
    return health.of_customer(
        known, snapshot.row("customer_health", customer_key=key), snapshot.row("health_verdict"),
        snapshot.frame("health_bands"), snapshot.facts,
    )  # fmt: skip


def wire(door: Door, services: Services) -> None:
    horizon.wire(door, services, WHO)

    @door.callback(
        Output(BODY, "data-scope"),
        Output(HEAD, "children"),
        Output(ORDERS, "children"),
        *card_outputs(TIMELINE),
        Input(WHO, "data"),
    )
    def _(customer: str) -> list[Any]:
        reader = door.principal()
        flags = services.annotations.flags(reader, ALL_TIME)
        return show(asof.shown(services), str(customer), reader, services.journal, flags)

    @door.callback(*card_outputs(NEXT), Input(WHO, "data"))
    def _(customer: str) -> list[Any]:
        return show_next(asof.shown(services), str(customer))


PAGE = Page(
    "/customers/<customer>",
    "Customer",
    "customers:read",
    layout,
    wire,
    group="ANALYSE",
    order=21,
    icon="person",
    in_navigation=False,
    check=lambda services, customer: customers.require_known(asof.shown(services), customer),
    shows=profile_tables.OF_CUSTOMER,
)
