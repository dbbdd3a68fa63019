"""The query of a page's address: what the page knows of it, what is dropped, and which view stands for none."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote

from dashapp.domain.filters import Filters
from dashapp.store.views import View
from dashapp.web import asof
from dashapp.web.page import Page

VIEW, PLAIN = "view", "plain"
"`?view=plain`: the page as it is without filters, whatever view it opens with otherwise."
_NAMED_MOST = 3
_NAME_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Address:
    """What a page reads of its address."""

    query: dict[str, Any]
    "The keys that the page knows, the snapshot left out."
    dropped: tuple[str, ...] = ()
    "Keys that it does not know."
    view: View | None = None
    "The reader's default view, where the address says nothing."

    def notice(self) -> str:
        """What was dropped, in words; empty where nothing was."""
        if not self.dropped:
            return ""
        names = ", ".join(f"“{name[:_NAME_LENGTH]}”" for name in self.dropped[:_NAMED_MOST])
        more = f" and {len(self.dropped) - _NAMED_MOST} more" if len(self.dropped) > _NAMED_MOST else ""
        return f"This page does not know {names}{more}: left out of the address."


def keys(page: Page) -> frozenset[str]:
    """What may stand in the address of a page: filters, what its layout names, what it declares."""
    of_filters = Filters.keys() if page.filters else ()
    named = (
        name for name, given in inspect.signature(page.layout).parameters.items() if given.kind != given.VAR_KEYWORD
    )
    return frozenset((*of_filters, *named, *page.keys))


def read(page: Page, given: Mapping[str, Any], views: Sequence[View]) -> Address:
    """The address `given` as the page reads it; `views` are those that the reader sees of the page."""
    known = keys(page)
    query = {name: value for name, value in given.items() if name in known}
    dropped = tuple(sorted(name for name in given if name not in (*known, asof.KEY, VIEW)))
    view = next((one for one in views if one.is_default), None)
    if query or view is None or given.get(VIEW) == PLAIN:
        return Address(query, dropped)
    return Address(dict(parse_qsl(view.query)), dropped, view)


def place(page: Page, pathname: str) -> str:
    """Under which path the views of what is shown at `pathname` are kept: a page of one thing has its own.

    The browser's escapes stay; whatever else does not belong into a path is escaped.
    """
    return quote(pathname, safe="/%") if page.has_variables else page.path


def to_keep(page: Page, search: str) -> dict[str, str]:
    """What a saved view keeps of the query part of an address: the keys the page knows, one value each.

    The snapshot is left out: a view is about the present data, and a kept snapshot goes some day.
    """
    known = keys(page)
    given = parse_qs(search.removeprefix("?"), keep_blank_values=False)
    return {name: values[-1] for name, values in given.items() if name in known}
