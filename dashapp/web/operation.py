"""What an address of the API declares of itself: what may be asked, what is answered. `web.openapi` tells it on.

Schemas are JSON Schema as plain dictionaries. Answers are closed: a key that is not declared is not sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
KINDS: dict[str, Schema] = {
    "VARCHAR": {"type": "string"},
    "DATE": {"type": "string", "format": "date"},
    "BOOLEAN": {"type": "boolean"},
    "DOUBLE": {"type": "number"},
    "DECIMAL": {"type": "number"},
}
"What a column of the store is in JSON; every other type is a whole number."


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something one may ask by name in the address."""

    name: str
    about: str
    schema: Schema
    in_path: bool = False
    in_header: bool = False

    @property
    def place(self) -> str:
        """Where it stands, as OpenAPI calls it."""
        return "path" if self.in_path else "header" if self.in_header else "query"


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent along."""

    media_type: str
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What one address answers, to every method it has."""

    summary: str
    answer: Schema
    parameters: tuple[Parameter, ...] = ()
    problems: tuple[int, ...] = ()
    "Statuses beyond 401, 403, 429 and 503, which any address may answer."

    body: Body | None = None
    status: int = 200
    "Status of the answer; 202 comes with the address of the job in `Location`."

    @property
    def asked(self) -> frozenset[str]:
        """Names a query may hold."""
        return frozenset(parameter.name for parameter in self.parameters if parameter.place == "query")


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
