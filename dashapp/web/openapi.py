"""The API in the words of OpenAPI 3.1: what a route declares of itself becomes the document that programs read.

Schemas are JSON Schema as plain dictionaries. Answers are closed: a key that is not declared is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashapp import __version__

if TYPE_CHECKING:
    from dashapp.web.route import Route

Schema = dict[str, Any]
KINDS: dict[str, Schema] = {
    "VARCHAR": {"type": "string"},
    "DATE": {"type": "string", "format": "date"},
    "BOOLEAN": {"type": "boolean"},
    "DOUBLE": {"type": "number"},
    "DECIMAL": {"type": "number"},
}
"What a column of the store is in JSON; every other type is a whole number."
PROBLEM = "#/components/schemas/Problem"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something one may ask by name in the address."""

    name: str
    about: str
    schema: Schema
    in_path: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """What one address answers."""

    summary: str
    answer: Schema
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[int, ...] = ()
    "Statuses beyond 401, 403 and 503, which any address may answer."

    @property
    def asked(self) -> frozenset[str]:
        """Names a query may hold."""
        return frozenset(parameter.name for parameter in self.parameters if not parameter.in_path)


def record(columns: Iterable[tuple[str, str]], about: dict[str, str], optional: Iterable[str] = ()) -> Schema:
    """An object with the columns of a question as (name, DuckDB type); any may be null, `optional` ones be absent."""
    properties = {
        name: _value(kind) | ({"description": about[name]} if name in about else {}) for name, kind in columns
    }
    return closed(properties, optional)


def closed(properties: dict[str, Schema], optional: Iterable[str] = ()) -> Schema:
    """An object with exactly these keys."""
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _value(kind: str) -> Schema:
    """The schema of a column that may be null.

    >>> _value("DECIMAL(16,2)"), _value("UINTEGER")
    ({'type': ['number', 'null']}, {'type': ['integer', 'null']})
    """
    schema = KINDS.get(kind.partition("(")[0], {"type": "integer"})
    return schema | {"type": [schema["type"], "null"]}


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
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
        "security": [{"session": []}],
    }


def path(rule: str) -> str:
    """A Flask rule as OpenAPI writes it.

    >>> path("/api/v1/customers/<customer_id>")
    '/api/v1/customers/{customer_id}'
    """
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _operation(route: Route, told: Operation) -> Schema:
    refused = {str(status): _refusal(status) for status in sorted({401, 403, 503, *told.problems})}
    good = {"description": "The answer.", "content": {"application/json": {"schema": told.answer}}}
    return {
        "operationId": route.endpoint,
        "summary": told.summary,
        "description": f"Needs the permission {route.permission}.",
        "parameters": [_parameter(parameter) for parameter in told.parameters],
        "responses": {"200": good, **refused},
    }


def _parameter(parameter: Parameter) -> Schema:
    return {
        "name": parameter.name,
        "in": "path" if parameter.in_path else "query",
        "required": parameter.in_path,
        "description": parameter.about,
        "schema": parameter.schema,
    }


def _refusal(status: int) -> Schema:
    meanings = {
        401: "Not signed in.",
        403: "The role may not do this.",
        404: "There is no such thing.",
        410: "The data were refreshed since the first page: start again without cursor.",
        422: "A parameter cannot be used; `errors` names it.",
        503: "There is no data, or it takes too long.",
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
