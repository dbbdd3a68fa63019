"""The only way to register a callback: every one names the permission it needs.

The gate reads the table made here, keyed by Dash's own callback key, and refuses what is not in it; the check is
made again inside the function with the principal of the request, because a body may name other ids than it means.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import Any

from dash import Dash, Input, State

from dashapp.domain.filters import Filters
from dashapp.errors import SettingsError
from dashapp.services.access import PERMISSIONS, Principal, require
from dashapp.services.ahead import QUICK_SECONDS, Ahead
from dashapp.web import asof, identity

SIGNED_IN = "signed-in"
"Any valid session: for the frame of the application itself."
BROWSER = "browser"
"Runs in the browser only; the server never answers it."

Function = Callable[..., Any]
ADDRESS = State("_pages_location", "search")
"Sent along with every callback: it names the snapshot that the page shows."


class Door:
    """Callbacks of one application with their permissions."""

    def __init__(self, app: Dash, manager: Any, ahead: Ahead) -> None:
        """`manager` runs the background callbacks, `ahead` what may be asked next."""
        self._app = app
        self._manager = manager
        self._ahead = ahead
        self._default = ""
        self.permissions: dict[str, str] = {}
        "Callback key -> permission, SIGNED_IN or BROWSER."
        self.quiet: set[str] = set()
        "Callback keys that polling uses: they do not keep a session awake."

    def on(self, permission: str) -> Door:
        """The same door with a default permission: what a page's `wire` gets."""
        door = Door(self._app, self._manager, self._ahead)
        door._default, door.permissions, door.quiet = permission, self.permissions, self.quiet
        return door

    def principal(self) -> Principal:
        """Who is asking. Raises NotSignedIn outside a request with a valid session."""
        return identity.principal()

    def callback(
        self, *args: Any, requires: str = "", quiet: bool = False, looks_ahead: bool = False, **options: Any
    ) -> Callable[[Function], Function]:
        """Like `app.callback`, for readers who may `requires` (default: the page's permission).

        `quiet=True` is for polling: it does not extend the session's idle time. `looks_ahead=True` says that the first
        value is the view of the filter bar and that the function only reads: when nobody waits, it is asked for the
        neighbours of that view too, so that the snapshot knows what it would say.
        """
        permission = self._known(requires or self._default)

        def register(function: Function) -> Function:
            answered = self._looking_ahead(function) if looks_ahead else function
            with self._declaring(permission, quiet=quiet):
                self._app.callback(*args, ADDRESS, **options)(self._guarded(_placed(answered), permission))
            return function

        return register

    def background(
        self, *args: Any, requires: str = "", cancel: Sequence[Input] = (), **options: Any
    ) -> Callable[[Function], Function]:
        """A background callback on the application's job manager; start, poll and cancel need `requires`.

        The function runs in another process without request or session: the gate has checked before it starts,
        and whatever it needs to know about the reader must be among its arguments.
        """
        permission = self._known(requires or self._default)
        self.permissions |= {f"{item.component_id}.id": permission for item in cancel}

        def register(function: Function) -> Function:
            with self._declaring(permission):
                self._app.callback(
                    *args, ADDRESS, background=True, manager=self._manager, cancel=list(cancel) or None, **options
                )(_placed(function))
            return function

        return register

    def clientside(self, *args: Any, **options: Any) -> None:
        """Like `app.clientside_callback`; nothing of it reaches the server."""
        with self._declaring(BROWSER):
            self._app.clientside_callback(*args, **options)  # type: ignore[no-untyped-call]

    def declare(self, key: str, permission: str) -> None:
        """Name the permission of a callback that Dash registers itself."""
        self.permissions[key] = self._known(permission)

    def undeclared(self) -> list[str]:
        """Callback keys of the application that nobody put a permission to."""
        return sorted(set(self._app.callback_map) - set(self.permissions))

    def fits(self, body: dict[str, Any]) -> bool:
        """Whether a request body has the outputs, inputs and state of the callback it names, in number and name."""
        entry = self._app.callback_map.get(body["output"], {})
        sizes = (len(body.get(part) or ()) == len(entry.get(part, ())) for part in ("inputs", "state"))
        if "{" in body["output"]:  # a pattern: which ids it stands for is known to the browser only
            return all(sizes)
        return all(sizes) and _names(body.get("outputs")) == _parts(body["output"])

    def _known(self, permission: str) -> str:
        if permission not in PERMISSIONS and permission not in (SIGNED_IN, BROWSER):
            raise SettingsError(f"A callback asks for the permission {permission!r}, which does not exist.")
        return permission

    def _guarded(self, function: Function, permission: str) -> Function:
        @functools.wraps(function)
        def checked(*values: Any, **named: Any) -> Any:
            if permission == SIGNED_IN:
                self.principal()
            else:
                require(self.principal(), permission)
            with self._ahead.answering():
                return function(*values, **named)

        return checked

    def _looking_ahead(self, function: Function) -> Function:
        @functools.wraps(function)
        def answered(view: dict[str, str], *others: Any) -> Any:
            start = time.monotonic()
            answer = function(view, *others)
            if time.monotonic() - start < QUICK_SECONDS:
                near = [
                    functools.partial(function, one.to_query(), *others)
                    for one in Filters.from_query(view).neighbours()
                ]
                self._ahead.expect((self.principal(), asof.asked(), tuple(sorted(view.items()))), near)
            return answer

        return answered

    def _declaring(self, permission: str, *, quiet: bool = False) -> _Declaring:
        return _Declaring(self, permission, quiet)


def _placed(function: Function) -> Function:
    """`function` without the address, which is the last value: it reads the snapshot that the address names."""

    @functools.wraps(function)
    def placed(*values: Any, **named: Any) -> Any:
        *own, search = values
        asof.heed_search(search)
        return function(*own, **named)

    return placed


def _parts(key: str) -> list[str]:
    """The outputs named in a callback key; empty for a callback without outputs.

    >>> _parts("..a.children...b.data.."), _parts("a.children")
    (['a.children', 'b.data'], ['a.children'])
    """
    return key[2:-2].split("...") if key.startswith("..") else [key] if "." in key else []


def _names(outputs: Any) -> list[str]:
    """The outputs named in a body."""
    listed = outputs if isinstance(outputs, list) else [outputs] if outputs else []
    return [f"{item.get('id')}.{item.get('property')}" if isinstance(item, dict) else "" for item in listed]


class _Declaring:
    """Gives every key that appears in the callback map meanwhile its permission."""

    def __init__(self, door: Door, permission: str, quiet: bool) -> None:
        self._door, self._permission, self._quiet = door, permission, quiet

    def __enter__(self) -> None:
        self._before = set(self._door._app.callback_map)

    def __exit__(self, *_: object) -> None:
        new = set(self._door._app.callback_map) - self._before
        self._door.permissions |= dict.fromkeys(new, self._permission)
        if self._quiet:
            self._door.quiet |= new
