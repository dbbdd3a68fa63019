"""/api/v1/openapi.json: what programs may ask, written from what the routes declare of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, jsonify
from flask.typing import ResponseReturnValue

from dashapp.web import identity, openapi
from dashapp.web.door import SIGNED_IN
from dashapp.web.operation import Operation
from dashapp.web.route import Route

if TYPE_CHECKING:
    from dashapp.services.services import Services

ITSELF = Operation("This document.", {"type": "object"})


def document(services: Services) -> ResponseReturnValue:
    """Every route of this application that declares an operation."""
    routes = current_app.extensions["tenure-routes"]
    return jsonify(openapi.document(routes, identity.cookie_name(services.settings)))


ROUTES = (Route("/api/v1/openapi.json", "api.document", document, SIGNED_IN, operation=ITSELF),)
