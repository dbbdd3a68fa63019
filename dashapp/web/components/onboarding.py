"""The first day: the way from an empty store to numbers, with what is done already ticked off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html
from dash.development.base_component import Component

from dashapp.services.access import Principal
from dashapp.store.accounts import all_accounts
from dashapp.store.state import reading
from dashapp.web.components.basics import button, icon, link

if TYPE_CHECKING:
    from dashapp.services.services import Services

STEPS = (
    ("import", "Import your orders", "One file as your shop exports it: CSV, Excel or Parquet."),
    ("match", "Match the columns", "Tenure looks at them and asks what it cannot know."),
    ("check", "Check and load", "Errors are grouped by repair, and nothing is lost without a word."),
    ("fit", "Read the predictions", "Models are fitted by themselves; a page says how far they can be trusted."),
    ("invite", "Invite colleagues", "An administrator adds them: python -m dashapp users add."),
)


def card(services: Services, reader: Principal, load_id: str) -> Component:
    """The list, and for who may load data the two ways to begin. `load_id` names the button of the sample."""
    done = _done(services, reader)
    steps = html.Ol([_step(name in done, title, hint) for name, title, hint in STEPS], className="plain-list")
    load = [
        link([icon("upload"), html.Span("Import a file")], "/import", className="btn btn-primary"),
        button("Load sample data", "secondary", "database", id=load_id),
    ]
    who = [html.P("Somebody with the operator role can load data.", className="hint")]
    offer = load if reader.may("refresh:run") else who
    return html.Section(
        [
            html.H2("No data yet"),
            html.P(f"{len(done)} of {len(STEPS)} steps done. This page fills by itself when data is loaded."),
            steps,
            html.Div(offer, className="actions"),
        ],
        className="card-plain onboarding",
    )


def _done(services: Services, reader: Principal) -> set[str]:
    """What can be done before there is data. Uploads are one's own; a viewer has none."""
    uploads = services.uploads.of(reader) if reader.may("refresh:run") else ()
    with reading(services.engine) as connection:
        people = sum(account.enabled for account in all_accounts(connection))
    return ({"import"} if uploads else set()) | ({"invite"} if people > 1 else set())


def _step(is_done: bool, title: str, hint: str) -> Component:
    picture = icon("check-circle-fill" if is_done else "circle")
    told = html.Span(" (done)" if is_done else " (to do)", className="visually-hidden")
    words = html.Span([html.Span(title), told, html.Span(hint, className="hint")])
    return html.Li(html.Span([picture, words], className="row-link"))
