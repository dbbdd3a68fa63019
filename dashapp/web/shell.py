"""What stays while pages change: skip link, navigation by permission, theme and user menu, toasts, new-data notice."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Literal

import dash
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update, set_props
from dash.development.base_component import Component

from dashapp.errors import NoSnapshot
from dashapp.services.access import Principal
from dashapp.web import asof, identity
from dashapp.web.components import export_news, palette, shortcuts
from dashapp.web.components.basics import attrs, disclosure, icon, icon_button
from dashapp.web.components.ids import ids
from dashapp.web.components.still import still
from dashapp.web.door import SIGNED_IN, Door
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.frame import Frame

TOAST, SEEN, TICK, ARRIVED = ids("shell", "toast", "snapshot", "tick", "arrived")
THEMES = {"system": ("circle-half", "Like the system"), "light": ("sun", "Light"), "dark": ("moon-stars", "Dark")}
Severity = Literal["info", "success", "warning", "error"]


def layout(frame: Frame) -> Component:
    """The whole application for the reader of this request."""
    reader = identity.principal()
    return html.Div(
        [
            html.A("Skip to content", href="#main", className="skip-link"),
            _top_bar(reader),
            html.Div(
                [_navigation(frame.pages, reader), html.Div(dash.page_container, className="content")],
                className="columns",
            ),
            html.Div(id=TOAST, className="toasts", role="status", **attrs(aria_live="polite")),
            *palette.layout(),
            shortcuts.sheet(frame.pages, reader),
            dcc.Store(id=ARRIVED),
            export_news.layout(),
            dcc.Store(id=SEEN, data=snapshot_id(frame.services)),
            dcc.Interval(id=TICK, interval=export_news.NEWS_SECONDS * 1000),
        ],
        className=f"shell{' may-export' if reader.may('exports:run') else ''}"
        f"{' may-compute' if reader.may('compute:run') else ''}",
    )


def _top_bar(reader: Principal) -> Component:
    menu = icon_button(
        "Menu",
        "list",
        className="nav-toggle",
        **attrs(data_action="nav", aria_controls="nav", aria_expanded="false"),
    )
    brand = dcc.Link([html.Span(className="brand-mark"), "Tenure"], href="/", className="brand")
    tools = html.Div([palette.entry(), _theme_menu(), _user_menu(reader)], className="top-tools")
    return html.Header(
        [menu, brand, still(tools)],
        className="top-bar",
    )


def _theme_menu() -> Component:
    items = [
        html.Button(
            [icon(picture), label],
            type="button",
            className="menu-item",
            **attrs(data_theme_choice=name, aria_pressed="false"),
        )
        for name, (picture, label) in THEMES.items()
    ]
    return disclosure("Appearance", items, "circle-half", "popover-end menu")


def _user_menu(reader: Principal) -> Component:
    who = html.Div(
        [html.Strong(reader.user_name), html.Span(reader.role.value, className="hint")], className="menu-head"
    )
    leave = html.Form(
        html.Button([icon("box-arrow-right"), "Sign out"], type="submit", className="menu-item"),
        action="/logout",
        method="POST",
    )
    keys = html.Button(
        [icon("question-circle"), "Keyboard shortcuts"],
        type="button",
        className="menu-item",
        **attrs(data_action="shortcuts", aria_haspopup="dialog"),
    )
    return disclosure("Account", [who, keys, leave], "person-circle", "popover-end menu")


def _navigation(pages: tuple[Page, ...], reader: Principal) -> Component:
    visible = [page for page in pages if page.in_navigation and reader.may(page.permission)]
    groups = [
        html.Section([*_group_title(name), html.Ul([_entry(page) for page in members])])
        for name, members in itertools.groupby(visible, key=lambda page: page.group)
    ]
    return still(html.Nav(groups, id="nav", className="nav-side", **attrs(aria_label="Pages")))


def _group_title(name: str) -> list[Component]:
    return [html.P(name.capitalize(), className="nav-group")] if name else []


def _entry(page: Page) -> Component:
    """A link that assets/51-shell.js follows and assets/53-filters.js gives the filters."""
    entry = html.A(
        [icon(page.icon), html.Span(page.title)],
        href=page.path,
        id=f"nav-{page.name}",
        className="nav-entry",
        **attrs(data_route=""),
    )
    return html.Li(entry, **attrs(data_carries="filters" if page.filters else ""))


def snapshot_id(services: Services) -> str:
    """The current snapshot, or "" while there is none."""
    try:
        return str(services.snapshots.current().id)
    except NoSnapshot:
        return ""


def news(seen: str | None, current: str) -> Any:
    """What to say when the published snapshot is not the one this page was drawn from."""
    if not current or current == seen:
        return no_update
    return message("New data was published.", "Reload to see it.", "info", reload=True)


def message(text: Any, hint: str = "", severity: Severity = "info", *, reload: bool = False) -> Component:
    """One toast. It stays until dismissed: nothing that matters disappears by itself."""
    pictures = {
        "info": "info-circle",
        "success": "check-circle",
        "warning": "exclamation-triangle",
        "error": "exclamation-triangle",
    }
    again = html.Button("Reload", type="button", className="btn btn-outline btn-small", **attrs(data_action="reload"))
    words = html.Div([html.P(text), *([html.P(hint, className="hint")] if hint else []), *([again] if reload else [])])
    close = icon_button("Dismiss", "x-lg", **attrs(data_action="dismiss"))
    return html.Div([icon(pictures[severity]), words, close], className=f"toast-card toast-{severity}")


def toast(text: str, hint: str = "", severity: Severity = "info") -> None:
    """Show a toast beside whatever the running callback returns."""
    set_props(TOAST, {"children": message(text, hint, severity)})


def wire(door: Door, frame: Frame) -> None:
    """The callbacks of the shell: news from the warehouse, and what the browser does when a page has arrived."""

    @door.callback(
        Output(TOAST, "children"), Input(TICK, "n_intervals"), State(SEEN, "data"), requires=SIGNED_IN, quiet=True
    )
    def check_news(_: Any, seen: str | None) -> Any:
        return no_update if asof.asked() is not None else news(seen, snapshot_id(frame.services))

    export_news.wire(door, frame.services, TICK, TOAST, message)
    door.clientside(
        ClientsideFunction("tenure", "arrived"),
        Output(ARRIVED, "data"),
        Input("_pages_location", "pathname"),
        Input("_pages_store", "data"),
    )
