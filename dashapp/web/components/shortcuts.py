"""The sheet of keyboard shortcuts; assets/60-keys.js obeys what stands in it. Single keys can be switched off."""

from __future__ import annotations

from collections.abc import Iterable

from dash import html
from dash.development.base_component import Component

from dashapp.services.access import Principal
from dashapp.web.components.basics import attrs, icon_button
from dashapp.web.components.still import still
from dashapp.web.page import Page

DIALOG = "shortcuts"
GO = {
    "h": "/",
    "o": "/overview",
    "c": "/customers",
    "s": "/segments",
    "r": "/retention",
    "p": "/products",
    "d": "/data",
    "i": "/import",
    "q": "/quality",
    "t": "/trust",
}
"After g: the page it leads to, for those who may open it."
SINGLE = {
    "/": "Search or jump to",
    "f": "To the filters",
    "e": "Open the first export menu",
    "t": "Light or dark",
    "?": "This sheet",
}


def sheet(pages: Iterable[Page], reader: Principal) -> Component:
    """The dialog for this reader: only pages that they may open."""
    titles = {page.path: page.title for page in pages if reader.may(page.permission)}
    going = [_line(("g", key), titles[path], data_go=key, data_path=path) for key, path in GO.items() if path in titles]
    always = [_line(("Ctrl", "K"), "Search or jump to"), _line(("Esc",), "Close what is open")]
    switch = html.Button(
        "Single-key shortcuts",
        type="button",
        role="switch",
        className="switch",
        **attrs(data_action="single-keys", aria_checked="true"),
    )
    head = html.Div(
        [
            html.H2("Keyboard shortcuts", id="shortcuts-title"),
            icon_button("Close", "x-lg", **attrs(data_action="close-dialog")),
        ],
        className="sheet-head",
    )
    body = [
        html.Dl([*always, *(_line((key,), words) for key, words in SINGLE.items())]),
        html.H3("Go to"),
        html.Dl(going),
        switch,
        html.P("Remembered in this browser. Ctrl K works either way.", className="hint"),
    ]
    dialog = html.Dialog([head, *body], id=DIALOG, className="sheet", **attrs(aria_labelledby="shortcuts-title"))
    return still(dialog)


def _line(keys: tuple[str, ...], words: str, **marks: str) -> Component:
    pressed = [part for key in keys for part in (" ", html.Kbd(key))][1:]
    return html.Div([html.Dt(pressed), html.Dd(words)], **attrs(**marks))
