"""Whether the process lives and whether it can serve: for supervisors and load balancers, without any detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from dashapp.errors import TenureError
from dashapp.logs import get_logger
from dashapp.web.route import PUBLIC, Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

log = get_logger(__name__)
EARLIER = "earlier"


def alive(_: Services) -> ResponseReturnValue:
    """The process answers. Touches nothing."""
    return jsonify(status="ok")


def ready(services: Services) -> ResponseReturnValue:
    """State database and snapshot can be read; 503 says which cannot.

    "degraded": readers are served, but from an earlier snapshot, because the published one is damaged.
    """
    parts = {"state": _state(services), "snapshot": _snapshot(services)}
    if not all(value in ("ok", EARLIER) for value in parts.values()):
        return jsonify(status="unavailable", **parts), 503
    return jsonify(status="degraded" if EARLIER in parts.values() else "ok", **parts), 200


def _state(services: Services) -> str:
    try:
        with services.engine.connect() as connection:
            connection.execute(text("select 1"))
    except SQLAlchemyError as error:
        log.error("state database cannot be read", error=type(error).__name__)
        return "unavailable"
    return "ok"


def _snapshot(services: Services) -> str:
    try:
        services.snapshots.current()
    except TenureError as error:
        return type(error).__name__
    return EARLIER if services.snapshots.problem else "ok"


ROUTES = (Route("/healthz", "health.alive", alive, PUBLIC), Route("/readyz", "health.ready", ready, PUBLIC))
