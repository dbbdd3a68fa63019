"""Who is asking: the session cookie, or the token of a program, and its principal, for the length of one request.

flask-login is the thin layer other code knows (`current_user`); the session itself is a row in the state database,
found by the token in the cookie. Nothing is ever read from Flask's own session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Request, Response, g, has_request_context, request
from flask_login import LoginManager, UserMixin

from dashapp.errors import NotSignedIn
from dashapp.services.access import Principal
from dashapp.settings import Settings

if TYPE_CHECKING:
    from dashapp.services.services import Services


API = "/api/v1/"
"Where tokens are taken."


@dataclass(frozen=True, slots=True)
class Reader(UserMixin):  # type: ignore[misc]
    """The principal in flask-login's shape."""

    principal: Principal

    def get_id(self) -> str:
        return str(self.principal.user_id)


def install(server: Flask, services: Services) -> None:
    """Let flask-login find the reader from our cookie."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(server)

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load(_: Request) -> Reader | None:
        found = lookup(services)
        return Reader(found) if found else None


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host and to https; plain http cannot carry that prefix."""
    return "__Host-tenure" if settings.tls else "tenure_session"


def lookup(services: Services, *, touch: bool = True) -> Principal | None:
    """The principal of this request, or None. `touch=False` leaves the idle clock alone. Looked up once.

    Raises NotSignedIn for a token that is not valid, Throttled after many.
    """
    if "principal" not in g:
        g.principal = _find(services, touch)
    found: Principal | None = g.principal
    return found


def bearer() -> str | None:
    """The token a program sent, where one is taken: in the header, and for the API only."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and request.path.startswith(API) else None


def _find(services: Services, touch: bool) -> Principal | None:
    """Whoever sends a token is judged by it alone: a cookie beside it counts for nothing."""
    if (token := bearer()) is not None:
        return services.tokens.principal(token, request.remote_addr or "")
    cookie = request.cookies.get(cookie_name(services.settings), "")
    return services.login.principal(cookie, touch=touch) if cookie else None


def principal() -> Principal:
    """The principal the gate let through. Raises NotSignedIn where there is none."""
    found: Principal | None = g.get("principal") if has_request_context() else None
    if found is None:
        raise NotSignedIn("Your session has ended.", "Sign in again.")
    return found


def give_cookie(response: Response, settings: Settings, token: str) -> Response:
    """A session cookie without lifetime: the server decides when the session ends."""
    response.set_cookie(cookie_name(settings), token, secure=settings.tls, httponly=True, samesite="Lax", path="/")
    return response


def take_cookie(response: Response, settings: Settings) -> Response:
    """Forget the session in this browser, and whatever it stored for us."""
    response.delete_cookie(cookie_name(settings), secure=settings.tls, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
