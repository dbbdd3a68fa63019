"""The API in the words of OpenAPI 3.1: what the routes declare of themselves, as the document that programs read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus

from dashapp import __version__
from dashapp.web.operation import Body, Operation, Parameter, Schema, closed
from dashapp.web.route import Route

PROBLEM = "#/components/schemas/Problem"


def document(routes: Iterable[Route], cookie: str) -> Schema:
    """The OpenAPI document of every route that declares an operation; `cookie` carries the session."""
    paths: dict[str, Schema] = {}
    for route in routes:
        if route.operation:
            paths.setdefault(path(route.rule), {}).update(
                {method.lower(): _operation(route, route.operation) for method in route.methods}
            )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tenure", "version": __version__, "description": "The figures of the pages, for programs."},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {"Problem": _problem()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": cookie},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def path(rule: str) -> str:
    """A Flask rule as OpenAPI writes it.

    >>> path("/api/v1/customers/<customer_id>")
    '/api/v1/customers/{customer_id}'
    """
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _operation(route: Route, told: Operation) -> Schema:
    refused = {str(status): _refusal(status) for status in sorted({401, 403, 429, 503, *told.problems})}
    good: Schema = {"description": "The answer.", "content": {"application/json": {"schema": told.answer}}}
    if told.status == HTTPStatus.ACCEPTED:
        good["headers"] = {"Location": {"description": "Address of the job.", "schema": {"type": "string"}}}
    return {
        "operationId": route.endpoint,
        "summary": told.summary,
        "description": f"Needs the permission {route.permission}.",
        "parameters": [_parameter(parameter) for parameter in told.parameters],
        "responses": {str(told.status): good, **refused},
    } | ({"requestBody": _body(told.body)} if told.body else {})


def _body(body: Body) -> Schema:
    content = {body.media_type: {"schema": {"type": "string"}}}
    return {"required": True, "description": body.about, "content": content}


def _parameter(parameter: Parameter) -> Schema:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place != "query",
        "description": parameter.about,
        "schema": parameter.schema,
    }


def _refusal(status: int) -> Schema:
    meanings = {
        401: "No session and no valid token.",
        403: "The role or the token may not do this.",
        404: "There is no such thing.",
        409: "The key was used for another body.",
        410: "The data were refreshed since the first page: start again without cursor.",
        413: "The body is too large.",
        415: "The body is not of the type asked for.",
        422: "What was sent cannot be used; `errors` names a parameter.",
        429: "Too many invalid tokens from this address: wait as Retry-After says.",
        503: "There is no data, it takes too long, or too much is under way.",
    }
    return {
        "description": meanings[status],
        "content": {"application/problem+json": {"schema": {"$ref": PROBLEM}}},
    }


def _problem() -> Schema:
    text: Schema = {"type": "string"}
    wrong = {"type": "array", "items": closed({"field": text, "message": text})}
    return closed(
        {
            "type": text | {"description": "urn:tenure: and the kind of error."},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "hint": text,
            "request_id": text,
            "errors": wrong | {"description": "The parameters to correct."},
        }
    )
