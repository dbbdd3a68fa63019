"""The part of JSON Schema that the API's document uses, checked by hand: whatever it does not know is an error."""

from __future__ import annotations

from datetime import date
from typing import Any

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int}
KNOWN = {"type", "properties", "required", "additionalProperties", "items", "format", "description", "$ref", "enum"}


def mismatches(value: Any, schema: dict[str, Any], document: dict[str, Any], where: str = "answer") -> list[str]:
    """Where a value is not what its schema says."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, kind) for kind in kinds):
        return [f"{where} is {value!r}, not {kinds}"]
    if isinstance(value, dict):
        return _object(value, schema, document, where)
    if isinstance(value, list):
        items = enumerate(value)
        return [wrong for at, item in items for wrong in mismatches(item, schema["items"], document, f"{where}[{at}]")]
    if schema.get("format") == "date" and value is not None:
        date.fromisoformat(value)
    return []


def _object(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], where: str) -> list[str]:
    properties = schema.get("properties", {})
    wrong = [f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value]
    if not schema.get("additionalProperties", True):
        wrong += [f"{where} has {name}" for name in value if name not in properties]
    known = [name for name in value if name in properties]
    return wrong + [
        more for name in known for more in mismatches(value[name], properties[name], document, f"{where}.{name}")
    ]


def _is(value: Any, kind: str) -> bool:
    if kind in ("number", "integer") and isinstance(value, bool):
        return False
    return isinstance(value, (int, float)) if kind == "number" else isinstance(value, TYPES[kind])
