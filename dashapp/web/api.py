"""What every API route does the same way: read its parameters, write its rows, continue a list where it ended."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from flask import request

from dashapp.errors import FilterError, Gone
from dashapp.store.facts import Facts
from dashapp.web.operation import Operation, Parameter, Schema, closed

SNAPSHOT: Schema = closed(
    {
        "snapshot_id": {"type": "string"},
        "observed_until": {"type": "string", "format": "date", "description": "The last day of sales known."},
        "currency": {"type": "string"},
        "horizon_days": {"type": "integer", "description": "How far predictions look ahead."},
        "annual_discount_rate": {"type": "number"},
        "gross_margin": {"type": "number", "description": "Share of net sales counted as value; 1 means revenue."},
        "validity": {"type": "string", "description": "What predicted values may be used for."},
        "validity_reason": {"type": "string"},
    }
)
"What figures rest on: the same in every answer."
AS_OF = Parameter(
    "as_of", "Number of a kept snapshot to read instead of the current one.", {"type": "integer", "minimum": 1}
)


def query(operation: Operation) -> dict[str, str]:
    """The parameters of this request. Raises FilterError for one that is not declared or is given twice."""
    for name, values in request.args.lists():
        if name not in operation.asked:
            hint = f"Use {', '.join(sorted(operation.asked))}." if operation.asked else "Ask without parameters."
            raise FilterError(name[:100], f"There is no parameter {name[:100]!r} here.", hint)
        if len(values) > 1:
            raise FilterError(name, f"{name} is given {len(values)} times.", "Give it once.")
    return request.args.to_dict()


def number(asked: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number from 1 to `most`. Raises FilterError."""
    text = asked.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        raise FilterError(name, f"{text[:20]!r} is no whole number from 1 to {most}.", f"Correct {name}.")
    return int(text)


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The frame as JSON objects: days as YYYY-MM-DD, what is not known as null."""
    shown = frame.copy()
    for name in shown.select_dtypes("datetime"):
        shown[name] = shown[name].dt.strftime("%Y-%m-%d")
    found = shown.astype(object).where(shown.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in found]


def plain(value: Any) -> Any:
    """A value of the store as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def basis(facts: Facts) -> dict[str, Any]:
    """What the figures rest on, as SNAPSHOT declares it."""
    return {name: plain(getattr(facts, name)) for name in SNAPSHOT["properties"]}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list goes on: after this customer of this view of this snapshot."""

    snapshot_id: str
    view: str
    "Short hash of what was asked."
    key: int
    place: int

    def text(self) -> str:
        """Opaque, safe in an address."""
        packed = json.dumps([self.snapshot_id, self.view, self.key, self.place]).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def view_hash(asked: Mapping[str, str]) -> str:
    """A short word for a view, whatever its page."""
    told = sorted((name, value) for name, value in asked.items() if name not in ("cursor", "limit"))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def read_cursor(asked: Mapping[str, str], snapshot_id: str) -> Cursor | None:
    """The cursor of a request. Raises FilterError for one of another list, Gone for one of an earlier snapshot."""
    if not (text := asked.get("cursor", "")):
        return None
    cursor = _unpacked(text)
    if cursor is None or cursor.view != view_hash(asked):
        raise FilterError(
            "cursor", "The cursor does not belong to this list.", "Use `next` of an answer with the rest unchanged."
        )
    if cursor.snapshot_id != snapshot_id:
        raise Gone("The data were refreshed since this list was begun.", "Start again without cursor.")
    return cursor


def _unpacked(text: str) -> Cursor | None:
    try:
        told = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
        snapshot_id, view, key, place = told
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    whole = all(type(value) is int for value in (key, place)) and 0 <= key < 2**32 and 0 <= place < 128
    return Cursor(str(snapshot_id), str(view), key, place) if whole else None
