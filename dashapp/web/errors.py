"""What a reader sees when something goes wrong: one sentence, a hint, the request id. Stack traces go to the log only.

Pages get HTML, callbacks JSON of one shape: {"error": {"type", "message", "hint", "request_id"}}. Programs get problem
JSON (RFC 9457) that names the offending fields.
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import structlog
from dash.exceptions import DependencyException, PreventUpdate
from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from dashapp.errors import FilterError, InputError, NotAllowed, NotFound, NotSignedIn, TenureError, Throttled
from dashapp.logs import get_logger
from dashapp.web import identity

if TYPE_CHECKING:
    from dashapp.services.services import Services

log = get_logger(__name__)
_HINTS = {
    400: "Reload the page and try again.",
    404: "Check the address, or start from the home page.",
    405: "This address does not answer that kind of request.",
    413: "Send less at once.",
    500: "Try again. If it happens again, tell your administrator the request id.",
}


def begin() -> None:
    """Give the request an id that its answer and every log line of it carry."""
    g.request_id = secrets.token_hex(6)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def install(server: Flask, services: Services) -> None:
    """Turn every exception into an answer."""
    server.before_request(begin)

    @server.errorhandler(PreventUpdate)
    def nothing_changed(_: PreventUpdate) -> ResponseReturnValue:
        return "", HTTPStatus.NO_CONTENT

    @server.errorhandler(DependencyException)
    def no_such_file(_: DependencyException) -> ResponseReturnValue:
        return answer(NotFound("There is no such file."))

    @server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        return _http(error)

    @server.errorhandler(NotAllowed)
    def denied(error: NotAllowed) -> ResponseReturnValue:
        _record_denial(services)
        return answer(error)

    @server.errorhandler(TenureError)
    def expected(error: TenureError) -> ResponseReturnValue:
        return answer(error)

    @server.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        log.exception("request failed", path=request.path, error=type(error).__name__)
        return answer(error)


def answer(error: Exception) -> Response:
    """The response for an error: sign-in page, HTML page or JSON."""
    if isinstance(error, NotSignedIn) and wants_html():
        return make_response(redirect(f"/login?{urlencode({'next': here()})}"))
    if isinstance(error, TenureError):
        status, message, hint = error.http_status, error.message, error.hint
    else:
        status, message, hint = 500, "Something went wrong on our side.", _HINTS[500]
    kind = type(error).__name__ if isinstance(error, TenureError) else "Error"
    response = render(status, kind, message, hint, error.field if isinstance(error, FilterError) else "")
    if isinstance(error, NotSignedIn) and is_api():
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def render(status: int, kind: str, message: str, hint: str, field: str = "") -> Response:
    """The error page, or the same as JSON for whoever is not a person with a page; `field` is what to correct."""
    if wants_html():
        title = HTTPStatus(status).phrase if status != 500 else "Something went wrong"
        page = render_template("error.html", status=status, title=title, message=message, hint=hint, retry=_retry())
        return make_response(page, status)
    if is_api():
        return _problem(status, kind, message, hint, field)
    shape = {"type": kind, "message": message, "hint": hint, "request_id": g.get("request_id", "")}
    return make_response(jsonify(error=shape), status)


def _problem(status: int, kind: str, message: str, hint: str, field: str) -> Response:
    """RFC 9457, with `hint`, `request_id` and `errors` as its extensions."""
    problem = {
        "type": f"urn:tenure:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "hint": hint,
        "request_id": g.get("request_id", ""),
        "errors": [{"field": field, "message": message}] if field else [],
    }
    response = make_response(jsonify(problem), status)
    response.content_type = "application/problem+json"
    return response


def is_api() -> bool:
    """Whether a program asks."""
    return request.path.startswith("/api/") or bool(g.get("is_api"))


def wants_html() -> bool:
    """Whether a person waits for a page: not a callback, not an API, not a script."""
    if request.path.startswith("/_") or is_api():
        return False
    return request.method in ("GET", "HEAD") or "text/html" in request.headers.get("Accept", "")


def here() -> str:
    """This address without the host, for coming back after sign-in."""
    return request.full_path.rstrip("?")


def in_callback(error: Exception) -> None:
    """Dash's handler for an exception in a callback: refusals become statuses, the rest a toast with the request id."""
    if isinstance(error, (NotSignedIn, NotAllowed)):
        raise error
    from dashapp.web.shell import toast

    if isinstance(error, TenureError):
        log.info("callback refused", error=type(error).__name__)
        toast(error.message, error.hint, "warning" if isinstance(error, InputError) else "error")
        return
    log.error("callback failed", error=type(error).__name__, exc_info=error)
    toast("This could not be shown.", f"Try again. Request {g.get('request_id', '')}", "error")


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    return render(code, type(error).__name__, _sentence(error), _HINTS.get(code, ""))


def _sentence(error: HTTPException) -> str:
    return {404: "There is no page at this address.", 413: "That is more than this address accepts."}.get(
        error.code or 0, error.description or error.name
    )


def _retry() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def _record_denial(services: Services) -> None:
    reader = identity.lookup(services, touch=False)
    if reader is None:  # strangers must not be able to fill the journal
        return
    services.journal.append(
        "access:denied",
        reader.actor,
        target=request.path[:200],
        detail={"method": request.method, "output": str(g.get("callback_key", ""))[:200]},
        ip=request.remote_addr or "",
        result="denied",
    )
