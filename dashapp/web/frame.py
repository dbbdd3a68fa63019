"""The frame around every page: which page an address means, the right to it checked again, heading, filters, failures.

Dash hands a layout the path variables and the query keys in one dictionary where the query wins; here the path wins.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import dash
from dash import State, html
from dash.development.base_component import Component
from flask import Response, current_app, g, make_response, request

from dashapp.domain.filters import Filters
from dashapp.domain.vocabulary import SEGMENTS
from dashapp.errors import FilterError, NoSnapshot, NotAllowed, NotFound, NotSignedIn, TenureError
from dashapp.logs import get_logger
from dashapp.services.access import Principal, require
from dashapp.services.spared import Failure, spared
from dashapp.store.views import View
from dashapp.web import address, asof, freshness, identity, timetravel
from dashapp.web.address import Address
from dashapp.web.components import export_menu, states, views_menu
from dashapp.web.components.basics import link
from dashapp.web.components.filterbar import Option, filter_bar
from dashapp.web.page import Page

if TYPE_CHECKING:
    from dashapp.services.services import Services

log = get_logger(__name__)
PATHNAME: Any = {"pathname": State("_pages_location", "pathname")}
"Handed to every layout beside the query: the only place path variables are read from."
FIRST_DATA = "The home page leads to the first data: an import, or the sample shop."
_KEY = "tenure"


@dataclass(slots=True)
class Frame:
    """The pages of one application."""

    services: Services
    pages: tuple[Page, ...]

    def install(self, app: dash.Dash) -> None:
        """Register every page with Dash Pages, which lives once per process: layouts find their frame by the app."""
        app.server.extensions[_KEY] = self
        for page in self.pages:
            where = {"path_template": page.path} if page.has_variables else {"path": page.path}
            layout = functools.partial(_show, page.path)
            dash.register_page(  # type: ignore[no-untyped-call]
                f"tenure.{page.name}", title=f"{page.title} · Tenure", name=page.title, layout=layout, **where
            )
        dash.register_page(  # type: ignore[no-untyped-call]
            "tenure.not_found_404", path="/404", title="Not found · Tenure", layout=_lost
        )

    def find(self, pathname: str) -> tuple[Page, dict[str, str]] | None:
        """The page at a path and its variables; exact paths before paths with variables."""
        for page in sorted(self.pages, key=lambda page: page.has_variables):
            if match := re.fullmatch(_pattern(page.path), pathname):
                return page, match.groupdict()
        return None

    def knows(self, pathname: str) -> bool:
        """Whether there is a page at a path and, where it has variables, what they name."""
        found = self.find(pathname)
        try:
            if found:
                self._check(found[0], found[1])
        except NotFound:
            return False
        except TenureError:  # the page says what is wrong
            return True
        return found is not None

    def open_to(self, pathname: Any, reader: Principal) -> Page | None:
        """The page at a path, where there is one and this reader may open it."""
        found = self.find(pathname) if isinstance(pathname, str) else None
        return found[0] if found and reader.may(found[0].permission) else None

    def answering_missing(self, index: Callable[..., Any]) -> Callable[..., Response]:
        """Dash's view of the index, the same for every path, with status 404 where there is nothing to show."""

        def answer(*args: Any, **named: Any) -> Response:
            response = make_response(index(*args, **named))
            if not self.knows(request.path):
                response.status_code = HTTPStatus.NOT_FOUND
            return response

        return answer

    def show(self, path: str, pathname: str, query: dict[str, Any]) -> Component:
        """The page registered at `path` for the reader of this request. Raises NotSignedIn, NotAllowed."""
        found = self.find(pathname)
        if found is None or found[0].path != path:
            raise NotFound("There is no page at this address.")
        page, variables = found[0], {name: unquote(text) for name, text in found[1].items()}
        reader = identity.principal()
        require(reader, page.permission)
        banner, is_refused = timetravel.enter(self.services, query.get(asof.KEY), _above(page), is_now=page.is_now)
        views = self.services.views.seen(reader, address.place(page, pathname)) if page.filters else ()
        asked = address.read(page, {name: text for name, text in query.items() if name not in variables}, views)
        content = [] if is_refused else _survive(lambda: self._content(page, asked, variables), self._way_back(page))
        head = _heading(page, self.services, views, reader)
        return html.Main([head, *banner, *content], id="main", className="page", tabIndex=-1)

    def _check(self, page: Page, variables: dict[str, str]) -> None:
        """Raises NotFound; where the question whether it is there fails, the page tells what it cannot show."""
        if page.check:
            spared(f"check of {page.name}", partial(page.check, self.services, **variables), lambda _: None)

    def _require_data(self) -> None:
        """Raises NoSnapshot: before the first data one sentence says more than cards that wait for ever."""
        spared("snapshot of a page", partial(asof.shown, self.services), lambda _: None)

    def _content(self, page: Page, asked: Address, variables: dict[str, str]) -> list[Any]:
        self._check(page, variables)
        if page.filters or page.shows:
            self._require_data()
        filters, refused = Filters.usable(asked.query) if page.filters else (Filters(), [])
        query = {name: text for name, text in asked.query.items() if name not in {error.field for error in refused}}
        try:
            body = page.layout(**{**query, **variables})
        except FilterError as error:
            body = page.layout(**variables)
            refused.append(error)
        notice = " ".join(
            [*(f"{error.sentence()} That part is left out." for error in refused), asked.notice()]
        ).strip()
        if not page.filters:
            return [*_notice(notice), body]
        options, unread = self._options()
        bar = filter_bar(filters, options, page.filters, f"{notice} {unread}".strip(), asked.dropped)
        return [*views_menu.opened_with(asked.view), bar, body]

    def _way_back(self, page: Page) -> Component:
        """To the list that a page of one thing belongs to, or home."""
        above = _above(page)
        found = self.find(above)
        title = found[0].title if found else "Home"
        return link(f"Go to {title}", above if found else "/", className="btn btn-primary")

    def _options(self) -> tuple[dict[str, list[Option]], str]:
        """What can be chosen of each filter, and what to say where that cannot be read."""
        named: dict[str, list[Option]] = {
            "segment": [(name, name) for name in SEGMENTS],
            "saved": [(kept.definition, kept.name) for kept in self.services.segments.all(identity.principal())],
        }
        try:
            snapshot = asof.shown(self.services)
            frame = spared("filter_options", lambda: snapshot.frame("filter_options"), lambda failure: failure)
        except NoSnapshot:
            return named, ""
        if isinstance(frame, Failure):
            return named, f"What the filters can be: {frame.sentence}"
        for row in frame.itertuples():
            named.setdefault(str(row.field), []).append((str(row.value), str(row.label)))
        return named, ""


def _show(path: str, pathname: Any = "", **query: Any) -> Component:
    frame: Frame = current_app.extensions[_KEY]
    return frame.show(path, pathname if isinstance(pathname, str) else "", query)


def _lost(**_: Any) -> Component:
    identity.principal()
    panel = states.empty("There is no page at this address.", "Check the address.", link("Go to the home page", "/"))
    return html.Main([html.H1("Not found"), panel], id="main", className="page", tabIndex=-1)


def _pattern(path: str) -> str:
    """A regular expression for a page's path; a variable is one segment.

    >>> _pattern("/customers/<customer_id>")
    '/customers/(?P<customer_id>[^/]+)'
    """
    return re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", path)


def _notice(text: str) -> list[Any]:
    return [html.Div(text, className="notice", role="alert")] if text else []


def _above(page: Page) -> str:
    """The page itself, or the list that a page of one thing belongs to: keys mean another in another snapshot."""
    return page.path.partition("/<")[0] or "/"


def _heading(page: Page, services: Services, views: Sequence[View], reader: Principal) -> Component:
    picker = [] if page.is_now else timetravel.picker(services, _above(page))
    menu = [views_menu.menu(views, reader)] if page.filters else []
    tools = html.Div([freshness.line(services), *menu, *picker, *export_menu.menu(page)], className="page-head-tools")
    return html.Header([html.H1(page.title), tools], className="page-head")


def _survive(content: Any, way_back: Component) -> Iterable[Any]:
    """The content, or a panel that says what failed. Refusals pass through: the gate answers them."""
    try:
        return list(content())
    except (NotSignedIn, NotAllowed):
        raise
    except NoSnapshot as error:
        home = link("Go to the home page", "/", className="btn btn-primary")
        return [states.unavailable(error.message, FIRST_DATA, home)]
    except NotFound as error:
        return [states.empty(error.message, error.hint, way_back)]
    except TenureError as error:
        return [states.panel("error", error.message, error.hint)]
    except Exception as error:
        log.error("page failed", error=type(error).__name__, exc_info=error)
        retry = html.A("Try again", href="", className="btn btn-outline")
        text = f"This page could not be shown. Request {g.get('request_id', '')}."
        return [states.panel("error", text, "Tell your administrator the request id if it happens again.", retry)]


def discover(extra: Iterable[Page] = ()) -> tuple[Page, ...]:
    """Every PAGE in web/pages, in the order of the navigation."""
    from dashapp import discovery
    from dashapp.web import pages

    found = [module.PAGE for module in discovery.modules(pages)]
    return tuple(sorted([*found, *extra], key=lambda page: (page.order, page.path)))
