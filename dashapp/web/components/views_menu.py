"""Saved views of a page: the list in its heading, the form that saves one, and what each can have done to it.

assets/58-views.js tells what was asked through one store; one callback does it and draws the list anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask import current_app

from dashapp.errors import InputError, NotFound
from dashapp.services.access import Principal
from dashapp.services.views import MANAGE, MAX_NAME, SAVE, Views
from dashapp.store.views import View
from dashapp.web import address
from dashapp.web.components.basics import attrs, button, disclosure, icon, icon_button, link
from dashapp.web.components.ids import ids
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.door import Door

Opens = Callable[[Any, Principal], Page | None]
"The page at a path, where this reader may open it."
LIST, SAID, ASKED, NAME, TEAM, FOCUSED = ids("views", "list", "said", "asked", "name", "team", "focused")


def menu(views: Sequence[View], reader: Principal) -> Component:
    """What the heading of a page with filters offers."""
    form = html.Form(
        [
            html.Label("Name of this view", htmlFor=NAME, className="form-label"),
            dbc.Input(id=NAME, maxLength=MAX_NAME, autoComplete="off"),
            dbc.Checkbox(id=TEAM, label="Show it to the team", value=False),
            html.Button("Save this view", type="submit", className="btn btn-primary"),
        ],
        className="views-form",
        **attrs(data_view_form="save"),
    )
    body = [
        html.Ul(rows(views, reader), id=LIST, className="views-list"),
        html.Div(id=SAID, className="views-said", role="status"),
        form,
        dcc.Store(id=ASKED),
        dcc.Store(id=FOCUSED),
    ]
    return disclosure("Views", body, className="popover-end menu views-menu")


def rows(views: Sequence[View], reader: Principal) -> list[Component]:
    """One line a view, or a sentence where there is none."""
    if not views:
        return [html.Li("No view of this page is saved yet.", className="hint")]
    return [_row(view, reader) for view in views]


def _row(view: View, reader: Principal) -> Component:
    mine = view.owner_id == reader.user_id
    whose = ("Team" if view.is_team else "Only you") if mine else f"By {view.owner_name}"
    words = [html.Span(view.name), html.Span(f"{whose}, default" if view.is_default else whose, className="hint")]
    star = icon_button(
        f"Star {view.name}",
        "star-fill" if view.starred_at else "star",
        **_act(view, "star", pressed=bool(view.starred_at)),
    )
    more = html.Details(
        [
            html.Summary(
                [icon("three-dots"), html.Span(f"More about {view.name}", className="visually-hidden")],
                className="icon-button",
            ),
            html.Div(_more(view, reader, mine=mine), className="view-more-body"),
        ],
        className="view-more",
    )
    mark = attrs(data_default="") if view.is_default else {}
    return html.Li(
        [link(words, view.href, className="view-name"), star, more],
        className="view-row",
        **attrs(data_query=view.query),
        **mark,
    )


def _more(view: View, reader: Principal, *, mine: bool) -> list[Component]:
    default = "Do not open this page with it" if view.is_default else "Open this page with it"
    offered = [
        _item("link-45deg", "Copy link", view, "copy", data_href=view.link),
        _item("bookmark", default, view, "default", pressed=view.is_default),
    ]
    if mine:
        team = "Show it to you only" if view.is_team else "Show it to the team"
        offered.append(_item("people", team, view, "share", pressed=view.is_team))
        offered.append(_item("arrow-repeat", "Replace by what is shown", view, "replace"))
    if mine or (view.is_team and reader.may(MANAGE)):
        offered.append(_item("trash", "Delete", view, "remove"))
    return [*offered, _renaming(view)] if mine else offered


def _renaming(view: View) -> Component:
    field = f"view-name-{view.code}"
    return html.Form(
        [
            html.Label("New name", htmlFor=field, className="visually-hidden"),
            dbc.Input(id=field, value=view.name, maxLength=MAX_NAME, autoComplete="off"),
            html.Button("Rename", type="submit", className="btn btn-outline"),
        ],
        className="view-renaming",
        **attrs(data_view_form="rename", data_view_code=view.code),
    )


def _item(picture: str, label: str, view: View, act: str, *, pressed: bool | None = None, **more: str) -> Component:
    return html.Button(
        [icon(picture), label],
        type="button",
        className="menu-item",
        **_act(view, act),
        **attrs(**more, **({} if pressed is None else {"data_on": str(pressed).lower()})),
    )


def _act(view: View, act: str, *, pressed: bool | None = None) -> dict[str, Any]:
    named = attrs(data_view_act=act, data_view_code=view.code)
    return named if pressed is None else named | attrs(aria_pressed=str(pressed).lower(), data_on=str(pressed).lower())


def opened_with(view: View | None) -> list[Component]:
    """Says which view the page opened with, and leads back to the plain page."""
    if view is None:
        return []
    words = html.Span(["Opened with your default view ", html.Strong(view.name), "."])
    back = link(
        "Show the plain page", f"{view.path}?{address.VIEW}={address.PLAIN}", className="btn btn-outline btn-small"
    )
    return [html.Div([icon("bookmark"), words, back], className="notice view-notice", role="status")]


def home_card(services: Services, reader: Principal) -> list[Component]:
    """Starred and last used views for the start page; nothing where there are none."""
    open_to: Opens = current_app.extensions["tenure"].open_to
    lines = [
        html.Li(link([icon("star-fill" if view.starred_at else "bookmark"), words], view.href, className="row-link"))
        for view in services.views.for_home(reader)
        if (page := open_to(view.path, reader))
        and (words := html.Span([html.Span(view.name), html.Span(page.title, className="hint")]))
    ]
    title = html.H2("Your views")
    return [html.Section([title, html.Ul(lines, className="plain-list")], className="card-plain")] if lines else []


def act(views: Views, page: Page, path: str, reader: Principal, asked: Any) -> list[Any]:
    """Do what was asked of the views of `path`; what to say about it. Raises InputError, NotAllowed, NotFound."""
    given = asked if isinstance(asked, dict) else {}
    code, name, search = (_text(given.get(key)) for key in ("code", "name", "search"))
    on, query = bool(given.get("on")), address.to_keep(page, search)
    deeds: dict[str, Callable[[], Any]] = {
        "save": lambda: _saved(views.save(reader, name, path, query, is_team=on)),
        "rename": lambda: [f"Renamed to “{views.rename(reader, code, name).name}”."],
        "share": lambda: _shared(views.share(reader, code, is_team=on)),
        "replace": lambda: [f"“{views.replace(reader, code, query).name}” is what is shown now."],
        "remove": lambda: _removed(views.remove(reader, code)),
        "restore": lambda: [f"“{views.restore(reader, code).name}” is back."],
        "star": lambda: views.star(reader, code, starred=on),
        "default": lambda: views.make_default(reader, code, is_default=on),
    }
    deed = deeds.get(_text(given.get("act")))
    if deed is None:
        raise InputError("That cannot be done with a view.", "Reload the page.")
    return deed() or []


def _saved(view: View) -> list[Any]:
    copy = button("Copy link", "quiet", className="btn-small", **_act(view, "copy"), **attrs(data_href=view.link))
    return [f"Saved “{view.name}”.", copy]


def _shared(view: View) -> list[Any]:
    return [f"The team sees “{view.name}”." if view.is_team else f"Only you see “{view.name}”."]


def _removed(view: View) -> list[Any]:
    return [f"Deleted “{view.name}”.", button("Undo", "quiet", className="btn-small", **_act(view, "restore"))]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def wire(door: Door, services: Services, open_to: Opens) -> None:
    """The one callback of the menu, for every page that has it."""

    @door.callback(
        Output(LIST, "children"),
        Output(SAID, "children"),
        Output(NAME, "value"),
        Input(ASKED, "data"),
        State("_pages_location", "pathname"),
        requires=SAVE,
        prevent_initial_call=True,
    )
    def _(asked: Any, pathname: Any) -> tuple[list[Component], list[Any], Any]:
        reader, page = door.principal(), open_to(pathname, door.principal())
        if page is None or not page.filters:
            raise NotFound("This page has no views.", "Reload it.")
        path = address.place(page, pathname)
        said = act(services.views, page, path, reader, asked)
        views = services.views.seen(reader, path)
        return rows(views, reader), said, "" if asked.get("act") == "save" else no_update

    door.clientside(ClientsideFunction("tenure_views", "drawn"), Output(FOCUSED, "data"), Input(SAID, "children"))
