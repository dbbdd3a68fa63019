"""Looking at the data as they were published before: the list to choose from, and the banner on every page.

The links here are followed by assets/57-asof.js, which keeps the filters of the address; without it they work bare.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from dashapp import written
from dashapp.errors import TenureError
from dashapp.web import asof
from dashapp.web import format as fmt
from dashapp.web.components.basics import attrs, disclosure, icon, safe_href

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.store.publish import Published

MOST_LISTED = 50
"Snapshots offered; the newest ones."


def enter(services: Services, given: Any, path: str, *, is_now: bool) -> tuple[list[Component], bool]:
    """Heed the `as_of` of a page's address: the banner, and whether the page cannot be shown as of then.

    `is_now`: the page shows the present all the same, and says so.
    """
    try:
        asof.heed(given)
        if (seq := asof.asked()) is None:
            return [], False
        asof.shown(services)
        entry = next(one for one in services.snapshots.kept() if one.seq == seq)
    except TenureError as error:
        asof.heed(None)
        return [_banner(error.sentence(), path, "alert")], True
    if is_now:
        asof.heed(None)
        return [_banner(f"This page shows the present. The others show {_words(entry)}.", path)], False
    return [_banner(f"You see {_words(entry)}.", path)], False


def picker(services: Services, path: str) -> list[Component]:
    """The kept snapshots to look at; nothing where there is no choice."""
    try:
        kept, chosen = services.snapshots.kept()[:MOST_LISTED], asof.asked()
        current = services.snapshots.current().seq
    except TenureError:
        return []
    if len(kept) < 2:
        return []
    now = _choice("Now", f"Snapshot {current}", path, None, is_chosen=chosen is None)
    past = [_entry(one, path, chosen) for one in kept if one.seq != current]
    return [disclosure("As of", [now, *past], className="popover-end menu as-of", **attrs(data_as_of_menu=""))]


def _entry(one: Published, path: str, chosen: int | None) -> Component:
    detail = f"Snapshot {one.seq}, {one.source}, {fmt.number(one.customers)} customers"
    return _choice(_moment(one), detail, path, one.seq, is_chosen=one.seq == chosen)


def _choice(label: str, detail: str, path: str, seq: int | None, *, is_chosen: bool) -> Component:
    words = [html.Span(label), html.Span(detail, className="hint")]
    mark = attrs(aria_current="true") if is_chosen else {}
    return html.A(words, href=_href(path, seq), className="menu-item", **attrs(data_as_of=_text(seq)), **mark)


def _banner(text: str, path: str, role: str = "status") -> Component:
    back = html.A("Back to now", href=_href(path, None), className="btn btn-outline btn-small", **attrs(data_as_of=""))
    return html.Div([icon("clock-history"), html.Span(text), back], className="notice as-of-banner", role=role)


def _href(path: str, seq: int | None) -> str:
    return safe_href(path) + (f"?{asof.KEY}={seq}" if seq is not None else "")


def _text(seq: int | None) -> str:
    return "" if seq is None else str(seq)


def _words(entry: Published) -> str:
    detail = f"snapshot {entry.seq}, {entry.source}, {fmt.number(entry.customers)} customers"
    return f"the data as published on {_moment(entry)} ({detail})"


def _moment(entry: Published) -> str:
    return f"{written.moment(datetime.fromisoformat(entry.published_at))} UTC"
