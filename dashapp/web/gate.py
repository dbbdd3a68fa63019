"""The one gate: nothing is answered before the right to it is known. Deny by default.

Addresses are known by their endpoint, pages by their path, callbacks by the body's `output` and nothing else of it:
Dash passes inputs by position and never compares the ids in a body with what was registered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, HTTPException

from dashapp.errors import NotAllowed, NotFound, NotSignedIn, SettingsError
from dashapp.logs import get_logger
from dashapp.services.access import PERMISSIONS, require
from dashapp.web import identity
from dashapp.web.door import BROWSER, SIGNED_IN, Door
from dashapp.web.errors import wants_html
from dashapp.web.route import MAX_BYTES, PUBLIC

if TYPE_CHECKING:
    from dashapp.services.services import Services
    from dashapp.web.frame import Frame

log = get_logger(__name__)
CALLBACKS = "/_dash-update-component"
PAGES = ("/", "/<path:path>")
"Dash's endpoints for the index: one for the root, one for every other path."
DASH_ENDPOINTS = {
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": PUBLIC,
    "_dash_assets.static": PUBLIC,
    "/_favicon.ico": PUBLIC,
    "/_dash-layout": SIGNED_IN,
    "/_dash-dependencies": SIGNED_IN,
    "/_reload-hash": SIGNED_IN,
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(slots=True)
class Gate:
    """Who may pass where, for one application."""

    services: Services
    door: Door
    frame: Frame
    endpoints: dict[str, str] = field(default_factory=lambda: dict(DASH_ENDPOINTS))
    "Endpoint -> permission, PUBLIC or SIGNED_IN."
    limits: dict[str, int] = field(default_factory=dict)
    "Endpoint -> largest body in bytes, where it differs from the default."
    apis: set[str] = field(default_factory=set)

    def install(self, server: Flask) -> None:
        server.before_request(self.check)

    def seal(self, server: Flask) -> None:
        """Refuse to start when an address or a callback has no declared permission."""
        known = {*self.endpoints, CALLBACKS, *PAGES}
        open_rules = sorted({rule.endpoint for rule in server.url_map.iter_rules()} - known)
        if open_rules or self.door.undeclared():
            names = ", ".join([*open_rules, *self.door.undeclared()])
            raise SettingsError(
                f"No permission is declared for {names}.", "Register it through the Door or as a Route."
            )
        wrong = sorted(set(self.endpoints.values()) - set(PERMISSIONS) - {PUBLIC, SIGNED_IN})
        if wrong:
            raise SettingsError(f"A route asks for the permission {wrong[0]!r}, which does not exist.")

    def check(self) -> None:
        """Raise unless this request may pass."""
        endpoint = request.endpoint or ""
        g.is_api = endpoint in self.apis
        request.max_content_length = self.limits.get(endpoint, MAX_BYTES)
        reader = None
        if self.endpoints.get(endpoint) != PUBLIC:
            reader = identity.lookup(self.services, touch=not self._is_quiet(endpoint))
            if reader is None:
                raise NotSignedIn("You are not signed in.", "Sign in and try again.")
        if request.method not in _SAFE and identity.bearer() is None:  # no browser adds a token by itself
            refuse_foreign_origin(request.headers, request.host_url)
        if reader and (permission := self._permission(endpoint)) != SIGNED_IN:
            require(reader, permission)

    def _permission(self, endpoint: str) -> str:
        """What a signed-in reader needs. An address nobody knows needs a session and is then not found."""
        if endpoint in PAGES:
            return self._page_permission()
        if endpoint == CALLBACKS:
            return self._callback_permission()
        return self.endpoints.get(endpoint, SIGNED_IN)

    def _page_permission(self) -> str:
        found = self.frame.find(request.path)
        if found:
            return found[0].permission
        if wants_html():  # the frame says so, with the navigation around it and status 404
            return SIGNED_IN
        raise NotFound("There is no page at this address.", "Check the address, or start from the home page.")

    def _callback_permission(self) -> str:
        body = callback_body()
        key = g.callback_key = body["output"]
        permission = self.door.permissions.get(key)
        if permission is None or permission == BROWSER:
            raise NotAllowed("This is not something the server answers.", "Reload the page.")
        if not self.door.fits(body):
            raise BadRequest("The body does not fit the callback.")
        return permission

    def _is_quiet(self, endpoint: str) -> bool:
        """Polling: a callback registered as such, or the poll of a running computation."""
        if endpoint != CALLBACKS:
            return False
        return "cacheKey" in request.args or _key_or_none() in self.door.quiet


def refuse_foreign_origin(headers: Any, own: str) -> None:
    """Raise unless a state-changing request comes from our own pages: no token needed in any modern browser.

    `own` is the address of this server as the request names it, e.g. `http://127.0.0.1:8050/`.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        origin = headers.get("Origin")
        allowed = origin is not None and _origin(origin) == _origin(own)
    if not allowed:
        raise NotAllowed("This request came from another site.", "Open the application itself and try again.")


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def callback_body() -> dict[str, Any]:
    """The body of a callback request. Raises BadRequest for anything the renderer would not send."""
    try:
        body = request.get_json()
    except RecursionError as error:
        raise BadRequest("The body is nested too deeply.") from error
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise BadRequest("The body is not a callback request.")
    if not all(_is_dependency(item) for part in ("inputs", "state") for item in _items(body.get(part, []))):
        raise BadRequest("The inputs are not those of a callback.")
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(item, str) and "." in item for item in changed):
        raise BadRequest("changedPropIds must be a list of names.")
    return body


def _items(part: Any) -> list[Any]:
    if not isinstance(part, list):
        raise BadRequest("Inputs and state must be lists.")
    return [item for entry in part for item in (entry if isinstance(entry, list) else [entry])]


def _is_dependency(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), (str, dict)) and isinstance(item.get("property"), str)


def _key_or_none() -> str | None:
    try:
        key: str = callback_body()["output"]
    except HTTPException:
        return None
    return key


def answer_badly_formed(dispatch: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
    """Dash's dispatcher, with a body it cannot make sense of answered 400.

    Exceptions of our own callbacks never arrive here: errors.in_callback has them. What is left is Dash tripping
    over the shape of the body.
    """

    def checked(*args: Any, **named: Any) -> ResponseReturnValue:
        try:
            response: ResponseReturnValue = dispatch(*args, **named)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
            log.info("callback body refused", error=type(error).__name__)
            raise BadRequest("The body does not fit the callback.") from error
        return response

    return checked
